import type { Trace } from '../trace/trace.ts';
import type { Change, ClipReview, RunRecord } from './review.ts';
import { sameValue } from './same-value.ts';

/**
 * The changes that a finished or stopped run makes to a clip. What a person drew or corrected is kept: a run
 * writes only frames that have no trace or one that came from a model.
 *
 * @param traces what the model found by frame; null where it found no contour; frames not reached are absent
 */
export function runChanges(
  sopInstanceUid: string,
  clip: ClipReview,
  traces: ReadonlyMap<number, Trace | null>,
  record: RunRecord,
): Change[] {
  const changes: Change[] = [];
  for (const [frame, after] of [...traces].sort(([a], [b]) => a - b)) {
    const before = clip.traces[frame] ?? null;
    if (before !== null && before.source.kind !== 'model') continue;
    if (!sameValue(before, after)) changes.push({ slot: 'trace', sopInstanceUid, frame, before, after });
  }
  changes.push({ slot: 'run', sopInstanceUid, before: clip.run, after: record });
  return changes;
}
