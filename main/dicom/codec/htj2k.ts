import type { PixelDescription } from '../pixel-description.ts';
import { decodeJpeg2000With } from './jpeg-2000.ts';
import type { Samples } from './samples.ts';
import { WasmDecoder } from './wasm-decoder.ts';

const decoder = new WasmDecoder('@cornerstonejs/codec-openjph/wasmjs', 'HTJ2KDecoder');

/** High-throughput JPEG 2000, reversible or not (ITU-T T.814): a JPEG 2000 codestream with another block coder. */
export function decodeHtj2k(encoded: Uint8Array, pixels: PixelDescription): Promise<Samples> {
  return decodeJpeg2000With(decoder, encoded, pixels);
}
