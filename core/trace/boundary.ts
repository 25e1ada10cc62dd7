import type { Point } from '../geometry/point.ts';
import { cumulativeLengths } from '../geometry/polygon.ts';
import type { Component } from './largest-component.ts';

/**
 * The outer boundary of a component at the threshold, to a fraction of a pixel: the closed polygon of the
 * places where the probability, linear between neighbouring pixels, crosses the threshold (marching squares).
 * Clockwise as seen on screen, the first point not repeated. Beyond the image the probability is zero.
 */
export function componentBoundary(
  component: Component,
  probability: Float32Array,
  rows: number,
  columns: number,
  threshold: number,
): Point[] {
  const { member } = component;
  const isMember = (x: number, y: number): boolean =>
    x >= 0 && y >= 0 && x < columns && y < rows && member[y * columns + x] === 1;
  const points: Point[] = [];
  let [x, y] = component.start;
  // (outX, outY) points from the pixel (x, y) of the component to a neighbour that is not part of it.
  let outX = 0;
  let outY = -1;
  const [startX, startY] = component.start;
  do {
    const nx = x + outX;
    const ny = y + outY;
    const inside = probability[y * columns + x]!;
    const outsideRaw = nx >= 0 && ny >= 0 && nx < columns && ny < rows ? probability[ny * columns + nx]! : 0;
    const outside = outsideRaw < threshold ? outsideRaw : 0;
    const share =
      inside > outside ? Math.min(1, Math.max(0, (inside - threshold) / (inside - outside))) : 0.5;
    points.push([x + outX * share, y + outY * share]);
    // Go round clockwise: `ahead` is along the border, seen from inside with the outside on the left.
    const aheadX = -outY;
    const aheadY = outX;
    if (!isMember(x + aheadX, y + aheadY)) {
      outX = aheadX;
      outY = aheadY;
    } else if (isMember(x + aheadX + outX, y + aheadY + outY)) {
      x += aheadX + outX;
      y += aheadY + outY;
      outX = -aheadX;
      outY = -aheadY;
    } else {
      x += aheadX;
      y += aheadY;
    }
  } while (x !== startX || y !== startY || outX !== 0 || outY !== -1);
  return points;
}

/** A closed polygon with `count` points spaced evenly, starting at its first point. */
export function resampleClosed(polygon: readonly Point[], count: number): Point[] {
  const closed = [...polygon, polygon[0]!];
  const lengths = cumulativeLengths(closed);
  const total = lengths[closed.length - 1]!;
  const result: Point[] = [];
  let segment = 0;
  for (let k = 0; k < count; k++) {
    const target = (total * k) / count;
    while (segment < closed.length - 2 && lengths[segment + 1]! < target) segment++;
    const span = lengths[segment + 1]! - lengths[segment]!;
    const t = span > 0 ? (target - lengths[segment]!) / span : 0;
    const [ax, ay] = closed[segment]!;
    const [bx, by] = closed[segment + 1]!;
    result.push([ax + (bx - ax) * t, ay + (by - ay) * t]);
  }
  return result;
}

/** A closed, evenly spaced polygon with its coordinates averaged over neighbours (Gaussian weights). */
export function smoothClosed(polygon: readonly Point[], sigmaSamples: number): Point[] {
  const reach = Math.ceil(2.5 * sigmaSamples);
  const n = polygon.length;
  if (!(sigmaSamples > 0) || n < 2 * reach + 1) return [...polygon];
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - reach) / sigmaSamples) ** 2),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return polygon.map((_, i) => {
    let x = 0;
    let y = 0;
    for (let k = -reach; k <= reach; k++) {
      const [px, py] = polygon[(i + k + n) % n]!;
      x += px * weights[k + reach]!;
      y += py * weights[k + reach]!;
    }
    return [x / total, y / total];
  });
}
