import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { applyChanges, invertChanges } from '../../../core/review/apply.ts';
import { entryOf } from '../../../core/review/history-entry.ts';
import * as history from '../../../core/review/history.ts';
import type { Change, Revision, StudyReview } from '../../../core/review/review.ts';
import { finishedRun } from './shapes.ts';
import { cavityTraces } from '../../../core/review/traces.ts';
import { accepted, drawn, initial, propagated, revision, traceA, traceB, uid } from './revisions.ts';

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
