import type { Point } from '../geometry/point.ts';
import { distance, midpoint } from '../geometry/polygon.ts';

/** Indices into a closed boundary: the two hinges and the apex between them along the walls. */
export interface BoundaryLandmarks {
  /** The wall runs from `first` over `apex` to `second` in the direction of growing index (wrapping). */
  readonly first: number;
  readonly apex: number;
  readonly second: number;
}

/** Centre and central second moments (divided by the area) of an area. */
export interface AreaMoments {
  readonly centroid: Point;
  readonly covariance: readonly [xx: number, xy: number, yy: number];
}

/**
 * Hinges and apex on the closed outline of a left-ventricular cavity.
 *
 * The cavity is longer than wide, flat at the mitral base and pointed at the apex. The long axis is found from
 * its second moments; the base is the blunter end, with the prior that in apical views the apex is towards the
 * transducer, at the top of the picture. Hinges are the corners of the base: the outermost points in the two
 * directions between the base and the sides. The apex is the point of the walls farthest from the middle of the
 * base line (ASE/EACVI 2015).
 *
 * @param outline clockwise, evenly spaced, in coordinates of equal scale in x and y
 * @param moments centre and second moments of the area inside, in the same coordinates
 */
export function findLandmarks(outline: readonly Point[], moments: AreaMoments): BoundaryLandmarks | null {
  const [towardsX, towardsY] = apexDirection(outline, moments);
  const [cx, cy] = moments.centroid;
  const along = outline.map(([x, y]) => (x - cx) * towardsX + (y - cy) * towardsY);
  const aside = outline.map(([x, y]) => (x - cx) * towardsY - (y - cy) * towardsX);
  const corners = { left: corner(along, aside, -1), right: corner(along, aside, 1) };
  if (corners.left === corners.right) return null;
  const n = outline.length;
  const { left, right } = flattenBase(outline, corners.left, corners.right, along);

  const base = midpoint(outline[left]!, outline[right]!);
  const apex = farthestWallPoint(outline, along, base);
  if (apex === null || apex === left || apex === right) return null;
  const leftFirst = (apex - left + n) % n < (right - left + n) % n;
  return leftFirst ? { first: left, apex, second: right } : { first: right, apex, second: left };
}

/** Points this near to the greatest distance are as far as the farthest: a blunt apex is met in its middle. */
const apexTolerance = 0.005;

/** Index of the point of the walls' upper half farthest from the base, in the middle of equally far ones. */
function farthestWallPoint(outline: readonly Point[], along: readonly number[], base: Point): number | null {
  const n = outline.length;
  const leastAlong = 0.5 * (Math.max(...along) + Math.min(...along));
  const far = outline.map((point, i) => (along[i]! < leastAlong ? -1 : distance(base, point)));
  const greatest = Math.max(...far);
  if (!(greatest > 0)) return null;
  const farthest = far.indexOf(greatest);
  const enough = greatest * (1 - apexTolerance);
  let back = 0;
  while (back < n && far[(farthest - back - 1 + n) % n]! >= enough) back++;
  let ahead = 0;
  while (ahead < n && far[(farthest + ahead + 1) % n]! >= enough) ahead++;
  return (farthest + Math.round((ahead - back) / 2) + n) % n;
}

/** How slanted the direction is in which a hinge is the outermost point: tangent of its angle off the side. */
const cornerSlant = 1;

function corner(along: readonly number[], aside: readonly number[], side: 1 | -1): number {
  let best = 0;
  let bestValue = -Infinity;
  for (let i = 0; i < along.length; i++) {
    const value = side * aside[i]! - cornerSlant * along[i]!;
    if (value > bestValue) {
      bestValue = value;
      best = i;
    }
  }
  return best;
}

/** How far along the outline a hinge may move from its corner, as a share of the outline. */
const flattenReachShare = 0.12;
/** What moving a hinge by its way costs, as a share of the base's length times that way: a slant of about 17°. */
const flattenCost = 0.15;

/**
 * Moves hinges along the outline towards each other where that makes the base line follow the outline: where the
 * wall curls under the cavity, its corner lies outside of the hinge. Least area between base line and outline,
 * weighed against the way moved.
 */
function flattenBase(
  outline: readonly Point[],
  left: number,
  right: number,
  along: readonly number[],
): { left: number; right: number } {
  const n = outline.length;
  // The base runs from one corner to the other on the side away from the apex, in growing or in falling index.
  const apex = along.indexOf(Math.max(...along));
  const apexFollowsLeft = (apex - left + n) % n < (right - left + n) % n;
  const [from, to] = apexFollowsLeft ? [right, left] : [left, right];
  const span = (to - from + n) % n;
  const reach = Math.min(Math.round(flattenReachShare * n), Math.floor(span / 2) - 1);
  if (reach < 1) return { left, right };

  const doubled = new Float64Array(span + 1);
  for (let k = 1; k <= span; k++) {
    const [ax, ay] = outline[(from + k - 1) % n]!;
    const [bx, by] = outline[(from + k) % n]!;
    doubled[k] = doubled[k - 1]! + ax * by - bx * ay;
  }
  const step = distance(outline[0]!, outline[1]!);
  const price = flattenCost * distance(outline[left]!, outline[right]!) * step;
  let best = { a: 0, b: 0, cost: Infinity };
  for (let a = 0; a <= reach; a++) {
    const [ax, ay] = outline[(from + a) % n]!;
    for (let b = 0; b <= reach; b++) {
      const [bx, by] = outline[(from + span - b) % n]!;
      const area = Math.abs(doubled[span - b]! - doubled[a]! + bx * ay - ax * by) / 2;
      const cost = area + price * (a + b);
      if (cost < best.cost) best = { a, b, cost };
    }
  }
  const start = (from + best.a) % n;
  const end = (to - best.b + n) % n;
  return apexFollowsLeft ? { left: end, right: start } : { left: start, right: end };
}

/** Unit vector from base to apex along the long axis of the cavity. */
function apexDirection(outline: readonly Point[], moments: AreaMoments): [number, number] {
  const [xx, xy, yy] = moments.covariance;
  const angle = 0.5 * Math.atan2(2 * xy, xx - yy);
  let ux = Math.cos(angle);
  let uy = Math.sin(angle);
  if (uy > 0) {
    ux = -ux;
    uy = -uy;
  }
  // (ux, uy) points up. The apex is there unless that end is clearly the blunter one.
  const [cx, cy] = moments.centroid;
  const along = outline.map(([x, y]) => (x - cx) * ux + (y - cy) * uy);
  const aside = outline.map(([x, y]) => (x - cx) * uy - (y - cy) * ux);
  const top = Math.max(...along);
  const bottom = Math.min(...along);
  const inset = endShare * (top - bottom);
  const flipped = widthAt(along, aside, top - inset) > priorForTop * widthAt(along, aside, bottom + inset);
  return flipped ? [-ux, -uy] : [ux, uy];
}

/** How far from its ends the width of a cavity tells base from apex, as a share of its length. */
const endShare = 0.15;
/**
 * The upper end has to be this much wider than the lower one before it is taken for the base. A half ellipse
 * stood on its head gives 1.9; ventricles the right way up give 0.7 in the middle and seldom more than 1.2.
 */
const priorForTop = 1.5;

/** Width of the outline at one level along the axis. */
function widthAt(along: readonly number[], aside: readonly number[], level: number): number {
  let least = Infinity;
  let greatest = -Infinity;
  for (let i = 0; i < along.length; i++) {
    const j = (i + 1) % along.length;
    const a = along[i]! - level;
    const b = along[j]! - level;
    if (a < 0 === b < 0) continue;
    const at = aside[i]! + ((aside[j]! - aside[i]!) * a) / (a - b);
    least = Math.min(least, at);
    greatest = Math.max(greatest, at);
  }
  return greatest - least;
}
