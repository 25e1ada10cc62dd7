import { withEndsFollowing } from '../review/ends-follow.ts';
import { besideOthers, type OwnPropagation } from '../review/propagation-records.ts';
import { traceAt } from '../review/traces.ts';
import type { Change, ClipReview } from '../review/review.ts';
import { sameValue } from '../review/same-value.ts';
import { isByReader, type Trace } from '../trace/trace.ts';

/**
 * The changes that put contours which follow corrections in the place of the model's; what a person drew or corrected is
 * kept. Where the cavity moves, the ends of wall and atrium follow.
 */
export function propagationChanges(
  sopInstanceUid: string,
  clip: ClipReview,
  traces: ReadonlyMap<number, Trace>,
  record: OwnPropagation,
): Change[] {
  const { structure } = record;
  const changes = [...traces]
    .sort(([a], [b]) => a - b)
    .flatMap(([frame, after]): Change[] => {
      const before = traceAt(clip, structure, frame);
      if ((before !== null && isByReader(before)) || sameValue(before, after)) return [];
      return [{ slot: 'trace', sopInstanceUid, structure, frame, before, after }];
    });
  const all = withEndsFollowing(sopInstanceUid, clip, changes);
  const after = besideOthers(record, clip);
  return [...all, { slot: 'propagation', sopInstanceUid, before: clip.propagation, after }];
}
