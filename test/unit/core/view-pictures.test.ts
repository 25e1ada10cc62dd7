import { describe, expect, it } from 'vitest';
import type { FramePixels } from '../../../core/clip/clip.ts';
import { shownFrames, viewPictures } from '../../../core/sector/view-pictures.ts';
import { shippedViewManifest } from '../../fixtures/views/view-clips.ts';

const { input } = shippedViewManifest();

function frame(rows: number, columns: number, value: (row: number, column: number) => number): FramePixels {
  const data = Uint8Array.from({ length: rows * columns }, (_, index) =>
    value(Math.floor(index / columns), index % columns),
  );
  return { rows, columns, channels: 1, data };
}

describe('frames that a recogniser is shown', () => {
  it.each([
    [1, [0]],
    [5, [0, 1, 2, 3, 4]],
    [8, [0, 1, 2, 3, 4, 5, 6, 7]],
    [9, [0, 1, 2, 3, 5, 6, 7, 8]],
    [10, [0, 1, 3, 4, 5, 6, 8, 9]],
  ])('of %i are spread over the clip with its ends', (frames, expected) => {
    expect(shownFrames(frames, 8)).toEqual(expected);
  });
});

describe('pictures that a recogniser is shown', () => {
  const lit = frame(40, 60, (row, column) =>
    row >= 10 && row < 30 && column >= 20 && column < 50 ? 200 : 100,
  );
  const box = { minX: 20, minY: 10, maxX: 49, maxY: 29 };
  const side = input.width * input.height;

  it('are the sector without anything beside it, and the whole picture', () => {
    const { sectors, wholes } = viewPictures([lit], box, input);
    expect(sectors.length).toBe(side);
    expect(Math.min(...sectors)).toBeCloseTo(200 / 255, 5);
    expect(Math.max(...sectors)).toBeCloseTo(200 / 255, 5);
    expect(wholes.length).toBe(side);
    expect(wholes[0]).toBeCloseTo(100 / 255, 5);
    expect(Math.max(...wholes)).toBeCloseTo(200 / 255, 5);
  });

  it('are every sector and the first and last whole picture of a loop', () => {
    const dark = frame(40, 60, () => 50);
    const { sectors, wholes } = viewPictures([lit, dark, lit, dark], box, input);
    expect(sectors.length).toBe(4 * side);
    expect(sectors[side]).toBeCloseTo(50 / 255, 5);
    expect(wholes.length).toBe(2 * side);
    expect(wholes[side]).toBeCloseTo(50 / 255, 5);
  });

  it('are in the range of the manifest, and a box beyond the picture is cut', () => {
    const { sectors } = viewPictures(
      [lit],
      { minX: -5, minY: 35, maxX: 90, maxY: 80 },
      {
        ...input,
        range: [-1, 1],
      },
    );
    expect(sectors.length).toBe(side);
    expect(sectors[0]).toBeCloseTo((2 * 100) / 255 - 1, 5);
  });

  it('are grey where the picture has colour', () => {
    const data = new Uint8Array(40 * 60 * 3);
    for (let at = 0; at < data.length; at += 3) data[at] = 255;
    const { wholes } = viewPictures([{ rows: 40, columns: 60, channels: 3, data }], box, input);
    expect(wholes[0]).toBeCloseTo(76 / 255, 5);
  });
});
