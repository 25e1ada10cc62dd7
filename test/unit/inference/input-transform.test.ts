import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FramePixels, Sector } from '../../../core/clip/clip.ts';
import type { ModelManifest } from '../../../core/model/manifest.ts';
import { greyLevels } from '../../../core/sector/grey.ts';
import { inputTransform } from '../../../core/sector/input-transform.ts';

/** Made once with Pillow: Image.resize(size, BILINEAR, box) on a float picture, and convert('L') before it. */
interface PillowGolden {
  readonly rows: number;
  readonly columns: number;
  readonly greySum: number;
  readonly grey: readonly number[];
  readonly cases: readonly {
    readonly box: readonly [number, number, number, number];
    readonly width: number;
    readonly height: number;
    readonly values: readonly number[];
  }[];
}
const golden = JSON.parse(
  readFileSync(new URL('./pillow-bilinear.json', import.meta.url), 'utf8'),
) as PillowGolden;

const upright: ModelManifest['input'] = {
  width: 16,
  height: 16,
  channels: 1,
  range: [0, 1],
  geometry: 'sector',
  orientation: 'upright',
  resize: 'bilinear-antialias',
  marginFraction: 0,
};

function sector(minX: number, minY: number, maxX: number, maxY: number): Sector {
  return { box: { minX, minY, maxX, maxY }, source: 'pixels' };
}

function patternedFrame(rows: number, columns: number): FramePixels {
  const data = new Uint8Array(rows * columns * 3);
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      const at = (y * columns + x) * 3;
      data[at] = (x * 7 + y * 13) % 256;
      data[at + 1] = (x * x + 3 * y) % 256;
      data[at + 2] = (5 * x + y * y) % 256;
    }
  }
  return { rows, columns, channels: 3, data };
}

function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  let largest = 0;
  for (let index = 0; index < a.length; index += 1) {
    largest = Math.max(largest, Math.abs(a[index]! - b[index]!));
  }
  return largest;
}

describe('toInput', () => {
  const frame = patternedFrame(golden.rows, golden.columns);

  it("makes Pillow's grey of colour", () => {
    const grey = greyLevels(frame);
    expect(Array.from(grey.subarray(0, golden.grey.length))).toEqual(golden.grey);
    expect(grey.reduce((sum, value) => sum + value, 0)).toBe(golden.greySum);
  });

  it.each(golden.cases.map((example) => [`${example.box} to ${example.width}×${example.height}`, example]))(
    "resizes like Pillow's antialiased BILINEAR with a box: %s",
    (_, example) => {
      if (typeof example === 'string') throw new Error('unreachable');
      const [left, top, right, bottom] = example.box;
      const transform = inputTransform(
        { ...upright, width: example.width, height: example.height, range: [0, 255] },
        sector(left, top, right - 1, bottom - 1),
        golden.rows,
        golden.columns,
      );
      expect(largestDifference(transform.toInput(frame), example.values)).toBeLessThan(1e-3);
    },
  );

  it('maps 0…255 to the range of the manifest', () => {
    const white: FramePixels = { rows: 20, columns: 20, channels: 1, data: new Uint8Array(400).fill(255) };
    const black: FramePixels = { ...white, data: new Uint8Array(400) };
    const transform = inputTransform({ ...upright, range: [-1, 1] }, sector(0, 0, 19, 19), 20, 20);
    expect(largestDifference(transform.toInput(white), new Float32Array(256).fill(1))).toBeLessThan(1e-6);
    expect(largestDifference(transform.toInput(black), new Float32Array(256).fill(-1))).toBeLessThan(1e-6);
  });

  it('turns rows into columns for a transposed model', () => {
    const frame40 = patternedFrame(40, 30);
    const box = sector(4, 6, 25, 33);
    const plain = inputTransform({ ...upright, width: 12, height: 10 }, box, 40, 30);
    const turned = inputTransform(
      { ...upright, width: 10, height: 12, orientation: 'transposed' },
      box,
      40,
      30,
    );
    const a = plain.toInput(frame40);
    const b = turned.toInput(frame40);
    for (let row = 0; row < 10; row += 1) {
      for (let column = 0; column < 12; column += 1) expect(b[column * 10 + row]).toBe(a[row * 12 + column]);
    }
  });
});

describe('the crop', () => {
  it('is the whole frame for a model that wants it, whatever the sector', () => {
    const transform = inputTransform({ ...upright, geometry: 'frame' }, sector(10, 10, 20, 20), 50, 60);
    expect(transform.crop).toEqual({ left: 0, top: 0, right: 60, bottom: 50 });
  });

  it('has the margin asked for, cut at the edge of the frame', () => {
    const transform = inputTransform({ ...upright, marginFraction: 0.1 }, sector(2, 10, 41, 29), 60, 60);
    expect(transform.crop).toEqual({ left: 0, top: 8, right: 46, bottom: 32 });
  });
});

const geometry = fc
  .record({
    rows: fc.integer({ min: 8, max: 700 }),
    columns: fc.integer({ min: 8, max: 900 }),
    left: fc.double({ min: 0, max: 0.6, noNaN: true }),
    top: fc.double({ min: 0, max: 0.6, noNaN: true }),
    width: fc.integer({ min: 4, max: 300 }),
    height: fc.integer({ min: 4, max: 300 }),
    margin: fc.double({ min: 0, max: 0.3, noNaN: true }),
    transposed: fc.boolean(),
  })
  .map(({ rows, columns, left, top, width, height, margin, transposed }) =>
    inputTransform(
      {
        ...upright,
        width,
        height,
        marginFraction: margin,
        orientation: transposed ? 'transposed' : 'upright',
      },
      sector(Math.floor(left * columns), Math.floor(top * rows), columns - 2, rows - 2),
      rows,
      columns,
    ),
  );
const point = fc.tuple(
  fc.double({ min: -50, max: 950, noNaN: true }),
  fc.double({ min: -50, max: 750, noNaN: true }),
);

describe('points', () => {
  it('come back from the input where they were', () => {
    fc.assert(
      fc.property(geometry, point, (transform, [x, y]) => {
        const [backX, backY] = transform.imagePoint(transform.inputPoint([x, y]));
        expect(Math.hypot(backX - x, backY - y)).toBeLessThan(1e-6);
      }),
    );
  });
});

describe('a picture', () => {
  it('comes back from the model with its parts within half a pixel of where they were', () => {
    const blob = fc.record({
      rows: fc.integer({ min: 100, max: 300 }),
      columns: fc.integer({ min: 100, max: 300 }),
      transposed: fc.boolean(),
      x: fc.double({ min: 0.35, max: 0.65, noNaN: true }),
      y: fc.double({ min: 0.35, max: 0.65, noNaN: true }),
    });
    fc.assert(
      fc.property(blob, ({ rows, columns, transposed, x, y }) => {
        const centre = [x * columns, y * rows] as const;
        const spread = 0.07 * Math.min(rows, columns);
        const data = new Uint8Array(rows * columns);
        for (let row = 0; row < rows; row += 1) {
          for (let column = 0; column < columns; column += 1) {
            const distance = Math.hypot(column - centre[0], row - centre[1]) / spread;
            data[row * columns + column] = Math.round(255 * Math.exp(-(distance ** 2)));
          }
        }
        const transform = inputTransform(
          { ...upright, width: 64, height: 64, orientation: transposed ? 'transposed' : 'upright' },
          sector(7, 3, columns - 6, rows - 9),
          rows,
          columns,
        );
        const back = transform.toImage(transform.toInput({ rows, columns, channels: 1, data }));
        const [meanX, meanY] = centroid(back, columns);
        expect(Math.abs(meanX - centre[0])).toBeLessThan(0.5);
        expect(Math.abs(meanY - centre[1])).toBeLessThan(0.5);
        // And it keeps its size: the sum of levels is its volume.
        const sum = back.reduce((total, value) => total + value, 0);
        expect(sum / (data.reduce((total, value) => total + value, 0) / 255)).toBeCloseTo(1, 1);
      }),
      { numRuns: 25 },
    );
  });

  it('is zero outside the crop', () => {
    const transform = inputTransform(upright, sector(10, 5, 29, 24), 40, 50);
    const image = transform.toImage(new Float32Array(256).fill(1));
    for (let y = 0; y < 40; y += 1) {
      for (let x = 0; x < 50; x += 1) {
        const inside = x >= 10 && x <= 29 && y >= 5 && y <= 24;
        expect(image[y * 50 + x]).toBe(inside ? 1 : 0);
      }
    }
  });
});

function centroid(values: Float32Array, columns: number): [number, number] {
  let [sum, sumX, sumY] = [0, 0, 0];
  values.forEach((value, index) => {
    sum += value;
    sumX += value * (index % columns);
    sumY += value * Math.floor(index / columns);
  });
  return [sumX / sum, sumY / sum];
}
