import { describe, expect, it } from 'vitest';
import { priorClipOf, priorClips, type PriorClip } from '../../../../core/prior/prior-clip.ts';
import { clipFacts, clipReview, studyFacts, studyReview } from '../shapes.ts';

const clip = (sopInstanceUid: string, changes: Partial<PriorClip> = {}): PriorClip => ({
  sopInstanceUid,
  view: 'a4c',
  stage: null,
  atRest: true,
  isUsed: false,
  ...changes,
});
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
    expect(priorClipOf(clips, clip('today'))?.sopInstanceUid).toBe('3');
    expect(priorClipOf(clips, clip('today', { view: 'a2c' }))?.sopInstanceUid).toBe('1');
    expect(priorClipOf(clips, clip('today', { view: 'a3c' }))).toBeNull();
  });

  it('is of the same stage, and at rest for one at rest, also where a study has no stages', () => {
    const staged = [
      clip('peak', { stage: peak, atRest: false }),
      clip('rest', { stage: rest }),
      clip('peak-a2c', { stage: peak, atRest: false, view: 'a2c' }),
    ];
    expect(
      priorClipOf(staged, clip('x', { stage: { name: 'PEAK', number: 3 }, atRest: false }))?.sopInstanceUid,
    ).toBe('peak');
    expect(priorClipOf(staged, clip('x'))?.sopInstanceUid).toBe('rest');
    expect(priorClipOf([clip('only')], clip('x', { stage: rest }))?.sopInstanceUid).toBe('only');
    expect(priorClipOf([clip('only')], clip('x', { stage: peak, atRest: false }))).toBeNull();
  });

  it('is none where nobody knows the view, or it is no apical one', () => {
    for (const view of ['unknown', 'other'] as const)
      expect(priorClipOf([clip('one', { view })], clip('x', { view }))).toBeNull();
  });
});
