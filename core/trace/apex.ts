import type { PixelSpacing, Point } from '../geometry/point.ts';
import { distance, midpoint } from '../geometry/polygon.ts';
import { proportionOf, squarePixels } from '../geometry/proportion.ts';

/**
 * Index of the point farthest from the middle of the base line, hinges excluded: the apex as ASE/EACVI 2015
 * defines it.
 */
export function farthestFromBase(image: readonly Point[], spacing: PixelSpacing = squarePixels): number {
  const points = image.map(proportionOf(spacing).seen);
  const base = midpoint(points[0]!, points[points.length - 1]!);
  let best = 1;
  for (let i = 2; i + 1 < points.length; i++) {
    if (distance(base, points[i]!) > distance(base, points[best]!)) best = i;
  }
  return best;
}
