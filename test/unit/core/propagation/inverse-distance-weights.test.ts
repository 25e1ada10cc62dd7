import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inverseDistanceWeights } from '../../../../core/propagation/inverse-distance-weights.ts';

const distance = fc.double({ min: 0.05, max: 10, noNaN: true });
const places = fc.array(distance, { minLength: 1, maxLength: 12 });
const most = fc.integer({ min: 1, max: 5 });
const hostile = fc.array(
  fc.oneof(
    fc.double({ min: 0, noNaN: false }),
    fc.constantFrom(0, Infinity, NaN, Number.MIN_VALUE, Number.MAX_VALUE, 1),
  ),
  { minLength: 1, maxLength: 12 },
);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

describe('weights by inverse distance', () => {
  it('are Shepard’s where all places count', () => {
    const weights = inverseDistanceWeights([1, 2, 4], 3);
    [16, 4, 1].forEach((part, place) => expect(weights[place]).toBeCloseTo(part / 21, 12));
    expect(inverseDistanceWeights([3], 3)).toEqual([1]);
    expect(inverseDistanceWeights([], 3)).toEqual([]);
  });

  it('end at the nearest place that is left out', () => {
    // (1/d − 1/R)² with R = 4: (3/4)², (1/4)², 0.
    const weights = inverseDistanceWeights([4, 1, 8, 2], 2);
    [0, 9 / 10, 0, 1 / 10].forEach((part, place) => expect(weights[place]).toBeCloseTo(part, 12));
  });

  it('add up to 1, none below 0, no more of them than may count, whatever the distances', () => {
    fc.assert(
      fc.property(hostile, most, (distances, count) => {
        const weights = inverseDistanceWeights(distances, count);
        expect(weights).toHaveLength(distances.length);
        expect(weights.every((weight) => weight >= 0 && weight <= 1)).toBe(true);
        expect(sum(weights)).toBeCloseTo(1, 9);
        expect(weights.filter((weight) => weight > 0).length).toBeLessThanOrEqual(count);
      }),
      { numRuns: 2000 },
    );
  });

  it('give all to a place that is there, and share it among several there', () => {
    fc.assert(
      fc.property(places, most, (distances, count) => {
        expect(inverseDistanceWeights([0, ...distances], count)).toEqual([1, ...distances.map(() => 0)]);
      }),
    );
    expect(inverseDistanceWeights([0, 3, 0], 3)).toEqual([0.5, 0, 0.5]);
    expect(inverseDistanceWeights([0, 0, 0], 2)).toEqual([0.5, 0.5, 0]);
  });

  it('give a nearer place no less', () => {
    fc.assert(
      fc.property(places, most, (distances, count) => {
        const weights = inverseDistanceWeights(distances, count);
        const order = distances.map((_, place) => place).sort((a, b) => distances[a]! - distances[b]!);
        order.slice(1).forEach((place, index) => {
          expect(weights[place]).toBeLessThanOrEqual(weights[order[index]!]! + 1e-12);
        });
      }),
    );
  });

  it('depend neither on the order of places nor on the unit', () => {
    fc.assert(
      fc.property(fc.uniqueArray(distance, { minLength: 1, maxLength: 12 }), most, (distances, count) => {
        const weights = inverseDistanceWeights(distances, count);
        const reversed = inverseDistanceWeights(distances.toReversed(), count).reverse();
        const scaled = inverseDistanceWeights(
          distances.map((value) => value * 8),
          count,
        );
        weights.forEach((weight, place) => {
          expect(reversed[place]).toBeCloseTo(weight, 12);
          expect(scaled[place]).toBe(weight);
        });
      }),
    );
  });

  it('do not jump when a place comes in for another', () => {
    fc.assert(
      fc.property(places, most, fc.integer({ min: 0, max: 11 }), (distances, count, which) => {
        // The last place that counts, and one just as far.
        const sorted = distances.toSorted((a, b) => a - b);
        const last = sorted[Math.min(count, sorted.length) - 1]!;
        fc.pre(last - sorted[0]! > 0.05);
        const place = which % (distances.length + 1);
        const beside = distances.toSpliced(place, 0, last);
        const [outside, inside] = [1e-9, -1e-9].map((step) =>
          inverseDistanceWeights(beside.with(place, last + step), count),
        );
        outside!.forEach((weight, index) => expect(inside![index]).toBeCloseTo(weight, 6));
      }),
    );
  });

  it('are continuous', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(distance, fc.double({ min: -1, max: 1, noNaN: true })), {
          minLength: 1,
          maxLength: 12,
        }),
        most,
        (pairs, count) => {
          const distances = pairs.map(([value]) => value);
          const sorted = distances.toSorted((a, b) => a - b);
          // Only where all that count are as far as one that does not is there no telling which.
          fc.pre(sorted.length <= count || sorted[count]! - sorted[0]! > 0.05);
          const weights = inverseDistanceWeights(distances, count);
          const moved = inverseDistanceWeights(
            pairs.map(([value, step]) => value + 1e-9 * step),
            count,
          );
          weights.forEach((weight, place) => expect(moved[place]).toBeCloseTo(weight, 6));
        },
      ),
    );
  });
});
