import { describe, expect, it } from 'vitest';
import { ecgPath, type EcgRoom } from '../../../renderer/curve/ecg-path.ts';

const room: EcgRoom = { left: 10, right: 110, top: 0, bottom: 50, endMs: 1000 };
/** Points of a path, with where it lifts. */
const points = (path: string) =>
  [...path.matchAll(/([ML])(-?[\d.]+) (-?[\d.]+)/g)].map(([, kind, x, y]) => [kind, Number(x), Number(y)]);

describe('the line of an ECG', () => {
  it('lies on the time of the loop, the greatest value at the top', () => {
    expect(points(ecgPath({ values: [0, 4, 2], stepMs: 250, startMs: 100 }, room))).toEqual([
      ['M', 20, 50],
      ['L', 45, 0],
      ['L', 70, 25],
    ]);
  });

  it('leaves out what is before and after the loop, and measures by what is left', () => {
    const path = ecgPath({ values: [99, 0, 1, 0, -99], stepMs: 500, startMs: -500 }, room);
    expect(points(path)).toEqual([
      ['M', 10, 50],
      ['L', 60, 0],
      ['L', 110, 50],
    ]);
  });

  it('keeps gaps', () => {
    const path = ecgPath({ values: [0, 1, null, 0, 1], stepMs: 250, startMs: 0 }, room);
    expect(points(path).map(([kind]) => kind)).toEqual(['M', 'L', 'M', 'L']);
  });

  it('loses no spike of many values on a pixel', () => {
    const values = Array.from({ length: 100_001 }, (_, index) => (index === 54_321 ? 1 : 0));
    const drawn = points(ecgPath({ values, stepMs: 0.01, startMs: 0 }, room));
    expect(drawn.length).toBeLessThan(250);
    expect(drawn.filter(([, , y]) => y === 0).map(([, x]) => x)).toEqual([64.3]);
  });

  it.each([
    ['a flat line', [1, 1, 1]],
    ['no values', [null, null]],
    ['nothing', []],
  ])('is none of %s', (_, values) => {
    expect(ecgPath({ values, stepMs: 100, startMs: 0 }, room)).toBe('');
  });

  it('is none of what lies outside of the loop', () => {
    expect(ecgPath({ values: [0, 1, 0], stepMs: 100, startMs: 5000 }, room)).toBe('');
  });
});
