import type { Box, PixelSpacing } from '../geometry/point.ts';
import type { LandmarkedTrace, TraceProblem } from '../trace/trace.ts';
import {
  measureTrace,
  traceBox,
  type TraceMeasures,
  type TraceMeasuresResult,
} from '../trace/trace-measures.ts';

/** One frame of a clip with its contour; `measures` is null where the contour cannot be measured. */
export interface TracedFrame {
  readonly frame: number;
  readonly trace: LandmarkedTrace;
  readonly measures: TraceMeasures | null;
  readonly problem: TraceProblem | null;
}

/** A contour may leave its picture by so many pixels, or by this share of the picture, before it is not of it. */
const overhangPx = 3;
const overhangShare = 0.02;

/** Measures of a contour; none of one that leaves the picture it is in. */
export function measureInPicture(
  trace: LandmarkedTrace,
  spacing: PixelSpacing,
  picture: Box | null,
): TraceMeasuresResult {
  const result = measureTrace(trace, spacing);
  if (result.problem === null && picture !== null && leaves(traceBox(trace), picture)) {
    return { measures: null, problem: 'outside-picture' };
  }
  return result;
}

function leaves(box: Box | null, picture: Box): boolean {
  if (box === null) return false;
  const x = Math.max(overhangPx, overhangShare * (picture.maxX - picture.minX));
  const y = Math.max(overhangPx, overhangShare * (picture.maxY - picture.minY));
  return (
    box.minX < picture.minX - x ||
    box.maxX > picture.maxX + x ||
    box.minY < picture.minY - y ||
    box.maxY > picture.maxY + y
  );
}
