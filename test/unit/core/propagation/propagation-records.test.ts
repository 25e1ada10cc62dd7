import { expect, it } from 'vitest';
import { propagationChanges } from '../../../../core/propagation/propagation-changes.ts';
import { applyChanges, invertChanges } from '../../../../core/review/apply.ts';
import { type OwnPropagation, propagationRecords } from '../../../../core/review/propagation-records.ts';
import type { StudyReview } from '../../../../core/review/review.ts';
import { changesSchema } from '../../../../core/review/schema.ts';
import { clipFacts, clipReview, studyFacts, studyReview } from '../shapes.ts';

const facts = clipFacts();
const uid = facts.sopInstanceUid;
const record = (structure: string, anchor: number): OwnPropagation => ({
  ...{ structure, way: 'memory', anchors: [anchor], range: { from: 0, to: 9 } },
  ...{ model: 'm', sha256: 'a'.repeat(64) },
});
const initial = studyReview(studyFacts(), [[facts, clipReview(facts)]]);
const keep = (review: StudyReview, of: OwnPropagation) =>
  propagationChanges(uid, review.clips[uid]!, new Map(), of);
const kept = (review: StudyReview, ...of: readonly OwnPropagation[]): StudyReview =>
  of.reduce((now, one) => applyChanges(now, keep(now, one)), review);
const recordsOf = (review: StudyReview) => propagationRecords(review.clips[uid]!);

it('the last propagation of every structure stays, the latest first', () => {
  expect(recordsOf(initial)).toEqual([]);
  const [cavity, wall, atrium] = ['lv-cavity', 'lv-wall', 'left-atrium'].map((one) => record(one, 3)) as [
    OwnPropagation,
    OwnPropagation,
    OwnPropagation,
  ];
  const all = kept(initial, cavity, wall, atrium);
  expect(recordsOf(all)).toEqual([atrium, wall, cavity]);
  const again = record('lv-wall', 7);
  expect(recordsOf(kept(all, again))).toEqual([again, atrium, cavity]);
});

it('undo gives back those that were there', () => {
  const before = kept(initial, record('lv-cavity', 3));
  const changes = keep(before, record('lv-wall', 3));
  const after = applyChanges(before, changes);
  expect(changesSchema.safeParse(changes).success).toBe(true);
  expect(applyChanges(after, invertChanges(changes)).clips[uid]).toEqual(before.clips[uid]);
});

it('a record from before others were kept is the only one', () => {
  const propagation = record('lv-cavity', 3);
  expect(propagationRecords({ propagation })).toEqual([propagation]);
});
