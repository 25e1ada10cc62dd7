import type { PixelSpacing, Point } from '../geometry/point.ts';
import { distance, polylineLength, resamplePolyline, signedArea } from '../geometry/polygon.ts';
import { squarePixels } from '../geometry/proportion.ts';
import { farthestFromBase } from './apex.ts';
import { resampleClosed } from './boundary.ts';
import { fitControlPoints } from './control-points.ts';
import { type AreaMoments, findLandmarks } from './find-landmarks.ts';
import { traceProblem } from './problem.ts';
import type { LandmarkedTrace, Trace } from './trace.ts';

const wallSamples = 256;
const outlineSamples = 512;
/** A side this many times as long as the middle one, and this share of the outline, is a base line that somebody drew. */
const baseLineTimes = 4;
const baseLineShare = 0.08;
/** Control points of a closed contour. */
const closedPoints = 24;
const leastPoints = 5;

/**
 * A contour fitted to the outline of a structure with hinges and an apex, as another program drew it: from hinge to hinge
 * over the apex. The base line is the one long straight side where the outline has one, as that between the ends of a curve
 * that was flattened; else the hinges are looked for, as in a mask. The hinge that lies more to the left comes first.
 *
 * @param outline in image pixels; closed by its first point again, or open
 * @returns null where it encloses nothing that could be such a contour
 */
export function traceFromOutline(
  outline: readonly Point[],
  spacing: PixelSpacing = squarePixels,
): LandmarkedTrace | null {
  const ring = withoutLast(outline);
  if (ring.length < leastPoints) return null;
  const wall = wallOf(ring, spacing);
  if (wall === null || polylineLength(wall) < 4) return null;
  const dense = resamplePolyline(wall, wallSamples);
  if (dense[0]![0] > dense.at(-1)![0]) dense.reverse();
  const { points, apexIndex } = fitControlPoints(dense, farthestFromBase(dense, spacing), { exact: true });
  const trace: LandmarkedTrace = { points, apexIndex, source: { kind: 'fitted' }, confidence: null };
  return traceProblem(trace) === null ? trace : null;
}

/** A closed contour fitted to an outline of a structure without landmarks; null where it encloses nothing. */
export function closedTraceFromOutline(outline: readonly Point[]): Trace | null {
  const ring = withoutLast(outline);
  if (ring.length < leastPoints) return null;
  const points = resampleClosed([...ring], closedPoints);
  const trace: Trace = { points, apexIndex: null, source: { kind: 'fitted' }, confidence: null };
  return traceProblem(trace) === null ? trace : null;
}

/** Each place once: neighbours that coincide, and the first point again at the end, have no side between them. */
function withoutLast(outline: readonly Point[]): Point[] {
  const ring = outline.filter((point, index) => index === 0 || distance(point, outline[index - 1]!) > 1e-6);
  while (ring.length > 1 && distance(ring[0]!, ring.at(-1)!) <= 1e-6) ring.pop();
  return ring;
}

function wallOf(ring: readonly Point[], spacing: PixelSpacing): Point[] | null {
  const base = baseLine(ring);
  if (base !== null) return [...ring.slice(base + 1), ...ring.slice(0, base + 1)];
  const clockwise = signedArea(ring) < 0 ? ring.toReversed() : [...ring];
  const dense = resampleClosed(clockwise, outlineSamples);
  const width = spacing.mmPerPixelX / spacing.mmPerPixelY;
  const seen = dense.map(([x, y]): Point => [x * width, y]);
  const marks = findLandmarks(seen, moments(seen));
  if (marks === null) return null;
  const { first, second } = marks;
  return first <= second
    ? dense.slice(first, second + 1)
    : [...dense.slice(first), ...dense.slice(0, second + 1)];
}

/** Index of the point at which the base line begins; null where no side stands out as one. */
function baseLine(ring: readonly Point[]): number | null {
  const sides = ring.map((point, index) => distance(point, ring[(index + 1) % ring.length]!));
  const whole = sides.reduce((sum, side) => sum + side, 0);
  const middle = sides.toSorted((a, b) => a - b)[sides.length >> 1]!;
  const longest = sides.indexOf(Math.max(...sides));
  const isLong = sides[longest]! >= baseLineTimes * middle && sides[longest]! >= baseLineShare * whole;
  // Of two such sides neither is known to be the base.
  const rivals = sides.filter((side) => side > 0.6 * sides[longest]!).length;
  return isLong && rivals === 1 ? longest : null;
}

/** Centre and second moments of what a polygon encloses (Green's theorem). */
function moments(ring: readonly Point[]): AreaMoments {
  let [area, x, y, xx, xy, yy] = [0, 0, 0, 0, 0, 0];
  // About the first point, so that far from the origin nothing cancels.
  const [originX, originY] = ring[0]!;
  ring.forEach((point, index) => {
    const [ax, ay] = [point[0] - originX, point[1] - originY];
    const next = ring[(index + 1) % ring.length]!;
    const [bx, by] = [next[0] - originX, next[1] - originY];
    const cross = ax * by - bx * ay;
    area += cross / 2;
    x += ((ax + bx) * cross) / 6;
    y += ((ay + by) * cross) / 6;
    xx += ((ax * ax + ax * bx + bx * bx) * cross) / 12;
    yy += ((ay * ay + ay * by + by * by) * cross) / 12;
    xy += ((ax * by + 2 * ax * ay + 2 * bx * by + bx * ay) * cross) / 24;
  });
  const [cx, cy] = [x / area, y / area];
  return {
    centroid: [cx + originX, cy + originY],
    covariance: [xx / area - cx * cx, xy / area - cx * cy, yy / area - cy * cy],
  };
}
