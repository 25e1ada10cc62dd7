import { describe, expect, it } from 'vitest';
import type { PixelSpacing, Point } from '../../../core/geometry/point.ts';
import { distance, polygonArea, resamplePolyline } from '../../../core/geometry/polygon.ts';
import { closedTraceFromOutline, traceFromOutline } from '../../../core/trace/from-outline.ts';
import { traceFromStroke } from '../../../core/trace/from-stroke.ts';
import { traceProblem } from '../../../core/trace/problem.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import { measureTrace } from '../../../core/trace/trace-measures.ts';
import type { LandmarkedTrace } from '../../../core/trace/trace.ts';
import { singlePlaneVolume } from '../../../core/volume/disks.ts';
import { phantomClip } from '../../fixtures/phantom/phantom.ts';
import { halfEllipse, traceOf } from './shapes.ts';

const square: PixelSpacing = { mmPerPixelX: 0.4, mmPerPixelY: 0.4 };
const clip = phantomClip({
  view: 'a4c',
  ejectionFraction: 55,
  edvMl: 120,
  seed: 3,
  frames: 24,
  frameRate: 11,
});
const drawn = clip.contours.map((contour) => traceFromStroke([...contour]));

/** As Systola writes a contour: flattened, then its first point again, so that the base line is one side. */
const flattened = (trace: LandmarkedTrace): Point[] => {
  const curve = tracePolyline(trace);
  return [...curve, curve[0]!].map(([x, y]): Point => [Math.fround(x), Math.fround(y)]);
};
/** As other programs draw: points at like distances all round, the base line no longer side than others. */
const evenlyRound = (trace: LandmarkedTrace, sides: number): Point[] => {
  const curve = tracePolyline(trace);
  return resamplePolyline([...curve, curve[0]!], sides + 1);
};
const areaOf = (trace: LandmarkedTrace): number => polygonArea(tracePolyline(trace));
const volumeOf = (trace: LandmarkedTrace): number => {
  const { measures } = measureTrace(trace, square);
  return singlePlaneVolume(measures!.plane);
};
const ends = (trace: LandmarkedTrace): [Point, Point] => [trace.points[0]!, trace.points.at(-1)!];
const fraction = (traces: readonly LandmarkedTrace[]): number => {
  const volumes = traces.map(volumeOf);
  return 100 * (1 - Math.min(...volumes) / Math.max(...volumes));
};

describe('a contour fitted to an outline that Systola drew', () => {
  const fitted = drawn.map((trace) => traceFromOutline(flattened(trace))!);

  it('has its hinges, its area to 0.5 % and the ejection fraction to 0.3', () => {
    fitted.forEach((trace, frame) => {
      const own = drawn[frame]!;
      ends(trace).forEach((hinge, side) => expect(distance(hinge, ends(own)[side]!)).toBeLessThan(1e-3));
      expect(Math.abs(areaOf(trace) / areaOf(own) - 1)).toBeLessThan(0.005);
    });
    expect(Math.abs(fraction(fitted) - fraction(drawn))).toBeLessThan(0.3);
  });

  it('says that it was fitted and can be measured, in whichever direction it was drawn', () => {
    for (const [frame, trace] of fitted.entries()) {
      expect(trace.source).toEqual({ kind: 'fitted' });
      expect(traceProblem(trace)).toBeNull();
      const back = traceFromOutline(flattened(drawn[frame]!).reverse())!;
      expect(Math.abs(areaOf(back) / areaOf(trace) - 1)).toBeLessThan(0.002);
      expect(back.points[0]![0]).toBeLessThan(back.points.at(-1)![0]);
    }
  });
});

describe('a contour fitted to an outline of another program', () => {
  it.each([64, 128, 300])('of %i sides finds the hinges, and the area to 1 %', (sides) => {
    for (const own of drawn) {
      const trace = traceFromOutline(evenlyRound(own, sides))!;
      const base = distance(...ends(own));
      ends(trace).forEach((hinge, side) =>
        expect(distance(hinge, ends(own)[side]!)).toBeLessThan(0.25 * base),
      );
      expect(Math.abs(areaOf(trace) / areaOf(own) - 1)).toBeLessThan(0.01);
    }
  });

  it('may be an open line from hinge to hinge', () => {
    const own = drawn[0]!;
    const trace = traceFromOutline(tracePolyline(own))!;
    expect(Math.abs(areaOf(trace) / areaOf(own) - 1)).toBeLessThan(0.005);
  });

  it('with pixels that are not square has its apex where the body has it', () => {
    const spacing: PixelSpacing = { mmPerPixelX: 0.8, mmPerPixelY: 0.4 };
    const wide = traceOf(halfEllipse(60, 160, [200, 300]));
    const trace = traceFromOutline(evenlyRound(wide, 200), spacing)!;
    expect(distance(trace.points[trace.apexIndex]!, [200, 140])).toBeLessThan(6);
  });
});

it.each<[string, Point[]]>([
  ['nothing', []],
  ['a point', Array.from({ length: 50 }, (): Point => [4, 4])],
  ['a line', Array.from({ length: 50 }, (_, index): Point => [index, 4])],
  [
    'a speck',
    [
      [1, 1],
      [2, 1],
      [2, 2],
      [1, 2],
      [1, 1.5],
    ],
  ],
  [
    'an eight',
    [
      [0, 0],
      [100, 100],
      [0, 100],
      [100, 0],
      [50, -20],
    ],
  ],
])('of %s no contour is made', (_what, outline) => {
  expect(traceFromOutline(outline)).toBeNull();
});

it('a closed contour keeps its area to 1 %', () => {
  const ring = Array.from({ length: 90 }, (_, index): Point => {
    const angle = (2 * Math.PI * index) / 90;
    return [200 + 60 * Math.cos(angle), 150 + 40 * Math.sin(angle)];
  });
  const trace = closedTraceFromOutline([...ring, ring[0]!])!;
  expect(trace.apexIndex).toBeNull();
  expect(Math.abs(polygonArea(tracePolyline(trace)) / polygonArea(ring) - 1)).toBeLessThan(0.01);
});
