import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import type { Finding, FindingCode } from '../../../core/finding/finding.ts';
import { measureClip, type ClipMeasurements } from '../../../core/measurement/measure-clip.ts';
import type {
  Measurement,
  MeasurementMethod,
  MeasurementName,
} from '../../../core/measurement/measurement.ts';
import type { ClipReview } from '../../../core/review/review.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import {
  beatingTraces,
  clipFacts,
  clipReview,
  evenTiming,
  finishedRun,
  halfEllipse,
  options,
  traceOf,
} from './shapes.ts';

const frames = 65;
const facts = clipFacts({ frames });
const traces = beatingTraces(frames, 25);
const region = facts.regions[0]!;

function measure(
  factsOrChanges: Partial<ClipFacts> = {},
  reviewChanges: Partial<ClipReview> = {},
): ClipMeasurements {
  const clip = clipFacts({ frames, ...factsOrChanges });
  return measureClip(clip, clipReview(clip, { traces, ...reviewChanges }), options);
}

function value(
  result: { readonly measurements: readonly Measurement[] },
  name: MeasurementName,
  method: MeasurementMethod = 'single-plane-disks',
  beat: number | null = null,
): number | undefined {
  return result.measurements.find((one) => one.name === name && one.method === method && one.beat === beat)
    ?.value;
}

const codes = (result: ClipMeasurements): FindingCode[] => result.findings.map((finding) => finding.code);
const finding = (result: ClipMeasurements, code: FindingCode): Finding | undefined =>
  result.findings.find((one) => one.code === code);

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
    expect(finding(result, 'no-calibration')!.message).toMatch(/proportions of its pixels.*ruler/);
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
    expect(finding(bad, 'calibration-does-not-fit')!.message).toMatch(/ruler/);
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
    expect(finding(result, 'timing-guessed')!.message).toMatch(/0\.83 s.*150 bpm.*0\.40 s/);
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
    expect(finding(slow, 'low-frame-rate')!.message).toMatch(/8\.3/);
    expect(finding(slow, 'few-frames-per-beat')!.message).toMatch(/only 7 frames/);
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

describe('beats', () => {
  const still = (share: number): Trace => traceOf(halfEllipse(125 * share, 212.5 * share, [250, 330]));

  it('of a clip of two frames are its larger and its smaller one', () => {
    const two = clipFacts({ frames: 2 });
    for (const [pair, ed] of [
      [{ 0: still(1), 1: still(0.8) }, 0],
      [{ 0: still(0.8), 1: still(1) }, 1],
    ] as const) {
      const result = measureClip(two, clipReview(two, { traces: pair }), options);
      expect(result.beats).toEqual([{ edFrame: ed, esFrame: 1 - ed, nextEdFrame: null, source: 'model' }]);
      expect(Math.abs(value(result, 'EF')! - 48.8)).toBeLessThan(0.5);
      expect(codes(result)).toEqual(expect.arrayContaining(['no-full-beat', 'few-beats']));
      expect(finding(result, 'no-full-beat')!.severity).toBe('warning');
    }
  });

  it('that end with the clip say so', () => {
    const cut = clipFacts({ frames: 9 });
    const result = measureClip(cut, clipReview(cut, { traces: beatingTraces(9, 25) }), options);
    expect(result.beats).toEqual([{ edFrame: 0, esFrame: 8, nextEdFrame: null, source: 'model' }]);
    expect(finding(result, 'no-full-beat')!.message).toMatch(/may end before end systole/);
  });

  it('of a still are refused', () => {
    const one = clipFacts({ frames: 1 });
    const result = measureClip(one, clipReview(one, { traces: { 0: still(1) } }), options);
    expect(result.measurements).toEqual([]);
    expect(finding(result, 'not-traced')!.message).toMatch(/still/);
    expect(result.curve).toEqual([null]);
  });

  it('are the user’s where the user set them', () => {
    const beats = [{ edFrame: 3, esFrame: 8, nextEdFrame: null, source: 'user' }] as const;
    const result = measure({}, { beats });
    expect(result.beats).toEqual(beats);
    expect(value(result, 'EDV')).toBeCloseTo(result.curve[3]!, 9);
  });

  it('on a frame without a contour are refused, and others still measured', () => {
    const beats = [
      { edFrame: 0, esFrame: 9, nextEdFrame: 25, source: 'user' },
      { edFrame: 25, esFrame: 34, nextEdFrame: null, source: 'user' },
    ] as const;
    const { 34: _, ...without } = traces;
    const result = measure({}, { beats, traces: without });
    const refusals = result.findings.filter(({ severity }) => severity === 'refusal');
    expect(refusals.map(({ code }) => code)).toEqual(['no-contour']);
    expect(refusals[0]!.message).toMatch(/frame 35/);
    expect(value(result, 'EDV', 'single-plane-disks', 1)).toBeUndefined();
    expect(value(result, 'EDV')).toBe(value(result, 'EDV', 'single-plane-disks', 0));
  });

  it('give the same means in whatever order they are listed', () => {
    const beats = measure().beats;
    const turned = measure({}, { beats: beats.toReversed() });
    for (const name of ['EDV', 'ESV', 'SV', 'EF'] as const) {
      expect(value(turned, name)).toBeCloseTo(value(measure(), name)!, 9);
    }
  });

  it('that the clip cuts off have few frames too, by the stated heart rate', () => {
    const cut = clipFacts({ frames: 5, timing: evenTiming(5, 90), heartRateBpm: 100 });
    const result = measureClip(cut, clipReview(cut, { traces: beatingTraces(5, 7) }), options);
    expect(finding(result, 'few-frames-per-beat')!.message).toMatch(/only 6 frames/);
  });

  it('beyond the clip are dropped', () => {
    const beats = [{ edFrame: 0, esFrame: 700, nextEdFrame: null, source: 'user' }] as const;
    expect(measure({}, { beats }).beats).toEqual([]);
  });

  it('much longer than the others are flagged', () => {
    const beat = (edFrame: number, nextEdFrame: number) =>
      ({ edFrame, esFrame: edFrame + 5, nextEdFrame, source: 'model' }) as const;
    const uneven = [beat(0, 12), beat(12, 24), beat(24, 44), beat(44, 56)];
    const long = finding(measure({}, { beats: uneven }), 'long-beat');
    expect(long).toMatchObject({ severity: 'warning', sources: [{ frame: 24 }] });
    expect(long?.message).toContain('frames 25 to 45');
    expect(finding(measure({}, { beats: [beat(0, 12), beat(12, 32)] }), 'long-beat')).toBeDefined();
    const even = [beat(0, 12), beat(12, 31), beat(31, 45)];
    expect(finding(measure({}, { beats: even }), 'long-beat')).toBeUndefined();
  });

  it('fewer than three are noted', () => {
    const two = clipFacts({ frames: 40 });
    const result = measureClip(two, clipReview(two, { traces: beatingTraces(40, 25) }), options);
    expect(finding(result, 'few-beats')).toMatchObject({ severity: 'information' });
  });
});

describe('contours', () => {
  it('that a person corrected are held against their neighbours', () => {
    const scaled = (frame: number, by: number): Trace => {
      const { points, ...rest } = traces[frame]!;
      const [x0, y0] = points[0]!;
      const around = points.map(([x, y]): [number, number] => [x0 + (x - x0) * by, y0 + (y - y0) * by]);
      return { ...rest, points: around, source: { kind: 'edited', from: 'model' } };
    };
    const disagreement = (corrected: Record<number, Trace>) =>
      finding(measure({}, { traces: { ...traces, ...corrected } }), 'correction-disagrees');
    // A third more volume: a spike. 3 % in every direction are 9 % of volume, which a correction may be.
    expect(disagreement({ 18: scaled(18, 1.1) })).toMatchObject({
      severity: 'warning',
      message: expect.stringMatching(/differs by up to 3\d %.*frame 19\b/) as unknown,
      sources: [{ frame: 18 }],
    });
    expect(disagreement({ 18: scaled(18, 1.03) })).toBeUndefined();
    // Three in a row still disagree with what stands on both sides of them.
    const row = Object.fromEntries([17, 18, 19].map((frame) => [frame, scaled(frame, 1.1)]));
    expect(disagreement(row)?.message).toContain('frames 18–20');
    // ED and ES as the model has them are no spike, and what the model drew is not judged.
    const untouched = Object.fromEntries(
      Object.keys(traces).map((frame) => [Number(frame), scaled(Number(frame), 1)]),
    );
    expect(disagreement(untouched)).toBeUndefined();
    expect(disagreement({ 18: { ...scaled(18, 1.1), source: traces[18]!.source } })).toBeUndefined();
  });

  it('missing altogether: says what to do', () => {
    const before = measure({}, { traces: {}, run: null });
    expect(codes(before)).toEqual(['not-traced']);
    expect(before.measurements).toEqual([]);
    expect(codes(measure({}, { traces: {} }))).toEqual(['no-contour']);
  });

  it('missing on some frames: found none, or not finished', () => {
    const { 12: _a, 13: _b, ...some } = traces;
    expect(finding(measure({}, { traces: some }), 'no-contour')).toMatchObject({
      severity: 'warning',
      message: expect.stringMatching(/frames 13, 14 \(2 of 65\)/) as unknown,
    });
    const stopped = measure({}, { traces: some, run: { ...finishedRun, complete: false } });
    expect(finding(stopped, 'analysis-incomplete')!.message).toMatch(/63 of 65/);
    expect(codes(measure({}, { traces: some, run: null }))).toContain('analysis-incomplete');
  });

  it('that cross themselves are left out of the curve and named', () => {
    const crossed: Trace = {
      ...traces[30]!,
      points: [
        [0, 0],
        [80, -60],
        [40, -120],
        [0, -60],
        [80, 0],
      ],
      apexIndex: 2,
    };
    const result = measure({}, { traces: { ...traces, 30: crossed } });
    expect(result.curve[30]).toBeNull();
    expect(finding(result, 'trace-invalid')!.message).toMatch(/frame 31.*crosses itself/);
  });

  it('on frames that the clip does not have are ignored', () => {
    expect(measure({}, { traces: { ...traces, 99: traces[0]! } }).curve.length).toBe(frames);
  });

  it('at the edge of the sector are flagged', () => {
    const sector = { box: { minX: 188, minY: 20, maxX: 400, maxY: 380 }, source: 'region' } as const;
    const result = measure({}, { run: { ...finishedRun, sector } });
    expect(finding(result, 'contour-touches-sector-edge')!.message).toMatch(/frames 1–3/);
    const picture = measure({}, { run: { ...finishedRun, sector: { ...sector, source: 'frame' } } });
    expect(finding(picture, 'contour-touches-sector-edge')!.message).toMatch(/edge of the picture/);
  });

  it('with a tilted base are flagged above the limit', () => {
    const tilted = Object.fromEntries(
      Object.entries(traces).map(([frame, trace]) => [
        frame,
        { ...trace, points: trace.points.map(([x, y]) => [x, y + 0.4 * (x - 250)] as const) },
      ]),
    );
    const result = measure({}, { traces: tilted });
    expect(finding(result, 'basal-tilt')!.message).toMatch(/22°/);
    const clip = clipFacts({ frames });
    const lenient = { ...options, basalTiltLimitDegrees: 30 };
    expect(codes(measureClip(clip, clipReview(clip, { traces: tilted }), lenient))).not.toContain(
      'basal-tilt',
    );
  });

  it('that the model is unsure of at ED or ES are flagged', () => {
    expect(
      finding(
        measure({}, { traces: { ...traces, 9: { ...traces[9]!, confidence: 0.3 } } }),
        'low-confidence',
      )!.sources,
    ).toEqual([{ sopInstanceUid: facts.sopInstanceUid, frame: 9 }]);
    expect(
      codes(measure({}, { traces: { ...traces, 15: { ...traces[15]!, confidence: 0.3 } } })),
    ).not.toContain('low-confidence');
  });

  it('that repeat the frame before are noted', () => {
    const result = measure({}, { traces: { ...traces, 20: { ...traces[19]! } } });
    expect(finding(result, 'identical-frames')).toMatchObject({ severity: 'information' });
  });
});

describe('an EF that no heart has', () => {
  it('is flagged: too large, and not above zero', () => {
    const huge = measure({}, { traces: beatingTraces(frames, 25, { least: 0.4 }) });
    expect(finding(huge, 'ef-implausible')!.message).toMatch(/EF is 9\d %/);
    const swapped = measure({}, { beats: [{ edFrame: 9, esFrame: 25, nextEdFrame: null, source: 'user' }] });
    expect(finding(swapped, 'ef-implausible')!.message).toMatch(/exchanged/);
  });
});

describe('every finding', () => {
  it('is a sentence or two that end with a full stop, gravest first', () => {
    const result = measure(
      { regions: [], timing: evenTiming(frames, 150, true), colourOverlay: true },
      { traces: { 0: traces[0]!, 9: traces[9]! }, run: null },
    );
    expect(result.findings.length).toBeGreaterThan(3);
    for (const { message } of result.findings) {
      expect(message).toMatch(/^[A-Z].*\.$/);
      expect(message).not.toMatch(/NaN|undefined|Infinity/);
    }
    const order = result.findings.map(({ severity }) =>
      ['refusal', 'warning', 'information'].indexOf(severity),
    );
    expect(order).toEqual(order.toSorted());
  });
});

describe('what no heart has, and what is no moving picture', () => {
  it('gives no number of volumes beyond 700 mL or below 0.1 mL, whatever scaled them', () => {
    // 111 mL at 0.4 mm a pixel, and half of that at ES: the scale alone decides.
    fc.assert(
      fc.property(fc.double({ min: 0.005, max: 0.087, noNaN: true }), (delta) => {
        const result = measure({ regions: [{ ...region, deltaX: delta, deltaY: delta }] });
        const edv = 111.3 * (delta / 0.04) ** 3;
        const given = value(result, 'EDV');
        if (edv > 705 || edv < 0.1) expect(result.measurements).toEqual([]);
        else if (edv < 695 && given !== undefined) expect(Math.abs(given / edv - 1)).toBeLessThan(0.02);
        expect(given ?? 1).toBeLessThan(700);
        expect(Math.max(...result.curve.map((volume) => volume ?? 0))).toBeLessThan(
          result.curveUnit === 'mL' ? 700 : Infinity,
        );
        if (edv > 705 && given === undefined && result.calibration !== null) {
          expect(finding(result, 'volume-impossible')).toMatchObject({ severity: 'refusal' });
        }
      }),
      { numRuns: 40 },
    );
    const ruled = measure({}, { ruler: { from: [5, 20], to: [5, 120], distanceMm: 100 } });
    expect(ruled.measurements).toEqual([]);
    expect(finding(ruled, 'volume-impossible')!.message).toMatch(/ruler/);
  });

  it('leaves out one contour of many litres, and measures the others', () => {
    const huge = traceOf(halfEllipse(480, 380, [250, 390]));
    const result = measure(
      { regions: [{ ...region, deltaX: 0.06, deltaY: 0.06 }] },
      { traces: { ...traces, 9: huge } },
    );
    expect(result.curve[9]).toBeNull();
    expect(finding(result, 'volume-impossible')!.message).toMatch(/1 of 65/);
    expect(Math.abs(value(result, 'EDV')! / (111.3 * 1.5 ** 3) - 1)).toBeLessThan(0.01);
  });

  it('measures no contour that leaves the picture of the file', () => {
    const narrow = { ...region, box: { minX: 0, minY: 0, maxX: 230, maxY: 399 } };
    const result = measure({ regions: [narrow] });
    expect(result.measurements).toEqual([]);
    expect(result.curve.every((volume) => volume === null)).toBe(true);
    expect(finding(result, 'trace-invalid')!.message).toMatch(/leaves the two-dimensional picture/);
  });

  it('has nothing of a frozen picture, whatever is drawn in it, unless another one was chosen since', () => {
    const frozen = measure({}, { run: { ...finishedRun, frozen: true, picture: region.box } });
    expect(frozen.measurements).toEqual([]);
    expect(finding(frozen, 'frozen-picture')).toMatchObject({ severity: 'refusal' });
    const left = { ...region, box: { minX: 0, minY: 0, maxX: 100, maxY: 399 } };
    const right = { ...region, box: { minX: 110, minY: 0, maxX: 499, maxY: 399 } };
    const run = { ...finishedRun, frozen: true, picture: left.box } as const;
    const other = measure({ regions: [left, right] }, { run, picture: right.box });
    expect(codes(other)).not.toContain('frozen-picture');
    expect(value(other, 'EDV')).toBeGreaterThan(50);
    expect(codes(measure({ regions: [left, right] }, { run, picture: left.box }))).toContain(
      'frozen-picture',
    );
  });

  it('takes the view of the file for neither of two pictures, and leaves it to the reader’s choice', () => {
    const left = { ...region, box: { minX: 0, minY: 0, maxX: 100, maxY: 399 } };
    const right = { ...region, box: { minX: 110, minY: 0, maxX: 499, maxY: 399 } };
    const two = measure({ regions: [left, right] });
    expect(two).toMatchObject({ view: { code: 'unknown', source: 'none' }, measurements: [], beats: [] });
    expect(finding(two, 'several-pictures')).toMatchObject({ severity: 'refusal' });
    const chosen = measure({ regions: [left, right] }, { picture: right.box });
    expect(chosen.view).toEqual(facts.view);
    expect(value(chosen, 'EDV')).toBeGreaterThan(50);
    expect(finding(chosen, 'several-pictures')).toMatchObject({ severity: 'warning' });
  });
});
