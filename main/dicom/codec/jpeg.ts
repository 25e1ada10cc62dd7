import type { PixelDescription } from '../pixel-description.ts';
import { markedColour, readJpegHeader, type JpegHeader } from './jpeg-marker.ts';
import type { Samples } from './samples.ts';
import { UndecodableFrame } from './undecodable-frame.ts';
import { WasmDecoder } from './wasm-decoder.ts';

const decoder = new WasmDecoder('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs', 'JPEGDecoder');

export function loadJpeg(): Promise<unknown> {
  return decoder.load();
}

/**
 * JPEG with 8-bit samples, baseline or extended. libjpeg-turbo turns YCbCr into RGB by what the stream says of
 * itself; where the stream says nothing, `decided` does and the stream is marked accordingly, so that exactly one
 * conversion happens. Undecided samples come as they are, their colour null.
 */
export async function decodeJpeg(
  encoded: Uint8Array,
  pixels: Pick<PixelDescription, 'rows' | 'columns' | 'samplesPerPixel'>,
  decided: 'rgb' | 'ybr-full' | null,
): Promise<Samples> {
  const header = readJpegHeader(encoded);
  if (header === null) throw new UndecodableFrame('it is not a JPEG image');
  if (header.precision !== 8) {
    throw new UndecodableFrame(`its samples have ${header.precision} bits, and JPEG is read with 8`);
  }
  if (header.startOfFrame > 0xc2) throw new UndecodableFrame('its JPEG process is not baseline or extended');
  if (header.rows !== pixels.rows || header.columns !== pixels.columns) {
    throw new UndecodableFrame(
      `it is ${header.columns} × ${header.rows} pixels, and the file says ${pixels.columns} × ${pixels.rows}`,
    );
  }
  const channels = header.components.length;
  if (channels !== pixels.samplesPerPixel) {
    throw new UndecodableFrame(`it has ${channels} components, and the file says ${pixels.samplesPerPixel}`);
  }
  const space = markedColour(header) ?? decided;
  const ended = withEnd(encoded);
  const marked = channels === 3 && space !== 'ybr-full' ? withoutTransform(ended, header) : ended;
  const { bytes } = await decoder.decode(marked);
  if (bytes.length !== pixels.rows * pixels.columns * channels)
    throw new UndecodableFrame('it is incomplete');
  return {
    rows: pixels.rows,
    columns: pixels.columns,
    channels: channels === 3 ? 3 : 1,
    data: bytes,
    colour: channels === 1 ? 'grey' : space === null ? null : 'rgb',
  };
}

/**
 * The stream with an end marker, which some writers leave out. One whose picture is incomplete is refused by the
 * decoder all the same.
 */
function withEnd(encoded: Uint8Array): Uint8Array {
  let last = encoded.length;
  while (last > 0 && encoded[last - 1] === 0) last -= 1;
  for (let index = Math.max(2, last - 8); index + 1 < last; index += 1) {
    if (encoded[index] === 0xff && encoded[index + 1] === 0xd9) return encoded;
  }
  const ended = new Uint8Array(last + 2);
  ended.set(encoded.subarray(0, last));
  ended.set([0xff, 0xd9], last);
  return ended;
}

/** The stream with an Adobe segment that says "no transform", unless it says so already. */
function withoutTransform(encoded: Uint8Array, header: JpegHeader): Uint8Array {
  if (header.adobeTransform === 0) return encoded;
  const segment = [0xff, 0xee, 0, 14, ...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, 0];
  const marked = new Uint8Array(encoded.length + segment.length);
  marked.set(encoded.subarray(0, 2));
  marked.set(segment, 2);
  marked.set(encoded.subarray(2), 2 + segment.length);
  return marked;
}
