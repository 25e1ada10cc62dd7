import type { ClipCourse } from '../../core/propagation/clip-course.ts';
import { inverseDistanceWeights } from '../../core/propagation/inverse-distance-weights.ts';
import type { Pass } from './passes.ts';

/** Anchors that one frame reads at most. Of a plane's places three lie around any other. */
export const mostAnchorsRead = 3;

/** What one anchor is read for: it is written into an empty state, and other frames read that. */
export interface CorrectionPass extends Pass {
  readonly anchor: number;
}

/** An anchor that a frame reads. */
export interface AnchorReading {
  readonly anchor: number;
  /** What it counts, above 0; those of a frame add up to 1. */
  readonly weight: number;
}

export interface CorrectionPlan {
  /** In the order of their anchors. */
  readonly passes: readonly CorrectionPass[];
  /** What a frame reads, ascending by anchor; the nearest in phase and time, {@link mostAnchorsRead} at most. */
  readings(frame: number): readonly AnchorReading[];
}

/**
 * Which frame reads which anchor. A pass writes its anchor first; then come the frames before it, the nearest first, and
 * then those after it. A frame is complete with the last of its anchors.
 *
 * @param anchors ascending
 * @param moved frames that are to be read, ascending; no anchors among them
 */
export function planCorrections(
  anchors: readonly number[],
  moved: readonly number[],
  course: Pick<ClipCourse, 'distance'>,
): CorrectionPlan {
  const readings = new Map(moved.map((frame) => [frame, readingsOf(frame, anchors, course)]));
  const passes = anchors.map((anchor) => {
    const read = moved.filter((frame) => readings.get(frame)!.some((reading) => reading.anchor === anchor));
    const before = read.filter((frame) => frame < anchor).reverse();
    const after = read.filter((frame) => frame > anchor);
    return { anchor, frames: [anchor, ...before, ...after], silentSteps: 1 };
  });
  return {
    passes: passes.filter(({ frames }) => frames.length > 1),
    readings: (frame) => readings.get(frame) ?? [],
  };
}

function readingsOf(
  frame: number,
  anchors: readonly number[],
  course: Pick<ClipCourse, 'distance'>,
): AnchorReading[] {
  const weights = inverseDistanceWeights(
    anchors.map((anchor) => course.distance(frame, anchor)),
    mostAnchorsRead,
  );
  return anchors
    .map((anchor, index) => ({ anchor, weight: weights[index]! }))
    .filter(({ weight }) => weight > 0);
}
