import { distanceToPolyline } from '../geometry/inside.ts';
import type { Point } from '../geometry/point.ts';
import { distance, midpoint, polygonArea } from '../geometry/polygon.ts';
import { farthestFromBase } from './apex.ts';
import type { BesideCavityOptions, MapPlace } from './beside-cavity.ts';
import { borderBetweenHinges, borderInImage } from './border-between-hinges.ts';
import { confidenceInMap } from './confidence.ts';
import { fitControlPoints } from './control-points.ts';
import { largestComponentWhere, type Component } from './largest-component.ts';
import { traceProblem } from './problem.ts';
import { tracePolyline } from './spline.ts';
import type { LandmarkedTrace } from './trace.ts';

/** An area smaller than this share of the cavity's is a speck, not an atrium. */
const leastShareOfCavity = 0.05;
/** An atrium begins no farther from the base line than this share of the cavity's long axis. */
const baseShare = 0.1;
/** Samples that the border is averaged over; the later ones where it would cross itself. */
const smoothings = [1, 3, 8] as const;
/** Pixels of the map between the base line and the first ones that count, so that no border crosses the line. */
const clearance = 0.5;

/**
 * The left atrium in a map of it: from hinge to hinge of the cavity's contour over its roof, on the far side of the line
 * between them.
 *
 * @param map row-major, rows × columns of `place`, 0…1
 * @returns null where there is no atrium
 */
export function atriumFromMap(
  map: Float32Array,
  place: MapPlace,
  cavity: LandmarkedTrace,
  { threshold, source, spacing, picture }: BesideCavityOptions,
): LandmarkedTrace | null {
  const ventricle = tracePolyline(cavity).map((point) => place.inputPoint(point));
  const hinges = [ventricle[0]!, ventricle[ventricle.length - 1]!] as const;
  const apex = place.inputPoint(cavity.points[cavity.apexIndex]!);
  const field = beyondBase(map, place, hinges, apex);
  const near = baseShare * distance(midpoint(...hinges), apex);
  const component = largestComponentWhere(field, place.rows, place.columns, threshold, (one) =>
    beginsWithin(near, hinges, one, place.columns),
  );
  if (component === null || component.areaPx < leastShareOfCavity * polygonArea(ventricle)) return null;
  const border = borderInImage(component, field, place, threshold, picture);
  const ends = [cavity.points[0]!, cavity.points[cavity.points.length - 1]!] as const;
  for (const smoothing of smoothings) {
    const line = borderBetweenHinges(border, ends, smoothing);
    if (line === null) continue;
    const fitted = fitControlPoints(line, farthestFromBase(line, spacing));
    const trace: LandmarkedTrace = { ...fitted, source, confidence: null };
    if (traceProblem(trace) === null) return { ...trace, confidence: confidenceInMap(trace, map, place) };
  }
  return null;
}

/** The map without what lies on the apex's side of the line through the hinges. */
function beyondBase(
  map: Float32Array,
  { rows, columns }: MapPlace,
  [[ax, ay], [bx, by]]: readonly [Point, Point],
  [apexX, apexY]: Point,
): Float32Array {
  const field = new Float32Array(map.length);
  const length = Math.hypot(bx - ax, by - ay) || 1;
  const sign = (apexX - ax) * (by - ay) - (apexY - ay) * (bx - ax) > 0 ? -1 : 1;
  const [dx, dy] = [(sign * (by - ay)) / length, (sign * (ax - bx)) / length];
  const offset = -(ax * dx + ay * dy) - clearance;
  for (let y = 0; y < rows; y++) {
    // Of each row the part from where the line crosses it, to the one end or the other.
    const rest = y * dy + offset;
    const crossing = -rest / dx;
    const from = dx > 0 ? Math.min(columns, Math.max(0, Math.ceil(crossing))) : 0;
    const to = dx < 0 ? Math.min(columns - 1, Math.floor(crossing)) : columns - 1;
    if (dx === 0 ? rest < 0 : from > to) continue;
    const start = y * columns;
    field.set(map.subarray(start + from, start + to + 1), start + from);
  }
  return field;
}

/** Whether an area comes near to the base line. @param reach pixels of the map */
function beginsWithin(
  reach: number,
  hinges: readonly Point[],
  { member }: Component,
  columns: number,
): boolean {
  return member.some(
    (one, index) =>
      one === 1 && distanceToPolyline([index % columns, Math.floor(index / columns)], hinges) <= reach,
  );
}
