import type { PixelDescription } from '../pixel-description.ts';
import { readJpeg2000Header } from './jpeg-2000-header.ts';
import { samplesFromBytes, type Samples } from './samples.ts';
import { UndecodableFrame } from './undecodable-frame.ts';
import { WasmDecoder } from './wasm-decoder.ts';

const decoder = new WasmDecoder('@cornerstonejs/codec-openjpeg/decodewasmjs', 'J2KDecoder');

/**
 * JPEG 2000, reversible or not (ITU-T T.800), up to 16 bits. A codestream that uses the multiple component transform
 * should decode to RGB, whatever the file calls it, but encoders put it on any three components.
 */
export function decodeJpeg2000(encoded: Uint8Array, pixels: PixelDescription): Promise<Samples> {
  return decodeJpeg2000With(decoder, encoded, pixels);
}

/** The same with the decoder of one of the block coders. */
export async function decodeJpeg2000With(
  decoder: WasmDecoder,
  encoded: Uint8Array,
  pixels: PixelDescription,
): Promise<Samples> {
  const header = readJpeg2000Header(encoded);
  if (header === null) throw new UndecodableFrame('it is not a JPEG 2000 image');
  const { rows, columns, samplesPerPixel: channels } = pixels;
  if (header.rows !== rows || header.columns !== columns || header.components !== channels) {
    throw new UndecodableFrame(
      `it is ${header.columns} × ${header.rows} × ${header.components}, and the file says ${columns} × ${rows} × ${channels}`,
    );
  }
  if (header.precision > 16) throw new UndecodableFrame(`its samples have ${header.precision} bits`);
  const { bytes } = await decoder.decode(encoded);
  return {
    rows,
    columns,
    channels,
    data: samplesFromBytes(bytes, header.precision, rows * columns * channels),
    colour: channels === 1 ? 'grey' : null,
    ...(header.componentTransform ? { likely: 'rgb' as const } : {}),
  };
}
