import { describe, expect, it } from 'vitest';
import { measureClip } from '../../../core/assessment/measure-clip.ts';
import type { FanSides } from '../../../core/clip/clip.ts';
import { outsideFanPx, touchesSectorEdge } from '../../../core/measurement/sector-edge.ts';
import { defaultSettings } from '../../../core/settings/settings.ts';
import type { RunRecord, FrameTraces } from '../../../core/review/review.ts';
import {
  atriaBelow,
  beatingTraces,
  clipFacts,
  clipReview,
  finishedRun,
  halfEllipse,
  runWithRoomBelow,
  traceOf,
  wallsAround,
  withRoomBelow,
} from './shapes.ts';

const box = { minX: 0, minY: 0, maxX: 499, maxY: 699 };
/** Two sides of 45° from the middle of the picture's upper edge. */
const fan: FanSides = { apexX: 250, apexY: 0, leftAngle: Math.PI / 4, rightAngle: Math.PI / 4 };

describe('the sides of a fan', () => {
  it('are lines through its apex', () => {
    expect(outsideFanPx([250, 100], fan)).toBeCloseTo(-Math.SQRT1_2 * 100, 9);
    expect(outsideFanPx([150, 100], fan)).toBeCloseTo(0, 9);
    expect(outsideFanPx([350, 100], fan)).toBeCloseTo(0, 9);
    expect(outsideFanPx([100, 100], fan)).toBeCloseTo(Math.SQRT1_2 * 50, 9);
    expect(outsideFanPx([400, 100], { ...fan, rightAngle: Math.PI / 3 })).toBeLessThan(0);
  });

  it('are where a contour is cut off that the box says nothing of', () => {
    // Its apex is 60 px below that of the fan, 90 px to the left.
    const aside = traceOf(halfEllipse(125, 240, [160, 300]));
    expect(touchesSectorEdge(aside, { box })).toBe(false);
    expect(touchesSectorEdge(aside, { box, fan })).toBe(true);
    const within = traceOf(halfEllipse(125, 200, [250, 330]));
    expect(touchesSectorEdge(within, { box, fan })).toBe(false);
    expect(touchesSectorEdge(traceOf(halfEllipse(125, 200, [60, 330])), { box })).toBe(true);
  });
});

describe('contours that leave the fan', () => {
  const facts = clipFacts(withRoomBelow);
  const cavities = beatingTraces(facts.frames, 25);
  const apexY = Math.min(...cavities[0]!.points.map(([, y]) => y));
  /** A fan that begins so far above the apex of the cavity. */
  const runIn = (above: number): RunRecord => ({
    ...runWithRoomBelow,
    sector: { ...runWithRoomBelow.sector, fan: { ...fan, apexY: apexY - above } },
  });
  const codes = (run: RunRecord, structures: Readonly<Record<string, FrameTraces>> = {}) => {
    const review = clipReview(facts, { traces: cavities, run });
    const { findings, measurements } = measureClip(
      facts,
      { ...review, traces: { ...review.traces, ...structures } },
      defaultSettings,
    );
    return { found: new Map(findings.map((one) => [one.code, one])), measurements };
  };

  it('are flagged of the cavity', () => {
    expect(codes(runIn(200)).found.has('contour-touches-sector-edge')).toBe(false);
    expect(codes(runIn(-20)).found.get('contour-touches-sector-edge')).toMatchObject({ severity: 'warning' });
    // A run from before sides were kept knows the box alone.
    expect(codes(finishedRun).found.has('contour-touches-sector-edge')).toBe(false);
  });

  it('are flagged of the wall, which is thicker than what lies within', () => {
    const walls = wallsAround(cavities);
    const outermost = Math.min(...walls[0]!.points.map(([, y]) => y));
    expect(outermost).toBeLessThan(apexY);
    const wide = codes(runIn(250), { 'lv-wall': walls });
    expect(wide.found.has('wall-cut-off')).toBe(false);
    const { found, measurements } = codes(runIn(-20), { 'lv-wall': walls });
    const finding = found.get('wall-cut-off')!;
    expect(finding).toMatchObject({ severity: 'warning' });
    expect(finding.sources.length).toBe(facts.frames);
    expect(measurements.some(({ name }) => name === 'LV wall apical ED')).toBe(true);
  });

  it('give no volume of the atrium, which is measured as far as it is seen alone', () => {
    const structures = { 'left-atrium': atriaBelow(cavities) };
    expect(codes(runIn(250), structures).measurements.some(({ name }) => name === 'LAV max')).toBe(true);
    const narrow = runIn(250);
    const cut = {
      ...narrow,
      sector: { ...narrow.sector, fan: { ...narrow.sector.fan!, leftAngle: 0.09, rightAngle: 0.09 } },
    };
    const { found, measurements } = codes(cut, structures);
    expect(found.get('atrium-cut-off')).toMatchObject({ severity: 'information' });
    expect(measurements.some(({ name }) => name === 'LAV max')).toBe(false);
  });
});
