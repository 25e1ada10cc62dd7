import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { SystolaError } from '../../../core/error.ts';
import { applyChanges, invertChanges, withDecisionReset } from '../../../core/review/apply.ts';
import type { Change, StudyReview } from '../../../core/review/review.ts';
import { runChanges } from '../../../core/review/run-changes.ts';
import { changeSchema, changesSchema } from '../../../core/review/schema.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { maxFrames } from '../../../main/dicom/limits.ts';
import { finishedRun, modelSource } from './shapes.ts';
import { cavityTraces } from '../../../core/review/traces.ts';
import { accepted, drawn, facts, initial, traceA, traceB, uid, viewed } from './revisions.ts';

fc.configureGlobal({ seed: 2015 });
// Hundreds of cases each: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

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
      recognition: null,
      ruler: null,
      picture: null,
      traces: {},
      beats: null,
      excludedBeats: null,
      marks: {},
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

  it('takes away what an earlier model drew of structures that it does not draw, on its frames alone', () => {
    const modelled: Trace = { ...traceB, source: modelSource };
    const edited: Trace = { ...traceB, source: { kind: 'edited', from: 'model' } };
    const clip = {
      ...initial.clips[uid]!,
      traces: {
        'lv-cavity': { 0: traceA, 1: traceA, 2: traceA },
        'lv-wall': { 0: modelled, 1: edited, 2: modelled },
      },
    };
    const found = new Map<number, Trace | null>([
      [0, traceB],
      [1, traceB],
    ]);
    const changes = runChanges(uid, clip, new Map([['lv-cavity', found]]), finishedRun);
    const after = applyChanges({ ...initial, clips: { ...initial.clips, [uid]: clip } }, changes).clips[uid]!;
    expect(after.traces['lv-wall']).toEqual({ 1: edited, 2: modelled });
    expect(
      applyChanges({ ...initial, clips: { ...initial.clips, [uid]: after } }, invertChanges(changes)).clips[
        uid
      ],
    ).toEqual(clip);
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
