import { z } from 'zod';
import { messageSchema } from '../language/message-schema.ts';
import { propagationWays } from '../model/propagation-way.ts';
import { propagationRecordSchema, rangeSchema } from '../review/schema.ts';
import { structureIdSchema } from '../structure/schema.ts';
import { leftVentricularCavity } from '../structure/structure.ts';
import { traceSchema } from '../trace/schema.ts';

/** What is asked of `POST /api/clips/:clip/propagations`: corrections carried over the frames around them. */
export const propagationRequestSchema = z.strictObject({
  structure: structureIdSchema.default(leftVentricularCavity),
  /** null: the way of the model that drew the contours. */
  way: z.enum(propagationWays).nullable().default(null),
  /** First and last frame that may move; null: as far as the corrections reach. */
  range: rangeSchema.nullable().default(null),
});
export type PropagationRequest = z.input<typeof propagationRequestSchema>;

/** One line of its answer: contours as they come, then the proposal that they make or why there is none. */
export const propagationLineSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('trace'), frame: z.number().int(), trace: traceSchema }),
  z.object({
    type: z.literal('proposal'),
    id: z.string(),
    record: propagationRecordSchema,
    /** How far the corrections reach where nothing shortens the range. */
    reach: rangeSchema,
    /** Why they are carried by displacement where the model's way was asked for; null where it was taken. */
    instead: messageSchema.nullable(),
  }),
  z.object({ type: z.literal('failed'), code: z.string(), message: z.string() }),
]);
export type PropagationLine = z.infer<typeof propagationLineSchema>;
