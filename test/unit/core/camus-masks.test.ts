import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Point } from '../../../core/geometry/point.ts';
import { distance, polygonArea, resamplePolyline } from '../../../core/geometry/polygon.ts';
import { traceFromOutline } from '../../../core/trace/from-outline.ts';
import { traceFromProbability } from '../../../core/trace/from-probability.ts';
import { rasterizeTrace } from '../../../core/trace/rasterize.ts';
import { tracePolyline } from '../../../core/trace/spline.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { dice } from './dice.ts';
import { readNpz } from './npz.ts';
import { modelSource } from './shapes.ts';

const folder = process.env.SYSTOLA_TEST_DATA;
const file = folder === undefined ? null : join(folder, 'camus', 'camus-224-val.npz');
const present = file !== null && existsSync(file);
if (!present)
  console.log('Skipped: masks of real hearts (SYSTOLA_TEST_DATA is not set or lacks camus-224-val.npz).');

vi.setConfig({ testTimeout: 60_000 });

const cavity = 1;
const atrium = 3;

interface Case {
  readonly id: number;
  readonly labels: Uint8Array;
  readonly mask: Float32Array;
  readonly trace: Trace | null;
}

describe.runIf(present)('traces of expert masks of real hearts (CAMUS validation set)', () => {
  let rows = 0;
  let columns = 0;
  let cases: Case[] = [];

  beforeAll(() => {
    const labels = readNpz(file!).get('labels')!;
    [, rows, columns] = labels.shape as [number, number, number];
    cases = Array.from({ length: labels.shape[0]! }, (_, id) => {
      const own = labels.data.subarray(id * rows * columns, (id + 1) * rows * columns);
      const mask = new Float32Array(own.length);
      for (let i = 0; i < own.length; i++) mask[i] = Number(own[i] === cavity);
      const { trace } = traceFromProbability(mask, rows, columns, { threshold: 0.5, source: modelSource });
      return { id, labels: own, mask, trace };
    });
  }, 60_000);

  it('agree with every mask at Dice 0.98 or more, with 13 to 21 points', () => {
    expect(cases.length).toBe(200);
    const overlaps = cases.map(({ trace, mask }) => {
      expect(trace).not.toBeNull();
      expect(trace!.points.length).toBeGreaterThanOrEqual(13);
      expect(trace!.points.length).toBeLessThanOrEqual(21);
      return dice(rasterizeTrace(trace!, rows, columns), mask);
    });
    const least = Math.min(...overlaps);
    const mean = overlaps.reduce((sum, value) => sum + value, 0) / overlaps.length;
    console.log(
      `CAMUS masks: Dice of the trace's own mask, least ${least.toFixed(4)}, mean ${mean.toFixed(4)}`,
    );
    expect(least).toBeGreaterThanOrEqual(0.98);
  });

  it('have their hinges where ventricle, atrium and wall meet', () => {
    const distances = cases.flatMap(({ trace, labels }) => {
      const contact = contactWithAtrium(labels, rows, columns);
      if (trace === null || contact === null) return [];
      return [distance(trace.points[0]!, contact.left), distance(trace.points.at(-1)!, contact.right)];
    });
    const mean = distances.reduce((sum, value) => sum + value, 0) / distances.length;
    const greatest = Math.max(...distances);
    console.log(
      `CAMUS masks: ${distances.length} hinges, mean distance to the end of the contact with the atrium ${mean.toFixed(2)} px, greatest ${greatest.toFixed(1)} px (224 × 224)`,
    );
    expect(distances.length).toBeGreaterThan(300);
    expect(mean).toBeLessThan(2.5);
    expect(greatest).toBeLessThan(10);
  });

  it('come back from outlines of them: of ours within 0.2 % of their area, of another program within 0.5 %', () => {
    // As many pixels as a clip has.
    const drawn = cases.map(({ trace }) => ({
      ...trace!,
      points: trace!.points.map(([x, y]): Point => [3 * x, 3 * y]),
    }));
    for (const trace of drawn) {
      const curve = tracePolyline(trace);
      const closed = [...curve, curve[0]!];
      const difference = (outline: readonly Point[]): number =>
        Math.abs(polygonArea(tracePolyline(traceFromOutline(outline)!)) / polygonArea(curve) - 1);
      expect(difference(closed)).toBeLessThan(0.002);
      expect(difference(resamplePolyline(closed, 129))).toBeLessThan(0.005);
    }
  });
});

/** The outermost pixels of the cavity within two pixels of the atrium; null where they hardly touch. */
function contactWithAtrium(
  labels: Uint8Array,
  rows: number,
  columns: number,
): { left: Point; right: Point } | null {
  let left: Point | null = null;
  let right: Point | null = null;
  for (let y = 2; y < rows - 2; y++) {
    for (let x = 2; x < columns - 2; x++) {
      if (labels[y * columns + x] !== cavity || !nearAtrium(labels, columns, x, y)) continue;
      if (left === null || x < left[0]) left = [x, y];
      if (right === null || x > right[0]) right = [x, y];
    }
  }
  return left !== null && right !== null && right[0] - left[0] >= 10 ? { left, right } : null;
}

function nearAtrium(labels: Uint8Array, columns: number, x: number, y: number): boolean {
  for (let dy = -2; dy <= 2; dy++) {
    for (let dx = -2; dx <= 2; dx++) if (labels[(y + dy) * columns + x + dx] === atrium) return true;
  }
  return false;
}
