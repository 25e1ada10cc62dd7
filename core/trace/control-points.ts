import type { Point } from '../geometry/point.ts';
import { distance } from '../geometry/polygon.ts';
import { splinePolyline } from './spline.ts';

/** Few enough to edit by hand, many enough for the walls and the papillary muscles' bulges. */
const pointsPerWallAtFirst = 5;
const mostPoints = 21;
/** Deviation of the curve from the wall that needs no further point: a share of the wall's length, in px at least. */
const toleranceShare = 0.003;
const leastTolerancePx = 0.5;
/** Control points nearer than this share of the wall make kinks rather than accuracy. */
const leastGapShare = 0.025;
const samplesPerSegment = 8;

/** For outlines that are no pixels' borders: the curve stays a third as far from them, with more points where it must. */
const exactShare = 1 / 3;
const mostExactPoints = 33;

export interface FitOptions {
  /** The wall is where it is to a fraction of a pixel. */
  readonly exact?: boolean;
}

export interface WallPoints {
  readonly points: Point[];
  readonly apexIndex: number;
}

/**
 * Control points whose spline follows a wall: both ends and the apex, five evenly spaced on either side of it,
 * then one more wherever the curve is farthest from the wall, until it is near enough or has 21 points (33 of an exact wall).
 *
 * @param wall from hinge to hinge, evenly spaced and dense
 * @param apex index of the apex in `wall`
 */
export function fitControlPoints(
  wall: readonly Point[],
  apex: number,
  { exact = false }: FitOptions = {},
): WallPoints {
  const last = wall.length - 1;
  const knots = [...evenly(0, apex, pointsPerWallAtFirst), ...evenly(apex, last, pointsPerWallAtFirst), last];
  const step = wallLength(wall) / last;
  const tolerance = Math.max(leastTolerancePx, toleranceShare * step * last) * (exact ? exactShare : 1);
  const leastGap = Math.max(2, Math.round(leastGapShare * last));
  while (knots.length < (exact ? mostExactPoints : mostPoints)) {
    const worst = worstPlace(wall, knots, leastGap);
    if (worst === null || worst.deviation <= tolerance) break;
    knots.splice(worst.after + 1, 0, worst.index);
  }
  return { points: knots.map((knot) => wall[knot]!), apexIndex: knots.indexOf(apex) };
}

/** `from` and the given number of indices between it and `to`, without `to`; distinct. */
function evenly(from: number, to: number, between: number): number[] {
  const count = Math.min(between + 1, to - from);
  return Array.from({ length: count }, (_, k) => from + Math.round((k * (to - from)) / count));
}

function worstPlace(
  wall: readonly Point[],
  knots: readonly number[],
  leastGap: number,
): { index: number; after: number; deviation: number } | null {
  const curve = splinePolyline(
    knots.map((knot) => wall[knot]!),
    samplesPerSegment,
  );
  let worst: { index: number; after: number; deviation: number } | null = null;
  for (let segment = 0; segment + 1 < knots.length; segment++) {
    const from = knots[segment]! + leastGap;
    const to = knots[segment + 1]! - leastGap;
    for (let index = from; index <= to; index++) {
      const deviation = distanceToCurve(wall[index]!, curve, segment * samplesPerSegment);
      if (worst === null || deviation > worst.deviation) worst = { index, after: segment, deviation };
    }
  }
  return worst;
}

/** Distance of a point from one spline segment, given as the samples that start at `offset`. */
function distanceToCurve([x, y]: Point, curve: readonly Point[], offset: number): number {
  let least = Infinity;
  for (let k = 0; k < samplesPerSegment; k++) {
    const [ax, ay] = curve[offset + k]!;
    const [bx, by] = curve[offset + k + 1]!;
    const dx = bx - ax;
    const dy = by - ay;
    const squared = dx * dx + dy * dy;
    const t = squared > 0 ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / squared)) : 0;
    const ex = x - ax - t * dx;
    const ey = y - ay - t * dy;
    least = Math.min(least, ex * ex + ey * ey);
  }
  return Math.sqrt(least);
}

function wallLength(wall: readonly Point[]): number {
  let length = 0;
  for (let i = 1; i < wall.length; i++) length += distance(wall[i - 1]!, wall[i]!);
  return length;
}
