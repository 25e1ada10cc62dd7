import { describe, expect, it } from 'vitest';
import { clipToBox } from '../../../core/geometry/clip-to-box.ts';
import type { Point } from '../../../core/geometry/point.ts';
import { polygonArea } from '../../../core/geometry/polygon.ts';
import { rasterizePolygon } from '../../../core/trace/rasterize.ts';

const box = { minX: 0, minY: 0, maxX: 10, maxY: 8 };

describe('a polygon in a box', () => {
  it('stays as it is inside, and is nothing outside', () => {
    const inside: Point[] = [
      [1, 1],
      [9, 2],
      [5, 8],
    ];
    expect(clipToBox(inside, box)).toEqual(inside);
    expect(
      clipToBox(
        inside.map(([x, y]): Point => [x + 20, y]),
        box,
      ),
    ).toEqual([]);
    expect(clipToBox([], box)).toEqual([]);
  });

  it('is the box where it holds the box', () => {
    const around: Point[] = [
      [-5, -5],
      [20, -5],
      [20, 20],
      [-5, 20],
    ];
    expect(polygonArea(clipToBox(around, box))).toBe(80);
  });

  it('covers the pixels that it covered, also where it is cut in two', () => {
    // A horseshoe whose bend is outside.
    const horseshoe: Point[] = [
      [-4, 1.2],
      [6.3, 1.2],
      [6.3, 2.7],
      [-2, 2.7],
      [-2, 5.1],
      [7.7, 5.1],
      [7.7, 6.6],
      [-4, 6.6],
    ];
    const cut = clipToBox(horseshoe, box);
    expect(Math.min(...cut.map(([x]) => x))).toBe(0);
    expect(rasterizePolygon(cut, 8, 10)).toEqual(rasterizePolygon(horseshoe, 8, 10));
    expect(polygonArea(cut)).toBeCloseTo(6.3 * 1.5 + 7.7 * 1.5, 9);
  });
});
