import { said } from '../../fixtures/said.ts';
import { describe, expect, it } from 'vitest';
import type { Body } from '../../../core/body/body.ts';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import { measureStudy, type StudyMeasurements } from '../../../core/assessment/measure-study.ts';
import type { MeasurementName } from '../../../core/measurement/measurement.ts';
import {
  beatingTraces,
  clipFacts,
  clipReview,
  evenTiming,
  options,
  studyFacts,
  studyReview,
  type CavityReview,
} from './shapes.ts';
import type { ClipReview } from '../../../core/review/review.ts';
import { cavityTraces } from '../../../core/review/traces.ts';

const frames = 65;
const study = studyFacts();
const a4c = clipFacts({ frames });
const a2c = clipFacts({ frames, sopInstanceUid: '1.2.3.2', view: { code: 'a2c', source: 'file' } });
const four = clipReview(a4c, { traces: beatingTraces(frames, 25) });
const two = clipReview(a2c, { traces: beatingTraces(frames, 25, { diameter: 100 }) });
const body: Body = {
  sex: { value: 'male', source: 'file' },
  heightCm: null,
  weightKg: null,
  heartRateBpm: null,
};

function measure(
  clips: readonly (readonly [ClipFacts, ClipReview])[],
  changes: Partial<Body> = {},
  limits = options,
): StudyMeasurements {
  const review = studyReview(study, clips, { body: { ...body, ...changes } });
  return measureStudy(
    study,
    clips.map(([facts]) => facts),
    review,
    limits,
  );
}

const value = (result: StudyMeasurements, name: MeasurementName): number | undefined =>
  result.measurements.find((one) => one.name === name)?.value;
const codes = (result: StudyMeasurements): string[] => result.findings.map(({ code }) => code);

describe('a study with A4C and A2C', () => {
  const result = measure([
    [a4c, four],
    [a2c, two],
  ]);

  it('is measured in two planes', () => {
    expect(result.pair).toEqual({ a4c: a4c.sopInstanceUid, a2c: a2c.sopInstanceUid });
    expect(Math.abs(value(result, 'EDV')! / 89.01 - 1)).toBeLessThan(0.01);
    expect(Math.abs(value(result, 'EF')! - 48.8)).toBeLessThan(0.5);
    for (const name of ['EDV', 'ESV', 'SV', 'EF'] as const) {
      const one = result.measurements.find((measurement) => measurement.name === name)!;
      expect(one).toMatchObject({ method: 'biplane-disks', view: 'biplane', beat: null });
      expect(new Set(one.sources.map(({ sopInstanceUid }) => sopInstanceUid)).size).toBe(2);
    }
    expect(result.findings).toEqual([]);
  });

  it('does not depend on the order of the clips', () => {
    const other = measure([
      [a2c, two],
      [a4c, four],
    ]);
    expect(other.measurements).toEqual(result.measurements);
    expect(other.pair).toEqual(result.pair);
  });

  it('uses the longer axis of each phase, and flags axes that differ', () => {
    const short = clipReview(a2c, { traces: beatingTraces(frames, 25, { diameter: 100, length: 180 }) });
    const foreshortened = measure([
      [a4c, four],
      [a2c, short],
    ]);
    expect(value(foreshortened, 'EDV')! / value(result, 'EDV')!).toBeCloseTo(1, 1);
    const flags = foreshortened.findings.filter(({ code }) => code === 'axis-lengths-differ');
    expect(flags.map((flag) => /at (ED|ES)/.exec(said(flag))![1])).toEqual(['ED', 'ES']);
    expect(said(flags[0])).toMatch(/15 %/);
    const lenient = { ...options, axisDifferenceLimitPercent: 20 };
    expect(
      codes(
        measure(
          [
            [a4c, four],
            [a2c, short],
          ],
          {},
          lenient,
        ),
      ),
    ).not.toContain('axis-lengths-differ');
  });

  it('gives identical planes the single-plane volume', () => {
    const same = measure([
      [a4c, four],
      [a2c, clipReview(a2c, { traces: cavityTraces(four) })],
    ]);
    const single = measure([[a4c, four]]);
    expect(value(same, 'EDV')).toBeCloseTo(value(single, 'EDV')!, 9);
    expect(value(same, 'EF')).toBeCloseTo(value(single, 'EF')!, 9);
  });
});

describe('choosing among clips of one view', () => {
  const uid = '1.2.3.9';
  const pick = (facts: Partial<ClipFacts>, review: CavityReview = {}): string => {
    const other = clipFacts({ frames, sopInstanceUid: uid, ...facts });
    const result = measure([
      [a4c, four],
      [other, clipReview(other, { traces: beatingTraces(other.frames, 25), ...review })],
      [a2c, two],
    ]);
    return result.pair!.a4c;
  };

  it.each([
    ['one with more frames', { frames: 90 }, {}, uid],
    ['not one with fewer frames', { frames: 60 }, {}, a4c.sopInstanceUid],
    ['a newer one', { acquiredAt: '2026-01-01T10:00:00' }, {}, uid],
    ['a later instance', { instanceNumber: 7 }, {}, uid],
    ['not one without calibration', { frames: 90, regions: [] }, {}, a4c.sopInstanceUid],
    ['not one under Doppler colour', { frames: 90, colourOverlay: true }, {}, a4c.sopInstanceUid],
    ['not one that is traced in part', { frames: 90 }, { traces: beatingTraces(70, 25) }, a4c.sopInstanceUid],
    ['not one without contours', { frames: 90 }, { traces: {} }, a4c.sopInstanceUid],
    [
      'one that a person corrected',
      {},
      { traces: beatingTraces(frames, 25, { source: { kind: 'edited', from: 'model' } }) },
      uid,
    ],
  ] as const)('takes %s', (_, facts, review, expected) => {
    expect(pick(facts, review)).toBe(expected);
  });

  it('is decided by the UID when all else is equal', () => {
    expect(pick({})).toBe(a4c.sopInstanceUid);
    expect(pick({ sopInstanceUid: '1.2.3.0' })).toBe('1.2.3.0');
  });
});

describe('a study without a pair', () => {
  it('has the numbers of its best plane and says that they are single-plane', () => {
    const result = measure([[a2c, two]]);
    expect(result.pair).toBeNull();
    expect(result.measurements[0]).toMatchObject({ method: 'single-plane-disks', view: 'a2c', beat: null });
    expect(said(result.findings[0])).toMatch(/No measured A4C clip/);
  });

  it('prefers A4C to A2C, and a known view to an unknown one', () => {
    const unknown = clipFacts({
      frames: 90,
      sopInstanceUid: '1.2.3.0',
      view: { code: 'unknown', source: 'none' },
    });
    const result = measure([
      [unknown, clipReview(unknown, { traces: beatingTraces(90, 25) })],
      [a2c, two],
    ]);
    expect(result.measurements[0]!.view).toBe('a2c');
    expect(
      measure([[unknown, clipReview(unknown, { traces: cavityTraces(four) })]]).measurements[0]!.view,
    ).toBe('unknown');
  });

  it('lets no clip stand for the study where several views are unknown', () => {
    const unknown = (uid: string): ClipFacts =>
      clipFacts({ frames, sopInstanceUid: uid, view: { code: 'unknown', source: 'none' } });
    const [one, other] = [unknown('1.2.3.7'), unknown('1.2.3.8')];
    const result = measure([
      [one, clipReview(one, { traces: cavityTraces(four) })],
      [other, clipReview(other, { traces: cavityTraces(two) })],
    ]);
    expect(result.measurements).toEqual([]);
    expect(result.findings[0]).toMatchObject({ code: 'view-unknown', severity: 'refusal' });
    expect(result.clips[one.sopInstanceUid]!.measurements.length).toBeGreaterThan(0);
  });

  it('does not combine planes of which one is not calibrated', () => {
    const bare = clipFacts({ ...a2c, regions: [] });
    const result = measure([
      [a4c, four],
      [bare, two],
    ]);
    expect(result.pair).toBeNull();
    expect(result.measurements[0]).toMatchObject({ method: 'single-plane-disks', view: 'a4c' });
    expect(result.findings[0]).toMatchObject({ code: 'no-calibration', severity: 'refusal' });
  });

  it('still gives the EF of a clip without calibration, and no volumes', () => {
    const bare = clipFacts({ ...a4c, regions: [] });
    const result = measure([[bare, four]], { heartRateBpm: { value: 60, source: 'user' } });
    expect(value(result, 'EF')).toBeDefined();
    expect(value(result, 'EDV')).toBeUndefined();
    expect(value(result, 'CO')).toBeUndefined();
  });

  it('refuses when nothing is measured', () => {
    const result = measure([[a4c, clipReview(a4c, { run: null })]]);
    expect(result.measurements).toEqual([]);
    expect(result.findings[0]).toMatchObject({ code: 'not-traced', severity: 'refusal' });
    expect(measure([]).findings[0]!.severity).toBe('refusal');
  });
});

describe('clips of another study', () => {
  it('are never combined', () => {
    const foreign = clipFacts({ ...a2c, studyInstanceUid: '9.9' });
    const result = measure([
      [a4c, four],
      [foreign, two],
    ]);
    expect(result.pair).toBeNull();
    expect(Object.keys(result.clips)).toEqual([a4c.sopInstanceUid]);
    expect(codes(result)).toContain('different-patients');
  });
});

describe('numbers that need the patient', () => {
  const clips = [
    [a4c, four],
    [a2c, two],
  ] as const;
  const size = { heightCm: { value: 170, source: 'file' }, weightKg: { value: 70, source: 'user' } } as const;

  it('are indexed to the body surface with the formula of the settings', () => {
    const duBois = measure(clips, size);
    expect(value(duBois, 'BSA')).toBeCloseTo(1.8097, 4);
    expect(value(duBois, 'EDVI')).toBeCloseTo(value(duBois, 'EDV')! / 1.8097, 2);
    expect(value(duBois, 'ESVI')).toBeCloseTo(value(duBois, 'ESV')! / 1.8097, 2);
    const mosteller = measure(clips, size, { ...options, bsaFormula: 'mosteller' });
    expect(value(mosteller, 'BSA')).toBeCloseTo(1.8181, 4);
    expect(mosteller.measurements.find(({ name }) => name === 'BSA')!.method).toBe('mosteller');
  });

  it('are left out where the body is not known', () => {
    const result = measure(clips, { heightCm: size.heightCm });
    for (const name of ['BSA', 'EDVI', 'ESVI', 'CI'] as const) expect(value(result, name)).toBeUndefined();
  });

  it('use the heart rate entered, else the file’s, else that of the frame times', () => {
    const entered = measure(clips, { ...size, heartRateBpm: { value: 60, source: 'user' } });
    expect(entered.measurements.find(({ name }) => name === 'HR')).toMatchObject({
      value: 60,
      method: 'entered',
    });
    expect(value(entered, 'CO')).toBeCloseTo((value(entered, 'SV')! * 60) / 1000, 9);
    expect(value(entered, 'CI')).toBeCloseTo(value(entered, 'CO')! / value(entered, 'BSA')!, 9);
    const file = measure(clips, { heartRateBpm: { value: 80, source: 'file' } });
    expect(file.measurements.find(({ name }) => name === 'HR')).toMatchObject({ value: 80, method: 'file' });
    const counted = measure(clips);
    expect(counted.measurements.find(({ name }) => name === 'HR')).toMatchObject({ method: 'frame-times' });
    expect(value(counted, 'HR')).toBeCloseTo(60_000 / (25 * 33.3), 6);
  });

  it('never use guessed frame times', () => {
    const timing = evenTiming(frames, 33.3, true);
    const result = measure([
      [clipFacts({ ...a4c, timing }), four],
      [clipFacts({ ...a2c, timing }), two],
    ]);
    expect(value(result, 'HR')).toBeUndefined();
    expect(value(result, 'CO')).toBeUndefined();
    expect(value(result, 'SV')).toBeDefined();
  });
});
