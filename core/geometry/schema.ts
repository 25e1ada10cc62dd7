import { z } from 'zod';

/** Boundary schema of a {@link Point}: finite image pixels. */
export const pointSchema = z.tuple([z.number(), z.number()]).readonly();

export const boxSchema = z
  .object({ minX: z.number(), minY: z.number(), maxX: z.number(), maxY: z.number() })
  .readonly();
