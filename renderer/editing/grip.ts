import type { PixelSpacing, Point } from '../../core/geometry/point.ts';
import { proportionOf } from '../../core/geometry/proportion.ts';
import { distance } from '../../core/geometry/polygon.ts';
import { nearestOnTrace } from '../../core/trace/nearest.ts';
import { hasLandmarks, type Trace } from '../../core/trace/trace.ts';

/** What part of a contour the pointer is on. */
export type Grip =
  | { readonly part: 'point' | 'hinge' | 'apex'; readonly index: number }
  /** On the line between control points; `index` is the nearest of them. */
  | { readonly part: 'wall'; readonly index: number };

/** What a control point is, by its place in the trace. */
export function partOf(trace: Trace, index: number): 'point' | 'hinge' | 'apex' {
  if (!hasLandmarks(trace)) return 'point';
  if (index === 0 || index === trace.points.length - 1) return 'hinge';
  return index === trace.apexIndex ? 'apex' : 'point';
}

/**
 * The part of the contour within `reachPx` of a point as the reader sees it: the nearest control point, and the line
 * where none is so near. Of two that are equally near, a hinge or the apex wins.
 *
 * @param reachPx in heights of an image pixel
 * @param spacing how wide pixels are for their height
 */
export function gripAt(trace: Trace, at: Point, reachPx: number, spacing: PixelSpacing): Grip | null {
  const { seen } = proportionOf(spacing);
  const pointer = seen(at);
  const near = trace.points
    .map((point, index) => ({ index, part: partOf(trace, index), away: distance(seen(point), pointer) }))
    .filter(({ away }) => away <= reachPx)
    .toSorted((a, b) => a.away - b.away || Number(a.part === 'point') - Number(b.part === 'point'))[0];
  if (near) return { part: near.part, index: near.index };
  const line = nearestOnTrace(trace, at, spacing);
  return line && line.distancePx <= reachPx
    ? { part: 'wall', index: Math.round(line.position) % trace.points.length }
    : null;
}
