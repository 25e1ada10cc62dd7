import type { FramePixels } from '../clip/clip.ts';
import type { Box } from '../geometry/point.ts';
import type { ViewManifest } from '../model/view-manifest.ts';
import { greyLevels } from './grey.ts';
import { resample, resamplingTaps } from './resample.ts';

/** What a recogniser of views is shown of a clip: pictures one after the other, each height × width, row-major. */
export interface ViewPictures {
  /** The sector, of each frame. */
  readonly sectors: Float32Array;
  /** The whole picture, of the first and the last frame; of a single one once. */
  readonly wholes: Float32Array;
}

/** Up to `most` frames spread evenly over a clip, the first and the last among them; halves are rounded up. */
export function shownFrames(frames: number, most: number): number[] {
  const shown = Math.min(most, frames);
  const step = (frames - 1) / Math.max(1, shown - 1);
  return Array.from({ length: shown }, (_, index) => Math.floor(index * step + 0.5));
}

/**
 * A recogniser's input (models/README.md, "Views"): the sector's box is cut out before it is squeezed, so that nothing
 * beside it shows.
 *
 * @param frames at least one, all of one size
 * @param box of the sector in image pixels, edges included
 */
export function viewPictures(
  frames: readonly FramePixels[],
  box: Box,
  input: ViewManifest['input'],
): ViewPictures {
  const { rows, columns } = frames[0]!;
  const grey = frames.map(greyLevels);
  const sector = squeezing(insideFrame(box, rows, columns), columns, input);
  const whole = squeezing({ minX: 0, minY: 0, maxX: columns - 1, maxY: rows - 1 }, columns, input);
  const ends = grey.length > 1 ? [grey[0]!, grey.at(-1)!] : grey;
  return { sectors: together(grey.map(sector)), wholes: together(ends.map(whole)) };
}

/** Squeezes whole pixels of a picture to the input, with antialiasing, in the input's range. */
function squeezing(
  { minX, minY, maxX, maxY }: Box,
  columns: number,
  { width, height, range: [low, high] }: ViewManifest['input'],
): (grey: Uint8Array) => Float32Array {
  const size = { columns: maxX - minX + 1, rows: maxY - minY + 1 };
  const rowTaps = resamplingTaps(size.rows, 0, size.rows, height);
  const columnTaps = resamplingTaps(size.columns, 0, size.columns, width);
  const gain = (high - low) / 255;
  return (grey) => {
    const part = new Uint8Array(size.rows * size.columns);
    for (let row = 0; row < size.rows; row += 1) {
      const from = (minY + row) * columns + minX;
      part.set(grey.subarray(from, from + size.columns), row * size.columns);
    }
    const squeezed = resample(part, size.columns, rowTaps, columnTaps);
    for (let index = 0; index < squeezed.length; index += 1) squeezed[index] = low + squeezed[index]! * gain;
    return squeezed;
  };
}

function insideFrame({ minX, minY, maxX, maxY }: Box, rows: number, columns: number): Box {
  const left = Math.min(columns - 1, Math.max(0, Math.floor(minX)));
  const top = Math.min(rows - 1, Math.max(0, Math.floor(minY)));
  return {
    minX: left,
    minY: top,
    maxX: Math.min(columns - 1, Math.max(left, Math.ceil(maxX))),
    maxY: Math.min(rows - 1, Math.max(top, Math.ceil(maxY))),
  };
}

function together(pictures: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(pictures.reduce((size, picture) => size + picture.length, 0));
  let at = 0;
  for (const picture of pictures) {
    all.set(picture, at);
    at += picture.length;
  }
  return all;
}
