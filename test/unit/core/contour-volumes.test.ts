import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Point } from '../../../core/geometry/point.ts';
import { traceFromProbability } from '../../../core/trace/from-probability.ts';
import { landmarks, measureTrace } from '../../../core/trace/trace-measures.ts';

interface Expected {
  readonly lengthMm: number;
  readonly volumeMl: number;
  readonly points: number;
  readonly first: Point;
  readonly second: Point;
  readonly apex: Point;
}

interface Case {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly cx: number;
  readonly cy: number;
  readonly halfWidth: number;
  readonly halfLength: number;
  readonly base: number;
  readonly tilt: number;
  readonly steepness: number;
  readonly speck?: readonly [x: number, y: number, side: number];
  readonly mmPerPixelX: number;
  readonly mmPerPixelY: number;
  readonly expected: Expected;
}

const file = new URL('../../fixtures/contours/volumes.json', import.meta.url);
const cases = JSON.parse(readFileSync(file, 'utf8')) as Case[];

function probabilityOf(item: Case): Float32Array {
  const map = new Float32Array(item.rows * item.columns);
  const [sin, cos] = [Math.sin(item.tilt), Math.cos(item.tilt)];
  for (let y = 0; y < item.rows; y += 1) {
    for (let x = 0; x < item.columns; x += 1) {
      const u = cos * (x - item.cx) + sin * (y - item.cy);
      const v = -sin * (x - item.cx) + cos * (y - item.cy);
      const round = 1 - (u / item.halfWidth) ** 2 - (v / item.halfLength) ** 2;
      const inside = Math.min(round, (item.base - v) / item.halfLength);
      map[y * item.columns + x] = Math.min(1, Math.max(0, 0.5 + item.steepness * inside));
    }
  }
  if (item.speck !== undefined) {
    const [left, top, side] = item.speck;
    for (let y = top; y < top + side; y += 1) {
      map.fill(1, y * item.columns + left, y * item.columns + left + side);
    }
  }
  return map;
}

function measure(item: Case): Expected {
  const spacing = { mmPerPixelX: item.mmPerPixelX, mmPerPixelY: item.mmPerPixelY };
  const { trace } = traceFromProbability(probabilityOf(item), item.rows, item.columns, {
    threshold: 0.5,
    source: { kind: 'manual' },
    spacing,
  });
  if (trace === null) throw new Error(`${item.name}: no contour`);
  const { measures } = measureTrace(trace, spacing);
  if (measures === null) throw new Error(`${item.name}: nothing measured`);
  return {
    lengthMm: measures.plane.length,
    volumeMl: measures.volume / 1000,
    points: trace.points.length,
    ...landmarks(trace),
  };
}

if (process.env['UPDATE_CONTOURS'] !== undefined) {
  test('writes the expected values anew', () => {
    const written = cases.map((item) => ({ ...item, expected: measure(item) }));
    writeFileSync(file, `${JSON.stringify(written, null, 2)}\n`);
  });
}

test.each(cases)('$name', (item) => {
  const { first, second, apex, ...numbers } = measure(item);
  const { expected } = item;
  expect(numbers.points).toBe(expected.points);
  expect(numbers.lengthMm).toBeCloseTo(expected.lengthMm, 6);
  expect(numbers.volumeMl).toBeCloseTo(expected.volumeMl, 6);
  for (const [found, wanted] of [
    [first, expected.first],
    [second, expected.second],
    [apex, expected.apex],
  ] as const) {
    expect(found[0]).toBeCloseTo(wanted[0], 6);
    expect(found[1]).toBeCloseTo(wanted[1], 6);
  }
});
