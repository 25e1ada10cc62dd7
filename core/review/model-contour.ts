import type { Trace } from '../trace/trace.ts';
import type { Change, ClipReview, Revision } from './review.ts';
import { sameValue } from './same-value.ts';

/**
 * What the last run that wrote a frame found there: its contour, or null where it found none. undefined where no run of
 * the study has written the frame. Runs are what was recorded by themselves; what an edit says came from a model proves
 * nothing.
 *
 * @param revisions of the study, oldest first
 */
export function modelContour(
  revisions: readonly Revision[],
  sopInstanceUid: string,
  frame: number,
): Trace | null | undefined {
  for (const { kind, changes } of revisions.toReversed()) {
    if (kind !== 'run') continue;
    const written = changes.find(
      (change) =>
        change.slot === 'trace' && change.sopInstanceUid === sopInstanceUid && change.frame === frame,
    );
    if (written?.slot === 'trace') return written.after;
  }
  return undefined;
}

/**
 * The changes that take frames of a clip back to what the model found there; empty where nothing was changed or no run
 * has written them.
 *
 * @param frames those that are meant; all that a person has changed where left out
 */
export function backToModel(
  revisions: readonly Revision[],
  sopInstanceUid: string,
  clip: ClipReview,
  frames: readonly number[] = changedFrames(clip),
): Change[] {
  return frames.flatMap((frame): Change[] => {
    const before = clip.traces[frame] ?? null;
    const after = modelContour(revisions, sopInstanceUid, frame);
    if (after === undefined || sameValue(before, after)) return [];
    return [{ slot: 'trace', sopInstanceUid, frame, before, after }];
  });
}

/** Frames whose contour a person drew or corrected. */
export function changedFrames({ traces }: ClipReview): number[] {
  return Object.entries(traces)
    .filter(([, trace]) => trace.source.kind !== 'model')
    .map(([frame]) => Number(frame));
}
