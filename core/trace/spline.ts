import type { Point } from '../geometry/point.ts';
import type { Trace } from './trace.ts';

/** Samples a segment gets when nobody asks for another number; the deviation from the curve is then negligible. */
export const defaultSamplesPerSegment = 8;

const known = new WeakMap<Trace, readonly Point[]>();

/**
 * The trace's curve as a polyline in image pixels, through every control point: with landmarks from the first hinge
 * over the apex to the second, without the base line from there back to the first; else all round, ending where it
 * began.
 *
 * The curve is a centripetal Catmull–Rom spline (Yuksel, Schaefer and Keyser 2011, "Parameterization and
 * applications of Catmull–Rom curves"): it interpolates, has no cusps inside a segment, and a control point
 * moves only the two segments on either side of it.
 */
export function tracePolyline(
  trace: Trace,
  samplesPerSegment: number = defaultSamplesPerSegment,
): readonly Point[] {
  const curve = trace.apexIndex === null ? closedSplinePolyline : splinePolyline;
  if (samplesPerSegment !== defaultSamplesPerSegment) return curve(trace.points, samplesPerSegment);
  let polyline = known.get(trace);
  if (polyline === undefined) {
    polyline = curve(trace.points, samplesPerSegment);
    known.set(trace, polyline);
  }
  return polyline;
}

/** The centripetal Catmull–Rom curve through `points`; the ends continue as a parabola. */
export function splinePolyline(points: readonly Point[], samplesPerSegment: number): Point[] {
  const n = points.length;
  if (n < 3) return [...points];
  const result: Point[] = [points[0]!];
  for (let i = 0; i + 1 < n; i++) {
    const before = i > 0 ? points[i - 1]! : continued(points[2]!, points[1]!, points[0]!);
    const after = i + 2 < n ? points[i + 2]! : continued(points[n - 3]!, points[n - 2]!, points[n - 1]!);
    appendSegment(result, before, points[i]!, points[i + 1]!, after, samplesPerSegment);
  }
  return result;
}

/** The centripetal Catmull–Rom curve round `points`; its last point is its first. */
export function closedSplinePolyline(points: readonly Point[], samplesPerSegment: number): Point[] {
  const n = points.length;
  if (n < 3) return [...points];
  const at = (index: number): Point => points[(index + n) % n]!;
  const result: Point[] = [at(0)];
  for (let i = 0; i < n; i++) {
    appendSegment(result, at(i - 1), at(i), at(i + 1), at(i + 2), samplesPerSegment);
  }
  return result;
}

/** The next point of the parabola through three evenly spaced points: a wall keeps its curvature to its end. */
function continued(before: Point, middle: Point, end: Point): Point {
  return [3 * (end[0] - middle[0]) + before[0], 3 * (end[1] - middle[1]) + before[1]];
}

function appendSegment(
  result: Point[],
  before: Point,
  from: Point,
  to: Point,
  after: Point,
  samples: number,
): void {
  const d0 = knotSpan(before, from);
  const d1 = knotSpan(from, to);
  const d2 = knotSpan(to, after);
  const fromX = tangent(before[0], from[0], to[0], d0, d1, d1);
  const fromY = tangent(before[1], from[1], to[1], d0, d1, d1);
  const toX = tangent(from[0], to[0], after[0], d1, d2, d1);
  const toY = tangent(from[1], to[1], after[1], d1, d2, d1);
  for (let k = 1; k < samples; k++) {
    const t = k / samples;
    const t2 = t * t;
    const t3 = t2 * t;
    const h00 = 2 * t3 - 3 * t2 + 1;
    const h10 = t3 - 2 * t2 + t;
    const h01 = -2 * t3 + 3 * t2;
    const h11 = t3 - t2;
    result.push([
      h00 * from[0] + h10 * fromX + h01 * to[0] + h11 * toX,
      h00 * from[1] + h10 * fromY + h01 * to[1] + h11 * toY,
    ]);
  }
  result.push(to);
}

/** Square root of the distance (centripetal); the floor keeps coinciding points from dividing by zero. */
function knotSpan(a: Point, b: Point): number {
  return Math.max(Math.sqrt(Math.hypot(b[0] - a[0], b[1] - a[1])), 1e-6);
}

/** Derivative at the middle of three values, scaled to a segment of knot length `span`. */
function tangent(a: number, b: number, c: number, d0: number, d1: number, span: number): number {
  return span * ((b - a) / d0 - (c - a) / (d0 + d1) + (c - b) / d1);
}
