import { signedArea } from '../geometry/polygon.ts';
import type { Point } from '../geometry/point.ts';

export const wallThirds = ['basal', 'mid', 'apical'] as const;
export type WallThird = (typeof wallThirds)[number];

/** Mean thickness of each third, in the unit of the coordinates; null where the wall is not met. */
export type WallThickness = Readonly<Record<WallThird, number | null>>;

/** Share of a third's endocardium from which the epicardium has to be met for the third to have a thickness. */
const leastShare = 0.5;

/**
 * Thickness of the wall by thirds of the cavity's long axis: the mean, over the endocardium of both sides, of the way
 * along its normal outwards to the epicardium (perpendicular to the wall, as ASE/EACVI 2015 has walls measured: Lang
 * et al., J Am Soc Echocardiogr 2015;28:1–39). Near the hinges a normal may pass below the end of the
 * epicardium; it counts for nothing.
 *
 * @param endocardium smooth and evenly spaced, from hinge to hinge
 * @param epicardium likewise, in either direction
 */
export function wallThickness(endocardium: readonly Point[], epicardium: readonly Point[]): WallThickness {
  const last = endocardium.length - 1;
  const [first, second] = [endocardium[0]!, endocardium[last]!];
  const base: Point = [(first[0] + second[0]) / 2, (first[1] + second[1]) / 2];
  // The height above the base line is what is cut into thirds, so that a cap of the apex is apical on either side.
  const apex = endocardium.reduce((far, point) => (squared(base, point) > squared(base, far) ? point : far));
  const [axisX, axisY] = [apex[0] - base[0], apex[1] - base[1]];
  const length = axisX * axisX + axisY * axisY;
  const outwards = signedArea(endocardium) > 0 ? 1 : -1;
  const sums = wallThirds.map(() => ({ places: 0, met: 0, sum: 0 }));
  for (let m = 1; m < last; m += 2) {
    const [x, y] = endocardium[m]!;
    const [beforeX, beforeY] = endocardium[m - 1]!;
    const [afterX, afterY] = endocardium[m + 1]!;
    const [tangentX, tangentY] = [afterX - beforeX, afterY - beforeY];
    const size = Math.hypot(tangentX, tangentY);
    if (!(size > 0) || !(length > 0)) continue;
    const level = ((x - base[0]) * axisX + (y - base[1]) * axisY) / length;
    const third = sums[Math.min(wallThirds.length - 1, Math.max(0, Math.floor(level * wallThirds.length)))]!;
    third.places++;
    const normal: Point = [(outwards * tangentY) / size, (-outwards * tangentX) / size];
    const way = wayTo([x, y], normal, epicardium);
    if (way === null) continue;
    third.met++;
    third.sum += way;
  }
  const [basal, mid, apical] = sums.map(({ places, met, sum }) =>
    met > 0 && met >= leastShare * places ? sum / met : null,
  );
  return { basal: basal ?? null, mid: mid ?? null, apical: apical ?? null };
}

const squared = (a: Point, b: Point): number => (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2;

/** How far the line is away in a direction, at its nearest crossing; null where the ray does not meet it. */
function wayTo([x, y]: Point, [nx, ny]: Point, line: readonly Point[]): number | null {
  let least = Infinity;
  for (let i = 1; i < line.length; i++) {
    const [ax, ay] = line[i - 1]!;
    const [dx, dy] = [line[i]![0] - ax, line[i]![1] - ay];
    const across = nx * dy - ny * dx;
    if (across === 0) continue;
    const way = ((ax - x) * dy - (ay - y) * dx) / across;
    const along = ((ax - x) * ny - (ay - y) * nx) / across;
    if (way >= 0 && along >= 0 && along <= 1 && way < least) least = way;
  }
  return Number.isFinite(least) ? least : null;
}
