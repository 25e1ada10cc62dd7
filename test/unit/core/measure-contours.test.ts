import { said } from '../../fixtures/said.ts';
import { describe, expect, it } from 'vitest';
import { measureClip } from '../../../core/assessment/measure-clip.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { codes, facts, finding, frames, measure, traces } from './measured-clip.ts';
import { beatingTraces, clipFacts, clipReview, evenTiming, finishedRun, options } from './shapes.ts';

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
    const spike = disagreement({ 18: scaled(18, 1.1) });
    expect(spike).toMatchObject({ severity: 'warning', sources: [{ frame: 18 }] });
    expect(said(spike)).toMatch(/differs by up to 3\d %.*frame 19\b/);
    expect(disagreement({ 18: scaled(18, 1.03) })).toBeUndefined();
    // Three in a row still disagree with what stands on both sides of them.
    const row = Object.fromEntries([17, 18, 19].map((frame) => [frame, scaled(frame, 1.1)]));
    expect(said(disagreement(row))).toContain('frames 18–20');
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
    const missing = finding(measure({}, { traces: some }), 'no-contour');
    expect(missing).toMatchObject({ severity: 'warning' });
    expect(said(missing)).toMatch(/frames 13, 14 \(2 of 65\)/);
    const stopped = measure({}, { traces: some, run: { ...finishedRun, complete: false } });
    expect(said(finding(stopped, 'analysis-incomplete'))).toMatch(/63 of 65/);
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
    expect(said(finding(result, 'trace-invalid'))).toMatch(/frame 31.*crosses itself/);
  });

  it('on frames that the clip does not have are ignored', () => {
    expect(measure({}, { traces: { ...traces, 99: traces[0]! } }).curve.length).toBe(frames);
  });

  it('at the edge of the sector are flagged', () => {
    const sector = { box: { minX: 188, minY: 20, maxX: 400, maxY: 380 }, source: 'region' } as const;
    const result = measure({}, { run: { ...finishedRun, sector } });
    expect(said(finding(result, 'contour-touches-sector-edge'))).toMatch(/frames 1–3/);
    const picture = measure({}, { run: { ...finishedRun, sector: { ...sector, source: 'frame' } } });
    expect(said(finding(picture, 'contour-touches-sector-edge'))).toMatch(/edge of the picture/);
  });

  it('with a tilted base are flagged above the limit', () => {
    const tilted = Object.fromEntries(
      Object.entries(traces).map(([frame, trace]) => [
        frame,
        { ...trace, points: trace.points.map(([x, y]) => [x, y + 0.4 * (x - 250)] as const) },
      ]),
    );
    const result = measure({}, { traces: tilted });
    expect(said(finding(result, 'basal-tilt'))).toMatch(/22°/);
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
    expect(said(finding(huge, 'ef-implausible'))).toMatch(/EF is 9\d %/);
    const swapped = measure({}, { beats: [{ edFrame: 9, esFrame: 25, nextEdFrame: null, source: 'user' }] });
    expect(said(finding(swapped, 'ef-implausible'))).toMatch(/exchanged/);
  });
});

describe('every finding', () => {
  it('is a sentence or two that end with a full stop, gravest first', () => {
    const result = measure(
      { regions: [], timing: evenTiming(frames, 150, true), colourOverlay: true },
      { traces: { 0: traces[0]!, 9: traces[9]! }, run: null },
    );
    expect(result.findings.length).toBeGreaterThan(3);
    for (const message of result.findings.map(said)) {
      expect(message).toMatch(/^[A-Z].*\.$/);
      expect(message).not.toMatch(/NaN|undefined|Infinity/);
    }
    const order = result.findings.map(({ severity }) =>
      ['refusal', 'warning', 'information'].indexOf(severity),
    );
    expect(order).toEqual(order.toSorted());
  });
});
