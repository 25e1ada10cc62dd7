import { said } from '../../fixtures/said.ts';
import { describe, expect, it } from 'vitest';
import type { SectorDoubt } from '../../../core/clip/clip.ts';
import type { FindingCode } from '../../../core/finding/finding.ts';
import { measureClip } from '../../../core/assessment/measure-clip.ts';
import type { RunRecord } from '../../../core/review/review.ts';
import { runRecordSchema } from '../../../core/review/schema.ts';
import { traceSchema } from '../../../core/trace/schema.ts';
import { isUnsure } from '../../../core/trace/trust.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { beatingTraces, clipFacts, clipReview, finishedRun, options, type CavityReview } from './shapes.ts';

const frames = 65;
const facts = clipFacts({ frames });
const calibrated: Trace['source'] = {
  kind: 'model',
  model: 'test',
  sha256: '0'.repeat(64),
  leastConfidence: 0.7,
};
const traces = beatingTraces(frames, 25, { source: calibrated });

function findings(changes: CavityReview, run: Partial<RunRecord> = {}) {
  const review = clipReview(facts, {
    traces,
    run: { ...finishedRun, framesDone: frames, ...run },
    ...changes,
  });
  return measureClip(facts, review, options);
}

const of = (result: ReturnType<typeof findings>, code: FindingCode) =>
  result.findings.filter((finding) => finding.code === code);
const without = (...missing: number[]): Record<number, Trace> =>
  Object.fromEntries(Object.entries(traces).filter(([frame]) => !missing.includes(Number(frame))));

describe('frames that the model made nothing of', () => {
  it('are named, bridged, and not told twice', () => {
    const result = findings(
      { traces: without(4, 15, 16) },
      { unsegmented: { noPicture: [15, 16], notFinite: [4] } },
    );
    expect(said(of(result, 'empty-frames')[0])).toContain('frames 16, 17, 2 of 65');
    expect(said(of(result, 'not-analysed')[0])).toContain('frame 5, 1 of 65');
    expect(of(result, 'no-contour')).toEqual([]);
    expect(result.curve[15]).toBeNull();
    const whole = findings({});
    expect(result.beats.map(({ edFrame }) => edFrame)).toEqual(whole.beats.map(({ edFrame }) => edFrame));
  });

  it('are no matter once somebody drew there', () => {
    expect(of(findings({}, { unsegmented: { noPicture: [15], notFinite: [] } }), 'empty-frames')).toEqual([]);
  });

  it('and nothing else: the clip has no numbers', () => {
    const all = Array.from({ length: frames }, (_, frame) => frame);
    const result = findings({ traces: {} }, { unsegmented: { noPicture: all, notFinite: [] } });
    expect(result.measurements).toEqual([]);
    expect(result.findings[0]).toMatchObject({ code: 'no-contour', severity: 'refusal' });
  });
});

describe('a sector in doubt', () => {
  it.each<SectorDoubt>(['not-found', 'cut-off', 'loose', 'odd-shape'])('is told: %s', (doubt) => {
    const run = { sector: { ...finishedRun.sector, doubt } };
    expect(of(findings({}, run), 'sector-doubtful')).toHaveLength(1);
  });

  it('is none in a run that was stored before doubts were', () => {
    expect(of(findings({}), 'sector-doubtful')).toEqual([]);
    expect(runRecordSchema.parse(finishedRun)).toEqual(finishedRun);
  });
});

describe('calibrated confidence', () => {
  const at = (confidence: number, ...which: number[]): Record<number, Trace> => ({
    ...traces,
    ...Object.fromEntries(which.map((frame) => [frame, { ...traces[frame]!, confidence }])),
  });
  const { edFrame, esFrame } = findings({}).beats[0]!;
  const between = edFrame + 3;

  it('is judged by the limit that came with the contour, and kept with it', () => {
    const trace = { ...traces[0]!, confidence: 0.6 };
    expect(isUnsure(trace)).toBe(true);
    expect(isUnsure({ ...trace, confidence: 0.7 })).toBe(false);
    expect(isUnsure({ ...trace, source: { kind: 'model', model: 'old', sha256: '' } })).toBe(false);
    expect(isUnsure({ ...trace, source: { kind: 'edited', from: 'model' }, confidence: null })).toBe(false);
    expect(traceSchema.parse(JSON.parse(JSON.stringify(trace)))).toEqual(trace);
  });

  it('at ED or ES warns of the numbers, elsewhere it is for the record', () => {
    const measured = of(findings({ traces: at(0.6, edFrame, esFrame) }), 'low-confidence');
    expect(measured).toMatchObject([{ severity: 'warning' }]);
    expect(measured[0]?.sources.map(({ frame }) => frame)).toEqual([edFrame, esFrame]);
    const elsewhere = of(findings({ traces: at(0.6, between) }), 'low-confidence');
    expect(elsewhere).toMatchObject([{ severity: 'information', sources: [{ frame: between }] }]);
    expect(of(findings({}), 'low-confidence')).toEqual([]);
  });

  it('is told of the contours that have one, beside others without', () => {
    const old: Trace = {
      ...traces[between + 1]!,
      source: { kind: 'model', model: 'old', sha256: '' },
      confidence: 0.1,
    };
    const mixed = { ...at(0.6, edFrame, between), [between + 1]: old };
    const told = of(findings({ traces: mixed }), 'low-confidence');
    expect(told).toMatchObject([
      { severity: 'warning', sources: [{ frame: edFrame }] },
      { severity: 'information', sources: [{ frame: between }] },
    ]);
    expect(said(told[0])).not.toContain('no calibrated confidence');
  });

  it('of most contours warns of the clip', () => {
    const most = Object.keys(traces)
      .map(Number)
      .filter((frame) => frame % 3 !== 0);
    const told = of(findings({ traces: at(0.2, ...most) }), 'low-confidence');
    expect(told.some((finding) => said(finding).includes(`${most.length} of ${frames}`))).toBe(true);
  });
});

describe('contours unlike an apical ventricle', () => {
  const turned = (turn: (x: number, y: number) => readonly [number, number]): Record<number, Trace> =>
    Object.fromEntries(
      Object.entries(traces).map(([frame, trace]) => [
        frame,
        { ...trace, points: trace.points.map(([x, y]) => turn(x, y)) },
      ]),
    );

  it('are told by an axis that lies across the picture', () => {
    const across = of(findings({ traces: turned((x, y) => [y, x]) }), 'view-doubtful');
    expect(said(across[0])).toMatch(/leans by 90°/);
    expect(of(findings({}), 'view-doubtful')).toEqual([]);
  });

  it('are told by their roundness', () => {
    const round = turned((x, y) => [250 + 2.2 * (x - 250), y]);
    expect(said(of(findings({ traces: round }), 'view-doubtful')[0])).toMatch(/round/);
  });

  it('are believed where a person has set the view of this clip, not where it was said of all', () => {
    const across = turned((x, y) => [y, x]);
    const seen = findings({ traces: across, view: { code: 'a4c', source: 'user' } });
    expect(of(seen, 'view-doubtful')).toEqual([]);
    const assumed = findings({ traces: across, view: { code: 'a4c', source: 'assumed' } });
    expect(of(assumed, 'view-doubtful')).toHaveLength(1);
  });

  it.each(['file', 'user', 'assumed'] as const)('whose area jumps are told, view from %s', (source) => {
    const large = beatingTraces(frames, 25, { diameter: 160, length: 212.5, source: calibrated });
    const small = beatingTraces(frames, 25, { diameter: 90, length: 212.5, source: calibrated });
    const jumping = Object.fromEntries(
      Object.entries(large).map(([frame, trace]) => [
        frame,
        Number(frame) % 4 === 0 ? small[Number(frame)]! : trace,
      ]),
    );
    const view = { code: 'a4c', source } as const;
    const told = of(findings({ traces: jumping, view }), 'area-jumps');
    expect(told).toMatchObject([{ severity: 'warning' }]);
    expect(said(told[0])).toMatch(/more than 35 %/);
    expect(of(findings({ view }), 'area-jumps')).toEqual([]);
  });
});
