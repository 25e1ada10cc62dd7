import { distanceToPolyline, pointsOutside } from '../geometry/inside.ts';
import type { Point } from '../geometry/point.ts';
import { distance, midpoint, signedArea } from '../geometry/polygon.ts';
import { farthestFromBase } from './apex.ts';
import type { BesideCavityOptions, MapPlace } from './beside-cavity.ts';
import { borderBetweenHinges, borderInImage } from './border-between-hinges.ts';
import { confidenceInMap } from './confidence.ts';
import { fitControlPoints } from './control-points.ts';
import { largestComponentWhere } from './largest-component.ts';
import { traceProblem } from './problem.ts';
import { rasterizePolygon } from './rasterize.ts';
import { tracePolyline } from './spline.ts';
import type { LandmarkedTrace } from './trace.ts';

/** The least that a wall is thick, as a share of the cavity's long axis: about 1 mm of an adult's. */
const leastThicknessShare = 0.012;
/** How far the cavity may come out of a drawn wall by roundings, likewise: a third of what is a finding. */
const mostProtrusionShare = 0.005;
/** Samples that the border is averaged over; the later ones where it would cross itself. */
const smoothings = [1, 3, 8] as const;

/**
 * The outer border of the left ventricle in a map of all that lies within the epicardium, cavity included: from hinge to
 * hinge over the apex, as the cavity's contour of the frame begins and ends. It encloses the cavity whatever the map says:
 * where the map does not, the wall is taken to be as thick as a wall is at least.
 *
 * @param map row-major, rows × columns of `place`, 0…1
 * @returns null where there is no contour that can be measured
 */
export function wallFromMap(
  map: Float32Array,
  place: MapPlace,
  cavity: LandmarkedTrace,
  { threshold, source, spacing, picture }: BesideCavityOptions,
): LandmarkedTrace | null {
  const { rows, columns } = place;
  const inner = tracePolyline(cavity);
  const hinges = [inner[0]!, inner[inner.length - 1]!] as const;
  const axis = distance(midpoint(...hinges), cavity.points[cavity.apexIndex]!);
  const thickness = leastThicknessShare * axis;
  const thinnest = rasterizePolygon(
    outwards(inner, thickness).map((point) => place.inputPoint(point)),
    rows,
    columns,
  );
  // The second only where the first gives no contour: a map that is none.
  for (const isMapped of [true, false]) {
    const field = isMapped ? map.slice() : new Float32Array(map.length);
    for (let index = 0; index < field.length; index++) if (thinnest[index]! > 0) field[index] = 1;
    const inside = thinnest.indexOf(255);
    const component = largestComponentWhere(
      field,
      rows,
      columns,
      threshold,
      ({ member }) => member[inside] === 1,
    );
    if (component === null) continue;
    const border = borderInImage(component, field, place, threshold, picture);
    for (const smoothing of smoothings) {
      const line = borderBetweenHinges(border, hinges, smoothing);
      if (line === null) continue;
      const fitted = fitControlPoints(line, farthestFromBase(line, spacing));
      const { trace, farthestOut } = enclosing({ ...fitted, source, confidence: null }, inner, thickness);
      if (farthestOut > mostProtrusionShare * axis || traceProblem(trace) !== null) continue;
      return { ...trace, confidence: confidenceInMap(trace, map, place) };
    }
  }
  return null;
}

/** Points of an open line moved away from what it encloses. */
function outwards(line: readonly Point[], by: number): Point[] {
  const sign = signedArea(line) > 0 ? by : -by;
  return line.map((point, index) => {
    const [nx, ny] = normalAt(line, index);
    return [point[0] + sign * nx, point[1] + sign * ny];
  });
}

/** Unit normal between a point's neighbours, to the left of the way as seen on screen. */
function normalAt(line: readonly Point[], index: number): Point {
  const [ax, ay] = line[Math.max(0, index - 1)]!;
  const [bx, by] = line[Math.min(line.length - 1, index + 1)]!;
  const size = Math.hypot(bx - ax, by - ay);
  return size > 0 ? [(by - ay) / size, (ax - bx) / size] : [0, 0];
}

/** Times that control points are moved outwards, and by how much more than needed: a share of the least thickness. */
const repairs = 8;
const repairMargin = 0.25;

/**
 * The contour with control points moved outwards where its curve, between them, cuts into the cavity; and how far that
 * comes out of it still.
 */
function enclosing(
  trace: LandmarkedTrace,
  inner: readonly Point[],
  thickness: number,
): { readonly trace: LandmarkedTrace; readonly farthestOut: number } {
  const between = inner.slice(1, -1);
  let current = trace;
  for (let round = 0; ; round++) {
    const line = tracePolyline(current);
    const out = pointsOutside(between, line).map((point) => ({ point, by: distanceToPolyline(point, line) }));
    if (out.length === 0 || round === repairs) {
      return { trace: current, farthestOut: Math.max(0, ...out.map(({ by }) => by)) };
    }
    const { points } = current;
    const sign = signedArea(line) > 0 ? 1 : -1;
    const moved = points.map((point, index): Point => {
      if (index === 0 || index === points.length - 1) return point;
      const reach = Math.max(distance(points[index - 1]!, point), distance(points[index + 1]!, point));
      const near = out.filter((one) => distance(one.point, point) <= reach);
      const by = sign * Math.max(0, ...near.map((one) => one.by + repairMargin * thickness));
      const [nx, ny] = normalAt(points, index);
      return [point[0] + by * nx, point[1] + by * ny];
    });
    current = { ...current, points: moved };
  }
}
