import { describe, expect, it } from 'vitest';
import { bodySurfaceArea } from '../../../core/body/surface-area.ts';
import type { Point } from '../../../core/geometry/point.ts';
import { polygonArea } from '../../../core/geometry/polygon.ts';
import { areaLengthVolume } from '../../../core/volume/area-length.ts';
import { biplaneVolume, diskDiameters, type Plane, singlePlaneVolume } from '../../../core/volume/disks.ts';
import { ejectionFraction } from '../../../core/volume/ejection.ts';
import { basalTiltDegrees, longAxis } from '../../../core/volume/long-axis.ts';
import { halfEllipse, truncatedEllipse } from './shapes.ts';

/** Millimetres in, a plane of the method of disks out; the apex is the topmost point. */
function planeOf(wall: readonly Point[]): Plane {
  const apex = wall.reduce((best, point) => (point[1] < best[1] ? point : best));
  const axis = longAxis(wall[0]!, wall[wall.length - 1]!, apex);
  return { length: axis.length, diameters: diskDiameters(wall, axis) };
}

const millilitres = (plane: Plane): number => singlePlaneVolume(plane) / 1000;
const within = (value: number, expected: number, share: number): void =>
  expect(Math.abs(value - expected) / expected).toBeLessThanOrEqual(share);

describe('method of disks, sampled at disk centres', () => {
  it('gives the volume of a half-ellipsoid to 0.1 %', () => {
    within(millilitres(planeOf(halfEllipse(50, 85, [0, 0], 4001))), 111.265, 0.001);
    within(millilitres(planeOf(halfEllipse(40, 70, [0, 0], 4001))), 58.643, 0.001);
  });

  it('gives what 20 disk centres give, and not what disk edges give (3.7 % more)', () => {
    expect(millilitres(planeOf(halfEllipse(50, 85, [0, 0], 20_001)))).toBeCloseTo(111.3, 2);
    expect(millilitres(planeOf(halfEllipse(40, 70, [0, 0], 20_001)))).toBeCloseTo(58.661, 2);
  });

  it('gives the EF of the two', () => {
    const edv = millilitres(planeOf(halfEllipse(50, 85, [0, 0], 4001)));
    const esv = millilitres(planeOf(halfEllipse(40, 70, [0, 0], 4001)));
    expect(Math.abs(ejectionFraction(edv, esv) - 47.294)).toBeLessThan(0.05);
  });

  it('gives the volume of a truncated ellipsoid', () => {
    within(millilitres(planeOf(truncatedEllipse(50, 35, 50, 20_001))), 122.948, 0.001);
    expect(millilitres(planeOf(truncatedEllipse(50, 35, 50, 20_001)))).toBeCloseTo(123.048, 1);
  });

  it('gives the volume of a cylinder exactly', () => {
    const cylinder: Point[] = [
      [-20, 0],
      [-20, -60],
      [0, -60],
      [20, -60],
      [20, 0],
    ];
    const axis = longAxis(cylinder[0]!, cylinder[4]!, cylinder[2]!);
    expect(millilitres({ length: axis.length, diameters: diskDiameters(cylinder, axis) })).toBeCloseTo(
      75.398,
      3,
    );
  });

  it('multiplies the diameters of two planes', () => {
    const a4c = planeOf(halfEllipse(50, 85, [0, 0], 4001));
    const a2c = planeOf(halfEllipse(40, 85, [0, 0], 4001));
    within(biplaneVolume(a4c, a2c) / 1000, 89.012, 0.001);
  });

  it('uses the longer of the two long axes', () => {
    const long = planeOf(halfEllipse(50, 90, [0, 0], 4001));
    const short = planeOf(halfEllipse(50, 80, [0, 0], 4001));
    const expected = (2 / 3) * Math.PI * 25 * 25 * 90;
    within(biplaneVolume(long, short), expected, 0.002);
    within(biplaneVolume(short, long), expected, 0.002);
  });

  it('counts a wall that folds over once', () => {
    // A notch in the left wall: the diameter there is what lies inside the contour.
    const notched: Point[] = [
      [-20, 0],
      [-20, -20],
      [0, -20],
      [0, -40],
      [-20, -40],
      [-20, -60],
      [0, -60],
      [20, -60],
      [20, 0],
    ];
    const axis = longAxis([-20, 0], [20, 0], [0, -60]);
    const diameters = diskDiameters(notched, axis);
    expect(diameters[2]).toBeCloseTo(40, 9);
    expect(diameters[10]).toBeCloseTo(20, 9);
    expect(diameters[17]).toBeCloseTo(40, 9);
  });
});

describe('area–length', () => {
  it('gives the volume of an ellipsoid exactly', () => {
    expect(areaLengthVolume((Math.PI / 4) * 50 * 90, 90) / 1000).toBeCloseTo(117.81, 3);
  });

  it('agrees with the disks on a dense half-ellipsoid contour', () => {
    const wall = halfEllipse(50, 85, [0, 0], 4001);
    within(areaLengthVolume(polygonArea(wall), 85) / 1000, 111.265, 0.001);
  });
});

describe('base line and long axis', () => {
  it('measures the angle between the normal of the base line and the long axis', () => {
    expect(basalTiltDegrees([-20, 0], [20, 0], [0, -80])).toBeCloseTo(0, 9);
    const tilt = (20 * Math.PI) / 180;
    expect(basalTiltDegrees([-20, 0], [20, 0], [80 * Math.sin(tilt), -80 * Math.cos(tilt)])).toBeCloseTo(
      20,
      9,
    );
    expect(basalTiltDegrees([20, 0], [-20, 0], [-80 * Math.sin(tilt), 80 * Math.cos(tilt)])).toBeCloseTo(
      20,
      9,
    );
  });
});

describe('body surface area', () => {
  it.each([
    [170, 70, 1.8097, 1.8181],
    [180, 100, 2.195, 2.2361],
  ])('of %d cm and %d kg', (height, weight, duBois, mosteller) => {
    expect(Math.abs(bodySurfaceArea(height, weight, 'du-bois') - duBois)).toBeLessThan(1e-4);
    expect(Math.abs(bodySurfaceArea(height, weight, 'mosteller') - mosteller)).toBeLessThan(1e-4);
  });
});
