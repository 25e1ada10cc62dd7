import { leftVentricularCavity } from '../structure/structure.ts';
import { endingOn } from '../trace/shared-ends.ts';
import { hasLandmarks, isByReader, type Trace } from '../trace/trace.ts';
import type { Change, ClipReview } from './review.ts';
import { sameValue } from './same-value.ts';
import { traceAt, tracedStructures } from './traces.ts';

/**
 * The changes with those that let the ends of wall and atrium follow where the cavity of a frame is exchanged: all end at
 * the same leaflets. What a person drew stays where it is, and what the changes exchange themselves.
 */
export function withEndsFollowing(
  sopInstanceUid: string,
  clip: ClipReview,
  changes: readonly Change[],
): Change[] {
  const exchanged = new Set(
    changes.flatMap((change) => (change.slot === 'trace' ? [`${change.structure}/${change.frame}`] : [])),
  );
  const following = changes.flatMap((change): Change[] => {
    if (change.slot !== 'trace' || change.structure !== leftVentricularCavity) return [];
    const { frame, after: cavity } = change;
    if (cavity === null || !hasLandmarks(cavity)) return [];
    return tracedStructures(clip, frame).flatMap((structure): Change[] => {
      const before = traceAt(clip, structure, frame);
      if (before === null || !hasLandmarks(before)) return [];
      if (exchanged.has(`${structure}/${frame}`) || isByReader(before)) return [];
      const after = followed(endingOn(before, cavity), cavity, frame);
      return sameValue(before.points, after.points)
        ? []
        : [{ slot: 'trace', sopInstanceUid, structure, frame, before, after }];
    });
  });
  return [...changes, ...following];
}

/** A contour that was moved after a cavity which was corrected, or follows corrections, follows them too. */
function followed(trace: Trace, cavity: Trace, frame: number): Trace {
  const { source } = trace;
  if (cavity.source.kind === 'model' || !('model' in source)) return trace;
  const own = source.kind === 'propagated' ? source.from : [];
  const corrected = cavity.source.kind === 'propagated' ? cavity.source.from : [frame];
  const from = [...new Set([...own, ...corrected])].sort((a, b) => a - b);
  return { ...trace, source: { ...source, kind: 'propagated', from, way: 'displacement' } };
}
