import { UndecodableFrame } from './undecodable-frame.ts';

/** Decoded samples of one frame before they are turned into what is displayed. */
export interface Samples {
  readonly rows: number;
  readonly columns: number;
  readonly channels: 1 | 3;
  /** Row-major, channels interleaved. 8-bit samples in a Uint8Array or Int8Array, others in 16-bit arrays. */
  readonly data: Uint8Array | Int8Array | Uint16Array | Int16Array;
  /** Meaning of three channels; null where the compressed data do not say it of themselves. */
  readonly colour: 'grey' | 'rgb' | 'ybr-full' | null;
  /** What undecided channels are where their content tells nothing; left out: what the file calls them. */
  readonly likely?: 'rgb';
}

/** Bytes as the WebAssembly codecs return them: one per sample up to 8 bits, else two, low byte first. */
export function samplesFromBytes(
  bytes: Uint8Array,
  precision: number,
  count: number,
): Uint8Array | Uint16Array {
  if (bytes.length !== count * (precision > 8 ? 2 : 1)) throw new UndecodableFrame('it is incomplete');
  if (precision <= 8) return bytes;
  return wordsFromBytes(bytes, true);
}

/** 16-bit words out of bytes of either order; a last byte without a partner is left out. */
export function wordsFromBytes(bytes: Uint8Array, littleEndian: boolean): Uint16Array {
  const count = bytes.length >> 1;
  const words = new Uint16Array(count);
  const [low, high] = littleEndian ? [0, 1] : [1, 0];
  for (let index = 0; index < count; index += 1) {
    words[index] = bytes[index * 2 + low]! | (bytes[index * 2 + high]! << 8);
  }
  return words;
}

/** Planes one after another to interleaved samples. */
export function interleave<T extends Uint8Array | Uint16Array>(planes: T, channels: number): T {
  const pixels = planes.length / channels;
  const result = planes.slice() as T;
  for (let channel = 0; channel < channels; channel += 1) {
    const plane = channel * pixels;
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      result[pixel * channels + channel] = planes[plane + pixel]!;
    }
  }
  return result;
}
