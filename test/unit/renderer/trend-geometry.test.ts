import { describe, expect, it } from 'vitest';
import {
  dayOf,
  trendLevels,
  trendScale,
  trendTicks,
  trendX,
  trendY,
} from '../../../renderer/prior/trend-geometry.ts';

const days = ['2022-03-01', '2024-01-02', '2026-01-05'].map(dayOf);
const scale = trendScale(days, [77, 82, 65, 74], 1000, 400);

describe('the course of a quantity', () => {
  it('lies within its plot in order of time, zero at the bottom', () => {
    const places = days.map((day) => trendX(scale, day));
    expect(places.toSorted((a, b) => a - b)).toEqual(places);
    expect(places[0]).toBeGreaterThan(scale.left);
    expect(places.at(-1)).toBeLessThan(scale.right);
    expect(trendY(scale, 0)).toBe(scale.bottom);
    expect(trendY(scale, 82)).toBeGreaterThan(scale.top);
    expect(trendLevels(scale)).toEqual([0, 20, 40, 60, 80, 100]);
  });

  it('goes below zero where values do', () => {
    const strain = trendScale(days, [-31, -18], 1000, 400);
    expect(strain.low).toBeLessThanOrEqual(-31);
    expect(strain.high).toBe(0);
    expect(trendY(strain, 0)).toBe(strain.top);
    expect(trendLevels(strain)).toContain(-20);
  });

  it('has at most nine days named, whatever the time between', () => {
    expect(trendTicks(scale)).toEqual(['2022-01-01', '2023-01-01', '2024-01-01', '2025-01-01', '2026-01-01']);
    for (const [from, to] of [
      ['2024-01-02', '2024-01-02'],
      ['2024-01-02', '2024-01-09'],
      ['2023-11-30', '2024-03-01'],
      ['1960-01-01', '2026-01-01'],
    ] as const) {
      const span = trendScale([dayOf(from), dayOf(to)], [50], 1000, 400);
      const ticks = trendTicks(span);
      expect(ticks.length).toBeGreaterThan(0);
      expect(ticks.length).toBeLessThanOrEqual(9);
      for (const tick of ticks) {
        expect(dayOf(tick)).toBeGreaterThanOrEqual(span.fromDay);
        expect(dayOf(tick)).toBeLessThanOrEqual(span.toDay);
      }
    }
  });

  it('gives one study alone room on either side', () => {
    const one = trendScale([dayOf('2024-01-02')], [55], 1000, 400);
    expect(trendX(one, dayOf('2024-01-02'))).toBeCloseTo((one.left + one.right) / 2, 6);
  });
});
