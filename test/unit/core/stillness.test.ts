import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FramePixels } from '../../../core/clip/clip.ts';
import { clearOutside, maskOutside } from '../../../core/sector/mask-outside.ts';
import { movingShare, standsStill } from '../../../core/sector/stillness.ts';

const rows = 60;
const columns = 80;
const whole = { minX: 0, minY: 0, maxX: columns - 1, maxY: rows - 1 };

function frameOf(level: (x: number, y: number, channel: number) => number, channels: 1 | 3 = 1): FramePixels {
  const data = new Uint8Array(rows * columns * channels);
  for (let index = 0; index < data.length; index += 1) {
    const pixel = Math.floor(index / channels);
    data[index] = level(pixel % columns, Math.floor(pixel / columns), index % channels);
  }
  return { rows, columns, channels, data };
}

const speckle = (x: number, y: number, t: number): number =>
  30 + (((x * 31 + y * 17 + t * 101) * 2_654_435_761) % 4096) / 20;

describe('a picture that stands still', () => {
  it('is told from one that moves, in grey and in colour, under a trace that runs over it', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(1 as const, 3 as const),
        fc.integer({ min: 2, max: 6 }),
        (channels, count) => {
          const times = Array.from({ length: count }, (_, t) => t);
          const still = times.map((t) =>
            frameOf((x, y) => (y === 50 && x === 10 * t ? 255 : speckle(x, y, 0)), channels),
          );
          const coded = times.map((t) => frameOf((x, y) => speckle(x, y, 0) + ((x + y + t) % 4), channels));
          const moving = times.map((t) => frameOf((x, y) => speckle(x, y, t), channels));
          expect(standsStill(still, whole)).toBe(true);
          expect(standsStill(coded, whole)).toBe(true);
          expect(standsStill(moving, whole)).toBe(false);
        },
      ),
    );
  });

  it('counts what moves inside the box only, in any one channel', () => {
    const frames = [0, 1, 2].map((t) =>
      frameOf((x, y, channel) => (x >= 40 && channel === 2 ? speckle(x, y, t) : speckle(x, y, 0)), 3),
    );
    expect(movingShare(frames, { ...whole, maxX: 39 })).toBe(0);
    expect(movingShare(frames, { ...whole, minX: 40 })).toBeGreaterThan(0.5);
  });

  it('is none where there is nothing to see', () => {
    const black = frameOf(() => 3);
    expect(movingShare([black, black], whole)).toBeNull();
    expect(standsStill([black, black], whole)).toBe(false);
    expect(standsStill([], whole)).toBe(false);
  });
});

describe('what lies outside of a picture', () => {
  it('is black, and has no probability; inside everything stays', () => {
    const frame = frameOf((x, y) => 1 + ((x + y) % 200));
    const box = { minX: 10, minY: 5, maxX: 60, maxY: 40 };
    const masked = maskOutside(frame, box);
    const values = Float32Array.from(frame.data);
    clearOutside(values, rows, columns, box);
    for (let y = 0; y < rows; y += 1) {
      for (let x = 0; x < columns; x += 1) {
        const inside = x >= 10 && x <= 60 && y >= 5 && y <= 40;
        const expected = inside ? frame.data[y * columns + x] : 0;
        if (masked.data[y * columns + x] !== expected || values[y * columns + x] !== expected) {
          expect.fail(`pixel ${x}, ${y}`);
        }
      }
    }
    expect(maskOutside(frame, whole)).toBe(frame);
    expect(maskOutside(frame, null)).toBe(frame);
  });
});
