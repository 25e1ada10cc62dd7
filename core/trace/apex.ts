import type { Point } from '../geometry/point.ts';
import { distance, midpoint } from '../geometry/polygon.ts';

/**
 * Index of the point farthest from the middle of the base line, hinges excluded: the apex as ASE/EACVI 2015
 * defines it.
 */
export function farthestFromBase(points: readonly Point[]): number {
  const base = midpoint(points[0]!, points[points.length - 1]!);
  let best = 1;
  for (let i = 2; i + 1 < points.length; i++) {
    if (distance(base, points[i]!) > distance(base, points[best]!)) best = i;
  }
  return best;
}
