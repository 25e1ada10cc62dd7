import { describe, expect, it } from 'vitest';
import { priorClipOf, priorClips, type PriorClip } from '../../../../core/prior/prior-clip.ts';
import { clipFacts, clipReview, studyFacts, studyReview } from '../shapes.ts';

const clip = (sopInstanceUid: string, changes: Partial<PriorClip> = {}): PriorClip => ({
  sopInstanceUid,
  view: 'a4c',
  viewName: null,
  stage: null,
  atRest: true,
  isUsed: false,
  ...changes,
});
const counterpart = (before: readonly PriorClip[], today: PriorClip, ofToday = [today]) =>
  priorClipOf(before, today, ofToday)?.sopInstanceUid ?? null;
const rest = { name: 'REST', number: 1 };
const peak = { name: 'Peak', number: 3 };

describe("the prior's clip of what a clip shows", () => {
  it('is of the same view, the one that its numbers rest on first', () => {
    const facts = ['1', '2', '3', '4'].map((sopInstanceUid) =>
      clipFacts({
        sopInstanceUid,
        frames: sopInstanceUid === '4' ? 1 : 40,
        view: { code: sopInstanceUid === '1' ? 'a2c' : 'a4c', source: 'file' },
      }),
    );
    const review = studyReview(
      studyFacts(),
      facts.map((one) => [one, clipReview(one)] as const),
    );
    const clips = priorClips(facts, review, ['3']);
    expect(clips.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual(['3', '1', '2']);
    expect(counterpart(clips, clip('today'))).toBe('3');
    expect(counterpart(clips, clip('today', { view: 'a2c' }))).toBe('1');
    expect(counterpart(clips, clip('today', { view: 'a3c' }))).toBeNull();
  });

  it('is of the same stage, and at rest for one at rest, also where a study has no stages', () => {
    const staged = [
      clip('peak', { stage: peak, atRest: false }),
      clip('rest', { stage: rest }),
      clip('peak-a2c', { stage: peak, atRest: false, view: 'a2c' }),
    ];
    const stressed = { stage: { name: 'PEAK', number: 3 }, atRest: false };
    expect(counterpart(staged, clip('x', stressed))).toBe('peak');
    expect(counterpart(staged, clip('x'))).toBe('rest');
    expect(counterpart([clip('only')], clip('x', { stage: rest }))).toBe('only');
    expect(counterpart([clip('only')], clip('x', { stage: peak, atRest: false }))).toBeNull();
    const other = { view: 'other', viewName: 'PLAX' } as const;
    expect(
      counterpart([clip('plax', other)], clip('x', { ...other, stage: peak, atRest: false })),
    ).toBeNull();
  });

  it('is of several the one in the same place, by the order of the files', () => {
    const before = ['a', 'b'].map((uid) => clip(uid));
    const now = ['x', 'y', 'z'].map((uid) => clip(uid));
    expect(now.map((one) => counterpart(before, one, now))).toEqual(['a', 'b', 'b']);
    const staged = now.map((one, index) => ({ ...one, ...(index === 1 ? { stage: rest } : {}) }));
    expect(counterpart(before, staged[2]!, staged)).toBe('b');
  });

  it('is of the view that the file names, where it is no apical one', () => {
    const facts = ['PLAX', 'psax_mv', null].map((viewName, index) =>
      clipFacts({
        sopInstanceUid: `p${index}`,
        frames: 40,
        viewName,
        view: { code: 'other', source: 'file' },
      }),
    );
    const review = studyReview(
      studyFacts(),
      facts.map((one) => [one, clipReview(one)] as const),
    );
    const before = priorClips(facts, review, []);
    expect(before.map(({ viewName }) => viewName)).toEqual(['PLAX', 'PSAXMV', null]);
    const other = (viewName: string | null, uid = 'x') => clip(uid, { view: 'other', viewName });
    expect(counterpart(before, other('PSAXMV'))).toBe('p1');
    expect(counterpart(before, clip('x', { view: 'unknown', viewName: 'PLAX' }))).toBe('p0');
    expect(counterpart(before, other('SUBCOSTAL'))).toBeNull();
    // An apical view is one whatever its file calls it.
    expect(counterpart(before, clip('x', { view: 'a4c', viewName: null }))).toBeNull();
    // Those that nobody names are told apart by their order alone.
    const now = [other(null, 'x'), other('PLAX', 'y'), other(null, 'z')];
    expect(now.map((one) => counterpart(before, one, now))).toEqual(['p2', 'p0', null]);
  });

  it('is none where nobody knows the view', () => {
    expect(counterpart([clip('one', { view: 'unknown' })], clip('x', { view: 'unknown' }))).toBeNull();
  });
});
