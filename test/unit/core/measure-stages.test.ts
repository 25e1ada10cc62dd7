import { describe, expect, it } from 'vitest';
import { measureStages } from '../../../core/assessment/measure-stages.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import type { ViewCode } from '../../../core/clip/view.ts';
import type { StudyReview } from '../../../core/review/review.ts';
import { beatingTraces, clipFacts, clipReview, options, studyFacts, studyReview } from './shapes.ts';

const frames = 51;
const names = ['Rest', 'Low dose', 'Peak'];

interface Recorded {
  readonly stage: number;
  readonly view: ViewCode;
  /** Smallest size in a beat, as a part of the largest. */
  readonly least: number | null;
}

function stressed(recorded: readonly Recorded[], changes: Partial<StudyReview> = {}) {
  const clips = recorded.map(({ stage, view }, index): ClipFacts =>
    clipFacts({
      frames,
      sopInstanceUid: `1.2.3.${index + 1}`,
      stage: { name: names[stage]!, number: stage + 1 },
      view: { code: view, source: 'file' },
    }),
  );
  const facts = studyFacts();
  const reviews = clips.map((clip, index) => {
    const { least } = recorded[index]!;
    return [
      clip,
      clipReview(clip, { traces: least === null ? {} : beatingTraces(frames, 25, { least }) }),
    ] as const;
  });
  return { facts, clips, review: studyReview(facts, reviews, changes) };
}

const measure = ({ facts, clips, review }: ReturnType<typeof stressed>) =>
  measureStages(facts, clips, review, options);

const both = (stage: number, least: number): Recorded[] => [
  { stage, view: 'a4c', least },
  { stage, view: 'a2c', least },
];

describe('numbers of every stage', () => {
  it('are those that the study has when the stage is chosen', () => {
    const study = stressed([...both(2, 0.6), ...both(0, 0.75), ...both(1, 0.7)]);
    const stages = measure(study);
    expect(stages.map(({ stage }) => stage?.name)).toEqual(names);
    expect(stages.map(({ resting }) => resting)).toEqual([true, false, false]);
    for (const { stage, ejection, endDiastolic, endSystolic, used } of stages) {
      const chosen = measureStudy(study.facts, study.clips, { ...study.review, stage }, options);
      const of = (name: string) => chosen.measurements.find((one) => one.name === name);
      expect(ejection).toEqual(of('EF'));
      expect(endDiastolic).toEqual(of('EDV'));
      expect(endSystolic).toEqual(of('ESV'));
      expect(used).toEqual(chosen.used);
      expect(ejection?.view).toBe('biplane');
    }
    // Whatever stage the reader has chosen for the study.
    const peak = { ...study, review: { ...study.review, stage: { name: 'Peak', number: 3 } } };
    expect(measure(peak)).toEqual(stages);
  });

  it('change is against rest, in points, and positive where the heart empties more', () => {
    const stages = measure(stressed([...both(0, 0.75), ...both(1, 0.7), ...both(2, 0.8)]));
    const [rest, low, peak] = stages.map(({ ejection }) => ejection?.value ?? NaN);
    expect(stages.map(({ change }) => change)).toEqual([null, low! - rest!, peak! - rest!]);
    expect(low! - rest!).toBeGreaterThan(3);
    expect(peak! - rest!).toBeLessThan(-3);
  });

  it('numbers of other views are not compared', () => {
    const stages = measure(stressed([...both(0, 0.75), { stage: 1, view: 'a4c', least: 0.7 }]));
    expect(stages[1]).toMatchObject({ change: null, otherMethod: true, ejection: { view: 'a4c' } });
    // One plane against the same plane is.
    const single = measure(
      stressed([
        { stage: 0, view: 'a4c', least: 0.75 },
        { stage: 1, view: 'a4c', least: 0.7 },
      ]),
    );
    expect(single[1]?.otherMethod).toBe(false);
    expect(single[1]?.change).toBeGreaterThan(3);
  });

  it('a stage without contours has none, and none of another stands in', () => {
    const stages = measure(stressed([...both(0, 0.75), { stage: 1, view: 'a4c', least: null }]));
    expect(stages[1]).toMatchObject({ ejection: null, endDiastolic: null, used: [], change: null });
  });

  it('a pair that the reader made of two stages is neither stage’s own', () => {
    const study = stressed([
      { stage: 0, view: 'a4c', least: 0.75 },
      { stage: 1, view: 'a2c', least: 0.7 },
    ]);
    const pair = { a4c: '1.2.3.1', a2c: '1.2.3.2' };
    const stages = measure({ ...study, review: { ...study.review, pair } });
    expect(stages.map(({ ejection }) => ejection?.view)).toEqual(['a4c', 'a2c']);
    expect(stages.map(({ used }) => used)).toEqual([['1.2.3.1'], ['1.2.3.2']]);
  });

  it('a study without stages has none', () => {
    const study = stressed(both(0, 0.75));
    const clips = study.clips.map((clip) => ({ ...clip, stage: null }));
    expect(measure({ ...study, clips })).toEqual([]);
  });
});
