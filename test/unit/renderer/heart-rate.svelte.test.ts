import { describe, expect, it } from 'vitest';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import type { StudyReview } from '../../../core/review/review.ts';
import { shownHeartRate } from '../../../renderer/numbers/heart-rate.ts';
import { beatingTraces, clipFacts, clipReview, options, studyFacts, studyReview } from '../core/shapes.ts';

const clip = (number: number, changes: Partial<ClipFacts>): ClipFacts =>
  clipFacts({ sopInstanceUid: `1.2.${number}`, instanceNumber: number, ...changes });
const traces = beatingTraces(40, 20);

/** What the panel says of a study whose clips with these numbers have contours. */
function shown(clips: readonly ClipFacts[], traced: readonly number[], changes: Partial<StudyReview> = {}) {
  const study = studyFacts({ heartRateBpm: clips[0]?.heartRateBpm ?? null });
  const review = studyReview(
    study,
    clips.map((facts) => {
      const has = traced.includes(facts.instanceNumber ?? 0);
      return [facts, clipReview(facts, has ? { traces } : {})] as const;
    }),
    changes,
  );
  const { bpm, origin } = shownHeartRate(review.body, clips, measureStudy(study, clips, review, options));
  return { bpm, origin };
}

describe('the heart rate beside the body', () => {
  const peak = clip(1, { heartRateBpm: 142, stage: { name: 'PEAK', number: 2 } });
  const rest = clip(2, { heartRateBpm: 61, stage: { name: 'REST', number: 1 } });

  it('is that of the stage that the numbers are of, though another file comes first', () => {
    expect(shown([peak, rest], [1, 2])).toEqual({ bpm: 61, origin: 'REST' });
    expect(shown([peak, rest], [1, 2], { stage: peak.stage })).toEqual({ bpm: 142, origin: 'PEAK' });
  });

  it('is nobody’s while there are no numbers and clips differ', () => {
    expect(shown([peak, rest], [])).toEqual({ bpm: null, origin: '61 to 142 by clip' });
    const alike = [clip(1, { heartRateBpm: 61 }), clip(2, { heartRateBpm: 61 })];
    expect(shown(alike, [])).toEqual({ bpm: 61, origin: 'file' });
  });

  it('names the clip where clips of one stage differ', () => {
    const clips = [
      clip(1, { heartRateBpm: 90, view: { code: 'other', source: 'file' } }),
      clip(2, { heartRateBpm: 60 }),
    ];
    expect(shown(clips, [2])).toEqual({ bpm: 60, origin: 'clip 2' });
    // The clip that is used states none: whose rate it is, is said.
    const silent = [
      clips[0]!,
      clip(2, { heartRateBpm: null }),
      clip(3, { heartRateBpm: 72, view: { code: 'other', source: 'file' } }),
    ];
    expect(shown(silent, [2])).toEqual({ bpm: 90, origin: 'clip 1' });
  });

  it('is what the reader entered before anything else', () => {
    const body = {
      ...studyReview(studyFacts(), []).body,
      heartRateBpm: { value: 75, source: 'user' as const },
    };
    expect(shown([peak, rest], [1, 2], { body })).toEqual({ bpm: 75, origin: 'entered' });
  });
});
