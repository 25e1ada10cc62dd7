import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { initSync, JxlImage } from 'jxl-oxide-wasm';
import { PNG } from 'pngjs';
import type { PixelDescription } from '../pixel-description.ts';
import type { Samples } from './samples.ts';
import { UndecodableFrame } from './undecodable-frame.ts';

let loaded = false;

/** Loaded on first use: few files want it. */
function load(): void {
  if (loaded) return;
  const path = fileURLToPath(import.meta.resolve('jxl-oxide-wasm/module.wasm'));
  initSync({ module: readFileSync(path) });
  loaded = true;
}

/**
 * JPEG XL (ISO/IEC 18181-1), lossless, lossy, or a JPEG that was compressed further: bare codestream or container.
 * What it stores is turned into grey or RGB by the decoder, whatever the file calls it; the values of a lossless one
 * come out as they went in, so that what was YCbCr then still is.
 */
export function decodeJpegXl(encoded: Uint8Array, pixels: PixelDescription): Samples {
  load();
  const { rows, columns, samplesPerPixel: channels, bitsStored } = pixels;
  const image = new JxlImage();
  try {
    image.feedBytes(encoded);
    if (!image.tryInit()) throw new UndecodableFrame('it is no JPEG XL image, or its header is cut off');
    if (image.height !== rows || image.width !== columns) {
      throw new UndecodableFrame(
        `it is ${image.width} × ${image.height}, and the file says ${columns} × ${rows}`,
      );
    }
    if (!image.loaded) throw new UndecodableFrame('it is incomplete');
    const png = PNG.sync.read(Buffer.from(image.render().encodeToPng()), { skipRescale: true });
    // pngjs always gives red, green, blue and alpha.
    return {
      rows,
      columns,
      channels,
      data: samplesOf(png.data as unknown as Uint8Array | Uint16Array, channels, bitsStored),
      colour: channels === 1 ? 'grey' : null,
      ...(channels === 1 ? {} : { likely: 'rgb' as const }),
    };
  } finally {
    image.free();
  }
}

function samplesOf(
  rgba: Uint8Array | Uint16Array,
  channels: 1 | 3,
  bitsStored: number,
): Uint8Array | Uint16Array {
  const pixels = rgba.length / 4;
  const wide = rgba instanceof Uint16Array;
  const data = bitsStored > 8 ? new Uint16Array(pixels * channels) : new Uint8Array(pixels * channels);
  // The picture comes in 8 or 16 bits, stretched to them.
  const scale = (2 ** bitsStored - 1) / (wide ? 65_535 : 255);
  let index = 0;
  for (let pixel = 0; pixel < rgba.length; pixel += 4) {
    for (let channel = 0; channel < channels; channel += 1) {
      data[index] = Math.round(rgba[pixel + channel]! * scale);
      index += 1;
    }
  }
  return data;
}
