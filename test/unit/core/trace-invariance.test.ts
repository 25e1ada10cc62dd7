import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { PixelSpacing, Point } from '../../../core/geometry/point.ts';
import { resamplePolyline } from '../../../core/geometry/polygon.ts';
import { traceProblem } from '../../../core/trace/problem.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import type { LandmarkedTrace } from '../../../core/trace/trace.ts';
import { measureTrace, type TraceMeasures } from '../../../core/trace/trace-measures.ts';
import { biplaneVolume, singlePlaneVolume } from '../../../core/volume/disks.ts';
import { ejectionFraction } from '../../../core/volume/ejection.ts';
import { halfEllipse, traceOf } from './shapes.ts';

fc.configureGlobal({ seed: 2015 });
// Hundreds of cases each: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const square: PixelSpacing = { mmPerPixelX: 0.4, mmPerPixelY: 0.4 };

/** A ventricle: a half ellipse with bulging walls and a sheared apex. */
const ventricle = fc
  .record({
    diameter: fc.double({ min: 60, max: 180, noNaN: true }),
    length: fc.double({ min: 120, max: 260, noNaN: true }),
    bulge: fc.double({ min: -0.12, max: 0.12, noNaN: true }),
    shear: fc.double({ min: -0.3, max: 0.3, noNaN: true }),
  })
  .map(({ diameter, length, bulge, shear }) =>
    traceOf(
      halfEllipse(diameter, length).map(([x, y]): Point => {
        const depth = -y / length;
        return [x * (1 + bulge * Math.sin(5 * depth)) + shear * depth * diameter, y];
      }),
    ),
  );

function mapped(trace: LandmarkedTrace, map: (point: Point) => Point): LandmarkedTrace {
  return { ...trace, points: trace.points.map(map) };
}

function measuresOf(trace: LandmarkedTrace, spacing: PixelSpacing | null = square): TraceMeasures {
  const { measures, problem } = measureTrace(trace, spacing);
  expect(problem).toBeNull();
  return measures!;
}

function expectSame(a: TraceMeasures, b: TraceMeasures, share: number): void {
  expect(Math.abs(a.volume / b.volume - 1)).toBeLessThan(share);
  expect(Math.abs(a.areaLengthVolume / b.areaLengthVolume - 1)).toBeLessThan(share);
  expect(Math.abs(a.area / b.area - 1)).toBeLessThan(share);
  expect(Math.abs(a.plane.length / b.plane.length - 1)).toBeLessThan(share);
  expect(Math.abs(a.basalTiltDegrees - b.basalTiltDegrees)).toBeLessThan(100 * share);
}

describe('measures of a trace', () => {
  it('do not change when it is turned', () => {
    fc.assert(
      fc.property(ventricle, fc.double({ min: -Math.PI, max: Math.PI, noNaN: true }), (trace, angle) => {
        const c = Math.cos(angle);
        const s = Math.sin(angle);
        expectSame(
          measuresOf(mapped(trace, ([x, y]) => [c * x - s * y, s * x + c * y])),
          measuresOf(trace),
          1e-9,
        );
      }),
    );
  });

  it('do not change when it is moved', () => {
    const offset = fc.double({ min: -3000, max: 3000, noNaN: true });
    fc.assert(
      fc.property(ventricle, offset, offset, (trace, dx, dy) => {
        expectSame(measuresOf(mapped(trace, ([x, y]) => [x + dx, y + dy])), measuresOf(trace), 1e-9);
      }),
    );
  });

  it('do not change when it is mirrored', () => {
    fc.assert(
      fc.property(ventricle, (trace) => {
        expectSame(measuresOf(mapped(trace, ([x, y]) => [-x, y])), measuresOf(trace), 1e-9);
        expectSame(measuresOf(mapped(trace, ([x, y]) => [x, -y])), measuresOf(trace), 1e-9);
      }),
    );
  });

  it('do not change when its points run the other way', () => {
    fc.assert(
      fc.property(ventricle, (trace) => {
        const reversed: LandmarkedTrace = {
          ...trace,
          points: trace.points.toReversed(),
          apexIndex: trace.points.length - 1 - trace.apexIndex,
        };
        expectSame(measuresOf(reversed), measuresOf(trace), 1e-9);
      }),
    );
  });

  it('hardly change when its walls are resampled', () => {
    fc.assert(
      fc.property(ventricle, fc.integer({ min: 10, max: 40 }), (trace, perWall) => {
        const curve = tracePolyline(trace);
        const apex = trace.apexIndex * 8;
        const first = resamplePolyline(curve.slice(0, apex + 1), perWall);
        const second = resamplePolyline(curve.slice(apex), perWall);
        const resampled: LandmarkedTrace = {
          ...trace,
          points: [...first, ...second.slice(1)],
          apexIndex: perWall - 1,
        };
        expectSame(measuresOf(resampled), measuresOf(trace), 0.008);
      }),
    );
  });

  it('hardly change when the picture has pixels that are not square', () => {
    const stretch = fc.double({ min: 0.6, max: 1.6, noNaN: true });
    fc.assert(
      fc.property(ventricle, stretch, stretch, (trace, sx, sy) => {
        const squeezed = mapped(trace, ([x, y]) => [x / sx, y / sy]);
        const spacing = { mmPerPixelX: 0.4 * sx, mmPerPixelY: 0.4 * sy };
        expectSame(measuresOf(squeezed, spacing), measuresOf(trace), 0.006);
      }),
    );
  });

  it('grow with the cube, the square and the first power of the scale, and EF stays', () => {
    const scale = fc.double({ min: 0.5, max: 3, noNaN: true });
    fc.assert(
      fc.property(ventricle, ventricle, scale, (ed, es, s) => {
        const grown = (trace: LandmarkedTrace): TraceMeasures =>
          measuresOf(mapped(trace, ([x, y]) => [s * x, s * y]));
        const before = measuresOf(ed);
        const after = grown(ed);
        expect(after.volume / before.volume / s ** 3).toBeCloseTo(1, 9);
        expect(after.area / before.area / s ** 2).toBeCloseTo(1, 9);
        expect(after.plane.length / before.plane.length / s).toBeCloseTo(1, 9);
        expect(ejectionFraction(after.volume, grown(es).volume)).toBeCloseTo(
          ejectionFraction(before.volume, measuresOf(es).volume),
          7,
        );
      }),
    );
  });

  it('give the same biplane volume whichever plane comes first', () => {
    fc.assert(
      fc.property(ventricle, ventricle, (a, b) => {
        const left = measuresOf(a).plane;
        const right = measuresOf(b).plane;
        expect(biplaneVolume(left, right)).toBe(biplaneVolume(right, left));
      }),
    );
  });

  it('give the single-plane volume when both planes are the same', () => {
    fc.assert(
      fc.property(ventricle, (trace) => {
        const { plane, volume } = measuresOf(trace);
        expect(biplaneVolume(plane, plane)).toBe(volume);
        expect(singlePlaneVolume(plane)).toBe(volume);
      }),
    );
  });

  it('of a spline through few points come near those of the dense contour', () => {
    const volume = measuresOf(traceOf(halfEllipse(125, 212.5))).volume / 1000;
    expect(Math.abs(volume / 111.3 - 1)).toBeLessThan(0.004);
  });
});

describe('a trace that cannot be measured', () => {
  const good = traceOf(halfEllipse(120, 200));
  const cases: [string, LandmarkedTrace, ReturnType<typeof traceProblem>][] = [
    ['four points', { ...good, points: good.points.slice(0, 4), apexIndex: 2 }, 'too-few-points'],
    ['no points', { ...good, points: [], apexIndex: 0 }, 'too-few-points'],
    ['the apex on a hinge', { ...good, apexIndex: 0 }, 'too-few-points'],
    ['the apex beyond the points', { ...good, apexIndex: 99 }, 'too-few-points'],
    [
      'NaN',
      { ...good, points: good.points.map((p, i) => (i === 3 ? ([NaN, 1] as const) : p)) },
      'not-finite',
    ],
    [
      'infinity',
      { ...good, points: good.points.map((p, i) => (i === 0 ? ([1, Infinity] as const) : p)) },
      'not-finite',
    ],
    ['coinciding points', mapped(good, () => [5, 5]), 'zero-length'],
    [
      'a base line of no length',
      { ...good, points: [...good.points.slice(0, -1), good.points[0]!] },
      'zero-length',
    ],
    ['all points on a line', mapped(good, ([x]) => [x, 0]), 'zero-length'],
    [
      'nothing: a narrow cavity is one',
      {
        ...good,
        points: [
          [0, 0],
          [10, -50],
          [20, -100],
          [11, -50],
          [2, 0],
        ],
        apexIndex: 2,
      },
      null,
    ],
    [
      'a figure of eight',
      {
        ...good,
        points: [
          [0, 0],
          [80, -60],
          [40, -120],
          [0, -60],
          [80, 0],
        ],
        apexIndex: 2,
      },
      'self-crossing',
    ],
  ];

  it.each(cases)('says so: %s', (_, trace, problem) => {
    expect(traceProblem(trace)).toBe(problem);
    const result = measureTrace(trace, square);
    if (problem !== null) expect(result).toEqual({ measures: null, problem });
  });

  it('never gives a number that is none, whatever the points are', () => {
    const coordinate = fc.oneof(
      fc.double({ min: -1000, max: 1000 }),
      fc.integer({ min: -3, max: 3 }),
      fc.constantFrom(NaN, Infinity, -Infinity, 0, 1e300, 1e-300),
    );
    const anyTrace = fc.record({
      points: fc.array(fc.tuple(coordinate, coordinate), { maxLength: 12 }),
      apexIndex: fc.integer({ min: -1, max: 13 }),
      source: fc.constant({ kind: 'manual' } as const),
      confidence: fc.constant(null),
    });
    fc.assert(
      fc.property(anyTrace, (trace) => {
        const { measures, problem } = measureTrace(trace, square);
        expect(measures === null).toBe(problem !== null);
        if (measures === null) return;
        const numbers = [
          measures.volume,
          measures.areaLengthVolume,
          measures.area,
          measures.plane.length,
          measures.basalTiltDegrees,
          ...measures.plane.diameters,
        ];
        expect(numbers.every(Number.isFinite)).toBe(true);
        expect(measures.volume).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });
});
