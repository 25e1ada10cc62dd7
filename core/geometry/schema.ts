import { z } from 'zod';

/** No picture is as large in either direction, and no sum or product of such coordinates leaves what a number can hold. */
export const largestCoordinate = 16_384;

const coordinate = z.number().min(-largestCoordinate).max(largestCoordinate);

/** Boundary schema of a {@link Point}: image pixels, within twice the largest picture of it. */
export const pointSchema = z.tuple([coordinate, coordinate]).readonly();

export const boxSchema = z
  .strictObject({ minX: z.number(), minY: z.number(), maxX: z.number(), maxY: z.number() })
  .readonly();
