import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { SystolaError } from '../../../core/error.ts';
import { applyChanges, invertChanges, withDecisionReset } from '../../../core/review/apply.ts';
import { entryOf } from '../../../core/review/history-entry.ts';
import * as history from '../../../core/review/history.ts';
import { initialReview } from '../../../core/review/initial.ts';
import type {
  Change,
  PropagationRecord,
  Revision,
  RevisionKind,
  StudyReview,
} from '../../../core/review/review.ts';
import { runChanges } from '../../../core/review/run-changes.ts';
import { changeSchema, changesSchema } from '../../../core/review/schema.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { maxFrames } from '../../../main/dicom/limits.ts';
import { clipFacts, finishedRun, halfEllipse, modelSource, studyFacts, traceOf } from './shapes.ts';
import { cavityTraces } from '../../../core/review/traces.ts';

fc.configureGlobal({ seed: 2015 });
// Hundreds of cases each: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const { foldRevisions } = history;

/** A step as the revisions that its entries stand for. */
function stepIn(list: readonly Revision[], step: history.UndoStep | null) {
  if (step === null) return null;
  const whole = (id: number): Revision => list.find((revision) => revision.id === id)!;
  return {
    revision: whole(step.entry.id),
    changes: step.entries.flatMap(({ id }) => whole(id).changes),
  };
}
const undoTarget = (list: readonly Revision[]) => stepIn(list, history.undoTarget(list.map(entryOf)));
const redoTarget = (list: readonly Revision[]) => stepIn(list, history.redoTarget(list.map(entryOf)));
const uncarriedCorrections = (list: readonly Revision[], clip: string, structure: string) =>
  history.uncarriedCorrections(list.map(entryOf), clip, structure);

const uid = '1.2.3.1';
const facts = clipFacts();
const study = studyFacts({ heightCm: 170, weightKg: 0 });
const initial = initialReview(study, [facts, clipFacts({ sopInstanceUid: '1.2.3.2', heartRateBpm: 70 })]);
const traceA = traceOf(halfEllipse(80, 140), { source: modelSource, confidence: 0.9 });
const traceB = traceOf(halfEllipse(90, 140));
const accepted = { state: 'accepted', at: '2026-01-01T00:00:00Z', by: 'reader' } as const;

const propagated = (before: PropagationRecord | null, anchors: readonly number[]): Change => ({
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
const drawn = (frame: number, before: Trace | null, after: Trace | null): Change => ({
  slot: 'trace',
  structure: 'lv-cavity',
  sopInstanceUid: uid,
  frame,
  before,
  after,
});
const viewed = (before: 'a4c' | 'a2c' | 'other', after: 'a4c' | 'a2c' | 'other'): Change => ({
  slot: 'view',
  sopInstanceUid: uid,
  before: { code: before, source: before === 'a4c' ? 'file' : 'user' },
  after: { code: after, source: after === 'a4c' ? 'file' : 'user' },
});

function revision(id: number, kind: RevisionKind, changes: Change[], target: number | null = null): Revision {
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

describe('the first review', () => {
  it('holds what the files say and nothing else', () => {
    expect(initial.decision).toEqual({ state: 'pending' });
    expect(initial.body).toEqual({
      sex: { value: 'male', source: 'file' },
      heightCm: { value: 170, source: 'file' },
      weightKg: null,
      heartRateBpm: { value: 70, source: 'file' },
    });
    expect(initial.clips[uid]).toEqual({
      view: facts.view,
      ruler: null,
      picture: null,
      traces: {},
      beats: null,
      excludedBeats: null,
      run: null,
      propagation: null,
    });
  });
});

describe('applying changes', () => {
  it('swaps whole values and leaves the rest, and the review given, as they are', () => {
    const after = applyChanges(initial, [drawn(3, null, traceA), viewed('a4c', 'a2c')]);
    expect(after.clips[uid]!.traces).toEqual({ 'lv-cavity': { 3: traceA } });
    expect(after.clips[uid]!.view.code).toBe('a2c');
    expect(after.clips['1.2.3.2']).toBe(initial.clips['1.2.3.2']);
    expect(initial.clips[uid]!.traces).toEqual({});
    const further = applyChanges(after, [drawn(4, null, traceB)]);
    expect(cavityTraces(further.clips[uid])[3]).toBe(cavityTraces(after.clips[uid])[3]);
    expect(applyChanges(after, [drawn(3, traceA, null)]).clips[uid]!.traces).toEqual({});
  });

  it('takes values that went through JSON and the boundary schema', () => {
    const after = applyChanges(initial, [drawn(3, null, traceA)]);
    const change = changeSchema.parse(JSON.parse(JSON.stringify(drawn(3, traceA, traceB)))) as Change;
    expect(cavityTraces(applyChanges(after, [change]).clips[uid])[3]!.points).toEqual(traceB.points);
  });

  it.each([
    ['a trace that is another', [drawn(3, traceA, traceB)]],
    ['a trace that was there already', [drawn(3, null, traceA), drawn(3, null, traceB)]],
    ['a view that is another', [viewed('a2c', 'other')]],
    [
      'a decision that was not made',
      [{ slot: 'decision', before: accepted, after: { state: 'pending' } } as Change],
    ],
    ['a clip that is not there', [{ ...drawn(3, null, traceA), sopInstanceUid: '9.9' } as Change]],
  ])('refuses %s, and changes nothing', (_, changes) => {
    const before = structuredClone(initial);
    expect(() => applyChanges(initial, changes)).toThrow(SystolaError);
    try {
      applyChanges(initial, changes);
    } catch (error) {
      expect((error as SystolaError).code).toBe('revision-conflict');
    }
    expect(initial).toEqual(before);
  });

  it('is taken back by the inverted changes, whatever they are', () => {
    const frame = fc.nat(5);
    const step = fc.oneof(
      fc.record({ kind: fc.constant('trace' as const), frame, value: fc.constantFrom(traceA, traceB, null) }),
      fc.record({ kind: fc.constant('view' as const), frame, value: fc.constantFrom('a4c', 'a2c', 'other') }),
      fc.record({ kind: fc.constant('decision' as const), frame, value: fc.boolean() }),
      fc.record({ kind: fc.constant('beats' as const), frame, value: fc.boolean() }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        let review: StudyReview = initial;
        const changes: Change[] = [];
        for (const one of steps) {
          const clip = review.clips[uid]!;
          const change = (
            one.kind === 'trace'
              ? drawn(one.frame, cavityTraces(clip)[one.frame] ?? null, one.value)
              : one.kind === 'view'
                ? {
                    slot: 'view',
                    sopInstanceUid: uid,
                    before: clip.view,
                    after: { code: one.value, source: 'user' },
                  }
                : one.kind === 'beats'
                  ? {
                      slot: 'beats',
                      sopInstanceUid: uid,
                      before: clip.beats,
                      after: one.value
                        ? [{ edFrame: 0, esFrame: one.frame + 1, nextEdFrame: null, source: 'user' }]
                        : null,
                    }
                  : {
                      slot: 'decision',
                      before: review.decision,
                      after: one.value ? accepted : { state: 'pending' },
                    }
          ) as Change;
          review = applyChanges(review, [change]);
          changes.push(change);
        }
        expect(applyChanges(initial, changes)).toEqual(review);
        expect(applyChanges(review, invertChanges(changes))).toEqual(initial);
      }),
    );
  });
});

describe('the decision', () => {
  it('goes back to pending with any change after it', () => {
    const decided = { ...initial, decision: accepted };
    const changes = withDecisionReset(decided, [drawn(3, null, traceA)]);
    expect(changes.at(-1)).toEqual({ slot: 'decision', before: accepted, after: { state: 'pending' } });
    expect(applyChanges(decided, changes).decision).toEqual({ state: 'pending' });
  });

  it('is left alone by nothing, by another decision, and where it is pending', () => {
    const decided = { ...initial, decision: accepted };
    const reject = {
      slot: 'decision',
      before: accepted,
      after: { ...accepted, state: 'rejected' },
    } as Change;
    expect(withDecisionReset(decided, [])).toEqual([]);
    expect(withDecisionReset(decided, [reject])).toEqual([reject]);
    expect(withDecisionReset(initial, [drawn(3, null, traceA)]).length).toBe(1);
  });
});

describe('a run', () => {
  it('writes traces of models and gaps, and keeps what a person drew', () => {
    const edited: Trace = { ...traceB, source: { kind: 'edited', from: 'model' } };
    const clip = {
      ...initial.clips[uid]!,
      traces: { 'lv-cavity': { 0: traceA, 1: edited, 2: traceB, 4: traceA } },
    };
    const found = new Map<number, Trace | null>([
      [4, null],
      [3, traceA],
      [2, traceA],
      [1, traceA],
      [0, { ...traceA, confidence: 0.5 }],
    ]);
    const changes = runChanges(uid, clip, new Map([['lv-cavity', found]]), finishedRun);
    expect(changes.map((change) => (change.slot === 'trace' ? change.frame : change.slot))).toEqual([
      0,
      3,
      4,
      'run',
    ]);
    const after = applyChanges({ ...initial, clips: { ...initial.clips, [uid]: clip } }, changes).clips[uid]!;
    expect(cavityTraces(after)[1]).toBe(edited);
    expect(cavityTraces(after)[2]).toBe(traceB);
    expect(cavityTraces(after)[4]).toBeUndefined();
    // What it found beneath the correction is what the correction is compared with.
    expect(after.run).toEqual({ ...finishedRun, covered: { 'lv-cavity': { 1: traceA, 2: traceA } } });
  });
});

describe('history', () => {
  const first = revision(1, 'edit', [drawn(0, null, traceA)]);
  const second = revision(2, 'edit', [drawn(1, null, traceB)]);

  it('folds to the review', () => {
    const review = foldRevisions(initial, [first, second]);
    expect(review.clips[uid]!.traces).toEqual({ 'lv-cavity': { 0: traceA, 1: traceB } });
    expect(foldRevisions(initial, [])).toBe(initial);
  });

  it('undoes the newest edit first and redoes in the opposite order', () => {
    const list = [first, second];
    expect(undoTarget(list)?.revision).toBe(second);
    expect(redoTarget(list)).toBeNull();
    list.push(revision(3, 'undo', invertChanges(second.changes), 2));
    expect(undoTarget(list)?.revision).toBe(first);
    expect(redoTarget(list)?.revision).toBe(second);
    list.push(revision(4, 'undo', invertChanges(first.changes), 1));
    expect(undoTarget(list)).toBeNull();
    expect(redoTarget(list)?.revision).toBe(first);
    list.push(revision(5, 'redo', [...first.changes], 1));
    expect(undoTarget(list)?.revision).toBe(first);
    expect(redoTarget(list)?.revision).toBe(second);
    expect(foldRevisions(initial, list).clips[uid]!.traces).toEqual({ 'lv-cavity': { 0: traceA } });
  });

  it('ends what could be redone with a new edit', () => {
    const list = [
      first,
      revision(2, 'undo', invertChanges(first.changes), 1),
      revision(3, 'edit', [drawn(7, null, traceB)]),
    ];
    expect(redoTarget(list)).toBeNull();
    expect(undoTarget(list)!.revision.id).toBe(3);
  });

  it('passes over runs, but not behind one that wrote the same frame', () => {
    const apart = revision(3, 'run', [drawn(9, null, traceA)]);
    expect(undoTarget([first, apart])?.revision).toBe(first);
    const removal = revision(2, 'edit', [drawn(0, traceA, null)]);
    const rewritten = revision(3, 'run', [drawn(0, null, traceB)]);
    expect(undoTarget([first, removal, rewritten])).toBeNull();
    const later = revision(4, 'edit', [drawn(5, null, traceA)]);
    expect(undoTarget([first, removal, rewritten, later])?.revision).toBe(later);
  });

  it('still undoes an edit beneath one that a run has blocked, where they have nothing in common', () => {
    const accept = revision(2, 'edit', [{ slot: 'decision', before: { state: 'pending' }, after: accepted }]);
    const run = revision(3, 'run', [
      drawn(9, null, traceA),
      { slot: 'decision', before: accepted, after: { state: 'pending' } },
    ]);
    expect(undoTarget([first, accept, run])?.revision).toBe(first);
    const blocked = revision(2, 'edit', [drawn(0, traceA, traceB), drawn(9, null, traceA)]);
    expect(undoTarget([first, blocked, revision(3, 'run', [drawn(9, traceA, traceB)])])).toBeNull();
  });

  it('takes a propagation back with the corrections that it carried, and both come again', () => {
    const corrections = [
      revision(1, 'edit', [drawn(0, null, traceA)]),
      revision(2, 'edit', [drawn(0, traceA, traceB)]),
    ];
    expect(uncarriedCorrections(corrections, uid, 'lv-cavity')).toEqual([0]);
    const carried = revision(3, 'edit', [drawn(1, null, traceA), propagated(null, [0])]);
    const list = [...corrections, carried];
    expect(uncarriedCorrections(list, uid, 'lv-cavity')).toEqual([]);
    const step = undoTarget(list)!;
    expect(step.revision).toBe(carried);
    expect(step.changes).toHaveLength(4);
    list.push(revision(4, 'undo', invertChanges(step.changes), 3));
    expect(foldRevisions(initial, list)).toEqual(initial);
    expect(undoTarget(list)).toBeNull();
    expect(redoTarget(list)?.changes).toEqual(step.changes);
    list.push(revision(5, 'redo', [...step.changes], 3));
    expect(foldRevisions(initial, list)).toEqual(foldRevisions(initial, list.slice(0, 3)));
    const correctedAgain = revision(6, 'edit', [drawn(0, traceB, traceA)]);
    expect(undoTarget([...list, correctedAgain])?.revision).toBe(correctedAgain);
    expect(uncarriedCorrections([...list, correctedAgain], uid, 'lv-cavity')).toEqual([0]);
  });

  it('leaves a correction by itself that a later step stands on', () => {
    const decided = [
      revision(1, 'edit', [
        drawn(0, null, traceA),
        { slot: 'decision', before: accepted, after: { state: 'pending' } },
      ]),
      revision(2, 'edit', [{ slot: 'decision', before: { state: 'pending' }, after: accepted }]),
    ];
    const list = [...decided, revision(3, 'edit', [drawn(1, null, traceB), propagated(null, [0])])];
    expect(undoTarget(list)?.changes).toHaveLength(2);
    list.push(revision(4, 'undo', invertChanges(undoTarget(list)!.changes), 3));
    expect(undoTarget(list)?.revision.id).toBe(2);
  });

  it('never brings a decision back on other contours than it was made on', () => {
    const accept = (id: number) =>
      revision(id, 'edit', [{ slot: 'decision', before: { state: 'pending' }, after: accepted }]);
    const reset: Change = { slot: 'decision', before: accepted, after: { state: 'pending' } };
    const back = (list: Revision[]): StudyReview => {
      const target = undoTarget(list)!;
      const undone = revision(list.length + 1, 'undo', invertChanges(target.changes), target.revision.id);
      return foldRevisions(initial, [...list, undone]);
    };
    // Corrected, signed, carried on: what comes back is what was signed, the correction in it.
    const signed = [revision(1, 'edit', [drawn(0, null, traceA)]), accept(2)];
    const carried = revision(3, 'edit', [drawn(1, null, traceB), propagated(null, [0]), reset]);
    expect(back([...signed, carried])).toEqual(foldRevisions(initial, signed));
    // Signed, corrected, something else changed, carried on: the correction that took the signature back stays behind.
    const between = [
      accept(1),
      revision(2, 'edit', [drawn(0, null, traceA), reset]),
      revision(3, 'edit', [drawn(7, null, traceB)]),
      revision(4, 'edit', [drawn(1, null, traceB), propagated(null, [0])]),
    ];
    expect(back(between).decision.state).toBe('pending');
    // Signed, corrected, run again: the run is none of what was signed.
    const rerun = revision(3, 'run', [drawn(9, null, traceB)]);
    expect(undoTarget([...between.slice(0, 2), rerun])).toBeNull();
  });

  it('leaves what a propagation did not carry, and what a run covered', () => {
    const corrections = [5, 6].map((frame, index) =>
      revision(index + 1, 'edit', [drawn(frame, null, traceA)]),
    );
    const other = revision(3, 'edit', [drawn(0, null, traceA)]);
    const carried = revision(4, 'edit', [drawn(1, null, traceB), propagated(null, [0])]);
    expect(undoTarget([...corrections, other, carried])?.changes).toHaveLength(3);
    expect(uncarriedCorrections([...corrections, other, carried], uid, 'lv-cavity')).toEqual([5, 6]);
    // A run that found something beneath the corrections, and what followed it by itself.
    const covered = { 'lv-cavity': { 5: traceB, 6: traceB } };
    const run = revision(3, 'run', [
      { slot: 'run', sopInstanceUid: uid, before: null, after: { ...finishedRun, covered } },
    ]);
    expect(undoTarget([...corrections, run])).toBeNull();
    const record = propagated(null, [5, 6]);
    if (record.slot !== 'propagation') throw new Error('no propagation');
    const alone: Change = { ...record, after: { ...record.after!, afterRun: true } };
    const follows = revision(4, 'edit', [drawn(4, null, traceB), alone]);
    expect(undoTarget([...corrections, run, follows])?.changes).toHaveLength(2);
  });

  it('waits to be carried on where a later step stands on it all the same', () => {
    const list = [
      revision(1, 'edit', [
        drawn(0, null, traceA),
        { slot: 'beats', sopInstanceUid: uid, before: null, after: [] },
      ]),
      revision(2, 'edit', [{ slot: 'beats', sopInstanceUid: uid, before: [], after: null }]),
    ];
    expect(uncarriedCorrections(list, uid, 'lv-cavity')).toEqual([0]);
  });

  it('always offers an undo and a redo that fit', () => {
    const frames = fc.uniqueArray(fc.nat(4), { minLength: 1, maxLength: 3 });
    const action = fc.oneof(
      fc.record({ kind: fc.constant('edit' as const), frames }),
      fc.record({ kind: fc.constant('run' as const), frames }),
      fc.record({ kind: fc.constant('propagation' as const), frames }),
      fc.record({ kind: fc.constantFrom('undo' as const, 'redo' as const), frames: fc.constant([0]) }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
        const list: Revision[] = [];
        let review: StudyReview = initial;
        actions.forEach(({ kind, frames }, i) => {
          const written = frames.map((frame) => {
            const current = cavityTraces(review.clips[uid])[frame] ?? null;
            return drawn(frame, current, current === null ? traceA : current === traceA ? traceB : null);
          });
          const target = kind === 'undo' ? undoTarget(list) : kind === 'redo' ? redoTarget(list) : null;
          if ((kind === 'undo' || kind === 'redo') && target === null) return;
          const changes =
            kind === 'undo'
              ? invertChanges(target!.changes)
              : kind === 'redo'
                ? [...target!.changes]
                : kind === 'propagation'
                  ? [...written, propagated(review.clips[uid]!.propagation, frames)]
                  : written;
          review = applyChanges(review, changes);
          const recorded = kind === 'propagation' ? 'edit' : kind;
          list.push(revision(i + 1, recorded, changes, target?.revision.id ?? null));
        });
        expect(foldRevisions(initial, list)).toEqual(review);
      }),
      { numRuns: 1000 },
    );
  });
});

it('a run over every frame of the longest clip that is read can be stored, with the decision that it takes back', () => {
  const traces = new Map(Array.from({ length: maxFrames }, (_, frame) => [frame, traceA]));
  const found = new Map(['lv-cavity', 'lv-wall', 'left-atrium'].map((structure) => [structure, traces]));
  const decided = { ...initial, decision: accepted };
  const changes = withDecisionReset(decided, runChanges(uid, initial.clips[uid]!, found, finishedRun));
  expect(changes).toHaveLength(3 * maxFrames + 2);
  expect(changesSchema.safeParse(changes).success).toBe(true);
});
