import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { componentBoundary } from '../../../core/trace/boundary.ts';
import { largestComponent } from '../../../core/trace/largest-component.ts';
import { signedArea } from '../../../core/geometry/polygon.ts';

fc.configureGlobal({ seed: 2015 });
// Hundreds of cases each: seconds on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const rows = 9;
const columns = 11;
const grid = fc.array(fc.constantFrom(0, 0.2, 0.7, 1), {
  minLength: rows * columns,
  maxLength: rows * columns,
});

/** The pixels of the largest 4-connected area by plain flood fill, the first in reading order of equals. */
function floodFilled(values: readonly number[]): number[] {
  const seen = new Set<number>();
  let best: number[] = [];
  values.forEach((_, seed) => {
    if (seen.has(seed) || values[seed]! < 0.5) return;
    const area = [seed];
    seen.add(seed);
    for (const pixel of area) {
      const x = pixel % columns;
      const neighbours = [
        pixel - columns,
        pixel + columns,
        ...(x > 0 ? [pixel - 1] : []),
        ...(x < columns - 1 ? [pixel + 1] : []),
      ];
      for (const next of neighbours) {
        if (next < 0 || next >= values.length || seen.has(next) || values[next]! < 0.5) continue;
        seen.add(next);
        area.push(next);
      }
    }
    if (area.length > best.length) best = area;
  });
  return best.sort((a, b) => a - b);
}

describe('the largest component', () => {
  it('is the one that a flood fill finds, with its moments', () => {
    fc.assert(
      fc.property(grid, (values) => {
        const expected = floodFilled(values);
        const component = largestComponent(Float32Array.from(values), rows, columns, 0.5);
        if (expected.length === 0) {
          expect(component).toBeNull();
          return;
        }
        const { member, areaPx, centroid, covariance, start } = component!;
        expect([...member].flatMap((one, i) => (one === 1 ? [i] : []))).toEqual(expected);
        expect(areaPx).toBe(expected.length);
        expect(start[1] * columns + start[0]).toBe(expected[0]);
        const mean = (of: (x: number, y: number) => number): number =>
          expected.reduce((sum, i) => sum + of(i % columns, Math.floor(i / columns)), 0) / expected.length;
        const x = mean((a) => a);
        const y = mean((_, b) => b);
        expect(centroid[0]).toBeCloseTo(x, 9);
        expect(centroid[1]).toBeCloseTo(y, 9);
        expect(covariance[0]).toBeCloseTo(
          mean((a) => (a - x) ** 2),
          9,
        );
        expect(covariance[1]).toBeCloseTo(
          mean((a, b) => (a - x) * (b - y)),
          9,
        );
        expect(covariance[2]).toBeCloseTo(
          mean((_, b) => (b - y) ** 2),
          9,
        );
      }),
      { numRuns: 500 },
    );
  });

  it('has an outer boundary that runs clockwise around it, holes ignored', () => {
    fc.assert(
      fc.property(grid, (values) => {
        const probability = Float32Array.from(values, (value) => (value >= 0.5 ? 1 : 0));
        const component = largestComponent(probability, rows, columns, 0.5);
        if (component === null) return;
        const boundary = componentBoundary(component, probability, rows, columns, 0.5);
        // Border crossings lie half way between pixels, so that each pixel brings at least half of its area.
        expect(signedArea(boundary)).toBeGreaterThanOrEqual(component.areaPx / 2 - 1e-6);
        for (const [x, y] of boundary) {
          expect(x >= -0.5 && x <= columns - 0.5 && y >= -0.5 && y <= rows - 0.5).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
