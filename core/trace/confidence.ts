import type { Point } from '../geometry/point.ts';
import { signedArea } from '../geometry/polygon.ts';
import type { MapPlace } from './beside-cavity.ts';
import { tracePolyline } from './spline.ts';
import type { LandmarkedTrace } from './trace.ts';

/** How far inside and outside the border the probability is looked at: a share of the wall's extent, px at least. */
const offsetShare = 0.02;
const leastOffsetPx = 1.5;

/**
 * The model's certainty along the walls, 0…1: how much its probability falls, on average, from a little inside
 * the border to a little outside (2 % of the wall's larger extent, 1.5 px at least, along the normal). A border
 * as sharp as that gives 1, a probability that fades over a broad band much less. The base line is left out: it
 * is a convention, not a border that can be seen.
 *
 * @param wall polyline from hinge to hinge, clockwise as seen on screen, so that the cavity is on its right
 */
export function borderConfidence(
  wall: readonly Point[],
  probability: Float32Array,
  rows: number,
  columns: number,
): number {
  let minX = Infinity;
  let minY = Infinity;
  let maxX = -Infinity;
  let maxY = -Infinity;
  for (const [x, y] of wall) {
    minX = Math.min(minX, x);
    maxX = Math.max(maxX, x);
    minY = Math.min(minY, y);
    maxY = Math.max(maxY, y);
  }
  const offset = Math.max(leastOffsetPx, offsetShare * Math.max(maxX - minX, maxY - minY));
  let sum = 0;
  let weight = 0;
  for (let i = 1; i < wall.length; i++) {
    const [ax, ay] = wall[i - 1]!;
    const [bx, by] = wall[i]!;
    const length = Math.hypot(bx - ax, by - ay);
    if (length === 0) continue;
    const inX = (-(by - ay) / length) * offset;
    const inY = ((bx - ax) / length) * offset;
    const x = (ax + bx) / 2;
    const y = (ay + by) / 2;
    const fall = sample(x + inX, y + inY) - sample(x - inX, y - inY);
    sum += Math.min(1, Math.max(0, fall)) * length;
    weight += length;
  }
  return weight > 0 ? sum / weight : 0;

  /** Nearest pixel's probability; zero beyond the image. */
  function sample(x: number, y: number): number {
    const column = Math.round(x);
    const row = Math.round(y);
    if (column < 0 || row < 0 || column >= columns || row >= rows) return 0;
    const value = probability[row * columns + column]!;
    return Number.isFinite(value) ? value : 0;
  }
}

/** The same of a contour in the image, looked at in the map that it was drawn from. */
export function confidenceInMap(
  trace: LandmarkedTrace,
  map: Float32Array,
  { rows, columns, inputPoint }: MapPlace,
): number {
  const line = tracePolyline(trace).map(inputPoint);
  if (signedArea(line) < 0) line.reverse();
  return borderConfidence(line, map, rows, columns);
}
