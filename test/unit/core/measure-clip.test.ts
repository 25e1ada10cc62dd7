import { said } from '../../fixtures/said.ts';
import { describe, expect, it } from 'vitest';
import { measureClip } from '../../../core/assessment/measure-clip.ts';
import { codes, facts, finding, frames, measure, traces, value } from './measured-clip.ts';
import { beatingTraces, clipFacts, clipReview, evenTiming, options } from './shapes.ts';

describe('a calibrated clip of three beats', () => {
  const result = measure();

  it('gives the volumes of the ventricle, per beat and as means', () => {
    // 125 × 212.5 px of 0.4 mm are a half-ellipsoid of 50 × 85 mm; ES is 0.8 of it in every direction.
    expect(Math.abs(value(result, 'EDV')! / 111.3 - 1)).toBeLessThan(0.01);
    expect(Math.abs(value(result, 'ESV')! / (111.3 * 0.512) - 1)).toBeLessThan(0.01);
    expect(Math.abs(value(result, 'EF')! - 48.8)).toBeLessThan(0.5);
    expect(value(result, 'SV')).toBeCloseTo(value(result, 'EDV')! - value(result, 'ESV')!, 9);
    expect(value(result, 'LV length ED', 'contour')).toBeCloseTo(85, 0);
    expect(value(result, 'LV area ED', 'contour')! / ((Math.PI / 4) * 50 * 85)).toBeCloseTo(1, 2);
    expect(value(result, 'EDV', 'area-length')! / 111.3).toBeCloseTo(1, 1);
    expect(Math.abs(value(result, 'FAC', 'contour')! - 36)).toBeLessThan(0.5);
    for (const beat of [0, 1, 2])
      expect(value(result, 'EDV', 'single-plane-disks', beat)).toBeGreaterThan(109);
  });

  it('finds the beats and gives the heart rate from ED to ED', () => {
    expect(result.beats.map((beat) => [beat.edFrame, beat.nextEdFrame])).toEqual([
      [0, 25],
      [25, 50],
      [50, null],
    ]);
    expect(value(result, 'HR', 'frame-times')).toBeCloseTo(60_000 / (25 * 33.3), 6);
    expect(value(result, 'HR', 'frame-times', 2)).toBeUndefined();
  });

  it('gives the volume of every frame as the curve', () => {
    expect(result.curveUnit).toBe('mL');
    expect(result.curve.length).toBe(frames);
    expect(result.curve[0]).toBeCloseTo(value(result, 'EDV', 'single-plane-disks', 0)!, 9);
  });

  it('names the frames that each number rests on', () => {
    const edv = result.measurements.find((one) => one.name === 'EDV' && one.beat === 1)!;
    expect(edv.sources).toEqual([{ sopInstanceUid: facts.sopInstanceUid, frame: 25 }]);
    expect(edv.view).toBe('a4c');
  });

  it('has nothing to say against them', () => {
    expect(result.findings).toEqual([]);
    expect(result.calibration?.source).toBe('region');
  });

  it('measures once what did not change', () => {
    const review = clipReview(facts, { traces });
    expect(measureClip(facts, review, options)).toBe(measureClip(facts, review, { ...options }));
    expect(measureClip(facts, review, { ...options, basalTiltLimitDegrees: 3 })).not.toBe(
      measureClip(facts, review, options),
    );
  });
});

describe('calibration', () => {
  it('missing: EF from pixels, lengths in pixels, no volumes, and it says why', () => {
    const result = measure({ regions: [] });
    expect(result.calibration).toBeNull();
    expect(result.curveUnit).toBe('px²');
    expect(value(result, 'EF')).toBeCloseTo(value(measure(), 'EF')!, 6);
    expect(
      result.measurements.filter(({ unit }) => unit === 'mL' || unit === 'mm' || unit === 'mm²'),
    ).toEqual([]);
    expect(result.measurements.find(({ name }) => name === 'LV length ED')!.unit).toBe('px');
    expect(finding(result, 'no-calibration')).toMatchObject({ severity: 'refusal' });
    expect(said(finding(result, 'no-calibration'))).toMatch(/proportions of its pixels.*ruler/);
  });

  it('that does not fit: the same, under its own name', () => {
    const [region] = facts.regions;
    const result = measure({ regions: [{ ...region!, box: { minX: 0, minY: 0, maxX: 999, maxY: 799 } }] });
    expect(value(result, 'EDV')).toBeUndefined();
    expect(value(result, 'EF')).toBeDefined();
    expect(finding(result, 'calibration-does-not-fit')).toMatchObject({ severity: 'refusal' });
  });

  it('by the user: volumes, qualified', () => {
    const ruler = { from: [10, 50], to: [10, 300], distanceMm: 100 } as const;
    const result = measure({ regions: [] }, { ruler });
    expect(value(result, 'EDV')).toBeCloseTo(value(measure(), 'EDV')!, 6);
    expect(finding(result, 'calibration-by-user')).toMatchObject({ severity: 'warning' });
    expect(codes(result)).not.toContain('no-calibration');
    const bad = measure({ regions: [] }, { ruler: { ...ruler, distanceMm: 5 } });
    expect(said(finding(bad, 'calibration-does-not-fit'))).toMatch(/ruler/);
  });
});

describe('timing', () => {
  it('guessed: no heart rate, and it says so', () => {
    const result = measure({ timing: evenTiming(frames, 33.3, true) });
    expect(value(result, 'HR', 'frame-times')).toBeUndefined();
    expect(finding(result, 'timing-guessed')).toMatchObject({ severity: 'warning' });
    expect(value(result, 'EF')).toBeDefined();
  });

  it('that contradicts the heart rate in the file: no heart rate from it, and it says so', () => {
    const result = measure({ heartRateBpm: 150 });
    expect(value(result, 'HR', 'frame-times')).toBeUndefined();
    expect(said(finding(result, 'timing-guessed'))).toMatch(/0\.83 s.*150 bpm.*0\.40 s/);
    const agreeing = measure({ heartRateBpm: 72 });
    expect(value(agreeing, 'HR', 'frame-times')).toBeDefined();
    expect(codes(agreeing)).not.toContain('timing-guessed');
  });

  it('slow: flags the rate and the frames of a beat', () => {
    const slow = measureClip(
      clipFacts({ frames: 20, timing: evenTiming(20, 120) }),
      clipReview(clipFacts({ frames: 20 }), { traces: beatingTraces(20, 7) }),
      options,
    );
    expect(codes(slow)).toEqual(expect.arrayContaining(['low-frame-rate', 'few-frames-per-beat']));
    expect(said(finding(slow, 'low-frame-rate'))).toMatch(/8\.3/);
    expect(said(finding(slow, 'few-frames-per-beat'))).toMatch(/only 7 frames/);
    expect(codes(measure())).not.toContain('few-frames-per-beat');
  });
});

describe('view', () => {
  it('unknown is measured in one plane and flagged', () => {
    const result = measure({}, { view: { code: 'unknown', source: 'none' } });
    expect(value(result, 'EDV')).toBeDefined();
    expect(result.measurements[0]!.view).toBe('unknown');
    expect(finding(result, 'view-unknown')).toMatchObject({ severity: 'warning' });
  });

  it.each([
    ['other', { view: { code: 'other', source: 'file' } as const }, {}],
    ['not B-mode', {}, { bMode: false }],
  ])('%s is not measured at all', (_, reviewChanges, factChanges) => {
    const result = measure(factChanges, reviewChanges);
    expect(result.measurements).toEqual([]);
    expect(result.beats).toEqual([]);
    expect(result.curve.every((one) => one === null)).toBe(true);
    expect(codes(result)).toEqual(['not-traced']);
  });

  it('with Doppler colour over it is flagged', () => {
    expect(codes(measure({ colourOverlay: true }))).toContain('colour-overlay');
  });
});
