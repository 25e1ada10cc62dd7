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

  const sigmoid = (odds: number): number => 1 / (1 + Math.exp(-odds));

  it('come to the weighted mean of their log-odds, however many there are, and are forgotten', () => {
    const maps = new LogOddsMaps();
    maps.add(0, Float32Array.of(sigmoid(-4), sigmoid(2), 0), 0.75);
    const two = maps.complete(0, Float32Array.of(sigmoid(4), sigmoid(6), 1), 0.25) as Float32Array;
    [-2, 3, -7].forEach((odds, index) => expect(two[index]).toBeCloseTo(sigmoid(odds), 4));
    expect(maps.of(0)).toBe(null);
    maps.add(0, Float32Array.of(sigmoid(-4), sigmoid(2), 0), 0.5);
    maps.add(0, Float32Array.of(sigmoid(0), sigmoid(3), 0), 0.3);
    const three = maps.complete(0, Float32Array.of(sigmoid(5), sigmoid(8), 0), 0.2) as Float32Array;
    [-1, 3.5, -14].forEach((odds, index) => expect(three[index]).toBeCloseTo(sigmoid(odds), 4));
  });

  it('do not turn round where weights add up to a little more than 1', () => {
    const maps = new LogOddsMaps();
    // Half of the highest fixed point is rounded up, twice.
    for (const weight of [0.5, 0.5, 1e-9]) maps.add(2, Float32Array.of(0, 1), weight);
    const [low, high] = maps.complete(2, Float32Array.of(0, 1), 1e-9) as Float32Array;
    expect(low).toBeLessThan(1e-6);
    expect(high).toBeGreaterThan(1 - 1e-6);
  });

  it('are none where one is none', () => {
    const maps = new LogOddsMaps();
    maps.add(1, 'not-finite', 0.5);
    expect(maps.complete(1, Float32Array.of(0.5), 0.5)).toBe('not-finite');
    maps.add(2, Float32Array.of(0.5), 0.5);
    expect(maps.complete(2, 'no-picture', 0.5)).toBe('no-picture');
    maps.add(3, Float32Array.of(0.5), 0.25);
    maps.add(3, 'not-finite', 0.25);
    maps.add(3, Float32Array.of(0.5), 0.25);
    expect(maps.complete(3, Float32Array.of(0.5), 0.25)).toBe('not-finite');
  });
});
