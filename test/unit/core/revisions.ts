import { initialReview } from '../../../core/review/initial.ts';
import type { Change, PropagationRecord, Revision, RevisionKind } from '../../../core/review/review.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { clipFacts, halfEllipse, modelSource, studyFacts, traceOf } from './shapes.ts';

/** Of a study with two clips, in which two frames are drawn, views set and corrections carried on. */
export const uid = '1.2.3.1';
export const facts = clipFacts();
const study = studyFacts({ heightCm: 170, weightKg: 0 });
export const initial = initialReview(study, [
  facts,
  clipFacts({ sopInstanceUid: '1.2.3.2', heartRateBpm: 70 }),
]);
export const traceA = traceOf(halfEllipse(80, 140), { source: modelSource, confidence: 0.9 });
export const traceB = traceOf(halfEllipse(90, 140));
export const accepted = { state: 'accepted', at: '2026-01-01T00:00:00Z', by: 'reader' } as const;

export const propagated = (before: PropagationRecord | null, anchors: readonly number[]): Change => ({
  slot: 'propagation',
  sopInstanceUid: uid,
  before,
  after: {
    structure: 'lv-cavity',
    way: 'displacement',
    anchors: [...anchors].sort((a, b) => a - b),
    range: { from: 0, to: 9 },
    model: 'm',
    sha256: 'ab',
  },
});
export const drawn = (frame: number, before: Trace | null, after: Trace | null): Change => ({
  slot: 'trace',
  structure: 'lv-cavity',
  sopInstanceUid: uid,
  frame,
  before,
  after,
});
export const viewed = (before: 'a4c' | 'a2c' | 'other', after: 'a4c' | 'a2c' | 'other'): Change => ({
  slot: 'view',
  sopInstanceUid: uid,
  before: { code: before, source: before === 'a4c' ? 'file' : 'user' },
  after: { code: after, source: after === 'a4c' ? 'file' : 'user' },
});

export function revision(
  id: number,
  kind: RevisionKind,
  changes: Change[],
  target: number | null = null,
): Revision {
  return {
    id,
    studyInstanceUid: '1.2',
    at: '2026-01-01T00:00:00Z',
    author: 'reader',
    kind,
    label: kind,
    changes,
    target,
  };
}
