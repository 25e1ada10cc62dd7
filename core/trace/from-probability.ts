import type { PixelSpacing, Point } from '../geometry/point.ts';
import { componentBoundary, resampleClosed, smoothClosed } from './boundary.ts';
import { borderConfidence } from './confidence.ts';
import { fitControlPoints } from './control-points.ts';
import { type AreaMoments, type BoundaryLandmarks, findLandmarks } from './find-landmarks.ts';
import { largestComponent } from './largest-component.ts';
import { traceProblem } from './problem.ts';
import { tracePolyline } from './spline.ts';
import type { LandmarkedTrace, TraceProblem, TraceSource } from './trace.ts';

/** An area smaller than this share of the picture (or this many pixels) is a speck, not a ventricle. */
const leastAreaShare = 5e-4;
const leastAreaPx = 30;

export interface FromProbabilityOptions {
  /** Probability from which a pixel counts as cavity. */
  readonly threshold: number;
  readonly source: TraceSource;
  /** mm per pixel, if known: hinges and apex are then looked for in true proportions. */
  readonly spacing?: PixelSpacing;
}

export type FromProbabilityResult =
  | { readonly trace: LandmarkedTrace; readonly problem: null }
  | { readonly trace: null; readonly problem: 'no-contour' | TraceProblem };

/**
 * The contour of the left-ventricular cavity in a probability map: largest connected area, its border to a
 * fraction of a pixel, hinges and apex found on it, and 13 to 21 control points between them. The trace's own
 * mask agrees with the thresholded map (Dice 0.98 or more on real cavities); the hinge that lies more to the
 * left of the picture comes first.
 *
 * @param probability row-major, rows × columns, 0…1
 */
export function traceFromProbability(
  probability: Float32Array,
  rows: number,
  columns: number,
  options: FromProbabilityOptions,
): FromProbabilityResult {
  const { threshold, source } = options;
  const component = largestComponent(probability, rows, columns, threshold);
  if (component === null || component.areaPx < Math.max(leastAreaPx, leastAreaShare * rows * columns)) {
    return { trace: null, problem: 'no-contour' };
  }
  const border = componentBoundary(component, probability, rows, columns, threshold);
  const count = Math.min(512, Math.max(128, border.length));
  const outline = smoothClosed(resampleClosed(border, count), 1);
  const marks = landmarksInProportion(outline, component, options.spacing);
  if (marks === null) return { trace: null, problem: 'zero-length' };

  const wall: Point[] = [];
  for (let i = marks.first; ; i = (i + 1) % count) {
    wall.push(outline[i]!);
    if (i === marks.second) break;
  }
  const { points, apexIndex } = fitControlPoints(wall, (marks.apex - marks.first + count) % count);
  const clockwise: LandmarkedTrace = { points, apexIndex, source, confidence: null };
  const problem = traceProblem(clockwise);
  if (problem !== null) return { trace: null, problem };

  const confidence = borderConfidence(tracePolyline(clockwise), probability, rows, columns);
  const leftFirst = points[0]![0] <= points[points.length - 1]![0];
  return {
    trace: leftFirst
      ? { points, apexIndex, source, confidence }
      : { points: points.toReversed(), apexIndex: points.length - 1 - apexIndex, source, confidence },
    problem: null,
  };
}

/** Landmarks looked for in true proportions: pixels need not be square. Indices into `outline`. */
function landmarksInProportion(
  outline: readonly Point[],
  { centroid, covariance: [xx, xy, yy] }: AreaMoments,
  spacing: PixelSpacing | undefined,
): BoundaryLandmarks | null {
  const width = spacing === undefined ? 1 : spacing.mmPerPixelX / spacing.mmPerPixelY;
  if (width === 1 || !Number.isFinite(width) || !(width > 0)) {
    return findLandmarks(outline, { centroid, covariance: [xx, xy, yy] });
  }
  return findLandmarks(
    outline.map(([x, y]) => [x * width, y]),
    {
      centroid: [centroid[0] * width, centroid[1]],
      covariance: [xx * width * width, xy * width, yy],
    },
  );
}
