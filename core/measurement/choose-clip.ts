import type { ClipFacts } from '../clip/clip.ts';
import type { ViewCode } from '../clip/view.ts';
import type { ClipNumbers } from './clip-numbers.ts';

/** A clip of a study with what was measured in it. */
export interface MeasuredClip {
  readonly facts: ClipFacts;
  readonly numbers: ClipNumbers;
}

/**
 * The clip of a view that represents the study, null when none of that view has a measured beat that is not excluded. In order:
 * calibrated, without Doppler colour, with a whole beat, of a view that was not only recognised, completely traced, most
 * frames traced, corrected by a person, newest, highest instance number, and last the UID, so that the choice never
 * depends on the order of import.
 */
export function chooseClip(clips: readonly MeasuredClip[], view: ViewCode): MeasuredClip | null {
  return rankedClips(clips, view)[0] ?? null;
}

/** All measured clips of a view in the order of {@link chooseClip}, the best first. */
export function rankedClips(clips: readonly MeasuredClip[], view: ViewCode): MeasuredClip[] {
  return clips
    .filter(({ numbers }) => numbers.view.code === view && numbers.includedBeats.length > 0)
    .toSorted(better);
}

/** The same clips, those first that the study's numbers rest on. */
export function usedFirst(clips: readonly MeasuredClip[], used: readonly MeasuredClip[]): MeasuredClip[] {
  return [...clips.filter((clip) => used.includes(clip)), ...clips.filter((clip) => !used.includes(clip))];
}

function better(a: MeasuredClip, b: MeasuredClip): number {
  const left = rank(a);
  const right = rank(b);
  for (let i = 0; i < left.length; i++) {
    if (left[i] !== right[i]) return left[i]! > right[i]! ? -1 : 1;
  }
  return a.facts.sopInstanceUid < b.facts.sopInstanceUid ? -1 : 1;
}

function rank({ facts, numbers }: MeasuredClip): (number | string)[] {
  return [
    Number(numbers.calibration !== null),
    Number(!facts.colourOverlay),
    Number(numbers.includedBeats.some(({ beat }) => beat.nextEdFrame !== null)),
    Number(numbers.view.source !== 'recognised'),
    Number(numbers.tracedFrames === facts.frames),
    numbers.tracedFrames,
    Number(numbers.editedFrames > 0),
    facts.acquiredAt ?? '',
    facts.instanceNumber ?? -1,
  ];
}
