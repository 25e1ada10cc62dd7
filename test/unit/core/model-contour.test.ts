import { describe, expect, it } from 'vitest';
import { applyChanges, invertChanges } from '../../../core/review/apply.ts';
import {
  backToModel,
  changedPlaces,
  modelContour,
  modelContours,
} from '../../../core/review/model-contour.ts';
import type { Change, Revision, RevisionKind, StudyReview } from '../../../core/review/review.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { runChanges } from '../../../core/review/run-changes.ts';
import { clipFacts, clipReview, finishedRun, halfEllipse, modelSource, traceOf } from './shapes.ts';

const facts = clipFacts({ frames: 5 });
const uid = facts.sopInstanceUid;
const byModel = (width: number): Trace =>
  traceOf(halfEllipse(width, 140), { source: modelSource, confidence: 0.8 });
const byHand = (width: number): Trace => ({
  ...byModel(width),
  source: { kind: 'edited', from: 'model' },
  confidence: null,
});
const set = (frame: number, before: Trace | null, after: Trace | null): Change => ({
  slot: 'trace',
  structure: 'lv-cavity',
  sopInstanceUid: uid,
  frame,
  before,
  after,
});
const at = (frame: number) => ({ structure: 'lv-cavity', frame });
let id = 0;
const revision = (kind: RevisionKind, changes: readonly Change[]): Revision => ({
  id: (id += 1),
  studyInstanceUid: facts.studyInstanceUid,
  at: '2026-01-01T00:00:00Z',
  author: '',
  kind,
  label: kind,
  changes,
  target: null,
});

describe('the model’s contour of a frame', () => {
  const [old, newer] = [byModel(80), byModel(84)];
  const revisions = [
    revision('run', [set(0, null, old), set(1, null, old)]),
    revision('edit', [set(0, old, byHand(120))]),
    revision('run', [set(1, old, newer), set(2, null, null)]),
    // A forged one: an edit that says it came from a model.
    revision('edit', [set(3, null, byModel(20))]),
  ];

  it('is what the last run found that wrote it, whatever edits say', () => {
    expect(modelContour(revisions, { sopInstanceUid: uid, ...at(0) })).toBe(old);
    expect(modelContour(revisions, { sopInstanceUid: uid, ...at(1) })).toBe(newer);
    expect(modelContour(revisions, { sopInstanceUid: uid, ...at(2) })).toBeNull();
    expect(modelContour(revisions, { sopInstanceUid: uid, ...at(3) })).toBeUndefined();
    expect(modelContour(revisions, { sopInstanceUid: 'another clip', ...at(0) })).toBeUndefined();
  });

  it('is found for all frames of a clip at once', () => {
    const of = (clip: string, structure: string) =>
      Object.fromEntries(modelContours(revisions, clip, structure));
    expect(of(uid, 'lv-cavity')).toEqual({ 0: old, 1: newer, 2: null });
    expect(of(uid, 'left-atrium')).toEqual({});
    expect(of('another clip', 'lv-cavity')).toEqual({});
  });

  it('is known beneath a correction that the run left in its place', () => {
    const clip = clipReview(facts, { traces: { 0: byHand(120), 1: old } });
    const found = new Map([
      [0, newer],
      [1, newer],
    ]);
    const run = revision('run', runChanges(uid, clip, new Map([['lv-cavity', found]]), finishedRun));
    const after = [...revisions, run];
    expect(modelContour(after, { sopInstanceUid: uid, ...at(0) })).toBe(newer);
    expect([...modelContours(after, uid, 'lv-cavity')]).toEqual([
      [0, newer],
      [1, newer],
      [2, null],
    ]);
  });

  it('comes back for one frame or all that a person changed, and the way back is undone', () => {
    const traces = { 0: byHand(120), 1: newer, 2: byHand(60), 3: byHand(70) };
    const clip = clipReview(facts, { traces });
    expect(changedPlaces(clip)).toEqual([0, 2, 3].map(at));
    expect(backToModel(revisions, uid, clip, [at(0)])).toEqual([set(0, traces[0], old)]);
    const all = backToModel(revisions, uid, clip);
    // Frame 3 was never a run's.
    expect(all).toEqual([set(0, traces[0], old), set(2, traces[2], null)]);
    const review = { clips: { [uid]: clip } } as unknown as StudyReview;
    const after = applyChanges(review, all);
    expect(after.clips[uid]!.traces).toEqual({ 'lv-cavity': { 0: old, 1: newer, 3: traces[3] } });
    expect(applyChanges(after, invertChanges(all))).toEqual(review);
    expect(backToModel(revisions, uid, after.clips[uid]!, [at(0), at(1)])).toEqual([]);
  });

  it('comes back on the frames that only followed the correction which goes back, and on no other', () => {
    const follows = (width: number, ...from: number[]): Trace => ({
      ...byModel(width),
      source: { ...modelSource, kind: 'propagated', from, way: 'displacement' },
    });
    const corrected = { 0: byHand(120), 1: follows(110, 0), 2: follows(105, 0, 4), 4: byHand(60) };
    const drawn = [0, 1, 2, 4].map((frame) => set(frame, null, old));
    const run = revision('run', drawn);
    const clip = clipReview(facts, { traces: corrected });
    expect(backToModel([run], uid, clip, [at(0)])).toEqual([
      set(0, corrected[0], old),
      set(1, corrected[1], old),
    ]);
    // It follows both: gone with the second of them, or where both go at once.
    expect(backToModel([run], uid, clip, [at(0), at(4)])).toEqual(
      [0, 4, 1, 2].map((frame) => set(frame, corrected[frame as 0], old)),
    );
    // One of the two went back before.
    const { 4: _gone, ...left } = corrected;
    const after = clipReview(facts, { traces: { ...left, 4: old } });
    expect(
      backToModel([run], uid, after, [at(0)]).map((change) => change.slot === 'trace' && change.frame),
    ).toEqual([0, 1, 2]);
    // Of another structure the same frames mean nothing.
    expect(backToModel([run], uid, clip, [{ structure: 'left-atrium', frame: 0 }])).toEqual([]);
    // What was never a run's stays, and with it what follows it.
    expect(backToModel([revision('run', drawn.slice(1))], uid, clip, [at(0)])).toEqual([]);
  });
});
