import type { Beat } from '../../core/beat/beat.ts';
import { movedExclusions } from '../../core/beat/excluded-beats.ts';
import type { Change, StudyReview } from '../../core/review/review.ts';
import { sameValue } from '../../core/review/same-value.ts';

/**
 * The changes that set a clip's beats, and take what the reader excluded along with them.
 *
 * @param sameBeat index after the change of each beat of before; null for one that was removed
 */
export function beatsChanges(
  persisted: StudyReview,
  sopInstanceUid: string,
  before: readonly Beat[],
  after: readonly Beat[],
  sameBeat: (index: number) => number | null = (index) => index,
): Change[] {
  const clip = persisted.clips[sopInstanceUid];
  const marks = clip?.excludedBeats ?? null;
  const moved = movedExclusions(before, after, sameBeat, marks);
  return [
    { slot: 'beats', sopInstanceUid, before: clip?.beats ?? null, after },
    ...(sameValue(moved, marks)
      ? []
      : [{ slot: 'excludedBeats', sopInstanceUid, before: marks, after: moved } as const]),
  ];
}
