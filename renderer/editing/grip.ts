import type { Point } from '../../core/geometry/point.ts';
import { nearestOnTrace } from '../../core/trace/nearest.ts';
import type { Trace } from '../../core/trace/trace.ts';

/** What part of a contour the pointer is on. */
export type Grip =
  | { readonly part: 'point' | 'hinge' | 'apex'; readonly index: number }
  /** On the line between control points; `index` is the nearest of them. */
  | { readonly part: 'wall'; readonly index: number };

/** What a control point is, by its place in the trace. */
export function partOf(trace: Trace, index: number): 'point' | 'hinge' | 'apex' {
  if (index === 0 || index === trace.points.length - 1) return 'hinge';
  return index === trace.apexIndex ? 'apex' : 'point';
}

/** Distance of two image points as the reader sees it. */
export type SeenDistance = (a: Point, b: Point) => number;

const inPixels: SeenDistance = ([ax, ay], [bx, by]) => Math.hypot(ax - bx, ay - by);

/**
 * The part of the contour within `reach` of a point: the nearest control point, and the line where none is so near.
 * Of two that are equally near, a hinge or the apex wins.
 */
export function gripAt(
  trace: Trace,
  at: Point,
  reach: number,
  distance: SeenDistance = inPixels,
): Grip | null {
  const near = trace.points
    .map((point, index) => ({ index, part: partOf(trace, index), away: distance(point, at) }))
    .filter(({ away }) => away <= reach)
    .toSorted((a, b) => a.away - b.away || Number(a.part === 'point') - Number(b.part === 'point'))[0];
  if (near) return { part: near.part, index: near.index };
  const line = nearestOnTrace(trace, at);
  return line && distance(line.point, at) <= reach
    ? { part: 'wall', index: Math.round(line.position) }
    : null;
}
