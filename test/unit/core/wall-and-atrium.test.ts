import { describe, expect, it } from 'vitest';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import type { ClipFacts } from '../../../core/clip/clip.ts';
import type { Point } from '../../../core/geometry/point.ts';
import type { ClipReview, FrameTraces } from '../../../core/review/review.ts';
import { defaultSettings } from '../../../core/settings/settings.ts';
import { biplaneAreaLengthVolume } from '../../../core/volume/area-length.ts';
import { emptyingFraction } from '../../../core/volume/emptying.ts';
import type { MapPlace } from '../../../core/trace/beside-cavity.ts';
import { wallFromMap } from '../../../core/trace/wall-from-map.ts';
import { effectOf } from '../../../core/finding/effect.ts';
import { shortWords } from '../../../core/finding/short-words.ts';
import { inEnglish } from '../../../core/language/english.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import { said } from '../../fixtures/said.ts';
import { value } from './measured-clip.ts';
import {
  atriaBelow,
  atriumOf,
  beatingTraces,
  clipFacts,
  clipReview,
  halfEllipse,
  modelSource,
  runWithRoomBelow,
  studyFacts,
  studyReview,
  traceOf,
  truncatedEllipse,
  wallsAround,
  withRoomBelow,
} from './shapes.ts';

const cavities = beatingTraces(60, 25);
const walls = wallsAround(cavities);
const atria = atriaBelow(cavities);
const a4c = clipFacts({ ...withRoomBelow, frames: 60 });
const a2c = clipFacts({
  ...withRoomBelow,
  frames: 60,
  sopInstanceUid: '1.2.3.2',
  view: { code: 'a2c', source: 'file' },
});

function withStructures(
  facts: ClipFacts,
  structures: Readonly<Record<string, FrameTraces>>,
  changes: Partial<ClipReview> = {},
): ClipReview {
  const review = clipReview(facts, { traces: cavities, run: runWithRoomBelow });
  return { ...review, ...changes, traces: { ...review.traces, ...structures } };
}

const both = { 'lv-wall': walls, 'left-atrium': atria };
const study = studyFacts({ heightCm: 170, weightKg: 70 });
const of = (...clips: readonly (readonly [ClipFacts, ClipReview])[]) =>
  measureStudy(
    study,
    clips.map(([facts]) => facts),
    studyReview(study, clips),
    defaultSettings,
  );

/** Volume in mL of an ellipsoid cut off, with sizes in px of 0.4 mm. */
function cutVolume([a, cut, diameter]: readonly [number, number, number]): number {
  return (0.4 ** 3 / 1000) * Math.PI * (diameter / 2) ** 2 * ((2 / 3) * a + cut - cut ** 3 / (3 * a * a));
}
const largest = cutVolume(atriumOf(100));
const smallest = cutVolume(atriumOf(125));

describe('formulas of the atrium', () => {
  it('area–length over two planes is right for ellipsoids, by the shorter axis', () => {
    // Half-ellipsoids: π/6 · D₁ · D₂ · L.
    const plane = (diameter: number, length: number) => ({ area: (Math.PI / 4) * diameter * length, length });
    expect(biplaneAreaLengthVolume(plane(40, 55), plane(30, 55))).toBeCloseTo(
      (Math.PI / 6) * 40 * 30 * 55,
      6,
    );
    const [longer, shorter] = [plane(40, 58), plane(30, 52)];
    expect(biplaneAreaLengthVolume(longer, shorter)).toBe(biplaneAreaLengthVolume(shorter, longer));
    expect(biplaneAreaLengthVolume(longer, shorter)).toBeCloseTo((Math.PI / 6) * 40 * 30 * 58, 6);
  });

  it('emptying fraction is the share that is emptied', () => {
    expect(emptyingFraction(100, 40)).toBe(60);
    expect(emptyingFraction(0, 0)).toBeNull();
    expect(emptyingFraction(NaN, 1)).toBeNull();
  });
});

describe('a clip with wall and atrium', () => {
  const measured = of([a4c, withStructures(a4c, both)]);
  const clip = measured.clips[a4c.sopInstanceUid]!;

  it('gives the atrium at its largest about ES and its smallest about ED, per beat and as means', () => {
    expect(value(clip, 'LAV max')! / largest).toBeCloseTo(1, 2);
    expect(value(clip, 'LAV min')! / smallest).toBeCloseTo(1, 2);
    expect(value(clip, 'LAEF')).toBeCloseTo(emptyingFraction(largest, smallest)!, 0);
    const [a, cut, diameter] = atriumOf(100);
    expect(value(clip, 'LA length max', 'contour')! / (0.4 * (a + cut))).toBeCloseTo(1, 2);
    expect(value(clip, 'LAV max', 'area-length')! / value(clip, 'LAV max')!).toBeCloseTo(1, 1);
    expect(diameter).toBeGreaterThan(150);
    for (const beat of [0, 1]) {
      expect(value(clip, 'LAV max', 'single-plane-disks', beat)! / largest).toBeCloseTo(1, 1);
    }
    const { beats, measurements } = clip;
    const read = measurements.find(({ name, beat }) => name === 'LAV max' && beat === 1)!.sources[0]!.frame;
    expect(Math.abs(read - beats[1]!.esFrame)).toBeLessThanOrEqual(3);
  });

  it('gives strain of the endocardial and the mid-wall line', () => {
    // Everything shrinks to 0.8; the wall keeps its thickness, so that its middle shortens less.
    expect(value(clip, 'Contour strain', 'contour')).toBeCloseTo(-20, 1);
    const mid = value(clip, 'Contour strain mid-wall', 'contour')!;
    expect(mid).toBeGreaterThan(-20);
    expect(mid).toBeLessThan(-17);
  });

  it('gives the thickness of the wall at ED by thirds', () => {
    for (const third of ['basal', 'mid', 'apical'] as const) {
      const thickness = value(clip, `LV wall ${third} ED`, 'contour')!;
      expect(thickness).toBeGreaterThan(8.9);
      expect(thickness).toBeLessThan(10.1);
    }
  });

  it('leaves the cavity’s numbers as they are without', () => {
    const plain = of([a4c, clipReview(a4c, { traces: cavities })]);
    const names = ({ measurements }: Pick<typeof plain, 'measurements'>) =>
      measurements.filter(({ name }) => !/strain|^LA|wall/.test(name));
    expect(names(measured)).toEqual(names(plain));
    expect(names(clip)).toEqual(names(plain.clips[a4c.sopInstanceUid]!));
    expect(plain.measurements.filter(({ name }) => /^LA|wall/.test(name))).toEqual([]);
    expect(clip.findings).toEqual([]);
  });

  it('without a scale has ratios, no volumes, and lengths in pixels', () => {
    const bare = { ...a4c, regions: [] };
    const numbers = of([bare, withStructures(bare, both)]).clips[a4c.sopInstanceUid]!;
    const ofStructures = numbers.measurements.filter(({ name }) => /strain|^LA|wall/.test(name));
    expect(ofStructures.map(({ unit }) => unit)).not.toContain('mL');
    expect(new Set(ofStructures.map(({ unit }) => unit))).toEqual(new Set(['%', 'px', 'px²']));
    expect(value(numbers, 'LAEF')).toBeCloseTo(value(clip, 'LAEF')!, 6);
    expect(value(numbers, 'Contour strain', 'contour')).toBeCloseTo(-20, 1);
  });

  it('uses the beats that the reader chose', () => {
    const odd = atriaBelow(cavities, { wide: 150, grows: 2 });
    const mixed = Object.fromEntries(
      Object.entries(atria).map(([frame, trace]) => [
        frame,
        Number(frame) < 25 ? odd[Number(frame)]! : trace,
      ]),
    );
    const all = of([a4c, withStructures(a4c, { 'left-atrium': mixed })]).clips[a4c.sopInstanceUid]!;
    expect(value(all, 'LAV max')! / largest).toBeGreaterThan(1.1);
    const some = of([a4c, withStructures(a4c, { 'left-atrium': mixed }, { excludedBeats: [0] })]);
    expect(value(some.clips[a4c.sopInstanceUid]!, 'LAV max')! / largest).toBeCloseTo(1, 2);
  });

  it('gives the largest where no frame about ED is contoured, and nothing of what is drawn elsewhere', () => {
    const { esFrame, edFrame } = clip.beats[0]!;
    const only = (frame: number) =>
      of([a4c, withStructures(a4c, { 'left-atrium': { [frame]: atria[frame]! } })]);
    const atEs = only(esFrame).clips[a4c.sopInstanceUid]!;
    expect(value(atEs, 'LAV max')! / largest).toBeCloseTo(1, 1);
    expect(value(atEs, 'LAV min')).toBeUndefined();
    const between = only(esFrame + 7).clips[a4c.sopInstanceUid]!;
    expect(between.measurements.filter(({ name }) => name.startsWith('LA'))).toEqual([]);
    expect(edFrame).toBe(0);
  });
});

describe('a study with wall and atrium', () => {
  it('gives the atrium over two planes, indexed, and strain as the mean of the views', () => {
    const { measurements, findings } = of([a4c, withStructures(a4c, both)], [a2c, withStructures(a2c, both)]);
    const number = (name: string, method: string) =>
      measurements.find((one) => one.name === name && one.method === method)!;
    expect(number('LAV max', 'biplane-disks').value / largest).toBeCloseTo(1, 2);
    expect(number('LAV max', 'biplane-area-length').value / largest).toBeCloseTo(1, 1);
    expect(number('LAV min', 'biplane-disks').value / smallest).toBeCloseTo(1, 2);
    expect(number('LAEF', 'biplane-disks').view).toBe('biplane');
    const bsa = number('BSA', 'du-bois').value;
    for (const method of ['biplane-disks', 'biplane-area-length']) {
      expect(number('LAVI max', method).value).toBeCloseTo(number('LAV max', method).value / bsa, 9);
    }
    expect(number('Contour strain', 'mean-of-views')).toMatchObject({ view: 'biplane', unit: '%' });
    expect(number('Contour strain', 'mean-of-views').value).toBeCloseTo(-20, 1);
    expect(number('Contour strain', 'mean-of-views').sources).toHaveLength(12);
    expect(findings).toEqual([]);
  });

  it('takes one plane where only one has an atrium', () => {
    const plain = clipReview(a2c, { traces: cavities });
    const { measurements } = of([a4c, withStructures(a4c, both)], [a2c, plain]);
    const volumes = measurements.filter(({ name }) => name === 'LAV max');
    expect(volumes.map(({ method, view }) => [method, view])).toEqual([
      ['single-plane-disks', 'a4c'],
      ['area-length', 'a4c'],
    ]);
    expect(measurements.find(({ name }) => name === 'LAVI max')?.view).toBe('a4c');
    expect(measurements.find(({ name }) => name === 'EF')?.method).toBe('biplane-disks');
  });

  it('flags an atrium that one plane cuts short by more than 5 mm', () => {
    const short = Object.fromEntries(
      Object.entries(atria).map(([frame, trace]) => [
        frame,
        { ...trace, points: trace.points.map(([x, y]): Point => [x, 330 + 0.85 * (y - 330)]) },
      ]),
    );
    const { findings } = of(
      [a4c, withStructures(a4c, both)],
      [a2c, withStructures(a2c, { 'left-atrium': short })],
    );
    const found = findings.find(({ code }) => code === 'atrial-axes-differ')!;
    expect(said(found)).toMatch(/differ by \d+ mm at its largest \(limit 5 mm\)/);
    expect(found.sources.length).toBeGreaterThan(0);
  });

  it('combines no views of hearts that beat at other rates', () => {
    const fast = { ...a2c, heartRateBpm: 120 };
    const { measurements } = of(
      [{ ...a4c, heartRateBpm: 70 }, withStructures(a4c, both)],
      [fast, withStructures(fast, both)],
    );
    const made = measurements.filter(({ name }) => /strain$|LAV max/.test(name));
    expect(made.map(({ name, method, view }) => [name, method, view])).toEqual([
      ['Contour strain', 'contour', 'a4c'],
      ['LAV max', 'single-plane-disks', 'a4c'],
      ['LAV max', 'area-length', 'a4c'],
    ]);
  });

  it('averages strain over three views, and names one alone', () => {
    const slower = beatingTraces(60, 25, { least: 0.86 });
    const a3c = clipFacts({ frames: 60, sopInstanceUid: '1.2.3.3', view: { code: 'a3c', source: 'file' } });
    const strainOf = (measured: ReturnType<typeof of>) =>
      measured.measurements.find(({ name }) => name === 'Contour strain')!;
    const three = strainOf(
      of(
        [a4c, clipReview(a4c, { traces: cavities })],
        [a2c, clipReview(a2c, { traces: cavities })],
        [a3c, clipReview(a3c, { traces: slower })],
      ),
    );
    expect(three).toMatchObject({ method: 'mean-of-views', view: null });
    expect(three.value).toBeCloseTo(-(20 + 20 + 14) / 3, 1);
    expect(strainOf(of([a3c, clipReview(a3c, { traces: slower })]))).toMatchObject({
      method: 'contour',
      view: 'a3c',
    });
  });
});

describe('contours of wall and atrium that are wrong', () => {
  const codes = (structures: Readonly<Record<string, FrameTraces>>) =>
    of([a4c, withStructures(a4c, structures)]).clips[a4c.sopInstanceUid]!.findings;

  it('are flagged where the wall does not enclose the cavity', () => {
    const thin = { ...walls, 7: traceOf(halfEllipse(90, 200, [250, 330])) };
    const [found, ...others] = codes({ 'lv-wall': thin });
    expect(found).toMatchObject({ code: 'wall-not-enclosing', severity: 'warning' });
    expect(found!.sources.map(({ frame }) => frame)).toEqual([7]);
    expect(others).toEqual([]);
  });

  it('are flagged where the atrium does not meet the base line, or lies on the wrong side of it', () => {
    const lower = { ...atria[9]!, points: atria[9]!.points.map(([x, y]) => [x, y + 20] as const) };
    const turned = cavities[12]!;
    const [found, ...others] = codes({ 'left-atrium': { ...atria, 9: lower, 12: turned } });
    expect(found!.code).toBe('atrium-off-base');
    expect(found!.sources.map(({ frame }) => frame)).toEqual([9, 12]);
    expect(said(found!)).toMatch(
      /^The contour of the atrium does not meet the ventricle's base line \(frames 10, 13\)/,
    );
    expect(others).toEqual([]);
  });

  it('are flagged where the model is unsure of them, by structure, and only where that was calibrated', () => {
    const unsure = (frames: FrameTraces, at: readonly number[], leastConfidence?: number): FrameTraces =>
      Object.fromEntries(
        Object.entries(frames).map(([frame, trace]) => [
          frame,
          {
            ...trace,
            source: { ...modelSource, ...(leastConfidence === undefined ? {} : { leastConfidence }) },
            confidence: at.includes(Number(frame)) ? 0.3 : 0.9,
          },
        ]),
      );
    const found = codes({ 'lv-wall': unsure(walls, [7, 8], 0.6), 'left-atrium': unsure(atria, [9], 0.2) });
    expect(found.map(({ code, severity }) => [code, severity])).toEqual([
      ['structure-unsure', 'information'],
    ]);
    expect(said(found[0]!)).toBe(
      'The model is unsure of the contour of the LV wall in frames 8, 9, drawn dashed.',
    );
    expect(codes({ 'lv-wall': unsure(walls, [7, 8]) })).toEqual([]);
    const [measured] = codes({ 'left-atrium': unsure(atria, Object.keys(atria).map(Number), 0.6) });
    expect(measured).toMatchObject({ code: 'structure-unsure', severity: 'warning' });
    expect(said(measured!)).toMatch(/of the left atrium on frames that its numbers rest on/);
    expect(effectOf(measured!)).toBe('record');
  });

  it('are flagged where a map showed no wall, however sure the model is', () => {
    const place: MapPlace = {
      rows: 350,
      columns: 250,
      inputPoint: ([x, y]) => [(x - 0.5) / 2, (y - 0.5) / 2],
      imagePoint: ([x, y]) => [2 * x + 0.5, 2 * y + 0.5],
    };
    const nothing = new Float32Array(place.rows * place.columns);
    const source = { ...modelSource, leastConfidence: 0.6 };
    const assumed = Object.fromEntries(
      Object.entries(cavities).map(([frame, cavity]) => {
        const wall = wallFromMap(nothing, place, cavity, { threshold: 0.5, source })!;
        return [frame, { ...wall, confidence: 0.99 }];
      }),
    );
    const [found, ...others] = codes({ 'lv-wall': assumed });
    expect(found).toMatchObject({ code: 'structure-unsure', severity: 'warning' });
    expect(others).toEqual([]);
    const byHand = Object.fromEntries(
      Object.entries(assumed).map(([frame, wall]) => [
        frame,
        { ...wall, source: { kind: 'manual' } as const },
      ]),
    );
    expect(codes({ 'lv-wall': byHand })).toEqual([]);
  });

  it('give no volume of an atrium that the sector cuts off, nor of what its neighbours leave of it', () => {
    const clip = of([a4c, withStructures(a4c, both)]).clips[a4c.sopInstanceUid]!;
    const depthOf = (frame: number) => Math.max(...tracePolyline(atria[frame]!).map(([, y]) => y));
    const cutAt = (maxY: number) => {
      const sector = { ...runWithRoomBelow.sector, box: { ...runWithRoomBelow.sector.box, maxY } };
      const review = withStructures(a4c, both, { run: { ...runWithRoomBelow, sector } });
      return of([a4c, review]).clips[a4c.sopInstanceUid]!;
    };
    // Below the smallest, above the largest: frames beside ES keep their measure, and stand for nothing.
    const { edFrame, esFrame } = clip.beats[0]!;
    expect(depthOf(esFrame)).toBeGreaterThan(depthOf(edFrame) + 8);
    const cut = cutAt(depthOf(esFrame));
    expect(cut.measurements.filter(({ name }) => name.startsWith('LA'))).toEqual([]);
    const found = cut.findings.filter(({ code }) => code === 'atrium-cut-off');
    expect(found).toMatchObject([{ severity: 'information' }]);
    const named = found[0]!.sources.map(({ frame }) => frame);
    expect(named).toContain(esFrame);
    expect(named).not.toContain(edFrame);
    expect(cut.findings.map(({ code }) => code)).not.toContain('structure-invalid');
    expect(value(cut, 'EF')).toBe(value(clip, 'EF'));
    expect(value(cutAt(depthOf(esFrame) + 12), 'LAV max')).toBe(value(clip, 'LAV max'));
  });

  it('are named at a glance', () => {
    const unsure = Object.fromEntries(
      Object.entries(walls).map(([frame, trace]) => [
        frame,
        { ...trace, source: { ...modelSource, leastConfidence: 0.6 }, confidence: 0.3 },
      ]),
    );
    const [found] = codes({ 'lv-wall': unsure });
    expect(inEnglish.say(shortWords(found!))).toBe('Model unsure of the LV wall');
  });

  it('are flagged where they cannot be measured, and give no numbers there', () => {
    const points = [...atria[9]!.points];
    [points[3], points[8]] = [points[8]!, points[3]!];
    const crossed = { ...atria[9]!, points };
    const found = codes({ 'left-atrium': { ...atria, 9: crossed } });
    expect(found.map(({ code }) => code)).toEqual(['structure-invalid']);
    expect(said(found[0]!)).toMatch(
      /of the left atrium cannot be measured \(frame 10\): the contour crosses itself/,
    );
    // 120 mm wide, more than any atrium holds.
    const round = truncatedEllipse(150, 140, 300).map(([x, y]): Point => [250 + x, 470 - y]);
    const huge = { ...atria, 9: traceOf(round) };
    expect(said(codes({ 'left-atrium': huge })[0])).toMatch(/\(frame 10\): .* a volume that no heart has/);
  });
});
