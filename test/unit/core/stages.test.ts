import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClipFacts, ClipStage } from '../../../core/clip/clip.ts';
import { saysRest, saysStress } from '../../../core/clip/stage-name.ts';
import { restingStage, studyStages } from '../../../core/clip/stage.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import type { StudyReview } from '../../../core/review/review.ts';
import { beatingTraces, clipFacts, clipReview, options, studyFacts, studyReview } from './shapes.ts';

describe('names of stages', () => {
  it.each([
    ...['REST', 'Rest 1', 'Rest1', 'rest', 'RESTING', 'At rest', 'BASELINE', 'Base line', 'Basal', 'BSL'],
    ...['Ruhe', 'in Ruhe', 'repos', 'Au repos', 'REPOSO', 'Riposo', 'repouso', 'покой', '安静', '安静時'],
    ...['Pre', 'PRE-EXERCISE', 'pre ex', 'PRE_STRESS', 'vor Belastung', 'avant effort', 'Pre-rest'],
  ])('"%s" is rest', (name) => {
    expect(saysRest(name)).toBe(true);
    expect(saysStress(name)).toBe(false);
  });

  it.each([
    ...[
      'PEAK',
      'Post',
      'POST-REST',
      'post exercise',
      'Recovery',
      'Low dose',
      'High Dose',
      '10 mcg',
      'IMPOST',
    ],
    ...['Stress', 'Rest/Stress', 'pre-peak', 'Recovery rest', 'Belastung', 'nach Belastung', 'Effort', 'MAX'],
  ])('"%s" is not', (name) => {
    expect(saysRest(name)).toBe(false);
    expect(saysStress(name)).toBe(true);
  });

  it.each(['', 'Stage A', 'Unrest', 'Restricted', 'forest', 'Interest', '1', 'Prestige'])(
    '"%s" says neither',
    (name) => {
      expect(saysRest(name)).toBe(false);
      expect(saysStress(name)).toBe(false);
    },
  );
});

const stageOf = (name: string | null, number: number | null): ClipStage => ({ name, number });
const clipsOf = (...stages: (ClipStage | null)[]): ClipFacts[] =>
  stages.map((stage, index) => clipFacts({ sopInstanceUid: `1.${index}`, stage }));
const restOf = (...stages: (ClipStage | null)[]) =>
  restingStage(studyStages(clipsOf(...stages)))?.stage ?? null;

describe('stages of a study', () => {
  it('are none where no file states one', () => {
    expect(studyStages(clipsOf(null, null))).toEqual([]);
  });

  it('go by number and then by name, clips without one last, whatever their order', () => {
    const stages = studyStages(
      clipsOf(stageOf('PEAK', 4), null, stageOf('rest ', 1), stageOf('REST', 1), stageOf('Low', 2)),
    );
    expect(stages.map(({ clips }) => clips)).toEqual([['1.2', '1.3'], ['1.4'], ['1.0'], ['1.1']]);
  });

  it('are filled in where one clip leaves the name or the number out', () => {
    const stages = studyStages(
      clipsOf(stageOf('REST', 1), stageOf(null, 1), stageOf('Rest', null), stageOf('PEAK', 2)),
    );
    expect(stages.map(({ clips }) => clips.length)).toEqual([3, 1]);
    // Two names of one number: the clip without a name could be of either.
    expect(studyStages(clipsOf(stageOf('A', 1), stageOf('B', 1), stageOf(null, 1)))).toHaveLength(3);
  });

  it('have the resting one by name, else by number 1', () => {
    expect(restOf(stageOf('PEAK', 1), stageOf('Baseline', 3))).toEqual(stageOf('Baseline', 3));
    expect(restOf(stageOf('Rest 2', 2), stageOf('Rest 1', 1))).toEqual(stageOf('Rest 1', 1));
    expect(restOf(stageOf('Stage A', 1), stageOf('Stage B', 2))).toEqual(stageOf('Stage A', 1));
    expect(restOf(stageOf(null, 2), stageOf(null, 1))).toEqual(stageOf(null, 1));
    expect(restOf(stageOf(null, 2), stageOf(null, 3))).toBeNull();
    expect(restOf(stageOf('PEAK', 1), stageOf('Post', 2))).toBeNull();
    expect(restOf(stageOf('A', 1), stageOf('B', 1))).toBeNull();
    expect(restOf(stageOf('A', 0), stageOf('B', 1))).toBeNull();
  });
});

const frames = 50;
const rest = stageOf('REST', 1);
const peak = stageOf('PEAK', 2);

interface Recorded {
  readonly view: 'a4c' | 'a2c';
  readonly stage?: ClipStage | null;
  readonly bpm?: number | null;
  readonly diameter?: number;
}

function study(recorded: readonly Recorded[], changes: Partial<StudyReview> = {}) {
  const clips = recorded.map(({ view, stage = null, bpm = null }, index) =>
    clipFacts({
      frames,
      sopInstanceUid: `1.2.3.${index}`,
      view: { code: view, source: 'file' },
      stage,
      heartRateBpm: bpm,
    }),
  );
  const reviews = clips.map(
    (clip, index) => [clip, clipReview(clip, { traces: traces(recorded[index]!.diameter ?? 125) })] as const,
  );
  const facts = studyFacts();
  return measureStudy(facts, clips, studyReview(facts, reviews, changes), options);
}

const traced = new Map<number, ReturnType<typeof beatingTraces>>();
function traces(diameter: number) {
  let found = traced.get(diameter);
  if (found === undefined) traced.set(diameter, (found = beatingTraces(frames, 25, { diameter })));
  return found;
}

const view = (result: ReturnType<typeof study>) =>
  result.measurements.find(({ name }) => name === 'EF')?.view ?? null;
const codes = (result: ReturnType<typeof study>) =>
  result.findings.map(({ code, severity }) => `${code} ${severity}`);

describe('biplane of a stress study', () => {
  it('never combines stages or heart rates more than 20 % apart without the reader’s word', () => {
    const anyStage = fc.constantFrom(rest, peak, null);
    const anyRate = fc.option(fc.integer({ min: 40, max: 180 }), { nil: null });
    fc.assert(
      fc.property(anyStage, anyStage, anyRate, anyRate, (a, b, one, other) => {
        const result = study([
          { view: 'a4c', stage: a, bpm: one },
          { view: 'a2c', stage: b, bpm: other },
        ]);
        const rates = [one, other].filter((rate) => rate !== null);
        const apart = rates.length === 2 && 5 * Math.max(...rates) > 6 * Math.min(...rates);
        const biplane = result.pair !== null;
        if (a !== b || apart) expect(biplane).toBe(false);
        else if (rates.length !== 1) expect(biplane || a === peak).toBe(true);
        if (biplane) expect(result.offeredPair).toBeNull();
        else expect(result.findings.some(({ severity }) => severity === 'refusal')).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('is of the resting stage where another has better clips, with its heart rate', () => {
    const result = study([
      { view: 'a4c', stage: peak, bpm: 120, diameter: 90 },
      { view: 'a2c', stage: peak, bpm: 120, diameter: 90 },
      { view: 'a4c', stage: rest, bpm: 62 },
      { view: 'a2c', stage: rest, bpm: 62 },
    ]);
    expect(result.pair).toEqual({ a4c: '1.2.3.2', a2c: '1.2.3.3' });
    expect(result.stage).toEqual(rest);
    expect(result.measurements.find(({ name }) => name === 'HR')!.value).toBe(62);
  });

  it('is of another stage where the reader chose it', () => {
    const clips: Recorded[] = [
      { view: 'a4c', stage: peak },
      { view: 'a2c', stage: peak },
      { view: 'a4c', stage: rest },
    ];
    const result = study(clips, { stage: peak });
    expect(result.pair).toEqual({ a4c: '1.2.3.0', a2c: '1.2.3.1' });
    expect(result.stage).toEqual(peak);
    expect([result.atRest, study(clips).atRest]).toEqual([false, true]);
    // A stage that the study does not have (any more) is no choice.
    expect(study(clips, { stage: stageOf('LOW', 7) }).stage).toEqual(rest);
  });

  it('offers what stands against it, and combines on the reader’s word with a warning', () => {
    const clips: Recorded[] = [
      { view: 'a4c', stage: rest, bpm: 62 },
      { view: 'a2c', stage: peak, bpm: 120 },
    ];
    const refused = study(clips);
    expect(view(refused)).toBe('a4c');
    expect(refused.offeredPair).toEqual({ a4c: '1.2.3.0', a2c: '1.2.3.1', obstacle: 'stages-differ' });
    expect(codes(refused)).toEqual(['stages-differ refusal']);
    const combined = study(clips, { pair: { a4c: '1.2.3.0', a2c: '1.2.3.1' } });
    expect(view(combined)).toBe('biplane');
    expect(combined.stage).toBeNull();
    expect(codes(combined)).toEqual(['stages-differ warning']);
  });

  it('takes the pair of like heart rates where there is one', () => {
    const result = study([
      { view: 'a4c', bpm: 60 },
      { view: 'a2c', bpm: 90, diameter: 120 },
      { view: 'a2c', bpm: 70 },
    ]);
    expect(result.pair).toEqual({ a4c: '1.2.3.0', a2c: '1.2.3.2' });
    const apart = study([
      { view: 'a4c', bpm: 60 },
      { view: 'a2c', bpm: 73 },
    ]);
    expect(codes(apart)).toEqual(['heart-rates-differ refusal']);
    expect(
      study([
        { view: 'a4c', bpm: 60 },
        { view: 'a2c', bpm: 72 },
      ]).pair,
    ).not.toBeNull();
  });

  it('has no numbers where no stage is at rest, until one is chosen', () => {
    const clips: Recorded[] = [
      { view: 'a4c', stage: peak, bpm: 150 },
      { view: 'a2c', stage: stageOf('POST', 3) },
    ];
    const result = study(clips);
    expect(result.measurements).toEqual([]);
    expect(result.stages.map(({ stage }) => stage?.name)).toEqual(['PEAK', 'POST']);
    expect(codes(result)).toEqual(['no-resting-stage refusal']);
    expect(view(study(clips, { stage: peak }))).toBe('a4c');
  });
});
