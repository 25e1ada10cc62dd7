import PDFDocument from 'pdfkit';
import { SystolaError } from '../../../core/error.ts';
import { mostLogoBytes } from '../../../core/api/report.ts';
import type { ReportLogo } from './report-logo.ts';
import { readJpegLogo } from './jpeg-logo.ts';
import { readPngLogo } from './png-logo.ts';
import { readSvgLogo } from './svg-logo.ts';

/**
 * A picture that somebody gives as the logo of the house: judged as hostile, decoded here, and drawn from what was decoded.
 * Nothing of the file itself goes into a report.
 *
 * @throws SystolaError `too-large`, `malformed` with what is wrong and what to do
 */
export async function readLogo(bytes: Uint8Array, fileName: string): Promise<ReportLogo> {
  if (bytes.length > mostLogoBytes) {
    throw new SystolaError(
      'too-large',
      `A logo has at most ${mostLogoBytes / 1024} KiB. Save it smaller.`,
      fileName,
    );
  }
  try {
    const logo = await (readerOf(bytes)?.(bytes) ?? null);
    if (logo === null) throw new Error('it is no PNG, JPEG or SVG');
    await tried(logo);
    return logo;
  } catch (error) {
    throw new SystolaError(
      'malformed',
      `This picture cannot be the logo: ${(error as Error).message}. Save it anew as PNG, and choose that.`,
      fileName,
      { cause: error },
    );
  }
}

type Reader = (bytes: Uint8Array) => ReportLogo | Promise<ReportLogo>;

/** By what the file begins with, whatever it is called. */
function readerOf(bytes: Uint8Array): Reader | null {
  const begins = (...values: readonly number[]) => values.every((value, index) => bytes[index] === value);
  if (begins(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return readPngLogo;
  if (begins(0xff, 0xd8)) return readJpegLogo;
  const start = new TextDecoder()
    .decode(bytes.subarray(0, 200))
    .replace(/^\uFEFF/, '')
    .trimStart();
  return start.startsWith('<') ? readSvgLogo : null;
}

/** Draws it once on a page that nobody sees: what cannot be drawn is found out here, and not in a report. */
async function tried(logo: ReportLogo): Promise<void> {
  if (!(logo.width > 0 && logo.height > 0 && logo.width < 1e6 && logo.height < 1e6)) {
    throw new Error('it has no size');
  }
  const document = new PDFDocument({ margin: 0, font: '' });
  const ended = new Promise<void>((resolve, reject) => {
    document.on('data', () => undefined);
    document.on('end', () => resolve());
    document.on('error', reject);
  });
  logo.draw(document, { x: 0, y: 0, scale: 1 });
  document.end();
  await ended;
}
