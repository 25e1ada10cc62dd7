import type { FramePixels } from '../../../core/clip/clip.ts';
import { encodePng } from '../../dicom/png.ts';
import type { ReportLogo } from './report-logo.ts';

/** More than any page shows of a logo. */
const mostSide = 4000;
const mostPixels = 4_000_000;

/** Before anything is decoded. @throws Error where it is too large */
export function requireSize(width: number, height: number): void {
  if (width < 1 || height < 1) throw new Error('it has no pixels');
  if (width > mostSide || height > mostSide || width * height > mostPixels) {
    throw new Error(`it has ${width} × ${height} pixels, and a logo has at most ${mostPixels / 1e6} million`);
  }
}

/** Decoded pixels, written anew. */
export function pixelLogo(pixels: FramePixels): ReportLogo {
  const png = Buffer.from(encodePng(pixels));
  const { columns: width, rows: height } = pixels;
  return {
    width,
    height,
    draw(document, { x, y, scale }) {
      document.image(png, x, y, { width: width * scale, height: height * scale });
    },
  };
}
