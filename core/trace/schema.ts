import { z } from 'zod';
import { pointSchema } from '../geometry/schema.ts';

export const traceSourceSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('model'),
    model: z.string(),
    sha256: z.string(),
    leastConfidence: z.number().min(0).max(1).exactOptional(),
  }),
  z.object({ kind: z.literal('edited'), from: z.enum(['model', 'manual']) }),
  z.object({ kind: z.literal('manual') }),
]);

/** Boundary schema of a {@link Trace}; limits keep a hostile request from growing without bound. */
export const traceSchema = z
  .object({
    points: z.array(pointSchema).min(5).max(200),
    apexIndex: z.number().int().min(1).max(198),
    source: traceSourceSchema,
    confidence: z.number().min(0).max(1).nullable(),
  })
  .refine((trace) => trace.apexIndex < trace.points.length - 1, 'the apex must lie between the hinges');
