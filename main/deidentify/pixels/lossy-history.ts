import type { OpenInstance } from '../../dicom/instance.ts';
import type { PixelEncoding } from '../../dicom/transfer-syntax.ts';
import type { ChangedAttribute } from './cleaned-pixels.ts';

/** Lossy Image Compression Method (0028,2114) by the encoding that lost detail (PS3.3 C.7.6.1.1.5.1). */
const methods: Partial<Record<PixelEncoding, string>> = {
  jpeg: 'ISO_10918_1',
  'jpeg-ls': 'ISO_14495_1',
  'jpeg-2000': 'ISO_15444_1',
  htj2k: 'ISO_15444_15',
  'jpeg-xl': 'ISO_18181_1',
};

/** Syntaxes of these encodings that lose nothing; of the others nobody can be sure. */
const losslessUids: ReadonlySet<string> = new Set([
  '1.2.840.10008.1.2.4.80',
  '1.2.840.10008.1.2.4.90',
  '1.2.840.10008.1.2.4.110',
  '1.2.840.10008.1.2.4.201',
  '1.2.840.10008.1.2.4.202',
]);

/**
 * What has to be said of pixels that were compressed with loss once, whatever they are encoded in now: that they were
 * (0028,2110), and where the file does not say it, by how much and how.
 */
export function lossyHistory({ clip, pixels, frames }: OpenInstance): ChangedAttribute[] {
  const method = methods[pixels.encoding];
  if (method === undefined || losslessUids.has(clip.transferSyntaxUid)) return [];
  const compressed = frames.flat().reduce((total, { length }) => total + length, 0);
  const { rows, columns, samplesPerPixel, bitsAllocated } = pixels;
  const plain = rows * columns * samplesPerPixel * (bitsAllocated / 8) * frames.length;
  const ratio = Math.max(1, plain / Math.max(1, compressed));
  return [
    { tag: 0x0028_2110, vr: 'CS', values: ['01'] },
    { tag: 0x0028_2112, vr: 'DS', values: [Number(ratio.toPrecision(4))], whenAbsent: true },
    { tag: 0x0028_2114, vr: 'CS', values: [method], whenAbsent: true },
  ];
}
