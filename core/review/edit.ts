import { z } from 'zod';
import { viewCodes } from '../clip/view.ts';
import { traceSchema } from '../trace/schema.ts';
import type { Change } from './review.ts';
import {
  bodySchema,
  freelyEditedChanges,
  reasonSchema,
  sopInstanceUidSchema,
  traceChangeSchema,
  viewSchema,
} from './schema.ts';

const sopInstanceUid = sopInstanceUidSchema;
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A contour as a request may bring it: one of a model's has to name which, and the service compares it with its runs. */
const drawnTraceSchema = traceSchema.refine(
  ({ source }) => !('sha256' in source) || sha256.safeParse(source.sha256).success,
  'the hash of a model is 64 hexadecimal digits',
);

/** A view that a person sets; what a file says is read from the file. */
const chosenViewSchema = z.strictObject({ code: z.enum(viewCodes), source: z.enum(['user', 'none']) });

const entered = (low: number, high: number) => (quantity: { value: number; source: string } | null) =>
  quantity === null || quantity.source === 'file' || (quantity.value >= low && quantity.value <= high);

/** What a person enters is held to what a person can be; what the file says stays what it is. */
const enteredBodySchema = bodySchema
  .refine(({ heightCm }) => entered(20, 260)(heightCm), 'the height is 20 to 260 cm')
  .refine(({ weightKg }) => entered(0.3, 400)(weightKg), 'the weight is 0.3 to 400 kg')
  .refine(({ heartRateBpm }) => entered(15, 350)(heartRateBpm), 'the heart rate is 15 to 350 bpm');

/**
 * What a person may ask to change. Narrower than what is stored: by whom and when a study was decided is not for a
 * request to say, and runs and recognisers record themselves.
 */
export const editSchema = z.discriminatedUnion('slot', [
  ...freelyEditedChanges,
  traceChangeSchema(drawnTraceSchema),
  z.strictObject({ slot: z.literal('view'), sopInstanceUid, before: viewSchema, after: chosenViewSchema }),
  z.strictObject({ slot: z.literal('body'), before: bodySchema, after: enteredBodySchema }),
  z.strictObject({
    slot: z.literal('decision'),
    before: z.strictObject({ state: z.enum(['pending', 'accepted', 'rejected']) }),
    after: z.strictObject({
      state: z.enum(['pending', 'accepted', 'rejected']),
      reason: reasonSchema.exactOptional(),
    }),
  }),
]);
export type Edit = z.infer<typeof editSchema>;

/** A change that a person made, as a request says it; throws for what only a run changes. */
export function editOf(change: Change): Edit {
  if (
    change.slot === 'run' ||
    change.slot === 'propagation' ||
    change.slot === 'recognition' ||
    change.slot === 'readings'
  )
    throw new Error(`a ${change.slot} records itself`);
  if (change.slot !== 'decision') return change as Edit;
  const { before, after } = change;
  const reason = after.state === 'pending' || after.reason === undefined ? {} : { reason: after.reason };
  return { slot: 'decision', before: { state: before.state }, after: { state: after.state, ...reason } };
}
