import { nativeFrameBytes } from '../frame-ranges.ts';
import type { PixelDescription } from '../pixel-description.ts';
import { interleave, wordsFromBytes, type Samples } from './samples.ts';

/** Uncompressed pixels (PS3.5 section 8.1). `bytes` is the frame as `frameRanges` cut it out. */
export function decodeNative(bytes: Uint8Array, pixels: PixelDescription): Samples {
  const { rows, columns, samplesPerPixel, photometric } = pixels;
  const data = nativeSamples(bytes, pixels);
  if (samplesPerPixel === 1) return { rows, columns, channels: 1, data, colour: 'grey' };
  const planar = pixels.planarConfiguration === 1;
  if (photometric !== 'YBR_FULL_422') {
    return {
      rows,
      columns,
      channels: 3,
      data: planar ? interleave(data, 3) : data,
      colour: photometric === 'YBR_FULL' ? 'ybr-full' : 'rgb',
    };
  }
  if (bytes.length === nativeFrameBytes(pixels)) {
    return { rows, columns, channels: 3, data: expand422(data, rows * columns), colour: 'ybr-full' };
  }
  const full = planar ? interleave(data, 3) : data;
  return { rows, columns, channels: 3, data: full, colour: looksLikeYbr(full) ? 'ybr-full' : 'rgb' };
}

/** Samples as words of the right byte order; masking and sign extension are left to the display. */
function nativeSamples(bytes: Uint8Array, pixels: PixelDescription): Uint8Array | Uint16Array {
  if (pixels.bitsAllocated === 8) return pixels.swappedPairs ? unswapped(bytes) : bytes;
  return wordsFromBytes(bytes, !pixels.bigEndian);
}

/** A last byte without a partner keeps its place. */
function unswapped(bytes: Uint8Array): Uint8Array {
  const swapped = bytes.slice();
  for (let index = 0; index + 1 < bytes.length; index += 2) {
    swapped[index] = bytes[index + 1]!;
    swapped[index + 1] = bytes[index]!;
  }
  return swapped;
}

/** Y1 Y2 Cb Cr to Y1 Cb Cr Y2 Cb Cr, the first of the two pixels lending its colour (PS3.3 C.7.6.3.1.2). */
function expand422<T extends Uint8Array | Uint16Array>(data: T, pixels: number): T {
  const constructor = data.constructor as new (length: number) => T;
  const result = new constructor(pixels * 3);
  for (let pair = 0, from = 0; pair < pixels; pair += 2, from += 4) {
    const first = pair * 3;
    result[first] = data[from]!;
    result[first + 1] = data[from + 2]!;
    result[first + 2] = data[from + 3]!;
    if (pair + 1 < pixels) {
      result[first + 3] = data[from + 1]!;
      result[first + 4] = data[from + 2]!;
      result[first + 5] = data[from + 3]!;
    }
  }
  return result;
}

/**
 * Full-length pixels that are labelled YBR_FULL_422 are either YBR_FULL or RGB. An ultrasound picture is mostly
 * black and grey: there RGB has its second and third sample near the first, and YBR has both near mid-scale.
 */
export function looksLikeYbr(data: ArrayLike<number>): boolean {
  const middle = data instanceof Uint16Array ? 32_768 : 128;
  let ybr = 0;
  let rgb = 0;
  const pixels = Math.floor(data.length / 3);
  const step = Math.max(1, Math.floor(pixels / 50_000));
  for (let pixel = 0; pixel < pixels; pixel += step) {
    const first = data[pixel * 3]!;
    const second = data[pixel * 3 + 1]!;
    const third = data[pixel * 3 + 2]!;
    ybr += Math.abs(second - middle) + Math.abs(third - middle);
    rgb += Math.abs(second - first) + Math.abs(third - first);
  }
  return ybr < rgb;
}
