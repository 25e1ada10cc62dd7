import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Point } from '../../../core/geometry/point.ts';
import { crossesItself, distance, polygonArea, resamplePolyline } from '../../../core/geometry/polygon.ts';
import { rasterizePolygon, rasterizeTrace } from '../../../core/trace/rasterize.ts';
import { splinePolyline, tracePolyline } from '../../../core/trace/spline.ts';
import { halfEllipse, traceOf } from './shapes.ts';

fc.configureGlobal({ seed: 2015 });
// Hundreds of cases each: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const coordinate = fc.double({ min: -500, max: 500, noNaN: true });
const anyPoints = fc.array(fc.tuple(coordinate, coordinate), { minLength: 5, maxLength: 25 });

describe('the spline', () => {
  it('passes through every control point, with eight samples a segment', () => {
    fc.assert(
      fc.property(anyPoints, (points) => {
        const curve = splinePolyline(points, 8);
        expect(curve.length).toBe(8 * (points.length - 1) + 1);
        points.forEach((point, i) => expect(curve[8 * i]).toEqual(point));
        expect(curve.flat().every(Number.isFinite)).toBe(true);
      }),
    );
  });

  it('changes only the two segments on either side of a moved point', () => {
    fc.assert(
      fc.property(anyPoints, fc.nat(24), (points, choice) => {
        const index = choice % points.length;
        const moved = points.map((point, i): Point => (i === index ? [point[0] + 9, point[1] - 7] : point));
        const before = splinePolyline(points, 8);
        const after = splinePolyline(moved, 8);
        before.forEach((point, i) => {
          if (i <= 8 * (index - 2) || i >= 8 * (index + 2)) expect(after[i]).toEqual(point);
        });
      }),
    );
  });

  it('follows a circle through 13 points to a quarter of a percent of its radius', () => {
    for (const [x, y] of splinePolyline(resamplePolyline(halfEllipse(200, 100), 13), 8)) {
      expect(Math.abs(Math.hypot(x, y) / 100 - 1)).toBeLessThan(0.0025);
    }
  });

  it('survives coinciding points', () => {
    const curve = splinePolyline(
      [
        [0, 0],
        [0, 0],
        [5, 5],
        [5, 5],
        [9, 0],
      ],
      8,
    );
    expect(curve.flat().every(Number.isFinite)).toBe(true);
  });

  it('is computed once per trace', () => {
    const trace = traceOf(halfEllipse(80, 140));
    expect(tracePolyline(trace)).toBe(tracePolyline(trace));
    expect(tracePolyline(trace, 4).length).toBe(4 * (trace.points.length - 1) + 1);
  });
});

describe('the mask of a trace', () => {
  it('has the area of the contour', () => {
    const trace = traceOf(halfEllipse(80, 140, [160, 200.5]));
    const mask = rasterizeTrace(trace, 240, 320);
    const inside = mask.reduce((sum, value) => sum + Number(value === 255), 0);
    expect(Math.abs(inside / polygonArea(tracePolyline(trace)) - 1)).toBeLessThan(0.005);
    expect(new Set(mask)).toEqual(new Set([0, 255]));
  });

  it('holds the pixels whose centres lie inside, each once', () => {
    const square: Point[] = [
      [1.5, 1.5],
      [4.5, 1.5],
      [4.5, 3.5],
      [1.5, 3.5],
    ];
    const mask = rasterizePolygon(square, 5, 6);
    const inside = [...mask].flatMap((value, i) => (value > 0 ? [[i % 6, Math.floor(i / 6)]] : []));
    expect(inside).toEqual([
      [2, 2],
      [3, 2],
      [4, 2],
      [2, 3],
      [3, 3],
      [4, 3],
    ]);
  });

  it('cuts off what lies outside of the image and takes any points', () => {
    expect(rasterizeTrace(traceOf(halfEllipse(80, 140, [5, 20])), 30, 30).length).toBe(900);
    expect(
      rasterizePolygon(
        [
          [NaN, 0],
          [5, 5],
          [0, 9],
        ],
        10,
        10,
      ).length,
    ).toBe(100);
    expect(rasterizePolygon([], 10, 10).every((value) => value === 0)).toBe(true);
  });
});

describe('polygons', () => {
  it('cross themselves or do not', () => {
    expect(
      crossesItself([
        [0, 0],
        [4, 0],
        [4, 4],
        [0, 4],
      ]),
    ).toBe(false);
    expect(
      crossesItself([
        [0, 0],
        [4, 4],
        [4, 0],
        [0, 4],
      ]),
    ).toBe(true);
    expect(crossesItself(halfEllipse(80, 140))).toBe(false);
  });

  it('are resampled evenly with their ends kept', () => {
    const points = resamplePolyline(halfEllipse(80, 140), 21);
    const steps = points.slice(1).map((point, i) => distance(points[i]!, point));
    expect(points[0]).toEqual([-40, expect.closeTo(0, 9)]);
    expect(points[20]).toEqual([40, expect.closeTo(0, 9)]);
    expect(Math.max(...steps) / Math.min(...steps)).toBeLessThan(1.05);
  });
});
