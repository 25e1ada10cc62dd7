import { expect, it } from 'vitest';
import { areaOfBox, keepMaskSchema, keptPixels } from '../../../../core/deidentify/keep-mask.ts';

const count = (kept: Uint8Array): number => kept.reduce((sum, one) => sum + one, 0);

it('holds the pixels of a box, its edges included, and nothing beside it', () => {
  const kept = keptPixels({ areas: [areaOfBox({ minX: 2, minY: 3, maxX: 5, maxY: 4 })] }, 8, 10);
  expect(count(kept)).toBe(8);
  for (const [x, y] of [
    [2, 3],
    [5, 3],
    [2, 4],
    [5, 4],
  ] as const) {
    expect(kept[y * 10 + x]).toBe(1);
  }
});

it('holds what lies in any of its areas, in two of them as well, and cuts off what lies outside the picture', () => {
  const areas = [
    areaOfBox({ minX: -4, minY: 0, maxX: 2, maxY: 2 }),
    areaOfBox({ minX: 1, minY: 1, maxX: 3, maxY: 90 }),
  ];
  const kept = keptPixels({ areas }, 5, 6);
  expect(count(kept)).toBe(9 + 3 * 4 - 4);
  expect(kept[1 * 6 + 1]).toBe(1);
});

it('keeps nothing of no areas', () => {
  expect(count(keptPixels({ areas: [] }, 4, 4))).toBe(0);
});

it('is refused from outside when it is no polygon, has no end of corners, or lies nowhere', () => {
  const corner = [1, 2] as const;
  const wrong = [
    { areas: [[corner, corner]] },
    { areas: [Array.from({ length: 600 }, () => corner)] },
    { areas: Array.from({ length: 65 }, () => [corner, corner, corner]) },
    { areas: [[corner, corner, [NaN, 1]]] },
    { areas: [[corner, corner, [1e9, 1]]] },
    { areas: [], more: 1 },
  ];
  for (const mask of wrong) expect(keepMaskSchema.safeParse(mask).success).toBe(false);
  expect(
    keepMaskSchema.safeParse({ areas: [areaOfBox({ minX: 0, minY: 0, maxX: 9, maxY: 9 })] }).success,
  ).toBe(true);
});
