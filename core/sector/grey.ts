import type { FramePixels } from '../clip/clip.ts';

/**
 * Grey levels 0…255 of a frame, row-major. Colour becomes Rec. 601 luma, rounded to a level in 16-bit fixed point
 * as Pillow does, because that is how the pictures that models are trained on became grey.
 */
export function greyLevels(frame: FramePixels): Uint8Array {
  const { data, channels } = frame;
  if (channels === 1) return data;
  const grey = new Uint8Array(frame.rows * frame.columns);
  for (let pixel = 0, at = 0; pixel < grey.length; pixel += 1, at += 3) {
    grey[pixel] = (19595 * data[at]! + 38470 * data[at + 1]! + 7471 * data[at + 2]! + 0x8000) >> 16;
  }
  return grey;
}
