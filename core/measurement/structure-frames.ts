import type { ClipFacts } from '../clip/clip.ts';
import { governingPicture } from '../clip/pictures.ts';
import { isPossibleVolume } from '../reference-limits/possible-volume.ts';
import type { ClipReview } from '../review/review.ts';
import { landmarkedTraces } from '../review/traces.ts';
import { leftAtrium, leftVentricularWall, type StructureId } from '../structure/structure.ts';
import type { ClipCurve } from './clip-curve.ts';
import { measureInPicture, type TracedFrame } from './measure-in-picture.ts';
import { touchesSectorEdge } from './sector-edge.ts';

/** The contours of a clip beside those of the cavity, by frame, with what they come to. */
export interface StructureFrames {
  readonly wall: ReadonlyMap<number, TracedFrame>;
  readonly atrium: ReadonlyMap<number, TracedFrame>;
}

/**
 * Measures the contours of wall and atrium as those of the cavity are: none that leaves the picture, and, where the clip
 * is calibrated, no atrium of a volume that no heart has; and no atrium that the sector cuts off, as pictures of the
 * ventricle alone do: what is left of it says nothing of its size. Here every frame is judged by itself.
 */
export function structureFrames(
  facts: ClipFacts,
  review: ClipReview,
  { calibration, spacing }: Pick<ClipCurve, 'calibration' | 'spacing'>,
): StructureFrames {
  const picture = governingPicture(facts, review.picture)?.box ?? null;
  const framesOf = (structure: StructureId): Map<number, TracedFrame> =>
    new Map(
      Object.entries(landmarkedTraces(review, structure))
        .filter(([frame]) => Number(frame) < facts.frames)
        .map(([frame, trace]) => [
          Number(frame),
          { frame: Number(frame), trace, ...measureInPicture(trace, spacing, picture) },
        ]),
    );
  const atrium = framesOf(leftAtrium);
  const sector = review.run?.sector;
  if (sector !== undefined) {
    for (const [frame, traced] of atrium) {
      if (traced.measures !== null && touchesSectorEdge(traced.trace, sector))
        atrium.set(frame, { ...traced, measures: null, problem: 'cut-off' });
    }
  }
  if (calibration.calibration !== null) {
    for (const [frame, traced] of atrium) {
      if (traced.measures !== null && !isPossibleVolume(traced.measures.volume / 1000))
        atrium.set(frame, { ...traced, measures: null, problem: 'impossible-volume' });
    }
  }
  return { wall: framesOf(leftVentricularWall), atrium };
}
