import { PNG } from 'pngjs';
import type { FramePixels } from '../../core/clip/clip.ts';

/** An 8-bit PNG, grey or RGB, of the pixels exactly as they are. */
export function encodePng({ rows, columns, channels, data }: FramePixels): Uint8Array {
  const colorType = channels === 1 ? 0 : 2;
  const image = new PNG({
    width: columns,
    height: rows,
    colorType,
    inputColorType: colorType,
    inputHasAlpha: false,
  });
  image.data = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return PNG.sync.write(image, { colorType, inputColorType: colorType, inputHasAlpha: false, bitDepth: 8 });
}
