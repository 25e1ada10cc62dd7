import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inflateRawSync } from 'node:zlib';
import {
  buildDicom,
  transferSyntaxes,
  type DataElement,
  type DicomOptions,
  type SyntaxName,
} from '../fixtures/dicom/build.ts';
import { withSyntaxLabel, type DicomFile } from './dicom-file.ts';

const jpegXl = '1.2.840.10008.1.2.4.111';

const palette: readonly DataElement[] = [1, 2, 3].flatMap((channel) => [
  { tag: `0028110${channel}`, vr: 'US', value: [256, 0, 16] },
  {
    tag: `0028120${channel}`,
    vr: 'OW',
    value: Uint8Array.from({ length: 512 }, (_, index) => (index * channel) & 0xff),
  },
]);
const common: readonly DataElement[] = [
  { tag: '00081030', vr: 'LO', value: 'Echo' },
  { tag: '00081090', vr: 'LO', value: 'Model' },
  { tag: '00181088', vr: 'IS', value: '62' },
  { tag: '00186060', vr: 'FL', value: [0, 900] },
  { tag: '00281050', vr: 'DS', value: '128' },
  { tag: '00281051', vr: 'DS', value: '200' },
];
const regions: DicomOptions['regions'] = [
  { box: [0, 0, 47, 29], deltaX: 0.05, deltaY: 0.05 },
  { box: [0, 30, 47, 39], deltaX: 0.01, deltaY: 0.01, spatialFormat: 3, unitsX: 4, unitsY: 7 },
];
const view = { code: '399214001', scheme: 'SCT', meaning: 'Apical four chamber' };

const base: DicomOptions = { rows: 40, columns: 48, frames: 4, regions, view, elements: common };
const variants: readonly DicomOptions[] = [
  {},
  { photometric: 'RGB' },
  { bitsAllocated: 16, bitsStored: 12, signed: true },
  { photometric: 'PALETTE COLOR', elements: [...common, ...palette] },
  { photometric: 'YBR_FULL', planarConfiguration: 1, undefinedLengths: true },
  { frames: 1, regions: undefined, view: undefined } as unknown as DicomOptions,
  { offsetTable: 'empty', fragmentBytes: 120 },
  { offsetTable: 'extended', frameTimeVectorMs: [0, 33, 34, 33] },
];

/** Compressed files whose encoders take 8 bits only, or no palette. */
function canHold(syntax: SyntaxName, { bitsAllocated = 8, signed = false }: DicomOptions): boolean {
  if (syntax === 'jpeg' || syntax === 'jpeg-extended') return bitsAllocated === 8;
  return !signed || !syntax.startsWith('jpeg-ls');
}

/** A well-formed file of each syntax in each of its shapes. */
export function seedFiles(): DicomFile[] {
  const names = Object.keys(transferSyntaxes) as SyntaxName[];
  return names
    .flatMap((syntax) =>
      variants
        .map((variant) => ({ ...base, ...variant, syntax }))
        .filter((options) => canHold(syntax, options))
        .map((options) => splitFile(buildDicom(options), syntax)),
    )
    .concat(jpegXlFiles());
}

/** JPEG XL has no encoder here: pictures of another one, 23 × 17, in files that are RLE until their label changes. */
function jpegXlFiles(): DicomFile[] {
  const picture = (name: string) => readFileSync(join(import.meta.dirname, '../fixtures/jpeg-xl', name));
  return (['recompressed-grey', 'recompressed-colour'] as const).map((name) => {
    const photometric = name.endsWith('grey') ? 'MONOCHROME2' : 'RGB';
    const frame = picture(`${name}.jxl`);
    const options = { ...base, rows: 17, columns: 23, frames: 2, photometric, encodedFrames: [frame, frame] };
    return withSyntaxLabel(splitFile(buildDicom({ ...options, syntax: 'rle' }), 'rle'), jpegXl);
  });
}

/** The length of the file meta information stands in its first element (PS3.10 section 7.1). */
function splitFile(bytes: Uint8Array, syntax: SyntaxName): DicomFile {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = 144 + file.readUInt32LE(140);
  const rest = file.subarray(end);
  return {
    syntax,
    meta: file.subarray(0, end),
    dataSet: syntax === 'deflated' ? inflateRawSync(rest) : rest,
  };
}
