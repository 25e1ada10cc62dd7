import type { ClipFacts } from '../clip/clip.ts';
import type { ViewCode } from '../clip/view.ts';
import type { ClipReview } from '../review/review.ts';
import type { ClipAnalysis } from '../assessment/measure-clip.ts';

/** A clip of a study with what came out of it. */
export interface AnalysedClip {
  readonly facts: ClipFacts;
  readonly review: ClipReview;
  readonly analysis: ClipAnalysis;
}

/**
 * The clip of a view that represents the study, null when none of that view has a measured beat that is not excluded. In order:
 * calibrated, without Doppler colour, with a whole beat, completely traced, most frames traced, corrected by a
 * person, newest, highest instance number, and last the UID, so that the choice never depends on the order of
 * import.
 */
export function chooseClip(clips: readonly AnalysedClip[], view: ViewCode): AnalysedClip | null {
  return rankedClips(clips, view)[0] ?? null;
}

/** All measured clips of a view in the order of {@link chooseClip}, the best first. */
export function rankedClips(clips: readonly AnalysedClip[], view: ViewCode): AnalysedClip[] {
  return clips
    .filter(({ analysis }) => analysis.view.code === view && analysis.includedBeats.length > 0)
    .toSorted(better);
}

function better(a: AnalysedClip, b: AnalysedClip): number {
  const left = rank(a);
  const right = rank(b);
  for (let i = 0; i < left.length; i++) {
    if (left[i] !== right[i]) return left[i]! > right[i]! ? -1 : 1;
  }
  return a.facts.sopInstanceUid < b.facts.sopInstanceUid ? -1 : 1;
}

function rank({ facts, analysis }: AnalysedClip): (number | string)[] {
  return [
    Number(analysis.calibration !== null),
    Number(!facts.colourOverlay),
    Number(analysis.includedBeats.some(({ beat }) => beat.nextEdFrame !== null)),
    Number(analysis.tracedFrames === facts.frames),
    analysis.tracedFrames,
    Number(analysis.editedFrames > 0),
    facts.acquiredAt ?? '',
    facts.instanceNumber ?? -1,
  ];
}
