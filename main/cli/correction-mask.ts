import { readFile } from 'node:fs/promises';
import { PNG } from 'pngjs';

/** A mask as it was given: 1 inside and 0 outside, row-major, rows × columns. */
export interface CorrectionMask {
  readonly rows: number;
  readonly columns: number;
  readonly data: Uint8Array;
}

const largestFileBytes = 64 * 1024 * 1024;
const mostPixels = 2 ** 26;

/** Reads a PNG of 0 and 255; in words what is wrong with it. */
export async function readMask(file: string): Promise<CorrectionMask | string> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return `it cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`;
  }
  if (bytes.byteLength > largestFileBytes) return 'it is larger than 64 MiB';
  // IHDR comes first: its size is known before anything is inflated.
  if (bytes.byteLength < 33 || bytes.toString('latin1', 12, 16) !== 'IHDR') return 'it is no PNG';
  if (bytes.readUInt32BE(16) * bytes.readUInt32BE(20) > mostPixels) return 'it is larger than any clip';
  let image: PNG;
  try {
    image = PNG.sync.read(bytes);
  } catch {
    return 'it is no PNG that can be read';
  }
  const { width: columns, height: rows, data: rgba } = image;
  const data = new Uint8Array(rows * columns);
  for (let pixel = 0; pixel < data.length; pixel++) {
    const [red, green, blue, alpha] = rgba.subarray(4 * pixel, 4 * pixel + 4);
    if ((red !== 0 && red !== 255) || green !== red || blue !== red || alpha !== 255) {
      return 'it holds other values than 0 and 255';
    }
    data[pixel] = red === 255 ? 1 : 0;
  }
  return { rows, columns, data };
}
