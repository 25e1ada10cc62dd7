import { z } from 'zod';
import { pointSchema } from '../geometry/schema.ts';
import type { Box, Point } from '../geometry/point.ts';
import { rasterizePolygon } from '../trace/rasterize.ts';

/** More corners than a person or a search ever makes. */
const mostAreas = 64;
const mostCorners = 512;

/**
 * What of a clip's pictures stays when it is de-identified: all of its areas together. An area is a polygon in image
 * pixels that a straight line closes; whatever lies in none of them becomes black in every frame.
 */
export interface KeepMask {
  readonly areas: readonly (readonly Point[])[];
}

export const keepMaskSchema: z.ZodType<KeepMask> = z
  .strictObject({
    areas: z.array(z.array(pointSchema).min(3).max(mostCorners).readonly()).max(mostAreas).readonly(),
  })
  .readonly();

/** The pixels of a mask, row by row: 1 is kept, 0 becomes black. The same mask gives the same pixels everywhere. */
export function keptPixels({ areas }: KeepMask, rows: number, columns: number): Uint8Array {
  const kept = new Uint8Array(rows * columns);
  for (const area of areas) {
    const inside = rasterizePolygon(area, rows, columns);
    for (let pixel = 0; pixel < kept.length; pixel += 1) if (inside[pixel] !== 0) kept[pixel] = 1;
  }
  return kept;
}

/** The area that holds the pixels of a box, those of its edges included. */
export function areaOfBox({ minX, minY, maxX, maxY }: Box): Point[] {
  const [left, top, right, bottom] = [minX - 0.5, minY - 0.5, maxX + 0.5, maxY + 0.5];
  return [
    [left, top],
    [right, top],
    [right, bottom],
    [left, bottom],
  ];
}
