import { describe, expect, it } from 'vitest';
import type { Point } from '../../../core/geometry/point.ts';
import { polylineLength, resamplePolyline } from '../../../core/geometry/polygon.ts';
import { lineBetween, smoothLine } from '../../../core/geometry/smooth-line.ts';
import { splinePolyline } from '../../../core/trace/spline.ts';
import { halfEllipse, truncatedEllipse } from './shapes.ts';

const smoothLength = (line: readonly Point[]) => polylineLength(smoothLine(line));

describe('a line without its unevenness', () => {
  it('keeps its ends, and is a straight one where it was', () => {
    const line = smoothLine([
      [3, 4],
      [5, 8],
      [9, 16],
    ]);
    expect(line.length).toBe(257);
    expect([line[0], line.at(-1)]).toEqual([
      [3, 4],
      [9, 16],
    ]);
    line.forEach(([x, y], m) => {
      expect(x).toBeCloseTo(3 + (6 * m) / 256, 9);
      expect(y).toBeCloseTo(4 + (12 * m) / 256, 9);
    });
  });

  it.each([
    ['half an ellipse of a ventricle at ED', halfEllipse(50, 85, [0, 0], 2001), 0.2],
    ['half an ellipse of one at ES', halfEllipse(40, 70, [0, 0], 2001), 0.2],
    ['half a circle', halfEllipse(60, 30, [0, 0], 2001), 0.02],
    ['an ellipse cut off at its base', truncatedEllipse(50, 35, 50), 0.05],
    ['a narrow one', truncatedEllipse(45, 30, 30), 0.3],
  ])('is as long as %s, less by little', (_, line, mostPercent) => {
    const percent = 100 * (1 - smoothLength(line) / polylineLength(line));
    expect(percent).toBeGreaterThan(-0.01);
    expect(percent).toBeLessThan(mostPercent);
  });

  it('changes strain of one shape into another by less than a tenth of a point', () => {
    const [ed, es] = [halfEllipse(50, 85, [0, 0], 2001), halfEllipse(38, 72, [0, 0], 2001)];
    const strain = (lengthOf: (line: Point[]) => number) => 100 * (lengthOf(es) / lengthOf(ed) - 1);
    expect(Math.abs(strain(smoothLength) - strain(polylineLength))).toBeLessThan(0.1);
  });

  it('does not count what a hand trembles', () => {
    const even = resamplePolyline(halfEllipse(50, 85, [0, 0], 2001), 21);
    const uneven = even.map(([x, y], i): Point => [
      x + (i % 2 === 0 ? 0.8 : -0.8) * Math.min(1, i, 20 - i),
      y,
    ]);
    const truth = polylineLength(splinePolyline(even, 8));
    const drawn = splinePolyline(uneven, 8);
    expect(100 * (polylineLength(drawn) / truth - 1)).toBeGreaterThan(1.2);
    expect(Math.abs(100 * (smoothLength(drawn) / truth - 1))).toBeLessThan(0.5);
  });

  it('does not depend on place, direction, size or the end that it begins at', () => {
    const line = truncatedEllipse(50, 20, 44, 301).map(([x, y], i): Point => [
      x + Math.sin(i),
      y + Math.cos(3 * i),
    ]);
    const length = smoothLength(line);
    const [cos, sin] = [Math.cos(0.7), Math.sin(0.7)];
    const changed: Readonly<Record<string, readonly Point[]>> = {
      moved: line.map(([x, y]) => [x + 400, y - 70]),
      turned: line.map(([x, y]) => [cos * x - sin * y, sin * x + cos * y]),
      mirrored: line.map(([x, y]) => [-x, y]),
      reversed: line.toReversed(),
    };
    for (const [how, other] of Object.entries(changed)) {
      expect(smoothLength(other), how).toBeCloseTo(length, 8);
    }
    expect(smoothLength(line.map(([x, y]) => [3 * x, 3 * y]))).toBeCloseTo(3 * length, 7);
  });
});

describe('the line between two', () => {
  it('lies half way, whichever end either begins at', () => {
    const [inner, outer] = [smoothLine(halfEllipse(50, 85)), smoothLine(halfEllipse(70, 95))];
    const between = lineBetween(inner, outer);
    expect(between).toEqual(lineBetween(inner, outer.toReversed()));
    expect(polylineLength(between) / polylineLength(halfEllipse(60, 90))).toBeCloseTo(1, 2);
  });
});
