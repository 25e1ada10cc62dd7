import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { distance, midpoint } from '../../../core/geometry/polygon.ts';
import { protrusion } from '../../../core/myocardium/enclosure.ts';
import { atriumFromMap } from '../../../core/trace/atrium-from-map.ts';
import { traceFromProbability } from '../../../core/trace/from-probability.ts';
import { traceProblem } from '../../../core/trace/problem.ts';
import { rasterizeTrace } from '../../../core/trace/rasterize.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import { wallFromMap } from '../../../core/trace/wall-from-map.ts';
import { dice } from './dice.ts';
import { readNpz, type NumpyArray } from './npz.ts';
import { modelSource } from './shapes.ts';
import { blurred, inPlace } from './structure-maps.ts';

const folder = process.env.SYSTOLA_TEST_DATA;
const file = (...names: string[]) => (folder === undefined ? null : join(folder, 'camus', ...names));
const squeezed = file('camus-224-val.npz');
const native = file('a4c-dicom', 'labels.npz');
const present = [squeezed, native].every((path) => path !== null && existsSync(path));
if (!present) {
  console.log('Skipped: wall and atrium of real hearts (SYSTOLA_TEST_DATA is not set or lacks CAMUS masks).');
}

vi.setConfig({ testTimeout: 120_000 });

/** As soft as the maps of a model. */
const blurPx = 1;
const options = { threshold: 0.5, source: modelSource };

interface Picture {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  /** 1 cavity, 2 myocardium, 3 atrium. */
  readonly labels: Uint8Array;
}

function picturesOf(name: string, { shape, data }: NumpyArray): Picture[] {
  const [count, rows, columns] = shape as [number, number, number];
  return Array.from({ length: count }, (_, index) => ({
    name: `${name} ${index}`,
    rows,
    columns,
    labels: data.subarray(index * rows * columns, (index + 1) * rows * columns),
  }));
}

describe.runIf(present)('wall and atrium of expert masks of real hearts (CAMUS)', () => {
  it.each([
    ['validation set', () => picturesOf('', readNpz(squeezed!).get('labels')!), 200],
    ['DICOM clips', () => [...readNpz(native!)].flatMap(([name, one]) => picturesOf(name, one)), 40],
  ])('agree with the masks: %s', (set, read, count) => {
    const walls: number[] = [];
    const atria: number[] = [];
    for (const { name, rows, columns, labels } of read()) {
      const mask = (...wanted: number[]) =>
        Float32Array.from(labels, (label) => Number(wanted.includes(label)));
      const map = (one: Float32Array) => blurred(one, rows, columns, blurPx);
      const [inner, within, below] = [mask(1), mask(1, 2), mask(3)];
      const { trace: cavity } = traceFromProbability(map(inner), rows, columns, options);
      const place = inPlace(rows, columns);
      const wall = wallFromMap(map(within), place, cavity!, options)!;
      const atrium = atriumFromMap(map(below), place, cavity!, options)!;
      for (const trace of [wall, atrium]) {
        expect(trace, name).not.toBeNull();
        expect(traceProblem(trace), name).toBeNull();
        expect([trace.points[0], trace.points.at(-1)]).toEqual([cavity!.points[0], cavity!.points.at(-1)]);
        expect(trace.points.length).toBeGreaterThanOrEqual(13);
        expect(trace.points.length).toBeLessThanOrEqual(21);
      }
      const { sides, base } = protrusion(tracePolyline(cavity!), tracePolyline(wall));
      const hinges = midpoint(cavity!.points[0]!, cavity!.points.at(-1)!);
      const long = distance(hinges, cavity!.points[cavity!.apexIndex]!);
      expect(Math.max(sides, base), name).toBeLessThan(0.005 * long);
      walls.push(dice(rasterizeTrace(wall, rows, columns), within));
      atria.push(dice(rasterizeTrace(atrium, rows, columns), below));
    }
    const told = (values: number[]) => {
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return { mean, least: Math.min(...values) };
    };
    const [wall, atrium] = [told(walls), told(atria)];
    console.log(
      `CAMUS ${set}: Dice of the wall's own mask, least ${wall.least.toFixed(4)}, mean ${wall.mean.toFixed(4)}; atrium, least ${atrium.least.toFixed(4)}, mean ${atrium.mean.toFixed(4)}`,
    );
    expect(walls.length).toBe(count);
    expect(wall.mean).toBeGreaterThan(0.99);
    expect(wall.least).toBeGreaterThan(0.98);
    expect(atrium.mean).toBeGreaterThan(0.985);
    expect(atrium.least).toBeGreaterThan(0.95);
  });
});
