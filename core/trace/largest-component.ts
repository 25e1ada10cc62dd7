import type { Point } from '../geometry/point.ts';

/** The pixels of one connected area, with the moments that give its centre and its axes. */
export interface Component {
  /** 1 for a pixel of the component, else 0; row-major. */
  readonly member: Uint8Array;
  readonly areaPx: number;
  readonly centroid: Point;
  /** Central second moments divided by the area: xx, xy, yy. */
  readonly covariance: readonly [xx: number, xy: number, yy: number];
  /** Its first pixel in reading order. */
  readonly start: Point;
}

/** Pixels next to each other in one row that are at or above the threshold; `to` is the last of them. */
interface Run {
  readonly row: number;
  readonly from: number;
  readonly to: number;
}

/**
 * The largest 4-connected area of pixels at or above the threshold; null when there is none. Of two equal ones,
 * the first in reading order. Values that are not numbers count as below.
 */
export function largestComponent(
  probability: Float32Array,
  rows: number,
  columns: number,
  threshold: number,
): Component | null {
  const runs: Run[] = [];
  /** Of each run another of the same area, found earlier; the first of an area points to itself (union–find). */
  const parent: number[] = [];
  const root = (run: number): number => {
    while (parent[run] !== run) {
      parent[run] = parent[parent[run]!]!;
      run = parent[run]!;
    }
    return run;
  };
  let above = 0;
  for (let row = 0; row < rows; row++) {
    const rowStart = runs.length;
    const offset = row * columns;
    for (let column = 0; column < columns; column++) {
      if (!(probability[offset + column]! >= threshold)) continue;
      const from = column;
      while (column + 1 < columns && probability[offset + column + 1]! >= threshold) column++;
      const own = runs.length;
      runs.push({ row, from, to: column });
      parent.push(own);
      // Runs of the row above that end before this one begins cannot touch this one nor any after it.
      while (above < rowStart && runs[above]!.to < from) above++;
      for (let other = above; other < rowStart && runs[other]!.from <= column; other++) {
        const a = root(own);
        const b = root(other);
        if (a < b) parent[b] = a;
        else parent[a] = b;
      }
    }
    above = rowStart;
  }
  return runs.length === 0 ? null : describe(largest(runs, parent, root), rows, columns);
}

/** Areas that are looked at, the largest first. */
const mostAreas = 4;

/**
 * The largest of the areas that are what is looked for; null where none of the largest few is.
 *
 * @param probability the pixels of areas that are not are set to 0
 */
export function largestComponentWhere(
  probability: Float32Array,
  rows: number,
  columns: number,
  threshold: number,
  accepts: (component: Component) => boolean,
): Component | null {
  for (let tried = 0; tried < mostAreas; tried++) {
    const component = largestComponent(probability, rows, columns, threshold);
    if (component === null || accepts(component)) return component;
    const { member } = component;
    for (let index = 0; index < member.length; index++) if (member[index] === 1) probability[index] = 0;
  }
  return null;
}

function largest(runs: readonly Run[], parent: readonly number[], root: (run: number) => number): Run[] {
  const areas = new Map<number, number>();
  runs.forEach(({ from, to }, i) => areas.set(root(i), (areas.get(root(i)) ?? 0) + to - from + 1));
  let best = root(0);
  for (const [area, pixels] of areas) {
    if (pixels > areas.get(best)! || (pixels === areas.get(best)! && area < best)) best = area;
  }
  return runs.filter((_, i) => parent[i] === best || root(i) === best);
}

function describe(runs: readonly Run[], rows: number, columns: number): Component {
  const member = new Uint8Array(rows * columns);
  // Coordinates relative to the first pixel keep the sums exact.
  const { row: startRow, from: startColumn } = runs[0]!;
  let areaPx = 0;
  let sumX = 0;
  let sumY = 0;
  let sumXX = 0;
  let sumXY = 0;
  let sumYY = 0;
  for (const { row, from, to } of runs) {
    member.fill(1, row * columns + from, row * columns + to + 1);
    const y = row - startRow;
    const count = to - from + 1;
    const rowSum = ((from + to) / 2 - startColumn) * count;
    const mean = rowSum / count;
    areaPx += count;
    sumX += rowSum;
    sumY += y * count;
    // Σx² of consecutive integers: their mean squared, plus their variance (count² − 1)/12.
    sumXX += count * (mean * mean + (count * count - 1) / 12);
    sumXY += rowSum * y;
    sumYY += y * y * count;
  }
  const x = sumX / areaPx;
  const y = sumY / areaPx;
  return {
    member,
    areaPx,
    centroid: [startColumn + x, startRow + y],
    covariance: [sumXX / areaPx - x * x, sumXY / areaPx - x * y, sumYY / areaPx - y * y],
    start: [startColumn, startRow],
  };
}
