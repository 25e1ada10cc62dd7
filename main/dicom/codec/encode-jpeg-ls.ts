import { createRequire } from 'node:module';
import type { Samples } from './samples.ts';

/** The embind encoder of @cornerstonejs/codec-charls. */
interface CharlsEncoder {
  getDecodedBuffer(frame: object): ArrayBufferView;
  getEncodedBuffer(): ArrayBufferView;
  setNearLossless(error: number): void;
  setInterleaveMode(mode: 0 | 1 | 2): void;
  encode(): void;
  delete(): void;
}

interface CharlsModule {
  readonly JpegLSEncoder: new () => CharlsEncoder;
  readonly HEAPU8: Uint8Array;
}

/** Samples of a pixel beside each other, as they lie here. */
const bySample = 2;
/** A heap never shrinks; after a giant frame it is given back with its module. */
const keptHeapBytes = 256 << 20;
const require = createRequire(import.meta.url);
let loading: Promise<CharlsModule> | null = null;

function load(): Promise<CharlsModule> {
  const factory = require('@cornerstonejs/codec-charls/wasmjs') as (options: object) => Promise<CharlsModule>;
  const silent = () => undefined;
  return (loading ??= factory({ print: silent, printErr: silent }));
}

/**
 * Compresses samples without loss (JPEG-LS, ITU-T T.87); those of colour lie pixel by pixel.
 *
 * @param precision bits of a sample, 2 to 16; what lies above them is left out
 */
export async function encodeJpegLs(samples: Samples, precision: number): Promise<Uint8Array> {
  const module = await load();
  try {
    const encoder = new module.JpegLSEncoder();
    const { rows, columns, channels, data } = samples;
    const target = encoder.getDecodedBuffer({
      width: columns,
      height: rows,
      bitsPerSample: precision,
      componentCount: channels,
      isSigned: false,
      isUsingColorTransform: false,
    });
    const bytes = new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
    const mask = 2 ** precision - 1;
    if (precision <= 8) {
      for (let index = 0; index < data.length; index += 1) bytes[index] = data[index]! & mask;
    } else {
      for (let index = 0; index < data.length; index += 1) {
        const value = data[index]! & mask;
        bytes[index * 2] = value & 255;
        bytes[index * 2 + 1] = value >> 8;
      }
    }
    encoder.setNearLossless(0);
    encoder.setInterleaveMode(channels === 1 ? 0 : bySample);
    encoder.encode();
    const view = encoder.getEncodedBuffer();
    const encoded = new Uint8Array(view.buffer, view.byteOffset, view.byteLength).slice();
    encoder.delete();
    if (module.HEAPU8.length > keptHeapBytes) loading = null;
    return encoded;
  } catch (error) {
    // A failure may have spoilt the heap.
    loading = null;
    throw new Error('JpegLSEncoder failed', { cause: error });
  }
}
