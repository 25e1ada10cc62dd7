import { nativeFrameBytes } from '../frame-ranges.ts';
import type { PixelDescription } from '../pixel-description.ts';
import { wordsFromBytes, type Samples } from './samples.ts';

/**
 * Uncompressed pixels (PS3.5 section 8.1). `bytes` is the frame as `frameRanges` cut it out. Colour samples stay in
 * the order in which they are written, unless neighbours share theirs.
 */
export function decodeNative(bytes: Uint8Array, pixels: PixelDescription): Samples {
  const { rows, columns, samplesPerPixel, photometric } = pixels;
  const data = withoutRowPadding(nativeSamples(bytes, pixels), pixels);
  if (samplesPerPixel === 1) return { rows, columns, channels: 1, data, colour: 'grey' };
  const whole = { rows, columns, channels: 3 } as const;
  if (photometric !== 'YBR_FULL_422') return { ...whole, data, colour: null };
  if (bytes.length === nativeFrameBytes(pixels)) {
    return { ...whole, data: expand422(data, rows * columns), colour: 'ybr-full' };
  }
  const evenColumns = columns + 1;
  if (columns % 2 === 1 && data.length === rows * evenColumns * 2) {
    const expanded = expand422(data, rows * evenColumns);
    return { ...whole, data: leftColumns(expanded, rows, evenColumns, columns, 3), colour: 'ybr-full' };
  }
  return { ...whole, data, colour: null };
}

/** Rows of an odd number of columns may end in a column that nobody asked for; the frame's length tells. */
function withoutRowPadding<T extends Uint8Array | Uint16Array>(data: T, pixels: PixelDescription): T {
  const { rows, columns, samplesPerPixel, photometric, planarConfiguration } = pixels;
  const padded = columns + 1;
  if (
    photometric === 'YBR_FULL_422' ||
    columns % 2 === 0 ||
    data.length !== rows * padded * samplesPerPixel
  ) {
    return data;
  }
  return planarConfiguration === 1
    ? leftColumns(data, rows * samplesPerPixel, padded, columns, 1)
    : leftColumns(data, rows, padded, columns, samplesPerPixel);
}

function leftColumns<T extends Uint8Array | Uint16Array>(
  data: T,
  rows: number,
  from: number,
  to: number,
  channels: number,
): T {
  const result = data.slice(0, rows * to * channels) as T;
  for (let row = 1; row < rows; row += 1) {
    const start = row * from * channels;
    result.set(data.subarray(start, start + to * channels), row * to * channels);
  }
  return result;
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
