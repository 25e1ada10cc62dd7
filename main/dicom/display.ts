import type { FramePixels } from '../../core/clip/clip.ts';
import type { Samples } from './codec/samples.ts';
import { applyPalette } from './palette.ts';
import type { PixelDescription } from './pixel-description.ts';

/**
 * Turns decoded samples into the 8-bit pixels that are shown and that the model sees: colour as RGB, grey through
 * rescaling and window (PS3.3 C.11.1, C.11.2, function LINEAR), MONOCHROME1 inverted. 8-bit grey whose window spans
 * the whole range is left as it is.
 */
export function displayed(samples: Samples, pixels: PixelDescription): FramePixels {
  const { rows, columns } = samples;
  if (samples.channels === 3) {
    const data = toBytes(samples.data, pixels.bitsStored);
    return { rows, columns, channels: 3, data: samples.colour === 'ybr-full' ? ybrFullToRgb(data) : data };
  }
  const stored = storedValues(samples.data, pixels);
  if (pixels.palette !== null) {
    return { rows, columns, channels: 3, data: applyPalette(stored, pixels.palette) };
  }
  return { rows, columns, channels: 1, data: greyLevels(stored, pixels) };
}

/** Clears bits above the stored ones, which old files use for overlays, and extends the sign. */
function storedValues(data: Samples['data'], pixels: PixelDescription): Samples['data'] {
  const { bitsStored, signed } = pixels;
  const bitsPerElement = data.BYTES_PER_ELEMENT * 8;
  if (bitsStored >= bitsPerElement) {
    if (!signed || data instanceof Int8Array || data instanceof Int16Array) return data;
    return data instanceof Uint8Array
      ? new Int8Array(data.buffer, data.byteOffset, data.length)
      : new Int16Array(data.buffer, data.byteOffset, data.length);
  }
  const shift = 32 - bitsStored;
  // Plain loops: a callback for each pixel costs forty times as much, and this runs for every frame shown.
  if (signed) {
    const extended = new Int16Array(data.length);
    for (let index = 0; index < data.length; index += 1) extended[index] = (data[index]! << shift) >> shift;
    return extended;
  }
  const mask = 2 ** bitsStored - 1;
  const cleared = new (data instanceof Uint8Array ? Uint8Array : Uint16Array)(data.length);
  for (let index = 0; index < data.length; index += 1) cleared[index] = data[index]! & mask;
  return cleared;
}

/** What each stored value is shown as, worked out once for all frames of a clip. */
const tables = new WeakMap<PixelDescription, Uint8Array>();

function displayTable(pixels: PixelDescription, low: number): Uint8Array {
  const known = tables.get(pixels);
  if (known !== undefined) return known;
  const levels = 2 ** pixels.bitsStored;
  const table = new Uint8Array(levels);
  for (let index = 0; index < levels; index += 1) table[index] = level(index + low, low, levels, pixels);
  tables.set(pixels, table);
  return table;
}

function greyLevels(stored: Samples['data'], pixels: PixelDescription): Uint8Array {
  const low = pixels.signed ? -(2 ** (pixels.bitsStored - 1)) : 0;
  const table = displayTable(pixels, low);
  const grey = new Uint8Array(stored.length);
  for (let index = 0; index < stored.length; index += 1) grey[index] = table[stored[index]! - low]!;
  return grey;
}

function level(value: number, low: number, levels: number, pixels: PixelDescription): number {
  const { rescaleSlope, rescaleIntercept, window } = pixels;
  const fraction =
    window === null || spansWholeRange(pixels)
      ? (value - low) / (levels - 1)
      : windowed(value * rescaleSlope + rescaleIntercept, window.center, window.width);
  const shown = Math.floor(fraction * 255 + 0.5);
  return pixels.photometric === 'MONOCHROME1' ? 255 - shown : shown;
}

/** A window that lets through all of an 8-bit range but for a rounding is no window: the pixels are the display. */
export function spansWholeRange({
  window,
  bitsStored,
  signed,
  rescaleSlope,
  rescaleIntercept,
}: PixelDescription): boolean {
  if (window === null || bitsStored > 8 || signed || rescaleSlope !== 1 || rescaleIntercept !== 0)
    return false;
  const lowest = window.center - 0.5 - (window.width - 1) / 2;
  const highest = window.center - 0.5 + (window.width - 1) / 2;
  const top = 2 ** bitsStored - 1;
  return Math.abs(lowest) <= 2 && Math.abs(highest - top) <= 2;
}

function windowed(value: number, center: number, width: number): number {
  if (value <= center - 0.5 - (width - 1) / 2) return 0;
  if (value > center - 0.5 + (width - 1) / 2) return 1;
  return (value - (center - 0.5)) / (width - 1) + 0.5;
}

/** Colour samples of more than 8 bits lose the rest; there is no window for colour. */
function toBytes(data: Samples['data'], bitsStored: number): Uint8Array {
  if (data instanceof Uint8Array) return data;
  const shift = Math.max(0, bitsStored - 8);
  const bytes = new Uint8Array(data.length);
  for (let index = 0; index < data.length; index += 1) bytes[index] = data[index]! >> shift;
  return bytes;
}

/** YBR_FULL to RGB (PS3.3 C.7.6.3.1.2, the inverse of its equations). */
export function ybrFullToRgb(data: Uint8Array): Uint8Array {
  const rgb = new Uint8ClampedArray(data.length);
  for (let index = 0; index + 2 < data.length; index += 3) {
    const y = data[index]!;
    const cb = data[index + 1]! - 128;
    const cr = data[index + 2]! - 128;
    rgb[index] = Math.floor(y + 1.402 * cr + 0.5);
    rgb[index + 1] = Math.floor(y - ((0.114 * 1.772) / 0.587) * cb - ((0.299 * 1.402) / 0.587) * cr + 0.5);
    rgb[index + 2] = Math.floor(y + 1.772 * cb + 0.5);
  }
  return new Uint8Array(rgb.buffer);
}
