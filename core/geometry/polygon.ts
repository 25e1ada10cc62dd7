import type { Box, Point } from './point.ts';

/** Distance between two points, in the unit of their coordinates. */
export function distance(a: Point, b: Point): number {
  return Math.hypot(b[0] - a[0], b[1] - a[1]);
}

/** The point half way between two points. */
export function midpoint(a: Point, b: Point): Point {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
}

/** Length of an open polyline, in the unit of its coordinates. */
export function polylineLength(points: readonly Point[]): number {
  let length = 0;
  for (let i = 1; i < points.length; i++) length += distance(points[i - 1]!, points[i]!);
  return length;
}

/**
 * Signed area of the polygon that closes `points` with a straight line (shoelace formula), in squared
 * coordinate units; positive when the points run clockwise as seen on screen (y downwards).
 */
export function signedArea(points: readonly Point[]): number {
  if (points.length < 3) return 0;
  // Coordinates are taken relative to the first point: far from the origin the products would cancel badly.
  const [x0, y0] = points[0]!;
  let doubled = 0;
  for (let i = 1; i + 1 < points.length; i++) {
    const [ax, ay] = points[i]!;
    const [bx, by] = points[i + 1]!;
    doubled += (ax - x0) * (by - y0) - (bx - x0) * (ay - y0);
  }
  return doubled / 2;
}

/** Area of the polygon that closes `points` with a straight line, in squared coordinate units. */
export function polygonArea(points: readonly Point[]): number {
  return Math.abs(signedArea(points));
}

/** Smallest box that holds all points; null for no points. */
export function boundingBox(points: readonly Point[]): Box | null {
  if (points.length === 0) return null;
  let minX = Infinity;
  let minY = Infinity;
  let maxX = -Infinity;
  let maxY = -Infinity;
  for (const [x, y] of points) {
    if (x < minX) minX = x;
    if (x > maxX) maxX = x;
    if (y < minY) minY = y;
    if (y > maxY) maxY = y;
  }
  return { minX, minY, maxX, maxY };
}

function turn(ax: number, ay: number, bx: number, by: number, cx: number, cy: number): number {
  return (bx - ax) * (cy - ay) - (by - ay) * (cx - ax);
}

/**
 * True when two sides of the polygon that closes `points` cross properly (interiors meet in one point).
 * Sides that merely touch or run along each other do not count: they enclose no area twice.
 */
export function crossesItself(points: readonly Point[]): boolean {
  const n = points.length;
  if (n < 4) return false;
  const x = new Float64Array(n + 1);
  const y = new Float64Array(n + 1);
  for (let i = 0; i <= n; i++) [x[i], y[i]] = points[i % n]! as [number, number];
  for (let i = 0; i < n - 1; i++) {
    const ax = x[i]!;
    const ay = y[i]!;
    const bx = x[i + 1]!;
    const by = y[i + 1]!;
    const minX = Math.min(ax, bx);
    const maxX = Math.max(ax, bx);
    const minY = Math.min(ay, by);
    const maxY = Math.max(ay, by);
    for (let j = i + 2; j < n; j++) {
      if (i === 0 && j === n - 1) continue;
      const cx = x[j]!;
      const cy = y[j]!;
      const dx = x[j + 1]!;
      const dy = y[j + 1]!;
      if ((cx < minX && dx < minX) || (cx > maxX && dx > maxX)) continue;
      if ((cy < minY && dy < minY) || (cy > maxY && dy > maxY)) continue;
      const c = turn(ax, ay, bx, by, cx, cy);
      const d = turn(ax, ay, bx, by, dx, dy);
      if (c * d >= 0) continue;
      const a = turn(cx, cy, dx, dy, ax, ay);
      const b = turn(cx, cy, dx, dy, bx, by);
      if (a * b < 0) return true;
    }
  }
  return false;
}

/**
 * Points spaced evenly along an open polyline, both ends kept.
 *
 * @param count number of points wanted, at least 2
 */
export function resamplePolyline(points: readonly Point[], count: number): Point[] {
  const lengths = cumulativeLengths(points);
  const total = lengths[lengths.length - 1] ?? 0;
  const result: Point[] = [];
  let segment = 0;
  for (let k = 0; k < count; k++) {
    const target = (total * k) / (count - 1);
    while (segment < points.length - 2 && lengths[segment + 1]! < target) segment++;
    result.push(alongSegment(points, lengths, segment, target));
  }
  return result;
}

/** Length of the polyline up to each of its points. */
export function cumulativeLengths(points: readonly Point[]): Float64Array {
  const lengths = new Float64Array(points.length);
  for (let i = 1; i < points.length; i++) {
    lengths[i] = lengths[i - 1]! + distance(points[i - 1]!, points[i]!);
  }
  return lengths;
}

function alongSegment(
  points: readonly Point[],
  lengths: Float64Array,
  segment: number,
  target: number,
): Point {
  const a = points[segment]!;
  const b = points[Math.min(segment + 1, points.length - 1)]!;
  const length = (lengths[segment + 1] ?? lengths[segment]!) - lengths[segment]!;
  const t = length > 0 ? Math.min(1, Math.max(0, (target - lengths[segment]!) / length)) : 0;
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t];
}
