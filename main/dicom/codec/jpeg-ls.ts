import type { PixelDescription } from '../pixel-description.ts';
import { markedColour, readJpegHeader } from './jpeg-marker.ts';
import { interleave, samplesFromBytes, type Samples } from './samples.ts';
import { UndecodableFrame } from './undecodable-frame.ts';
import { WasmDecoder } from './wasm-decoder.ts';

const decoder = new WasmDecoder('@cornerstonejs/codec-charls/decodewasmjs', 'JpegLSDecoder');

/** JPEG-LS, lossless or near-lossless (ITU-T T.87), 2 to 16 bits. */
export async function decodeJpegLs(encoded: Uint8Array, pixels: PixelDescription): Promise<Samples> {
  const header = readJpegHeader(encoded);
  if (header === null || header.startOfFrame !== 0xf7)
    throw new UndecodableFrame('it is not a JPEG-LS image');
  const { rows, columns, samplesPerPixel: channels } = pixels;
  if (header.rows !== rows || header.columns !== columns || header.components.length !== channels) {
    throw new UndecodableFrame(
      `it is ${header.columns} × ${header.rows} × ${header.components.length}, and the file says ${columns} × ${rows} × ${channels}`,
    );
  }
  const { bytes, interleaveMode } = await decoder.decode(encoded);
  const samples = samplesFromBytes(bytes, header.precision, rows * columns * channels);
  return {
    rows,
    columns,
    channels,
    data: channels === 3 && interleaveMode === 0 ? interleave(samples, 3) : samples,
    colour: channels === 1 ? 'grey' : markedColour(header),
  };
}
