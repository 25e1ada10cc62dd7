import type { Point } from '../../core/geometry/point.ts';
import { nearestOnTrace } from '../../core/trace/nearest.ts';
import type { Trace } from '../../core/trace/trace.ts';

/** What part of a contour the pointer is on. */
export type Grip =
  | { readonly part: 'point' | 'hinge' | 'apex'; readonly index: number }
  /** On the line between control points; `index` is the nearest of them. */
  | { readonly part: 'wall'; readonly index: number };

const squared = ([ax, ay]: Point, [bx, by]: Point) => (ax - bx) ** 2 + (ay - by) ** 2;

/** What a control point is, by its place in the trace. */
export function partOf(trace: Trace, index: number): 'point' | 'hinge' | 'apex' {
  if (index === 0 || index === trace.points.length - 1) return 'hinge';
  return index === trace.apexIndex ? 'apex' : 'point';
}

/**
 * The part of the contour within `reachPx` image pixels of a point; hinges and apex win over other points,
 * points over the line.
 */
export function gripAt(trace: Trace, at: Point, reachPx: number): Grip | null {
  const reach = reachPx * reachPx;
  let best: { index: number; distance: number } | null = null;
  trace.points.forEach((point, index) => {
    // Landmarks are few and matter most: they are caught from a little further away.
    const distance = squared(point, at) * (partOf(trace, index) === 'point' ? 1 : 0.6);
    if (distance <= reach && (!best || distance < best.distance)) best = { index, distance };
  });
  const found = best as { index: number } | null;
  if (found) return { part: partOf(trace, found.index), index: found.index };
  const line = nearestOnTrace(trace, at);
  return line && line.distancePx <= reachPx ? { part: 'wall', index: Math.round(line.position) } : null;
}
