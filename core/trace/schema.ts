import { z } from 'zod';
import { pointSchema } from '../geometry/schema.ts';
import { leastControlPoints, mostControlPoints } from './limits.ts';
import { propagationWays } from '../model/propagation-way.ts';

/** Names of models, versions, hashes and the like; what is longer is none. */
export const mostNameCharacters = 64;
/** Corrected frames that one contour follows: one before it and one after it, or all that the model's memory was given. */
export const mostAnchors = 20_000;
const name = z.string().max(mostNameCharacters);

const traceSourceSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('model'),
    model: name,
    sha256: name,
    leastConfidence: z.number().min(0).max(1).exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('propagated'),
    from: z.array(z.number().int().min(0)).min(1).max(mostAnchors),
    way: z.enum(propagationWays),
    model: name,
    sha256: name,
    leastConfidence: z.number().min(0).max(1).exactOptional(),
  }),
  z.strictObject({ kind: z.literal('edited'), from: z.enum(['model', 'manual']) }),
  z.strictObject({ kind: z.literal('manual') }),
  z.strictObject({ kind: z.literal('fitted') }),
]);

/** Schema of a {@link Trace} as it is stored and sent; limits keep a hostile request from growing without bound. */
export const traceSchema = z
  .strictObject({
    points: z.array(pointSchema).min(leastControlPoints).max(mostControlPoints),
    apexIndex: z
      .number()
      .int()
      .min(1)
      .max(mostControlPoints - 2)
      .nullable(),
    source: traceSourceSchema,
    confidence: z.number().min(0).max(1).nullable(),
  })
  .refine(
    ({ apexIndex, points }) => apexIndex === null || apexIndex < points.length - 1,
    'the apex must lie between the hinges',
  );
