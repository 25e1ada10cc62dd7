import { nativeFrameBytes } from '../frame-ranges.ts';
import type { PixelDescription } from '../pixel-description.ts';

/** How the samples of one uncompressed frame lie in its bytes; as the decoder of native frames reads them. */
interface NativeLayout {
  readonly kind: 'interleaved' | 'planar' | 'shared-colour';
  /** Pixels of a row with its padding. */
  readonly stride: number;
}

/**
 * An uncompressed frame with all pixels outside of a mask black, its layout and byte order as they were (PS3.5 section
 * 8.1). Bits above the stored ones, in which old files keep overlays, are cleared or carry the sign, and so is what pads
 * the rows. Two pixels that share their colour (YBR_FULL_422) stay together or not at all.
 *
 * @param kept rows × columns, 1 where a pixel is kept
 * @param black stored value of each channel
 * @param planar the three samples of a pixel lie in planes
 */
export function blackenNative(
  bytes: Uint8Array,
  pixels: PixelDescription,
  kept: Uint8Array,
  black: readonly number[],
  planar: boolean,
): Uint8Array {
  const { rows, columns, samplesPerPixel, bitsAllocated } = pixels;
  const { kind, stride } = layoutOf(bytes.length, pixels, planar);
  const result = bytes.slice();
  const words = new SampleBytes(result, pixels);
  const isKept = (place: number): boolean => {
    const x = place % stride;
    const y = Math.floor(place / stride);
    return x < columns && y < rows && kept[y * columns + x] !== 0;
  };
  const places = rows * stride;
  if (kind === 'shared-colour') {
    for (let place = 0, at = 0; place < places; place += 2, at += 4) {
      if (
        isKept(place) &&
        (place + 1 >= places || isPadding(place + 1, stride, columns) || isKept(place + 1))
      ) {
        continue;
      }
      for (let sample = 0; sample < 4; sample += 1) words.set(at + sample, black[Math.max(0, sample - 1)]!);
    }
  } else {
    for (let place = 0; place < places; place += 1) {
      const keep = isKept(place);
      for (let channel = 0; channel < samplesPerPixel; channel += 1) {
        const at = kind === 'planar' ? channel * places + place : place * samplesPerPixel + channel;
        if (!keep) words.set(at, black[channel]!);
      }
    }
  }
  if (pixels.bitsStored < bitsAllocated) words.clearUnused();
  return result;
}

const isPadding = (place: number, stride: number, columns: number): boolean => place % stride >= columns;

function layoutOf(bytes: number, pixels: PixelDescription, planar: boolean): NativeLayout {
  const { rows, columns, samplesPerPixel, photometric, bitsAllocated } = pixels;
  const samples = bytes / (bitsAllocated / 8);
  const padded = columns % 2 === 1 ? columns + 1 : columns;
  if (photometric === 'YBR_FULL_422') {
    if (bytes === nativeFrameBytes(pixels)) return { kind: 'shared-colour', stride: columns };
    if (samples === rows * padded * 2) return { kind: 'shared-colour', stride: padded };
    return { kind: planar ? 'planar' : 'interleaved', stride: columns };
  }
  const kind = planar && samplesPerPixel === 3 ? 'planar' : 'interleaved';
  return { kind, stride: samples === rows * padded * samplesPerPixel ? padded : columns };
}

/** Samples in the byte order of their file. */
class SampleBytes {
  readonly #bytes: Uint8Array;
  readonly #pixels: PixelDescription;

  constructor(bytes: Uint8Array, pixels: PixelDescription) {
    this.#bytes = bytes;
    this.#pixels = pixels;
  }

  set(index: number, value: number): void {
    const { bitsAllocated, swappedPairs, bigEndian } = this.#pixels;
    const bytes = this.#bytes;
    if (bitsAllocated === 8) {
      // A last byte without a partner keeps its place.
      const other = index ^ 1;
      const at = swappedPairs && Math.max(index, other) < bytes.length ? other : index;
      if (at < bytes.length) bytes[at] = value;
      return;
    }
    const [low, high] = bigEndian ? [1, 0] : [0, 1];
    if (index * 2 + 1 >= bytes.length) return;
    bytes[index * 2 + low] = value & 255;
    bytes[index * 2 + high] = (value >> 8) & 255;
  }

  clearUnused(): void {
    const { bitsAllocated, bitsStored, signed, bigEndian } = this.#pixels;
    const bytes = this.#bytes;
    const shift = 32 - bitsStored;
    const stored = (value: number): number =>
      signed ? (value << shift) >> shift : (value << shift) >>> shift;
    if (bitsAllocated === 8) {
      for (let at = 0; at < bytes.length; at += 1) bytes[at] = stored(bytes[at]!);
      return;
    }
    const [low, high] = bigEndian ? [1, 0] : [0, 1];
    for (let at = 0; at + 1 < bytes.length; at += 2) {
      const value = stored(bytes[at + low]! | (bytes[at + high]! << 8));
      bytes[at + low] = value & 255;
      bytes[at + high] = (value >> 8) & 255;
    }
  }
}
