import { said } from '../../fixtures/said.ts';
import { describe, expect, it } from 'vitest';
import { measureClip } from '../../../core/assessment/measure-clip.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { codes, finding, measure, traces, value } from './measured-clip.ts';
import { beatingTraces, clipFacts, clipReview, evenTiming, halfEllipse, options, traceOf } from './shapes.ts';

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
    expect(said(finding(result, 'no-full-beat'))).toMatch(/may end before end systole/);
  });

  it('of a still are refused', () => {
    const one = clipFacts({ frames: 1 });
    const result = measureClip(one, clipReview(one, { traces: { 0: still(1) } }), options);
    expect(result.measurements).toEqual([]);
    expect(said(finding(result, 'not-traced'))).toMatch(/still/);
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
    expect(said(refusals[0])).toMatch(/frame 35/);
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
    expect(said(finding(result, 'few-frames-per-beat'))).toMatch(/only 6 frames/);
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
    expect(said(long)).toContain('frames 25 to 45');
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
