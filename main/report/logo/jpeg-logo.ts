import { readJpegHeader } from '../../dicom/codec/jpeg-marker.ts';
import { decodeJpeg } from '../../dicom/codec/jpeg.ts';
import { pixelLogo, requireSize } from './pixel-logo.ts';
import type { ReportLogo } from './report-logo.ts';

/** Start-of-frame marker of extended JPEG; progressive ones may hold any number of scans, each as long as the picture. */
const extended = 0xc1;

/** A sequential JPEG in grey or colour. @throws Error what is wrong with it */
export async function readJpegLogo(bytes: Uint8Array): Promise<ReportLogo> {
  const header = readJpegHeader(bytes);
  if (header === null) throw new Error('it is damaged');
  const { rows, columns, startOfFrame, precision, components } = header;
  requireSize(columns, rows);
  if (startOfFrame > extended) throw new Error('it is a progressive JPEG');
  if (precision !== 8 || (components.length !== 1 && components.length !== 3)) {
    throw new Error('it is neither grey nor RGB');
  }
  const pixels = { rows, columns, samplesPerPixel: components.length === 3 ? 3 : 1 } as const;
  // What says nothing of its colour is YCbCr, as browsers take it.
  const { data, channels } = await decodeJpeg(bytes, pixels, 'ybr-full');
  return pixelLogo({ rows, columns, channels, data: Uint8Array.from(data) });
}
