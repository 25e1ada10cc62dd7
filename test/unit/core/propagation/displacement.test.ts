import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Point } from '../../../../core/geometry/point.ts';
import { carryDisplacement } from '../../../../core/propagation/carry-displacement.ts';
import { displaced, displacementBetween } from '../../../../core/propagation/displacement.ts';
import { Reach } from '../../../../core/propagation/reach.ts';
import { moveWall } from '../../../../core/trace/edit.ts';
import { measureTrace } from '../../../../core/trace/trace-measures.ts';
import type { LandmarkedTrace, Trace } from '../../../../core/trace/trace.ts';
import { beatingTraces, evenTiming, halfEllipse, modelSource, traceOf } from '../shapes.ts';

const spacing = { mmPerPixelX: 0.4, mmPerPixelY: 0.3 };
const drawn = (width: number, length = 200, centre: Point = [250, 330]): LandmarkedTrace =>
  traceOf(halfEllipse(width, length, centre), { source: modelSource, confidence: 0.9 });
const shifted = (trace: LandmarkedTrace, dx: number, dy: number): LandmarkedTrace => ({
  ...trace,
  points: trace.points.map(([x, y]): Point => [x + dx, y + dy]),
  source: { kind: 'edited', from: 'model' },
  confidence: null,
});
const movesMm = (before: readonly Point[], after: readonly Point[]): number[] =>
  before.map(([x, y], index) =>
    Math.hypot((after[index]![0] - x) * spacing.mmPerPixelX, (after[index]![1] - y) * spacing.mmPerPixelY),
  );

describe('the displacement of a contour', () => {
  it('moves the contour that it was made on to the corrected one, whatever the correction', () => {
    const anisotropic = fc.record({
      mmPerPixelX: fc.double({ min: 0.1, max: 1, noNaN: true }),
      mmPerPixelY: fc.double({ min: 0.1, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 100, max: 180 }),
        fc.integer({ min: 100, max: 180 }),
        fc.integer({ min: -15, max: 15 }),
        fc.integer({ min: -15, max: 15 }),
        anisotropic,
        (width, corrected, dx, dy, scale) => {
          const before = drawn(width);
          const after = drawn(corrected, 205, [250 + dx, 330 + dy]);
          const displacement = displacementBetween(before, after, scale);
          const points = displaced(before, [{ displacement, weight: 1, sizeWeight: 1 }], scale)!;
          // The control points of both lie elsewhere on their walls: the curves are compared.
          const moved = displacementBetween({ ...before, points }, after, scale);
          const left = [...moved.shiftMm, ...moved.tangentialMm, ...moved.normalMm].map(Math.abs);
          expect(Math.max(...left)).toBeLessThan(2);
          expect(left.reduce((sum, one) => sum + one, 0) / left.length).toBeLessThan(0.3);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps a shift a shift on a ventricle of another size', () => {
    const before = drawn(150);
    const displacement = displacementBetween(before, shifted(before, 10, 0), spacing);
    const smaller = drawn(110, 160);
    const points = displaced(smaller, [{ displacement, weight: 1, sizeWeight: 1 }], spacing)!;
    for (const move of movesMm(smaller.points, points)) expect(move).toBeCloseTo(4, 6);
  });

  it('leaves the other wall where it is', () => {
    const before = drawn(150);
    const index = 3;
    const corrected = moveWall(before, index, [before.points[index]![0] - 12, before.points[index]![1]]);
    const displacement = displacementBetween(before, corrected, spacing);
    const other = drawn(120, 180);
    const points = displaced(other, [{ displacement, weight: 1, sizeWeight: 1 }], spacing)!;
    const moves = movesMm(other.points, points);
    expect(Math.max(...moves.slice(0, other.apexIndex))).toBeGreaterThan(2.5);
    for (const move of moves.slice(other.apexIndex + 1)) expect(move).toBeLessThan(0.2);
  });

  it('is the same where the correction was drawn from the other hinge', () => {
    const before = drawn(150);
    const after = shifted(before, 8, -4);
    const turned: LandmarkedTrace = {
      ...after,
      points: after.points.toReversed(),
      apexIndex: after.points.length - 1 - after.apexIndex,
    };
    const straight = displacementBetween(before, after, spacing);
    const reversed = displacementBetween(before, turned, spacing);
    reversed.normalMm.forEach((value, place) => expect(value).toBeCloseTo(straight.normalMm[place]!, 1));
  });

  it('takes less of itself where the contour would cross itself, and nothing where it still would', () => {
    const before = drawn(150);
    const wide = shifted(before, 0, 0);
    // The walls change places.
    const points = wide.points.map(([x, y]): Point => [500 - x, y]);
    const displacement = displacementBetween(before, { ...wide, points: points.toReversed() }, spacing);
    expect(displaced(before, [{ displacement, weight: 1, sizeWeight: 1 }], spacing)).not.toBeNull();
    const folded = { ...before, points: before.points.map(([x, y], i): Point => [x, i % 2 ? y : 660 - y]) };
    expect(displaced(folded, [{ displacement, weight: 1, sizeWeight: 1 }], spacing)).toBeNull();
  });
});

describe('how far corrections reach', () => {
  const beats = [
    { edFrame: 2, esFrame: 10, nextEdFrame: 22, source: 'model' },
    { edFrame: 22, esFrame: 30, nextEdFrame: null, source: 'model' },
  ] as const;
  const { frameTimesMs } = evenTiming(36);

  it('is from ED to ED for a frame at ES, and from ES to ES for one at ED, half being left there', () => {
    const atEs = new Reach([11], beats, frameTimesMs);
    expect(atEs.range()).toEqual({ from: 2, to: 22 });
    expect(atEs.frames()).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22]);
    expect(atEs.weights(2)).toEqual([{ anchor: 11, weight: 0.5, sizeWeight: 1 }]);
    expect(atEs.weights(22)).toEqual([{ anchor: 11, weight: 0.5, sizeWeight: 1 }]);
    expect(atEs.weights(12)[0]!.weight).toBeCloseTo(1 - 0.5 / 11, 9);
    expect(new Reach([21], beats, frameTimesMs).range()).toEqual({ from: 10, to: 30 });
  });

  it('ends with the clip where no opposite phase follows', () => {
    expect(new Reach([30], beats, frameTimesMs).range()).toEqual({ from: 22, to: 35 });
    expect(new Reach([3], [], evenTiming(9).frameTimesMs).range()).toEqual({ from: 0, to: 8 });
  });

  it('is to the next corrected frame where there is one, each giving way to the other', () => {
    const reach = new Reach([4, 8], beats, frameTimesMs);
    expect(reach.frames()).not.toContain(8);
    expect(reach.weights(5)).toEqual([
      { anchor: 4, weight: expect.closeTo(0.75) as number, sizeWeight: expect.closeTo(0.75) as number },
      { anchor: 8, weight: expect.closeTo(0.25) as number, sizeWeight: expect.closeTo(0.25) as number },
    ]);
    // Only the frames around the one that is carried, up to the other.
    expect(reach.frames([8])[0]).toBe(5);
  });

  it('moves the only other frame of a pair by more than half', () => {
    const pair = [{ edFrame: 0, esFrame: 1, nextEdFrame: null, source: 'model' }] as const;
    expect(new Reach([0], pair, [0, 400]).weights(1)).toEqual([{ anchor: 0, weight: 0.65, sizeWeight: 1 }]);
  });
});

describe('corrections carried on', () => {
  const frames = 40;
  const timesMs = evenTiming(frames).frameTimesMs;
  const traces = beatingTraces(frames, 20);
  const beats = [
    { edFrame: 0, esFrame: 7, nextEdFrame: 20, source: 'model' },
    { edFrame: 20, esFrame: 27, nextEdFrame: 39, source: 'model' },
  ] as const;
  const drawnBy = new Map<number, Trace | null>(
    Object.entries(traces).map(([frame, trace]) => [Number(frame), trace]),
  );
  const request = { drawn: drawnBy, beats, timesMs, spacing, range: null };
  const corrected = new Map([[7, shifted(traces[7]!, 12.5, 0)]]);

  it('shift the neighbours with the frame, and say what they follow', () => {
    const { traces: carried, reach, anchors } = carryDisplacement({ ...request, corrected, anchors: [7] });
    expect(anchors).toEqual([7]);
    expect(reach).toEqual({ from: 0, to: 20 });
    expect([...carried.keys()]).toEqual([...Array(21).keys()].filter((frame) => frame !== 7));
    const { modelSource: _model, ...source } = { modelSource, kind: 'propagated', way: 'displacement' };
    expect(carried.get(8)!.source).toEqual({ ...modelSource, ...source, from: [7] });
    expect(carried.get(8)!.confidence).toBe(traces[8]!.confidence);
    const moves = movesMm(traces[8]!.points, carried.get(8)!.points);
    for (const move of moves) expect(move).toBeGreaterThan(4.5);
    for (const move of movesMm(traces[0]!.points, carried.get(0)!.points)) expect(move).toBeCloseTo(2.5, 0);
  });

  it('keep the share by which a ventricle was too small, on every frame that they reach', () => {
    const grown = {
      ...traces[7]!,
      points: traces[7]!.points.map(([x, y]): Point => [250 + 1.1 * (x - 250), 330 + 1.1 * (y - 330)]),
    };
    const edited: Trace = { ...grown, source: { kind: 'edited', from: 'model' }, confidence: null };
    const { traces: carried } = carryDisplacement({
      ...request,
      corrected: new Map([[7, edited]]),
      anchors: [7],
    });
    const volume = (trace: Trace) => measureTrace(trace as LandmarkedTrace, spacing).measures!.volume;
    for (const [frame, trace] of carried)
      expect(volume(trace) / volume(traces[frame]!)).toBeCloseTo(1.331, 3);
  });

  it('do not blow the ventricle up on other frames where the model had lost one', () => {
    const doubled = {
      ...traces[7]!,
      points: traces[7]!.points.map(([x, y]): Point => [250 + 1.35 * (x - 250), 330 + 1.35 * (y - 330)]),
    };
    const edited: Trace = { ...doubled, source: { kind: 'edited', from: 'model' }, confidence: null };
    const { traces: carried } = carryDisplacement({
      ...request,
      corrected: new Map([[7, edited]]),
      anchors: [7],
    });
    const volume = (trace: Trace) => measureTrace(trace as LandmarkedTrace, spacing).measures!.volume;
    expect(volume(carried.get(0)!) / volume(traces[0]!)).toBeLessThan(1.6);
  });

  it('do not make the ventricle larger elsewhere where a piece of wall was moved', () => {
    const wall = traces[7]!;
    const [x, y] = wall.points[3]!;
    const bulged = moveWall(wall, 3, [x - 15, y]);
    const { traces: carried } = carryDisplacement({
      ...request,
      corrected: new Map([[7, bulged]]),
      anchors: [7],
    });
    for (const frame of [0, 14, 20]) {
      const moves = movesMm(traces[frame]!.points, carried.get(frame)!.points);
      expect(Math.max(...moves.slice(0, wall.apexIndex))).toBeGreaterThan(2);
      for (const move of moves.slice(wall.apexIndex)) expect(move).toBeLessThan(0.25);
    }
  });

  it('stop where the reader wants them to', () => {
    const { traces: carried } = carryDisplacement({
      ...request,
      corrected,
      anchors: [7],
      range: { from: 5, to: 9 },
    });
    expect([...carried.keys()]).toEqual([5, 6, 8, 9]);
  });

  it('leave frames empty where the model drew nothing, and carry nothing from such a frame', () => {
    const gaps = new Map(drawnBy).set(8, null);
    const carried = carryDisplacement({ ...request, drawn: gaps, corrected, anchors: [7] });
    expect(carried.traces.has(8)).toBe(false);
    expect(carried.traces.has(9)).toBe(true);
    const unknown = carryDisplacement({
      ...request,
      drawn: new Map(gaps).set(7, null),
      corrected,
      anchors: [7],
    });
    expect(unknown).toEqual({ anchors: [], reach: null, traces: new Map() });
  });

  it('move nothing where nothing was moved', () => {
    const kept = new Map([[7, shifted(traces[7]!, 0, 0)]]);
    expect(carryDisplacement({ ...request, corrected: kept, anchors: [7] }).traces.size).toBe(0);
  });
});
