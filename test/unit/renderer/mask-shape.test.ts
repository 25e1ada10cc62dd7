import { expect, it } from 'vitest';
import { areaOfBox, keptPixels, type KeepMask } from '../../../core/deidentify/keep-mask.ts';
import {
  areaAdded,
  boxAdded,
  cornerAdded,
  cornerMoved,
  cornerRemoved,
  edgeHalved,
  edgeMoved,
} from '../../../renderer/deidentify/mask-shape.ts';

const size = { rows: 30, columns: 40 };
const mask: KeepMask = { areas: [areaOfBox({ minX: 10, minY: 5, maxX: 19, maxY: 14 })] };
const count = (of: KeepMask): number =>
  keptPixels(of, size.rows, size.columns).reduce((sum, one) => sum + one, 0);
const first = { area: 0, corner: 0 };

it('moves a corner, and no further than the picture reaches', () => {
  expect(cornerMoved(mask, first, [3.14159, 2], size).areas[0]![0]).toEqual([3.1, 2]);
  expect(cornerMoved(mask, first, [-80, 900], size).areas[0]![0]).toEqual([-0.5, 29.5]);
  expect(mask.areas[0]![0]).toEqual([9.5, 4.5]);
});

it('moves an edge with both of its corners, the last one too', () => {
  expect(count(edgeMoved(mask, first, [0, -2], size))).toBe(120);
  expect(count(edgeMoved(mask, { area: 0, corner: 3 }, [-3, 0], size))).toBe(130);
});

it('gives an edge a corner without changing what stays', () => {
  const more = edgeHalved(mask, { area: 0, corner: 3 }, size);
  expect(more.areas[0]).toHaveLength(5);
  expect(count(more)).toBe(count(mask));
  expect(cornerAdded(mask, first, [15, 4.5], size).areas[0]![1]).toEqual([15, 4.5]);
});

it('takes a corner away, and the area when nothing is left of it', () => {
  const triangle = cornerRemoved(mask, first);
  expect(triangle.areas[0]).toHaveLength(3);
  expect(cornerRemoved(triangle, first)).toEqual({ areas: [] });
});

it('adds areas, but none that encloses nothing', () => {
  expect(
    areaAdded(
      mask,
      [
        [1, 1],
        [2, 2],
      ],
      size,
    ),
  ).toBe(mask);
  expect(count(areaAdded({ areas: [] }, areaOfBox({ minX: 1, minY: 1, maxX: 4, maxY: 4 }), size))).toBe(16);
  expect(count(boxAdded({ areas: [] }, size))).toBe(15 * 20);
});
