import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { SystolaError } from '../../../core/error.ts';
import type { Point } from '../../../core/geometry/point.ts';
import { distance } from '../../../core/geometry/polygon.ts';
import {
  insertPoint,
  moveApex,
  moveHinge,
  movePoint,
  moveWall,
  removePoint,
} from '../../../core/trace/edit.ts';
import { traceFromStroke } from '../../../core/trace/from-stroke.ts';
import { nearestOnTrace } from '../../../core/trace/nearest.ts';
import { traceProblem } from '../../../core/trace/problem.ts';
import { redrawSegment } from '../../../core/trace/redraw.ts';
import { traceSchema } from '../../../core/trace/schema.ts';
import { splinePolyline, tracePolyline } from '../../../core/trace/spline.ts';
import type { LandmarkedTrace } from '../../../core/trace/trace.ts';
import { measureTrace } from '../../../core/trace/trace-measures.ts';
import { halfEllipse, modelSource, traceOf } from './shapes.ts';

fc.configureGlobal({ seed: 2015 });
// Hundreds of cases each: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const trace = traceOf(halfEllipse(80, 140, [160, 200]), { source: modelSource, confidence: 0.8 });
const last = trace.points.length - 1;
const moved = (after: LandmarkedTrace): number[] =>
  trace.points.flatMap((point, i) => (distance(point, after.points[i]!) > 1e-9 ? [i] : []));

describe('moving a control point', () => {
  it('puts it where the pointer is; neighbours follow less and less, hinges not at all', () => {
    const index = trace.apexIndex - 3;
    const to: Point = [trace.points[index]![0] - 10, trace.points[index]![1]];
    const after = movePoint(trace, index, to);
    expect(after.points[index]).toEqual(to);
    const shift = (i: number): number => distance(trace.points[i]!, after.points[i]!);
    expect(shift(index - 1)).toBeGreaterThan(0);
    expect(shift(index - 1)).toBeLessThan(10);
    expect(shift(index + 1)).toBeGreaterThan(shift(index + 2));
    expect(after.points[0]).toEqual(trace.points[0]);
    expect(after.points[last]).toEqual(trace.points[last]);
  });

  it('moves the one point alone with no reach, and reaches in millimetres where calibrated', () => {
    const index = 4;
    expect(moved(movePoint(trace, index, [0, 0], { reachMm: 0 }))).toEqual([index]);
    const spacing = { mmPerPixelX: 0.5, mmPerPixelY: 0.5 };
    const near = moved(movePoint(trace, index, [0, 0], { reachMm: 5, spacing }));
    const far = moved(movePoint(trace, index, [0, 0], { reachMm: 40, spacing }));
    expect(far.length).toBeGreaterThan(near.length);
  });

  it('marks the trace as edited from what it was and drops the model’s confidence', () => {
    const after = movePoint(trace, 4, [0, 0]);
    expect(after.source).toEqual({ kind: 'edited', from: 'model' });
    expect(after.confidence).toBeNull();
    expect(movePoint(after, 4, [1, 1]).source).toEqual({ kind: 'edited', from: 'model' });
    const manual = traceOf(halfEllipse(80, 140));
    expect(movePoint(manual, 4, [0, 0]).source).toEqual({ kind: 'edited', from: 'manual' });
    expect(trace.source).toEqual(modelSource);
  });

  it('never yields a trace that the boundary refuses', () => {
    const coordinate = fc.double({ min: -1000, max: 1000, noNaN: true });
    fc.assert(
      fc.property(fc.nat(last), coordinate, coordinate, fc.nat(5), (index, x, y, kind) => {
        const to: Point = [x, y];
        const after = [
          () => movePoint(trace, index, to),
          () => moveHinge(trace, index % 2 === 0 ? 'first' : 'second', to),
          () => moveApex(trace, to),
          () => moveWall(trace, index, to),
          () => insertPoint(trace, to),
          () => removePoint(trace, index),
        ][kind]!();
        expect(traceSchema.safeParse(after).success).toBe(true);
        const { measures, problem } = measureTrace(after, null);
        expect(measures === null).toBe(problem !== null);
      }),
      { numRuns: 500 },
    );
  });
});

describe('moving hinges, apex and walls', () => {
  it('moves a hinge and the near part of its wall, never the other hinge', () => {
    const after = moveHinge(trace, 'second', [215, 205]);
    expect(after.points[last]).toEqual([215, 205]);
    expect(moved(after)).not.toContain(0);
    expect(moved(after)).not.toContain(trace.apexIndex);
    expect(moved(after).length).toBeGreaterThan(1);
  });

  it('stretches both walls with the apex', () => {
    const after = moveApex(trace, [160, 40]);
    expect(after.points[trace.apexIndex]).toEqual([160, 40]);
    expect(after.points[0]).toEqual(trace.points[0]);
    expect(after.points[last]).toEqual(trace.points[last]);
    expect(traceProblem(after)).toBeNull();
    const length = (one: LandmarkedTrace): number => measureTrace(one, null).measures!.plane.length;
    expect(length(after) - length(trace)).toBeCloseTo(20, 0);
  });

  it('moves one wall and leaves hinges, apex and the other wall', () => {
    const index = Math.round(trace.apexIndex / 2);
    const to: Point = [trace.points[index]![0] - 12, trace.points[index]![1] - 2];
    const after = moveWall(trace, index, to);
    expect(after.points[index]).toEqual(to);
    const indices = moved(after);
    expect(indices.every((i) => i > 0 && i < trace.apexIndex)).toBe(true);
    expect(indices.length).toBeGreaterThanOrEqual(trace.apexIndex - 2);
  });
});

describe('adding and removing control points', () => {
  it('inserts on the curve, which hardly changes, and keeps the apex', () => {
    const after = insertPoint(trace, [115, 170]);
    expect(after.points.length).toBe(trace.points.length + 1);
    expect(after.points[after.apexIndex]).toEqual(trace.points[trace.apexIndex]);
    const before = measureTrace(trace, null).measures!.volume;
    expect(Math.abs(measureTrace(after, null).measures!.volume / before - 1)).toBeLessThan(0.002);
    const right = insertPoint(trace, [205, 170]);
    expect(right.apexIndex).toBe(trace.apexIndex);
  });

  it('removes a point, but no hinge and not below five', () => {
    const after = removePoint(trace, 2);
    expect(after.points.length).toBe(trace.points.length - 1);
    expect(after.points[after.apexIndex]).toEqual(trace.points[trace.apexIndex]);
    expect(removePoint(trace, 0)).toBe(trace);
    expect(removePoint(trace, last)).toBe(trace);
    let few = trace;
    for (let i = 0; i < 40; i++) few = removePoint(few, 1);
    expect(few.points.length).toBe(5);
  });

  it('names a new apex when the apex is removed', () => {
    const after = removePoint(trace, trace.apexIndex);
    const apex = after.points[after.apexIndex]!;
    expect(distance(apex, trace.points[trace.apexIndex]!)).toBeLessThan(40);
    expect(traceSchema.safeParse(after).success).toBe(true);
  });
});

describe('drawing over a part', () => {
  const stroke: Point[] = Array.from({ length: 40 }, (_, i) => {
    // An outward bulge of the left wall between y = 170 and y = 110, in many small steps.
    const t = i / 39;
    return [122 - 14 * Math.sin(Math.PI * t) + 8 * t, 170 - 60 * t];
  });

  it('replaces what lies between the ends of the stroke, whichever way it was drawn', () => {
    for (const drawn of [stroke, stroke.toReversed()]) {
      const after = redrawSegment(trace, drawn);
      expect(traceProblem(after)).toBeNull();
      expect(after.points[0]).toEqual(trace.points[0]);
      expect(after.points.at(-1)).toEqual(trace.points[last]);
      expect(after.points[after.apexIndex]).toEqual(trace.points[trace.apexIndex]);
      expect(nearestOnTrace(after, [112, 140])!.distancePx).toBeLessThan(1);
      expect(Math.min(...tracePolyline(after).map(([x]) => x))).toBeLessThan(113);
    }
  });

  it('joins without a corner, though a hand misses the curve by some pixels where it begins and ends', () => {
    const curve = tracePolyline(trace);
    const directionAt = ({ points }: LandmarkedTrace, at: Point): number => {
      const line = splinePolyline(points, 24);
      const nearest = line.reduce(
        (best, point, i) => (distance(point, at) < distance(line[best]!, at) ? i : best),
        1,
      );
      const i = Math.min(line.length - 2, Math.max(1, nearest));
      return Math.atan2(line[i + 1]![1] - line[i - 1]![1], line[i + 1]![0] - line[i - 1]![0]);
    };
    const corner = (after: LandmarkedTrace, at: Point): number => {
      const turn = Math.abs(directionAt(after, at) - directionAt(trace, at));
      return (Math.min(turn, 2 * Math.PI - turn) * 180) / Math.PI;
    };
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const miss = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(
        share,
        share,
        fc.boolean(),
        fc.double({ min: -12, max: 12, noNaN: true }),
        miss,
        miss,
        (place, size, right, depth, missedStart, missedEnd) => {
          const from = Math.floor((0.1 + (right ? 0.55 : 0) + 0.05 * place) * curve.length);
          const to = from + Math.floor((0.14 + 0.08 * size) * curve.length);
          const stroke = Array.from({ length: to - from + 1 }, (_, k): Point => {
            const t = k / (to - from);
            const [x0, y0] = curve[from + k - 1]!;
            const [x1, y1] = curve[from + k + 1]!;
            const length = Math.hypot(x1 - x0, y1 - y0);
            const off = depth * Math.sin(Math.PI * t) ** 2 + missedStart * (1 - t) + missedEnd * t;
            const [x, y] = curve[from + k]!;
            return [x - ((y1 - y0) / length) * off, y + ((x1 - x0) / length) * off];
          });
          const after = redrawSegment(trace, stroke);
          for (const end of [stroke[0]!, stroke.at(-1)!]) {
            const join = nearestOnTrace(trace, end)!.point;
            // Before ends were led over, the median of these was 8 degrees and one in twenty above 22.
            expect(corner(after, join)).toBeLessThan(15);
            expect(nearestOnTrace(after, join)!.distancePx).toBeLessThan(1);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('names a new apex when the stroke goes over the old one', () => {
    const over: Point[] = Array.from({ length: 30 }, (_, i) => {
      const angle = Math.PI * (0.75 - (0.5 * i) / 29);
      return [160 + 40 * Math.cos(angle), 200 - 160 * Math.sin(angle)];
    });
    const after = redrawSegment(trace, over);
    expect(traceProblem(after)).toBeNull();
    expect(distance(after.points[after.apexIndex]!, [160, 40])).toBeLessThan(6);
  });

  it('gives the same trace back for a stroke that is none', () => {
    expect(redrawSegment(trace, [])).toBe(trace);
    expect(redrawSegment(trace, [[120, 170]])).toBe(trace);
    expect(
      redrawSegment(trace, [
        [120, 170],
        [120, 170.1],
      ]),
    ).toBe(trace);
    expect(
      redrawSegment(trace, [
        [NaN, 1],
        [2, NaN],
      ]),
    ).toBe(trace);
  });
});

describe('a contour drawn by hand', () => {
  it('becomes a manual trace with few points, left hinge first', () => {
    for (const stroke of [halfEllipse(80, 140, [160, 200]), halfEllipse(80, 140, [160, 200]).toReversed()]) {
      const drawn = traceFromStroke(stroke);
      expect(drawn.source).toEqual({ kind: 'manual' });
      expect(drawn.confidence).toBeNull();
      expect(distance(drawn.points[0]!, [120, 200])).toBeLessThan(0.01);
      expect(distance(drawn.points[drawn.apexIndex]!, [160, 60])).toBeLessThan(2);
      expect(drawn.points.length).toBeLessThanOrEqual(21);
      const volume = measureTrace(drawn, { mmPerPixelX: 1, mmPerPixelY: 1 }).measures!.volume;
      expect(Math.abs(volume / ((2 / 3) * Math.PI * 40 * 40 * 140) - 1)).toBeLessThan(0.01);
    }
  });

  it('says when there is nothing to make it from, and leaves the rest to the problem of the trace', () => {
    expect(() => traceFromStroke([])).toThrow(SystolaError);
    expect(() =>
      traceFromStroke([
        [3, 3],
        [3, 3],
      ]),
    ).toThrow(/too short/);
    expect(
      traceProblem(
        traceFromStroke([
          [0, 0],
          [100, 0],
        ]),
      ),
    ).toBe('zero-area');
  });
});
