import type { Attributes } from './attributes.ts';
import { maxColumns, maxPixelsPerFrame, maxRows } from './limits.ts';
import { readPalette, type Palette } from './palette.ts';
import { malformed, refusal } from './refusal.ts';
import type { PixelEncoding, TransferSyntax } from './transfer-syntax.ts';

export const photometrics = [
  'MONOCHROME1',
  'MONOCHROME2',
  'PALETTE COLOR',
  'RGB',
  'YBR_FULL',
  'YBR_FULL_422',
  'YBR_ICT',
  'YBR_RCT',
  'XYB',
] as const;
export type Photometric = (typeof photometrics)[number];

/** A linear window in stored values after rescaling (PS3.3 C.11.2.1.2). */
export interface Window {
  readonly center: number;
  readonly width: number;
}

/** How the pixels of an instance are laid out and shown (Image Pixel Module, PS3.3 C.7.6.3). */
export interface PixelDescription {
  readonly rows: number;
  readonly columns: number;
  /** Number of Frames (0028,0008); null where it is absent or no number. How many there are, the pixel data say. */
  readonly statedFrames: number | null;
  readonly samplesPerPixel: 1 | 3;
  readonly photometric: Photometric;
  /** 0: R1 G1 B1 R2 …; 1: plane after plane. Only meaningful for native colour. */
  readonly planarConfiguration: 0 | 1;
  readonly bitsAllocated: 8 | 16;
  readonly bitsStored: number;
  readonly signed: boolean;
  readonly encoding: PixelEncoding;
  readonly bigEndian: boolean;
  /** 8-bit samples were written as big-endian words, so that neighbours have changed places (PS3.5 annex D). */
  readonly swappedPairs: boolean;
  /** Window to show grey pixels with; null: the whole stored range. */
  readonly window: Window | null;
  readonly rescaleSlope: number;
  readonly rescaleIntercept: number;
  readonly palette: Palette | null;
}

/** Throws SystolaError: impossible-size, unsupported-pixel-format, malformed. */
export function describePixels(
  attributes: Attributes,
  syntax: TransferSyntax,
  pixelDataVr: string | null,
  fileName: string,
): PixelDescription {
  const rows = size(attributes.number('x00280010', 'US'), maxRows, 'Rows', fileName);
  const columns = size(attributes.number('x00280011', 'US'), maxColumns, 'Columns', fileName);
  if (rows * columns > maxPixelsPerFrame) {
    throw refusal(
      'impossible-size',
      fileName,
      `A frame of ${columns} × ${rows} pixels is not an echocardiogram.`,
    );
  }
  const statedFrames = frameCount(attributes);
  const samplesPerPixel = attributes.number('x00280002', 'US') ?? 1;
  const photometric = (attributes.text('x00280004', 'CS') ?? '').toUpperCase();
  if (!isPhotometric(photometric)) {
    const name = photometric === '' ? 'without a photometric interpretation' : photometric;
    throw refusal('unsupported-pixel-format', fileName, `Pixels ${name} cannot be shown.`);
  }
  const expected = photometric.startsWith('MONOCHROME') || photometric === 'PALETTE COLOR' ? 1 : 3;
  if (samplesPerPixel !== expected) {
    throw malformed(fileName, `${photometric} with ${samplesPerPixel} samples per pixel`);
  }
  const bitsAllocated = attributes.number('x00280100', 'US');
  if (bitsAllocated !== 8 && bitsAllocated !== 16) {
    const bits = bitsAllocated === null ? 'an unknown number of' : String(bitsAllocated);
    throw refusal(
      'unsupported-pixel-format',
      fileName,
      `Samples of ${bits} bits are not read, only 8 and 16.`,
    );
  }
  const bitsStored = attributes.number('x00280101', 'US') ?? bitsAllocated;
  if (syntax.encoding === 'jpeg' && bitsAllocated !== 8) {
    throw refusal(
      'unsupported-pixel-format',
      fileName,
      `${syntax.name} with 12-bit samples is not read, only with 8.`,
    );
  }
  if (bitsStored < 1 || bitsStored > bitsAllocated) {
    throw malformed(fileName, `${bitsStored} bits stored in ${bitsAllocated}`);
  }
  return {
    rows,
    columns,
    statedFrames,
    samplesPerPixel,
    photometric,
    planarConfiguration: attributes.number('x00280006', 'US') === 1 ? 1 : 0,
    bitsAllocated,
    bitsStored,
    signed: attributes.number('x00280103', 'US') === 1,
    encoding: syntax.encoding,
    bigEndian: syntax.bigEndian,
    swappedPairs: syntax.bigEndian && bitsAllocated === 8 && pixelDataVr === 'OW',
    window: readWindow(attributes),
    rescaleSlope: attributes.number('x00281053', 'DS') || 1,
    rescaleIntercept: attributes.number('x00281052', 'DS') ?? 0,
    palette: photometric === 'PALETTE COLOR' ? readPalette(attributes, syntax.bigEndian, fileName) : null,
  };
}

function isPhotometric(value: string): value is Photometric {
  return (photometrics as readonly string[]).includes(value);
}

function size(value: number | null, limit: number, name: string, fileName: string): number {
  if (value !== null && Number.isInteger(value) && value >= 1 && value <= limit) return value;
  const found = value === null ? 'is missing' : `is ${value}`;
  throw refusal('impossible-size', fileName, `${name} ${found}; it must be between 1 and ${limit}.`);
}

function frameCount(attributes: Attributes): number | null {
  const frames = attributes.number('x00280008', 'IS');
  return frames !== null && Number.isInteger(frames) && frames >= 1 ? frames : null;
}

function readWindow(attributes: Attributes): Window | null {
  const center = attributes.number('x00281050', 'DS');
  const width = attributes.number('x00281051', 'DS');
  return center === null || width === null || width < 1 ? null : { center, width };
}
