import { describe, expect, it } from 'vitest';
import { measureStudy } from '../../../../core/assessment/measure-study.ts';
import { signedResult } from '../../../../core/assessment/signed-result.ts';
import { inEnglish } from '../../../../core/language/english.ts';
import { measuredStudy, signedStudy, type ComparableStudy } from '../../../../core/prior/comparable-study.ts';
import { priorFindings } from '../../../../core/prior/prior-findings.ts';
import { sameModels, usualPrior } from '../../../../core/prior/prior-choice.ts';
import { priorRows, type PriorRow } from '../../../../core/prior/prior-rows.ts';
import { trendLimits, trendOf } from '../../../../core/prior/trend.ts';
import type { Decision } from '../../../../core/review/review.ts';
import type { SignedNumber } from '../../../../core/review/signed-result.ts';
import { beatingTraces, clipFacts, clipReview, options, studyFacts, studyReview } from '../shapes.ts';

const number = (name: string, value: number, more: Partial<SignedNumber> = {}): SignedNumber => ({
  name,
  value,
  method: 'biplane-disks',
  view: 'biplane',
  unit: name === 'EF' ? '%' : 'mL',
  beat: null,
  ...more,
});
const onePlane = { method: 'single-plane-disks', view: 'a4c' } as const;
const model = { name: 'base', version: '1', sha256: 'a'.repeat(64) };

function study(changes: Partial<ComparableStudy> = {}): ComparableStudy {
  return {
    studyInstanceUid: '1.1',
    date: '2026-01-02',
    standing: 'not-signed',
    by: null,
    at: null,
    measurements: [number('EF', 55), number('EDV', 112), number('ESV', 50)],
    planes: [],
    stage: null,
    atRest: true,
    wholeBeats: true,
    models: [model],
    used: [],
    ...changes,
  };
}
const prior = (changes: Partial<ComparableStudy> = {}): ComparableStudy =>
  study({
    studyInstanceUid: '1.2',
    date: '2024-01-02',
    standing: 'signed',
    measurements: [number('EF', 62), number('EDV', 100), number('ESV', 38)],
    ...changes,
  });

const rowsOf = (today: ComparableStudy, before: ComparableStudy): Record<string, PriorRow> =>
  Object.fromEntries(priorRows(today, before).map((row) => [row.name, row]));
const why = (row: PriorRow | undefined): string | null =>
  row?.notCompared ? inEnglish.say(row.notCompared) : null;

describe('a study beside its prior', () => {
  it('gives the change of every quantity, and whether it is beyond the spread of measuring again', () => {
    const rows = rowsOf(study(), prior());
    expect(rows['EF']).toMatchObject({ today: 55, prior: 62, change: -7, beyondSpread: false });
    expect(rows['EDV']).toMatchObject({ change: 12, beyondSpread: false });
    expect(rows['ESV']).toMatchObject({ change: 12, beyondSpread: true });
    expect(Object.keys(rows)).toEqual(['EF', 'EDV', 'ESV']);
  });

  it('subtracts what is printed', () => {
    const rows = rowsOf(
      study({ measurements: [number('EF', 54.6)] }),
      prior({ measurements: [number('EF', 65.4)] }),
    );
    expect(rows['EF']).toMatchObject({ today: 54.6, prior: 65.4, change: -10, beyondSpread: false });
  });

  it('says nothing of the spread of what nobody has published', () => {
    const strain = (value: number) => number('Contour strain', value, { unit: '%', method: 'contour' });
    const rows = rowsOf(study({ measurements: [strain(-12)] }), prior({ measurements: [strain(-20)] }));
    expect(rows['Contour strain']).toMatchObject({ change: 8, beyondSpread: null });
  });

  it('compares no other method and no other view, and says which', () => {
    const rows = rowsOf(study(), prior({ measurements: [number('EF', 62, onePlane)] }));
    expect(rows['EF']).toMatchObject({ today: 55, prior: 62, change: null, beyondSpread: null });
    expect(why(rows['EF'])).toBe(
      'Measured differently: today biplane disks, A4C + A2C, prior single-plane disks, A4C.',
    );
    expect(rows['EDV']).toMatchObject({ today: 112, prior: null, change: null, notCompared: null });
  });

  it('holds a volume of the atrium against the one that was made by the same method', () => {
    const byArea = { method: 'biplane-area-length' } as const;
    const today = study({ measurements: [number('LAV max', 50), number('LAV max', 56, byArea)] });
    const told = (before: ComparableStudy) =>
      priorRows(today, before).map(({ method, change, notCompared }) => [
        method,
        change,
        notCompared !== null,
      ]);
    expect(told(prior({ measurements: [number('LAV max', 60, byArea), number('LAV max', 52)] }))).toEqual([
      ['biplane-disks', -2, false],
      ['biplane-area-length', -4, false],
    ]);
    expect(told(prior({ measurements: [number('LAV max', 60, byArea)] }))).toEqual([
      ['biplane-disks', null, false],
      ['biplane-area-length', -4, false],
    ]);
  });

  it('holds one plane against that plane of a biplane prior', () => {
    const rows = rowsOf(
      study({ measurements: [number('EF', 50, onePlane)] }),
      prior({ planes: [number('EF', 58, { ...onePlane, view: 'a2c' }), number('EF', 61, onePlane)] }),
    );
    expect(rows['EF']).toMatchObject({ prior: 61, change: -11, beyondSpread: true });
  });

  it('compares no beats with parts of beats, no stress with rest, and nothing that was rejected', () => {
    expect(why(rowsOf(study(), prior({ wholeBeats: false }))['EF'])).toBe('The prior shows no whole beat.');
    expect(why(rowsOf(study({ wholeBeats: false }), prior())['EF'])).toBe(
      'Today’s study shows no whole beat.',
    );
    expect(rowsOf(study({ wholeBeats: false }), prior({ wholeBeats: false }))['EF']?.change).toBe(-7);
    const peak = { atRest: false, stage: { name: 'PEAK', number: 3 } };
    expect(why(rowsOf(study(), prior(peak))['EF'])).toBe('The hearts were in different stages.');
    expect(why(rowsOf(study(peak), prior())['EF'])).toBe('The hearts were in different stages.');
    expect(rowsOf(study(peak), prior(peak))['EF']?.change).toBe(-7);
    const low = { atRest: false, stage: { name: 'LOW', number: 2 } };
    expect(rowsOf(study(peak), prior(low))['EF']?.change).toBeNull();
    expect(why(rowsOf(study(), prior({ standing: 'rejected' }))['EF'])).toBe('The prior was rejected.');
  });

  it('shows nobody pixels', () => {
    const pixels = number('EDV', 6000, { unit: 'px²' });
    expect(rowsOf(study({ measurements: [pixels] }), prior({ measurements: [pixels] }))).toEqual({});
  });
});

describe('a finding', () => {
  it('says that EF changed by more than ten points, and not that it changed by ten', () => {
    const told = (ejection: number) =>
      priorFindings(
        priorRows(
          study({ measurements: [number('EF', ejection)] }),
          prior({ measurements: [number('EF', 60)] }),
        ),
        '2 Jan 2024',
        [{ sopInstanceUid: '1.2.3.1', frame: 7 }],
      );
    expect(told(50)).toEqual([]);
    expect(told(70)).toEqual([]);
    const [fell, ...none] = told(49);
    expect(none).toEqual([]);
    expect(fell).toMatchObject({ code: 'ejection-changed', severity: 'warning' });
    expect(inEnglish.say(fell!.message)).toContain(
      'EF fell by 11 points, from 60 % on 2 Jan 2024 to 49 % now',
    );
    expect(inEnglish.say(told(71)[0]!.message)).toContain('EF rose by 11 points');
  });
});

describe('the prior that is shown first', () => {
  const listed = (uid: string, date: string | null, changes: Partial<ComparableStudy> = {}) =>
    prior({ studyInstanceUid: uid, date, ...changes });

  it('is the last one before the study that has an EF, never a later one or one of the same day', () => {
    const studies = [
      listed('later', '2027-01-01'),
      listed('same', '2026-01-02'),
      listed('undated', null),
      listed('older', '2020-01-01'),
      listed('last', '2025-01-01'),
      listed('empty', '2025-06-01', { measurements: [] }),
      listed('rejected', '2025-07-01', { standing: 'rejected' }),
    ];
    expect(usualPrior(studies, '2026-01-02')?.studyInstanceUid).toBe('last');
    expect(usualPrior(studies.slice(0, 3), '2026-01-02')).toBeNull();
    expect(usualPrior(studies, null)).toBeNull();
    expect(usualPrior(studies.slice(5), '2026-01-02')?.studyInstanceUid).toBe('rejected');
  });

  it('is told to be of other models', () => {
    expect(sameModels(study(), prior())).toBe(true);
    expect(sameModels(study(), prior({ models: [{ ...model, sha256: 'b'.repeat(64) }] }))).toBe(false);
    expect(sameModels(study(), prior({ models: [] }))).toBe(false);
  });
});

describe('the course of a quantity', () => {
  it('joins what was made alike, in order of time, and says why a point stands apart', () => {
    const today = study();
    const points = trendOf(
      'EF',
      [
        today,
        prior(),
        prior({ studyInstanceUid: '1.3', date: '2022-01-01', measurements: [number('EF', 60, onePlane)] }),
        prior({ studyInstanceUid: '1.4', date: null }),
        prior({ studyInstanceUid: '1.5', date: '2021-01-01', atRest: false }),
        prior({ studyInstanceUid: '1.6', date: '2020-01-01', standing: 'rejected' }),
        prior({ studyInstanceUid: '1.7', date: '2019-01-01', measurements: [] }),
      ],
      today,
    );
    expect(points.map(({ studyInstanceUid, value, isAlike }) => [studyInstanceUid, value, isAlike])).toEqual([
      ['1.7', null, false],
      ['1.6', 62, false],
      ['1.5', 62, false],
      ['1.3', 60, false],
      ['1.2', 62, true],
      ['1.1', 55, true],
      ['1.4', 62, true],
    ]);
    expect(points.map(({ apart }) => apart && inEnglish.say(apart))).toEqual([
      null,
      'rejected',
      'under stress',
      'measured differently',
      null,
      null,
      null,
    ]);
  });

  it('has the limits of the sex, of both where nobody knows it, and none where there are none', () => {
    expect(trendLimits('EF', 'female')).toEqual([{ sex: 'female', low: 54, high: 74 }]);
    expect(trendLimits('EF', 'unknown').map(({ sex }) => sex)).toEqual(['male', 'female']);
    expect(trendLimits('LAV max', 'male')).toEqual([]);
  });
});

describe('the numbers of a study', () => {
  const frames = 65;
  const facts = studyFacts();
  const a4c = clipFacts({ frames });
  const a2c = clipFacts({ frames, sopInstanceUid: '1.2.3.2', view: { code: 'a2c', source: 'file' } });
  const clips = [a4c, a2c];
  const review = studyReview(facts, [
    [a4c, clipReview(a4c, { traces: beatingTraces(frames, 25) })],
    [a2c, clipReview(a2c, { traces: beatingTraces(frames, 25, { diameter: 100 }) })],
  ]);
  const measured = measureStudy(facts, clips, review, options);
  const live = measuredStudy({ facts, clips, review }, measured, options);
  const signed = signedResult(
    { version: 1, replaces: null, head: 3, software: '1' },
    review,
    measured,
    options,
  );

  it('are those of the study and of each plane, of whole beats, with the models that they rest on', () => {
    expect(live).toMatchObject({ standing: 'not-signed', by: null, wholeBeats: true, atRest: true });
    expect(live.measurements.find(({ name }) => name === 'EF')).toMatchObject({
      view: 'biplane',
      beat: null,
    });
    const planes = live.planes.filter(({ name, method }) => name === 'EF' && method === 'single-plane-disks');
    expect(planes.map(({ view }) => view)).toEqual(['a4c', 'a2c']);
    expect(live.models).toHaveLength(1);
  });

  it('are those that were signed, whatever is measured now', () => {
    const was = { ...signed, measurements: [number('EF', 12)] };
    const decision = {
      state: 'accepted',
      at: '2026-01-03T00:00:00Z',
      by: 'Dr. Reader',
      signed: was,
    } as const;
    const decided = (changed: Decision) => ({ facts, clips, review: { ...review, decision: changed } });
    expect(signedStudy(decided(decision))).toMatchObject({
      standing: 'signed',
      by: 'Dr. Reader',
      measurements: [{ name: 'EF', value: 12 }],
      wholeBeats: true,
    });
    const rejected = { ...decision, state: 'rejected' } as const;
    expect(signedStudy(decided(rejected))).toBeNull();
    expect(measuredStudy(decided(rejected), measured, options).standing).toBe('rejected');
    const { signed: _lost, ...old } = decision;
    expect(signedStudy(decided(old))).toBeNull();
    expect(measuredStudy(decided(old), measured, options)).toMatchObject({
      standing: 'signed-without-numbers',
      measurements: live.measurements,
    });
  });

  it('are of no whole beat where a clip shows none, and of the stage of their clips', () => {
    const part = clipReview(a4c, {
      traces: beatingTraces(frames, 25),
      beats: [{ edFrame: 0, esFrame: 12, nextEdFrame: null, source: 'user' }],
    });
    const cut = studyReview(facts, [[a4c, part]]);
    const numbers = measuredStudy(
      { facts, clips: [a4c], review: cut },
      measureStudy(facts, [a4c], cut, options),
      options,
    );
    expect(numbers.measurements.find(({ name }) => name === 'EF')).toBeDefined();
    expect(numbers.wholeBeats).toBe(false);

    const staged = [
      { ...a4c, stage: { name: 'PEAK', number: 2 } },
      { ...a2c, stage: { name: 'REST', number: 1 } },
    ];
    const peak = { ...review, stage: { name: 'PEAK', number: 2 } };
    const stressed = measuredStudy(
      { facts, clips: staged, review: peak },
      measureStudy(facts, staged, peak, options),
      options,
    );
    expect(stressed).toMatchObject({ atRest: false, stage: { name: 'PEAK', number: 2 } });
  });
});
