import type { PixelSpacing, Point } from '../geometry/point.ts';
import { proportionOf, squarePixels } from '../geometry/proportion.ts';
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
  const { seen, image } = proportionOf(spacing);
  const curve = tracePolyline(trace).map(seen);
  const to = seen(at);
  const first = curve[0];
  if (first === undefined) return null;
  let best: NearestPlace = {
    point: first,
    position: 0,
    distancePx: Math.hypot(to[0] - first[0], to[1] - first[1]),
  };
  for (let i = 0; i + 1 < curve.length; i++) {
    const [ax, ay] = curve[i]!;
    const [bx, by] = curve[i + 1]!;
    const dx = bx - ax;
    const dy = by - ay;
    const squared = dx * dx + dy * dy;
    const t = squared > 0 ? Math.min(1, Math.max(0, ((to[0] - ax) * dx + (to[1] - ay) * dy) / squared)) : 0;
    const x = ax + t * dx;
    const y = ay + t * dy;
    const distancePx = Math.hypot(to[0] - x, to[1] - y);
    if (distancePx < best.distancePx) {
      best = { point: [x, y], position: (i + t) / defaultSamplesPerSegment, distancePx };
    }
  }
  return { ...best, point: image(best.point) };
}
