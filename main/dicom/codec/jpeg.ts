import type { PixelDescription } from '../pixel-description.ts';
import { readJpegHeader, type JpegHeader } from './jpeg-marker.ts';
import type { Samples } from './samples.ts';
import { UndecodableFrame } from './undecodable-frame.ts';
import { WasmDecoder } from './wasm-decoder.ts';

const decoder = new WasmDecoder('@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs', 'JPEGDecoder');

export function loadJpeg(): Promise<unknown> {
  return decoder.load();
}

/**
 * JPEG with 8-bit samples, baseline or extended. libjpeg-turbo turns YCbCr into RGB by what the stream says of
 * itself; where the stream says nothing, {@link isYcc} decides and the stream is marked accordingly, so that exactly
 * one conversion happens.
 */
export async function decodeJpeg(encoded: Uint8Array, pixels: PixelDescription): Promise<Samples> {
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
  const colour = channels === 3 ? 'rgb' : 'grey';
  const marked = channels === 3 && !isYcc(header, pixels) ? withoutTransform(encoded, header) : encoded;
  const { bytes } = await decoder.decode(marked);
  if (bytes.length !== pixels.rows * pixels.columns * channels)
    throw new UndecodableFrame('it is incomplete');
  return {
    rows: pixels.rows,
    columns: pixels.columns,
    channels: channels === 3 ? 3 : 1,
    data: bytes,
    colour,
  };
}

/**
 * Whether three components are YCbCr. A JFIF marker means so by definition, an Adobe marker states it, component
 * names R, G, B deny it, halved colour components imply it; only then is the file's photometric interpretation asked.
 */
export function isYcc(header: JpegHeader, pixels: Pick<PixelDescription, 'photometric'>): boolean {
  if (header.jfif) return true;
  if (header.adobeTransform !== null) return header.adobeTransform !== 0;
  const names = header.components.map(({ id }) => String.fromCharCode(id).toUpperCase()).join('');
  if (names === 'RGB') return false;
  const [first] = header.components;
  const subsampled = header.components.some(
    ({ horizontal, vertical }) => horizontal !== first!.horizontal || vertical !== first!.vertical,
  );
  return subsampled || pixels.photometric !== 'RGB';
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
