import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Point } from '../../../core/geometry/point.ts';
import { distance } from '../../../core/geometry/polygon.ts';
import { traceFromProbability } from '../../../core/trace/from-probability.ts';
import { rasterizePolygon, rasterizeTrace } from '../../../core/trace/rasterize.ts';
import type { LandmarkedTrace } from '../../../core/trace/trace.ts';
import { traceSchema } from '../../../core/trace/schema.ts';
import { dice } from './dice.ts';
import { halfEllipse, modelSource } from './shapes.ts';

fc.configureGlobal({ seed: 2015 });
// Hundreds of cases each: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const rows = 240;
const columns = 320;
const options = { threshold: 0.5, source: modelSource };

function maskOf(polygon: readonly Point[]): Float32Array {
  return Float32Array.from(rasterizePolygon(polygon, rows, columns), (value) => value / 255);
}

function turned(points: readonly Point[], degrees: number, centre: Point): Point[] {
  const c = Math.cos((degrees * Math.PI) / 180);
  const s = Math.sin((degrees * Math.PI) / 180);
  return points.map(([x, y]) => [
    centre[0] + c * (x - centre[0]) - s * (y - centre[1]),
    centre[1] + s * (x - centre[0]) + c * (y - centre[1]),
  ]);
}

function traced(probability: Float32Array): LandmarkedTrace {
  const { trace, problem } = traceFromProbability(probability, rows, columns, options);
  expect(problem).toBeNull();
  return trace!;
}

describe('a trace from a probability map', () => {
  const shape = halfEllipse(80, 140, [160, 200]);

  it('agrees with the map, names hinges and apex, and passes the boundary schema', () => {
    const mask = maskOf(shape);
    const trace = traced(mask);
    expect(dice(rasterizeTrace(trace, rows, columns), mask)).toBeGreaterThan(0.985);
    expect(distance(trace.points[0]!, [120, 200])).toBeLessThan(3);
    expect(distance(trace.points.at(-1)!, [200, 200])).toBeLessThan(3);
    expect(distance(trace.points[trace.apexIndex]!, [160, 60])).toBeLessThan(4);
    expect(trace.points.length).toBeGreaterThanOrEqual(13);
    expect(trace.points.length).toBeLessThanOrEqual(21);
    expect(trace.source).toEqual(modelSource);
    expect(traceSchema.safeParse(trace).success).toBe(true);
  });

  it.each([-60, -30, 15, 45, 60])('finds the same landmarks when the heart lies %d° turned', (degrees) => {
    const centre: Point = [160, 130];
    const trace = traced(maskOf(turned(shape, degrees, centre)));
    const [left, right, apex] = turned(
      [
        [120, 200],
        [200, 200],
        [160, 60],
      ],
      degrees,
      centre,
    ) as [Point, Point, Point];
    const ends = [trace.points[0]!, trace.points.at(-1)!];
    for (const hinge of [left, right]) {
      expect(Math.min(...ends.map((end) => distance(end, hinge)))).toBeLessThan(4);
    }
    expect(distance(trace.points[trace.apexIndex]!, apex)).toBeLessThan(5);
  });

  it('finds the same landmarks where pixels are not square', () => {
    // Squeezed to a third in height: in pixels the cavity is wider than long.
    const squeezed = shape.map(([x, y]): Point => [x, y / 3]);
    const spacing = { mmPerPixelX: 0.3, mmPerPixelY: 0.9 };
    const { trace } = traceFromProbability(maskOf(squeezed), rows, columns, { ...options, spacing });
    expect(distance(trace!.points[0]!, [120, 200 / 3])).toBeLessThan(3);
    expect(distance(trace!.points.at(-1)!, [200, 200 / 3])).toBeLessThan(3);
    expect(distance(trace!.points[trace!.apexIndex]!, [160, 20])).toBeLessThan(4);
  });

  it('finds the apex at the bottom where the picture is upside down', () => {
    const trace = traced(maskOf(shape.map(([x, y]): Point => [x, 260 - y])));
    expect(distance(trace.points[trace.apexIndex]!, [160, 200])).toBeLessThan(4);
    expect(distance(trace.points[0]!, [120, 60])).toBeLessThan(3);
  });

  it('follows a soft border to a fraction of a pixel', () => {
    // Probability falls linearly over 8 pixels across a vertical-sided shape whose true edge lies at x = 100.3.
    const soft = new Float32Array(rows * columns);
    for (let y = 40; y < 200; y++) {
      for (let x = 0; x < columns; x++) {
        const inside = Math.min(x - 100.3, 180.3 - x);
        soft[y * columns + x] = Math.min(1, Math.max(0, 0.5 + inside / 8));
      }
    }
    const trace = traced(soft);
    const middle = trace.points.filter(([, y]) => y > 80 && y < 160);
    expect(middle.length).toBeGreaterThan(3);
    for (const [x] of middle) expect(Math.min(Math.abs(x - 100.3), Math.abs(x - 180.3))).toBeLessThan(0.1);
    expect(trace.confidence!).toBeLessThan(0.9);
    expect(traced(maskOf(shape)).confidence!).toBeGreaterThan(0.97);
  });

  it('takes the largest area and ignores specks and holes', () => {
    const mask = maskOf(shape);
    const noisy = mask.slice();
    for (let y = 5; y < 20; y++) noisy.fill(1, y * columns + 5, y * columns + 20);
    for (let y = 120; y < 130; y++) noisy.fill(0, y * columns + 155, y * columns + 165);
    expect(dice(rasterizeTrace(traced(noisy), rows, columns), mask)).toBeGreaterThan(0.985);
  });

  it('handles a cavity that is cut by the edge of the picture', () => {
    const mask = maskOf(halfEllipse(80, 140, [20, 250]));
    const trace = traced(mask);
    expect(dice(rasterizeTrace(trace, rows, columns), mask)).toBeGreaterThan(0.97);
    for (const [x, y] of trace.points) {
      expect(x).toBeGreaterThanOrEqual(-0.51);
      expect(y).toBeLessThanOrEqual(rows - 0.49);
    }
  });

  it.each([
    ['nothing', new Float32Array(rows * columns)],
    ['numbers that are none', new Float32Array(rows * columns).fill(NaN)],
    [
      'a speck',
      maskOf([
        [10, 10],
        [14, 10],
        [14, 14],
        [10, 14],
      ]),
    ],
  ])('says that there is no contour for %s', (_, probability) => {
    expect(traceFromProbability(probability, rows, columns, options)).toEqual({
      trace: null,
      problem: 'no-contour',
    });
  });

  it('gives a trace or a problem for any map, and never throws or hangs', () => {
    const blobs = fc.array(
      fc.record({
        x: fc.integer({ min: -5, max: 45 }),
        y: fc.integer({ min: -5, max: 35 }),
        w: fc.integer({ min: 1, max: 40 }),
        h: fc.integer({ min: 1, max: 30 }),
        value: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { maxLength: 8 },
    );
    fc.assert(
      fc.property(blobs, (boxes) => {
        const probability = new Float32Array(30 * 40);
        for (const { x, y, w, h, value } of boxes) {
          for (let r = Math.max(0, y); r < Math.min(30, y + h); r++) {
            for (let c = Math.max(0, x); c < Math.min(40, x + w); c++) probability[r * 40 + c] = value;
          }
        }
        const { trace, problem } = traceFromProbability(probability, 30, 40, options);
        expect(trace === null).toBe(problem !== null);
        if (trace !== null) expect(traceSchema.safeParse(trace).success).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
