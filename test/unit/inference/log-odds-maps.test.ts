import { describe, expect, it } from 'vitest';
import { LogOddsMaps } from '../../../main/inference/log-odds-maps.ts';

const values = [0, 1e-7, 1e-5, 0.0025, 0.2, 0.5, 0.77, 0.9975, 1 - 1e-5, 1, 1.0004, -0.0004];

describe('maps kept by their log-odds', () => {
  it('come back within 0.00005', () => {
    const maps = new LogOddsMaps();
    maps.keep(3, Float32Array.from(values));
    const back = maps.of(3) as Float32Array;
    back.forEach((value, index) => {
      expect(Math.abs(value - Math.min(1, Math.max(0, values[index]!)))).toBeLessThan(5e-5);
    });
    expect(maps.of(4)).toBe(null);
  });

  it('are blended in log-odds, and forgotten', () => {
    const maps = new LogOddsMaps();
    const sigmoid = (odds: number): number => 1 / (1 + Math.exp(-odds));
    maps.keep(0, Float32Array.of(sigmoid(-4), sigmoid(2), 0));
    const blend = maps.blend(0, Float32Array.of(sigmoid(4), sigmoid(6), 1), 0.25) as Float32Array;
    [-2, 3, -7].forEach((odds, index) => expect(blend[index]).toBeCloseTo(sigmoid(odds), 4));
    expect(maps.of(0)).toBe(null);
  });

  it('are none where either is none', () => {
    const maps = new LogOddsMaps();
    maps.keep(1, 'not-finite');
    expect(maps.blend(1, Float32Array.of(0.5), 0.5)).toBe('not-finite');
    maps.keep(2, Float32Array.of(0.5));
    expect(maps.blend(2, 'no-picture', 0.5)).toBe('no-picture');
  });
});
