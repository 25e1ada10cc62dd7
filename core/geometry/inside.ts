import type { Point } from './point.ts';

/** Whether a point lies inside the polygon that closes `points` with a straight line (even–odd rule). */
export function isInside([x, y]: Point, points: readonly Point[]): boolean {
  let inside = false;
  let [bx, by] = points[points.length - 1] ?? [NaN, NaN];
  for (const [ax, ay] of points) {
    if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) inside = !inside;
    [bx, by] = [ax, ay];
  }
  return inside;
}

/** Distance from a point to the nearest place of an open polyline, in the unit of their coordinates. */
export function distanceToPolyline([x, y]: Point, points: readonly Point[]): number {
  let least = Infinity;
  for (let i = 1; i < points.length; i++) {
    const [ax, ay] = points[i - 1]!;
    const [dx, dy] = [points[i]![0] - ax, points[i]![1] - ay];
    const squared = dx * dx + dy * dy;
    const t = squared > 0 ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / squared)) : 0;
    least = Math.min(least, Math.hypot(x - ax - t * dx, y - ay - t * dy));
  }
  return least;
}

/** Those of some points that lie outside of the polygon that closes `polygon` with a straight line (even–odd rule). */
export function pointsOutside(points: readonly Point[], polygon: readonly Point[]): Point[] {
  // At every contour that is drawn: nothing is made for what is only compared.
  const count = polygon.length;
  const xs = Float64Array.from(polygon, ([x]) => x);
  const ys = Float64Array.from(polygon, ([, y]) => y);
  return points.filter(([x, y]) => {
    let outside = true;
    for (let i = 0, j = count - 1; i < count; j = i++) {
      const above = ys[i]! > y;
      if (above === ys[j]! > y) continue;
      if (x < xs[i]! + ((y - ys[i]!) / (ys[j]! - ys[i]!)) * (xs[j]! - xs[i]!)) outside = !outside;
    }
    return outside;
  });
}
