import { describe, expect, it } from 'vitest';
import type { Point } from '../../../core/geometry/point.ts';
import { distanceToPolyline, isInside } from '../../../core/geometry/inside.ts';
import { contourStrain } from '../../../core/myocardium/contour-strain.ts';
import { protrusion } from '../../../core/myocardium/enclosure.ts';
import { wallThickness, wallThirds } from '../../../core/myocardium/wall-thickness.ts';
import { smoothTrace } from '../../../core/trace/smooth-trace.ts';
import { halfEllipse, traceOf } from './shapes.ts';

describe('contour strain', () => {
  it('is the change of length from ED to ES, below zero where the line shortens', () => {
    expect(contourStrain(200, 160)).toBeCloseTo(-20, 12);
    expect(contourStrain(160, 200)).toBeCloseTo(25, 12);
    for (const [ed, es] of [
      [0, 100],
      [NaN, 100],
      [100, Infinity],
    ] as const) {
      expect(contourStrain(ed, es)).toBeNull();
    }
  });

  it('of contours does not depend on how wide pixels are for their height', () => {
    const ed = traceOf(halfEllipse(125, 212.5, [250, 330]));
    const es = traceOf(halfEllipse(125 * 0.83, 212.5 * 0.83, [240, 310]));
    const wide = (trace: typeof ed) => ({
      ...trace,
      points: trace.points.map(([x, y]): Point => [x / 1.7, y]),
    });
    const square = { mmPerPixelX: 0.4, mmPerPixelY: 0.4 };
    const oblong = { mmPerPixelX: 0.68, mmPerPixelY: 0.4 };
    const strain = (a: typeof ed, b: typeof ed, spacing: typeof square) =>
      contourStrain(smoothTrace(a, spacing).length, smoothTrace(b, spacing).length)!;
    expect(strain(ed, es, square)).toBeCloseTo(-17, 1);
    // The spline through the same points is another one in other pixels, by a hair.
    expect(strain(wide(ed), wide(es), oblong)).toBeCloseTo(strain(ed, es, square), 1);
    expect(smoothTrace(ed, square).length).toBeCloseTo(
      0.4 * smoothTrace(ed, { mmPerPixelX: 1, mmPerPixelY: 1 }).length,
      6,
    );
  });
});

/** A line so far outside of half an ellipse, along its normals. */
function parallel(diameter: number, length: number, away: (level: number) => number, count = 1001): Point[] {
  return Array.from({ length: count }, (_, i): Point => {
    const angle = Math.PI * (1 - i / (count - 1));
    const [x, y] = [(diameter / 2) * Math.cos(angle), -length * Math.sin(angle)];
    const [nx, ny] = [Math.cos(angle) / (diameter / 2), -Math.sin(angle) / length];
    const size = Math.hypot(nx, ny);
    const by = away(-y / length);
    return [x + (by * nx) / size, y + (by * ny) / size];
  });
}

describe('the thickness of the wall', () => {
  const endocardium = halfEllipse(50, 85, [0, 0], 1001);

  it('is how far an epicardium lies outside that is as far everywhere', () => {
    const epicardium = parallel(50, 85, () => 9);
    for (const outer of [epicardium, epicardium.toReversed()]) {
      const thickness = wallThickness(endocardium, outer);
      for (const third of wallThirds) expect(thickness[third]).toBeCloseTo(9, 1);
    }
  });

  it('is told by thirds of the long axis', () => {
    const thickness = wallThickness(
      endocardium,
      parallel(50, 85, (level) => 12 - 6 * level),
    );
    // Over the mid third, where the wall is nearly straight, the mean is that of its middle.
    expect(thickness.mid).toBeCloseTo(9, 0);
    expect(thickness.basal!).toBeGreaterThan(10.5);
    expect(thickness.basal!).toBeLessThan(12);
    expect(thickness.apical!).toBeGreaterThan(6);
    expect(thickness.apical!).toBeLessThan(7.5);
  });

  it('does not depend on place, direction and mirroring, and scales', () => {
    const epicardium = parallel(50, 85, (level) => 10 - 4 * level);
    const plain = wallThickness(endocardium, epicardium);
    const [cos, sin] = [Math.cos(2.1), Math.sin(2.1)];
    const changes: Readonly<Record<string, (point: Point) => Point>> = {
      moved: ([x, y]) => [x + 200, y + 10],
      turned: ([x, y]) => [cos * x - sin * y, sin * x + cos * y],
      mirrored: ([x, y]) => [-x, y],
      larger: ([x, y]) => [2 * x, 2 * y],
    };
    for (const [how, change] of Object.entries(changes)) {
      const changed = wallThickness(endocardium.map(change), epicardium.map(change));
      const factor = how === 'larger' ? 2 : 1;
      for (const third of wallThirds) expect(changed[third], how).toBeCloseTo(factor * plain[third]!, 6);
    }
    const reversed = wallThickness(endocardium.toReversed(), epicardium);
    for (const third of wallThirds) expect(reversed[third]).toBeCloseTo(plain[third]!, 1);
  });

  it('is not given where the wall is not drawn', () => {
    const cap = parallel(50, 85, () => 9).filter(([, y]) => y < -50);
    const { basal, mid, apical } = wallThickness(endocardium, cap);
    expect([basal, mid]).toEqual([null, null]);
    expect(apical).toBeCloseTo(9, 1);
  });
});

describe('a cavity and its wall', () => {
  it('says how far the cavity comes out, at the sides and at the base', () => {
    const wall = halfEllipse(70, 95);
    const enclosed = protrusion(halfEllipse(50, 85), wall);
    expect(enclosed.sides).toBe(0);
    expect(enclosed.base).toBeCloseTo(0, 9);
    const above = protrusion(halfEllipse(50, 99), wall);
    expect(above.sides).toBeCloseTo(4, 1);
    expect(above.base).toBeCloseTo(0, 9);
    const below = protrusion(halfEllipse(50, 85, [0, 3]), wall);
    expect(below.base).toBeCloseTo(3, 6);
    expect(below.sides).toBe(0);
  });

  it('rests on what lies inside and how far from a line', () => {
    const square: Point[] = [
      [0, 0],
      [10, 0],
      [10, 10],
      [0, 10],
    ];
    expect(isInside([5, 5], square)).toBe(true);
    expect(isInside([11, 5], square)).toBe(false);
    expect(isInside([5, -1], square)).toBe(false);
    expect(isInside([5, 5], [])).toBe(false);
    expect(distanceToPolyline([5, -3], square)).toBeCloseTo(3, 12);
    expect(distanceToPolyline([13, 14], square)).toBeCloseTo(5, 12);
    // Open: the side from the last point to the first is not of it.
    expect(distanceToPolyline([-1, 5], square)).toBeCloseTo(Math.hypot(1, 5), 12);
  });
});
