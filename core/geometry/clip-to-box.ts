import type { Box, Point } from './point.ts';

/**
 * The part of a polygon that lies in a box, by cutting it along each side in turn (Sutherland and Hodgman 1974, "Reentrant
 * polygon clipping"). Parts that the cut separates stay joined by edges along the side, which enclose nothing.
 */
export function clipToBox(polygon: readonly Point[], { minX, minY, maxX, maxY }: Box): Point[] {
  let kept: readonly Point[] = polygon;
  for (const [axis, limit, sign] of [
    [0, minX, 1],
    [0, maxX, -1],
    [1, minY, 1],
    [1, maxY, -1],
  ] as const) {
    kept = cut(kept, axis, limit, sign);
  }
  return [...kept];
}

/** @param sign 1 keeps what lies beyond the limit, -1 what lies before it */
function cut(polygon: readonly Point[], axis: 0 | 1, limit: number, sign: 1 | -1): Point[] {
  const depth = (point: Point): number => sign * (point[axis] - limit);
  return polygon.flatMap((to, index): Point[] => {
    const from = polygon.at(index - 1)!;
    const [before, after] = [depth(from), depth(to)];
    if (before >= 0 === after >= 0) return after >= 0 ? [to] : [];
    const share = before / (before - after);
    const other = 1 - axis;
    const along = from[other]! + share * (to[other]! - from[other]!);
    const crossing: Point = axis === 0 ? [limit, along] : [along, limit];
    return after >= 0 ? [crossing, to] : [crossing];
  });
}
