import type { PixelSpacing, Point } from '../geometry/point.ts';
import { aspectOf, squarePixels } from '../geometry/proportion.ts';
import { defaultSamplesPerSegment, tracePolyline } from './spline.ts';
import type { Trace } from './trace.ts';

/** A place on the trace's curve. */
export interface NearestPlace {
  readonly point: Point;
  /** Control points passed from the first hinge: 2.5 is half way (in curve parameter) from point 2 to point 3. */
  readonly position: number;
  /** In heights of a pixel, where its width is another. */
  readonly distancePx: number;
}

/**
 * The place on the trace's curve nearest to a point as the reader sees it, to hit-test and to insert points; null for
 * no points.
 */
export function nearestOnTrace(
  trace: Trace,
  at: Point,
  spacing: PixelSpacing = squarePixels,
): NearestPlace | null {
  const curve = tracePolyline(trace);
  const first = curve[0];
  if (first === undefined) return null;
  // At every movement of the pointer: nothing is made for what is only compared.
  const across = aspectOf(spacing);
  const toX = at[0] * across;
  const toY = at[1];
  let [bestX, bestY, position] = [first[0] * across, first[1], 0];
  let least = (toX - bestX) ** 2 + (toY - bestY) ** 2;
  let [bx, by] = [bestX, bestY];
  for (let i = 1; i < curve.length; i++) {
    const [ax, ay] = [bx, by];
    bx = curve[i]![0] * across;
    by = curve[i]![1];
    const dx = bx - ax;
    const dy = by - ay;
    const squared = dx * dx + dy * dy;
    const t = squared > 0 ? Math.min(1, Math.max(0, ((toX - ax) * dx + (toY - ay) * dy) / squared)) : 0;
    const x = ax + t * dx;
    const y = ay + t * dy;
    const away = (toX - x) ** 2 + (toY - y) ** 2;
    if (away < least) {
      least = away;
      bestX = x;
      bestY = y;
      position = (i - 1 + t) / defaultSamplesPerSegment;
    }
  }
  return { point: [bestX / across, bestY], position, distancePx: Math.sqrt(least) };
}
