import { describe, expect, it } from 'vitest';
import type { PixelSpacing, Point } from '../../../core/geometry/point.ts';
import { distance } from '../../../core/geometry/polygon.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import { landmarks, measureTrace, traceDisks } from '../../../core/trace/trace-measures.ts';
import type { LandmarkedTrace } from '../../../core/trace/trace.ts';
import { halfEllipse, traceOf } from './shapes.ts';

/** The right wall folds in below the apex and out again beside it, as round a thrombus or a papillary muscle. */
const folded: LandmarkedTrace = {
  points: [
    [100, 300],
    [80, 220],
    [85, 130],
    [140, 60],
    [200, 90],
    [215, 140],
    [180, 170],
    [165, 130],
    [140, 150],
    [150, 210],
    [200, 200],
    [225, 230],
    [210, 300],
  ],
  apexIndex: 3,
  source: { kind: 'manual' },
  confidence: null,
};

const spacings: Readonly<Record<string, PixelSpacing>> = {
  'square pixels': { mmPerPixelX: 0.4, mmPerPixelY: 0.4 },
  'pixels twice as wide as high': { mmPerPixelX: 0.8, mmPerPixelY: 0.4 },
};

/** Whether a point lies inside a closed polygon: a ray from it crosses the border an odd number of times. */
function isInside([x, y]: Point, polygon: readonly Point[]): boolean {
  let inside = false;
  polygon.forEach(([x1, y1], i) => {
    const [x2, y2] = polygon[(i + 1) % polygon.length]!;
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
  });
  return inside;
}

describe.each(Object.entries(spacings))('the disks that are drawn, %s', (_, spacing) => {
  const inMm = ([x, y]: Point): Point => [x * spacing.mmPerPixelX, y * spacing.mmPerPixelY];
  const lengthOf = (from: Point, to: Point) => distance(inMm(from), inMm(to));

  it.each([
    ['a folded wall', folded],
    ['a smooth one', traceOf(halfEllipse(130, 240, [160, 300]))],
  ])('are those that are measured, of %s', (_name, trace) => {
    const { measures } = measureTrace(trace, spacing);
    const drawn = traceDisks(trace, spacing).map((chords) =>
      chords.reduce((sum, [from, to]) => sum + lengthOf(from, to), 0),
    );
    expect(drawn).toHaveLength(20);
    drawn.forEach((width, disk) => expect(width).toBeCloseTo(measures!.plane.diameters[disk]!, 9));
  });

  it('lie within the contour and nowhere else, however the wall folds', () => {
    const disks = traceDisks(folded, spacing);
    const polygon = tracePolyline(folded);
    const several = disks.filter((chords) => chords.length > 1);
    expect(several.length).toBeGreaterThan(2);
    for (const [from, to] of disks.flat()) {
      for (const share of [0.02, 0.5, 0.98]) {
        const at: Point = [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])];
        expect(isInside(at, polygon), `${at}`).toBe(true);
      }
    }
    for (const chords of several) {
      const [end, next] = [chords[0]![1], chords[1]![0]];
      expect(isInside([(end[0] + next[0]) / 2, (end[1] + next[1]) / 2], polygon)).toBe(false);
    }
  });

  it('are perpendicular to the long axis in millimetres', () => {
    const { first, second, apex } = landmarks(folded);
    const base: Point = [(first[0] + second[0]) / 2, (first[1] + second[1]) / 2];
    const [bx, by] = inMm(base);
    const [ax, ay] = inMm(apex);
    for (const [from, to] of traceDisks(folded, spacing).flat()) {
      const [fx, fy] = inMm(from);
      const [tx, ty] = inMm(to);
      expect((tx - fx) * (ax - bx) + (ty - fy) * (ay - by)).toBeCloseTo(0, 6);
    }
  });
});

it('a contour that cannot be measured has none', () => {
  expect(
    traceDisks({ ...folded, points: folded.points.slice(0, 2), apexIndex: 1 }, spacings['square pixels']!),
  ).toEqual([]);
});
