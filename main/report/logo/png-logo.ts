import { PNG } from 'pngjs';
import { pixelLogo, requireSize } from './pixel-logo.ts';
import type { ReportLogo } from './report-logo.ts';

/** Length of the head of a PNG (W3C PNG, 11.2.1). */
const headLength = 29;

/** A PNG on white paper. @throws Error what is wrong with it */
export function readPngLogo(bytes: Uint8Array): ReportLogo {
  if (bytes.length < headLength) throw new Error('it ends too early');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  requireSize(view.getUint32(16), view.getUint32(20));
  // The decoder bounds what it inflates of plain ones only.
  if (bytes[28] !== 0) throw new Error('it is interlaced');
  const { width, height, data } = PNG.sync.read(Buffer.from(bytes));
  requireSize(width, height);
  const shown = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    const alpha = data[4 * pixel + 3]! / 255;
    for (let channel = 0; channel < 3; channel += 1) {
      shown[3 * pixel + channel] = Math.round(data[4 * pixel + channel]! * alpha + 255 * (1 - alpha));
    }
  }
  return pixelLogo({ rows: height, columns: width, channels: 3, data: shown });
}
