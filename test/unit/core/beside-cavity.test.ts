import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { distanceToPolyline, isInside, pointsOutside } from '../../../core/geometry/inside.ts';
import type { Point } from '../../../core/geometry/point.ts';
import { distance, midpoint, polygonArea, signedArea } from '../../../core/geometry/polygon.ts';
import { protrusion } from '../../../core/myocardium/enclosure.ts';
import { atriumFromMap } from '../../../core/trace/atrium-from-map.ts';
import type { MapPlace } from '../../../core/trace/beside-cavity.ts';
import { traceProblem } from '../../../core/trace/problem.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import type { LandmarkedTrace } from '../../../core/trace/trace.ts';
import { wallFromMap } from '../../../core/trace/wall-from-map.ts';
import { halfEllipse, modelSource, traceOf } from './shapes.ts';
import { inEllipse, inPlace, softMap } from './structure-maps.ts';

const rows = 200;
const columns = 180;
const base: Point = [90, 120];
const cavity = traceOf(halfEllipse(56, 90, base), { source: modelSource });
const place = inPlace(rows, columns);
const options = { threshold: 0.5, source: modelSource };
const axis = 90;

/** Half an ellipse some pixels around the cavity's, over the base line. */
const wallMap = (thickness = 10) =>
  softMap(rows, columns, ([x, y]) =>
    Math.min(120 - y, inEllipse([x, y], base, [28 + thickness, 90 + thickness])),
  );
const atriumMap = (middle: Point = [90, 143]) =>
  softMap(rows, columns, ([x, y]) => Math.min(y - 121, inEllipse([x, y], middle, [34, 30])));

const ends = ({ points }: LandmarkedTrace) => [points[0], points.at(-1)];
const outOf = (inner: LandmarkedTrace, wall: LandmarkedTrace) => {
  const { sides, base: below } = protrusion(tracePolyline(inner), tracePolyline(wall));
  return Math.max(sides, below);
};

describe('the wall in a map of all within the epicardium', () => {
  it('runs along the border of the map from hinge to hinge, over the apex', () => {
    const wall = wallFromMap(wallMap(), place, cavity, options)!;
    expect(ends(wall)).toEqual(ends(cavity));
    expect(wall.points.length).toBeGreaterThanOrEqual(13);
    expect(wall.points.length).toBeLessThanOrEqual(21);
    expect(traceProblem(wall)).toBeNull();
    expect(outOf(cavity, wall)).toBe(0);
    const [x, y] = wall.points[wall.apexIndex]!;
    expect(Math.abs(x - 90)).toBeLessThan(2);
    expect(Math.abs(y - 20)).toBeLessThan(1);
    const half = (Math.PI / 2) * 38 * 100;
    expect(polygonArea(tracePolyline(wall)) / half).toBeCloseTo(1, 1);
    expect(wall.source).toBe(modelSource);
    expect(wall.confidence).toBeGreaterThan(0.5);
    expect(wallFromMap(wallMap(), place, cavity, options)).toEqual(wall);
  });

  it('begins at the hinge that the cavity begins at, also where that is the right one', () => {
    const points = cavity.points.toReversed();
    const turned = { ...cavity, points, apexIndex: points.length - 1 - cavity.apexIndex };
    expect(ends(wallFromMap(wallMap(), place, turned, options)!)).toEqual(ends(turned));
  });

  it('is one millimetre thick where the map ends at the cavity, or within it', () => {
    const maps = {
      cavity: wallMap(0),
      within: wallMap(-12),
      nothing: new Float32Array(rows * columns),
      'one side': wallMap(10).map((value, index) => (index % columns < 90 ? value : 0)),
      shifted: wallMap(10).map((_, index, all) => all[index + 15 * columns] ?? 0),
      elsewhere: wallMap(10).map((value) => 1 - value),
    };
    for (const [kind, map] of Object.entries(maps)) {
      const wall = wallFromMap(map, place, cavity, options)!;
      expect(wall, kind).not.toBeNull();
      expect(outOf(cavity, wall), kind).toBeLessThan(0.005 * axis);
    }
    const thin = wallFromMap(maps.nothing, place, cavity, options)!;
    const apart = distance(thin.points[thin.apexIndex]!, cavity.points[cavity.apexIndex]!);
    expect(apart).toBeGreaterThan(0.5);
    expect(apart).toBeLessThan(2.5);
  });

  it('encloses any cavity in any map, ends on its hinges and never crosses itself', () => {
    const unit = { noNaN: true, noDefaultInfinity: true };
    fc.assert(
      fc.property(
        fc.record({
          width: fc.double({ min: 30, max: 80, ...unit }),
          height: fc.double({ min: 50, max: 110, ...unit }),
          turn: fc.double({ min: -0.5, max: 0.5, ...unit }),
          waves: fc.array(fc.double({ min: -1, max: 1, ...unit }), { minLength: 6, maxLength: 6 }),
          thickness: fc.double({ min: -10, max: 16, ...unit }),
          shift: fc.tuple(fc.integer({ min: -15, max: 15 }), fc.integer({ min: -15, max: 15 })),
          holes: fc.integer({ min: 0, max: 997 }),
        }),
        ({ width, height, turn, waves, thickness, shift, holes }) => {
          const dent = (share: number): number =>
            1 + 0.06 * waves.reduce((sum, wave, k) => sum + wave * Math.sin((k + 1) * Math.PI * share), 0);
          const line = halfEllipse(width, height, [0, 0], 201).map(([x, y], i): Point => {
            const [a, b] = [x * dent(i / 200), y * dent(i / 200)];
            return [
              base[0] + a * Math.cos(turn) - b * Math.sin(turn),
              base[1] + a * Math.sin(turn) + b * Math.cos(turn),
            ];
          });
          const inner = traceOf(line, { source: modelSource });
          fc.pre(traceProblem(inner) === null);
          const map = softMap(rows, columns, ([x, y]) => {
            const [dx, dy] = [x - base[0] - shift[0], y - base[1] - shift[1]];
            const [a, b] = [
              dx * Math.cos(turn) + dy * Math.sin(turn),
              -dx * Math.sin(turn) + dy * Math.cos(turn),
            ];
            const hole = holes > 500 && (Math.round(x) * 31 + Math.round(y) * 57) % holes < 90;
            return hole
              ? -9
              : Math.min(-b, inEllipse([a, b], [0, 0], [width / 2 + thickness, height + thickness]));
          });
          const wall = wallFromMap(map, place, inner, options)!;
          expect(wall).not.toBeNull();
          expect(ends(wall)).toEqual(ends(inner));
          expect(traceProblem(wall)).toBeNull();
          const long = distance(
            midpoint(inner.points[0]!, inner.points.at(-1)!),
            inner.points[inner.apexIndex]!,
          );
          expect(outOf(inner, wall)).toBeLessThanOrEqual(0.005 * long);
        },
      ),
      { numRuns: 120 },
    );
  });

  it('is that around the cavity beside a larger area elsewhere', () => {
    const wide = inPlace(rows, 400);
    const around = softMap(rows, 400, ([x, y]) => Math.min(120 - y, inEllipse([x, y], base, [38, 100])));
    const elsewhere = softMap(rows, 400, (point) => inEllipse(point, [280, 100], [95, 95]));
    const map = around.map((value, index) => Math.max(value, elsewhere[index]!));
    expect(wallFromMap(map, wide, cavity, options)!.points).toEqual(
      wallFromMap(around, wide, cavity, options)!.points,
    );
  });

  it('stays within the picture that is drawn in', () => {
    const picture = { minX: 58, minY: 25, maxX: 179, maxY: 199 };
    const wall = wallFromMap(wallMap(), place, cavity, { ...options, picture })!;
    for (const [x, y] of tracePolyline(wall)) {
      expect(x).toBeGreaterThan(57);
      expect(y).toBeGreaterThan(24);
    }
  });

  it('is the same in a map whose rows run along the image’s columns, at another size', () => {
    const turned: MapPlace = {
      rows: columns / 2,
      columns: rows / 2,
      inputPoint: ([x, y]) => [(y - 0.5) / 2, (x - 0.5) / 2],
      imagePoint: ([column, row]) => [2 * row + 0.5, 2 * column + 0.5],
    };
    const map = softMap(turned.rows, turned.columns, (point) => {
      const [x, y] = turned.imagePoint(point);
      return Math.min(120 - y, inEllipse([x, y], base, [38, 100]));
    });
    const upright = wallFromMap(wallMap(), place, cavity, options)!;
    const wall = wallFromMap(map, turned, cavity, options)!;
    expect(ends(wall)).toEqual(ends(cavity));
    for (const point of tracePolyline(wall)) {
      expect(distanceToPolyline(point, tracePolyline(upright))).toBeLessThan(1.5);
    }
    expect(wall.confidence).toBeGreaterThan(0.4);
  });
});

describe('the atrium in a map of it', () => {
  it('runs from hinge to hinge over its roof, beyond the base line', () => {
    const atrium = atriumFromMap(atriumMap(), place, cavity, options)!;
    expect(ends(atrium)).toEqual(ends(cavity));
    expect(traceProblem(atrium)).toBeNull();
    expect(atrium.points.length).toBeGreaterThanOrEqual(13);
    expect(atrium.points.length).toBeLessThanOrEqual(21);
    const [x, y] = atrium.points[atrium.apexIndex]!;
    expect(Math.abs(x - 90)).toBeLessThan(3);
    expect(Math.abs(y - 173)).toBeLessThan(1);
    for (const [, below] of tracePolyline(atrium)) expect(below).toBeGreaterThan(119);
    const side = (point: Point) => Math.sign(signedArea([cavity.points[0]!, cavity.points.at(-1)!, point]));
    expect(side([x, y])).toBe(-side(cavity.points[cavity.apexIndex]!));
    expect(atrium.confidence).toBeGreaterThan(0.5);
  });

  it('is none where nothing is mapped, or a speck, or what does not lie at the base', () => {
    expect(atriumFromMap(new Float32Array(rows * columns), place, cavity, options)).toBeNull();
    const speck = softMap(rows, columns, (point) => inEllipse(point, [90, 127], [5, 5]));
    expect(atriumFromMap(speck, place, cavity, options)).toBeNull();
    const away = softMap(rows, columns, (point) => inEllipse(point, [90, 165], [30, 25]));
    expect(atriumFromMap(away, place, cavity, options)).toBeNull();
    // On the ventricle's side.
    expect(atriumFromMap(wallMap(), place, cavity, options)).toBeNull();
  });

  it('is that at the base beside a larger area elsewhere', () => {
    const tall = inPlace(320, columns);
    const map = softMap(320, columns, ([x, y]) =>
      Math.max(
        Math.min(y - 121, inEllipse([x, y], [90, 143], [34, 30])),
        inEllipse([x, y], [90, 250], [80, 60]),
      ),
    );
    const atrium = atriumFromMap(map, tall, cavity, options)!;
    expect(atrium.points[atrium.apexIndex]![1]).toBeLessThan(176);
  });

  it('that lies aside still ends on the hinges, and is a contour that can be measured', () => {
    for (let aside = -30; aside <= 30; aside += 6) {
      const atrium = atriumFromMap(atriumMap([90 + aside, 145]), place, cavity, options)!;
      expect(ends(atrium), `${aside}`).toEqual(ends(cavity));
      expect(traceProblem(atrium), `${aside}`).toBeNull();
    }
  });
});

it('points outside of a polygon are those that are not inside of it', () => {
  const polygon = tracePolyline(cavity);
  const points = Array.from({ length: 400 }, (_, i): Point => [
    40 + (i % 20) * 5.3,
    10 + Math.floor(i / 20) * 6.1,
  ]);
  const outside = pointsOutside(points, polygon);
  expect(outside).toEqual(points.filter((point) => !isInside(point, polygon)));
  expect(outside.length).toBeGreaterThan(100);
  expect(outside.length).toBeLessThan(390);
});
