import { quantile } from '../beat/extrema.ts';
import type { PixelSpacing, Point } from '../geometry/point.ts';
import { distance, midpoint } from '../geometry/polygon.ts';
import { traceProblem } from '../trace/problem.ts';
import { measureTrace } from '../trace/trace-measures.ts';
import type { LandmarkedTrace } from '../trace/trace.ts';
import { ContourCurve } from './contour-curve.ts';

/** Places between first hinge and apex, and between apex and second hinge, at which a displacement is known. */
const placesPerWall = 48;

/** How a reader moved a contour, by its parameter ({@link ContourCurve}), in mm. */
export interface Displacement {
  /** What the whole contour has in common, as the picture lies: a shift stays a shift whatever the contour's shape. */
  readonly shiftMm: Point;
  /** Logarithm of how many times larger the volume became. */
  readonly logVolumeRatio: number;
  /** How far it was the whole contour that was moved, by what a model errs by everywhere, and not a piece of wall, 0…1. */
  readonly wholeness: number;
  /** The rest along the contour, from the first hinge to the second, at evenly spaced parameters from 0 to 2. */
  readonly tangentialMm: readonly number[];
  /** Across it. */
  readonly normalMm: readonly number[];
}

/** A displacement and how much of it counts, 0…1. */
export interface WeightedDisplacement {
  readonly displacement: Displacement;
  readonly weight: number;
  /** How much of the change of size counts, 0…1. */
  readonly sizeWeight: number;
}

/**
 * What a reader changed of what the model drew: how far all of it was shifted, and the rest taken apart at each place into
 * along and across the model's contour, so that it means the same on a frame where the wall stands elsewhere.
 *
 * @param spacing mm per pixel
 */
export function displacementBetween(
  drawn: LandmarkedTrace,
  corrected: LandmarkedTrace,
  spacing: PixelSpacing,
): Displacement {
  const from = new ContourCurve(drawn, spacing);
  const to = new ContourCurve(inOrderOf(drawn, corrected), spacing);
  const places = Array.from({ length: 2 * placesPerWall + 1 }, (_, place) => place / placesPerWall);
  const moves = places.map((parameter): Point => {
    const [x0, y0] = from.pointAt(parameter);
    const [x1, y1] = to.pointAt(parameter);
    return [x1 - x0, y1 - y0];
  });
  // The median: what was moved on one wall alone is no shift.
  const shiftMm: Point = [
    quantile(
      moves.map(([x]) => x),
      0.5,
    ),
    quantile(
      moves.map(([, y]) => y),
      0.5,
    ),
  ];
  const tangentialMm: number[] = [];
  const normalMm: number[] = [];
  moves.forEach(([x, y], place) => {
    const [tx, ty] = from.tangentAt(places[place]!);
    const [dx, dy] = [x - shiftMm[0], y - shiftMm[1]];
    tangentialMm.push(dx * tx + dy * ty);
    normalMm.push(dy * tx - dx * ty);
  });
  const before = volumeOf(drawn, spacing);
  const after = volumeOf(corrected, spacing);
  const logVolumeRatio = before === null || after === null ? 0 : Math.log(after / before);
  return {
    shiftMm,
    logVolumeRatio,
    wholeness: wholenessOf(moves) * likeliness(logVolumeRatio),
    tangentialMm,
    normalMm,
  };
}

/** Mean over largest move of what is still a piece of wall, a whole wall at most, and of what is the whole contour. */
const ofOneWall = 0.38;
const ofAll = 0.46;

/** How far a correction is one of the whole contour, 0…1. Corrections to CAMUS' readers: over 0.34 in 95 of 100. */
function wholenessOf(moves: readonly Point[]): number {
  const lengths = moves.map(([x, y]) => Math.hypot(x, y));
  const largest = Math.max(...lengths);
  if (!(largest > 0)) return 0;
  const evenness = lengths.reduce((sum, length) => sum + length, 0) / lengths.length / largest;
  return Math.min(1, Math.max(0, (evenness - ofOneWall) / (ofAll - ofOneWall)));
}

/**
 * Points scaled about the middle of their base line until the volume has changed as the corrections' did, as far as these
 * were of the whole contour. The size is carried apart from the shape because it holds longer: on CAMUS the errors of a
 * model's areas at ED and ES go together, while where the border is wrong differs.
 */
function sizedAs(
  trace: LandmarkedTrace,
  points: readonly Point[],
  part: number,
  displacements: readonly WeightedDisplacement[],
  spacing: PixelSpacing,
): Point[] {
  const before = volumeOf(trace, spacing);
  const after = volumeOf({ ...trace, points }, spacing);
  const weights = displacements.reduce((sum, { sizeWeight }) => sum + sizeWeight, 0);
  if (before === null || after === null || !(weights > 0)) return [...points];
  let [logVolumeRatio, wholeness] = [0, 0];
  for (const { displacement, sizeWeight } of displacements) {
    logVolumeRatio += part * sizeWeight * displacement.logVolumeRatio;
    wholeness += (sizeWeight / weights) * displacement.wholeness;
  }
  const factor = Math.cbrt((before * Math.exp(logVolumeRatio)) / after) ** wholeness;
  const [cx, cy] = midpoint(points[0]!, points.at(-1)!);
  return points.map(([x, y]): Point => [cx + factor * (x - cx), cy + factor * (y - cy)]);
}

/** Logarithms of volume ratios up to which a model errs so on every frame, and from which it lost this frame alone. */
const ofEveryFrame = 0.3;
const ofOneFrame = 0.6;

function likeliness(logVolumeRatio: number): number {
  const beyond = (Math.abs(logVolumeRatio) - ofEveryFrame) / (ofOneFrame - ofEveryFrame);
  return 1 - Math.min(1, Math.max(0, beyond));
}

/** By the method of disks; null where it cannot be measured. */
function volumeOf(trace: LandmarkedTrace, spacing: PixelSpacing): number | null {
  return measureTrace(trace, spacing).measures?.volume ?? null;
}

/**
 * The control points of a contour moved by displacements that were made on other frames; the same number of points. Where
 * the outcome would cross itself less is taken of them; null where nothing is left that is a contour.
 */
export function displaced(
  trace: LandmarkedTrace,
  displacements: readonly WeightedDisplacement[],
  spacing: PixelSpacing,
): Point[] | null {
  const curve = new ContourCurve(trace, spacing);
  for (const part of [1, 0.75, 0.5, 0.25]) {
    const points = trace.points.map((point, index): Point => {
      const parameter = curve.parameterOf(index);
      const [tx, ty] = curve.tangentAt(parameter);
      let [dx, dy] = [0, 0];
      for (const { displacement, weight } of displacements) {
        const along = part * weight * valueAt(displacement.tangentialMm, parameter);
        const across = part * weight * valueAt(displacement.normalMm, parameter);
        dx += part * weight * displacement.shiftMm[0] + along * tx - across * ty;
        dy += part * weight * displacement.shiftMm[1] + along * ty + across * tx;
      }
      return [point[0] + dx / spacing.mmPerPixelX, point[1] + dy / spacing.mmPerPixelY];
    });
    const sized = sizedAs(trace, points, part, displacements, spacing);
    if (traceProblem({ ...trace, points: sized }) === null) return sized;
  }
  return null;
}

function valueAt(values: readonly number[], parameter: number): number {
  const place = parameter * placesPerWall;
  const before = Math.min(Math.floor(place), values.length - 2);
  return values[before]! + (place - before) * (values[before + 1]! - values[before]!);
}

/** A contour drawn by hand may begin at the other hinge. */
function inOrderOf(drawn: LandmarkedTrace, corrected: LandmarkedTrace): LandmarkedTrace {
  const [first, last] = [drawn.points[0]!, drawn.points.at(-1)!];
  const [start, end] = [corrected.points[0]!, corrected.points.at(-1)!];
  const kept = distance(first, start) + distance(last, end);
  const turned = distance(first, end) + distance(last, start);
  if (kept <= turned) return corrected;
  const points = corrected.points.toReversed();
  return { ...corrected, points, apexIndex: points.length - 1 - corrected.apexIndex };
}
