import { constants, inflateRawSync, inflateSync } from 'node:zlib';
import { Attributes } from './attributes.ts';
import { MemorySource, type ByteSource } from './byte-source.ts';
import { textDecoding } from './character-set.ts';
import type { DataSet } from './data-set.ts';
import { DataSetWalker, type WalkedFile, type WalkOptions, type WantedSequences } from './data-set-walker.ts';
import type { ElementEncoding } from './element-header.ts';
import { readMeta, type FileMeta } from './file-meta.ts';
import { dataSetEncoding, fileStart } from './file-start.ts';
import { imageKind } from './image-kind.ts';
import { inflatedCeilingBytes, inflatedFloorBytes, inflatedRatio } from './limits.ts';
import type { PixelDataElement } from './pixel-data-element.ts';
import { malformed, refusal, truncated } from './refusal.ts';
import {
  transferSyntax,
  transferSyntaxLabel,
  transferSyntaxOf,
  type PixelEncoding,
  type TransferSyntax,
} from './transfer-syntax.ts';
import { WindowedSource } from './windowed-source.ts';

/** The attributes in front of the pixel data, and where the pixel data begin. */
export interface Header {
  /** As the file states it, unless its pixels are packed otherwise. */
  readonly transferSyntax: TransferSyntax;
  /** Null when the file does not state one. */
  readonly statedTransferSyntaxUid: string | null;
  readonly meta: FileMeta;
  readonly attributes: Attributes;
  /** Where the values of {@link attributes} lie in `source`, and how the elements are written. */
  readonly dataSet: DataSet;
  readonly encoding: ElementEncoding;
  readonly pixelData: PixelDataElement | null;
  /** What `pixelData.offset` counts in: the file, or the inflated data set of a deflated file. */
  readonly source: ByteSource;
  /** Elements, items and delimiters that were stepped over because they could not be understood. */
  readonly damagedParts: number;
  /** There are more elements than were to be remembered. */
  readonly isFull: boolean;
}

/** What of a file is read, where it is not what clips hold. */
export interface HeaderReading {
  readonly sequences: WantedSequences;
  readonly walk?: WalkOptions;
}

/** Sequences whose items are read: ultrasound regions, known again by their boxes, views, stages, and waveforms. */
const wantedSequences: WantedSequences = new Map([
  ['x00186011', 'x00186018'],
  ['x00540220', null],
  ['x0040000a', null],
  ['x54000100', null],
  ['x003a0200', null],
  ['x003a0208', null],
  ['x003a0211', null],
]);
/** Enough of a frame to know its encoding by. */
const frameHeadBytes = 64 << 10;

/**
 * Reads the attributes of a DICOM file (PS3.10) up to its pixel data. Values are read when they are asked for, as long
 * as the source is open; what lies between is stepped over.
 * Throws SystolaError: not-dicom, empty-file, truncated, malformed, unsupported-transfer-syntax, too-large.
 *
 * @param sequences whose items are read
 */
export function readHeader(file: ByteSource, fileName: string, reading?: HeaderReading): Header {
  if (file.size === 0) throw refusal('empty-file', fileName, 'The file is empty.');
  const source = new WindowedSource(file);
  const start = fileStart(source);
  if (start === null) throw refusal('not-dicom', fileName, 'This is not a DICOM file (it begins like none).');
  const meta = start.hasMeta ? readMeta(source, start.offset) : noMeta(start.offset);
  const stated = meta.transferSyntaxUid === null ? null : transferSyntax(meta.transferSyntaxUid);
  if (meta.transferSyntaxUid !== null && stated === null) {
    throw refusal(
      'unsupported-transfer-syntax',
      fileName,
      `${transferSyntaxLabel(meta.transferSyntaxUid)} is not read. Export the clip as JPEG Baseline or uncompressed.`,
    );
  }
  const inflated = stated?.deflated === true ? inflate(source, meta.end, fileName) : null;
  const whole = inflated === null ? file : new MemorySource(inflated);
  const body = inflated === null ? source : whole;
  const begin = inflated === null ? meta.end : 0;
  const labelled: ElementEncoding | null =
    stated === null ? null : { explicit: stated.explicitVr, littleEndian: !stated.bigEndian };
  const encoding = dataSetEncoding(body, begin, labelled) ?? labelled;
  if (encoding === null) throw malformed(fileName, 'it does not name its transfer syntax');
  const walked = new DataSetWalker(body, reading?.sequences ?? wantedSequences, reading?.walk).walk(
    begin,
    encoding,
  );
  if (walked.pixelData === null && walked.cutShort) {
    throw truncated(fileName, 'its attributes are complete');
  }
  return {
    transferSyntax: packedAs(body, walked, stated, encoding),
    statedTransferSyntaxUid: meta.transferSyntaxUid,
    meta,
    attributes: attributesOf(body, walked),
    dataSet: walked.dataSet,
    encoding,
    pixelData: walked.pixelData,
    source: whole,
    damagedParts: walked.damagedParts + meta.damagedParts,
    isFull: walked.isFull,
  };
}

function noMeta(end: number): FileMeta {
  return { transferSyntaxUid: null, sopClassUid: null, sopInstanceUid: null, end, damagedParts: 0 };
}

function attributesOf(source: ByteSource, { dataSet }: WalkedFile): Attributes {
  const plain = new Attributes(dataSet, source, textDecoding([]));
  return new Attributes(dataSet, source, textDecoding(plain.texts('x00080005')));
}

/**
 * The transfer syntax by how the pixels are packed: compressed data tell their encoding by their first bytes, and
 * only compressed data have fragments (PS3.5 annex A.4).
 */
function packedAs(
  source: ByteSource,
  { pixelData }: WalkedFile,
  stated: TransferSyntax | null,
  { explicit, littleEndian }: ElementEncoding,
): TransferSyntax {
  const native = (): TransferSyntax =>
    stated?.encoding === 'native' && stated.bigEndian === !littleEndian
      ? { ...stated, explicitVr: explicit }
      : transferSyntaxOf('native', explicit, littleEndian);
  if (pixelData === null) return stated ?? native();
  const found =
    pixelData.length === null ? fragmentKind(source, pixelData) : bareKind(source, pixelData, stated);
  if (found !== null && found !== stated?.encoding) return transferSyntaxOf(found, true, true);
  if (pixelData.length !== null && found === null) return native();
  return stated ?? native();
}

/** Encoding of the first fragments that are an image. */
function fragmentKind(source: ByteSource, { offset }: PixelDataElement): PixelEncoding | null {
  let position = offset;
  for (let fragment = 0; fragment < 4; fragment += 1) {
    const head = source.read(position, 8);
    if (head.length < 8) return null;
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    if (view.getUint16(0, true) !== 0xfffe || view.getUint16(2, true) !== 0xe000) return null;
    const length = view.getUint32(4, true);
    const kind =
      fragment === 0 ? null : imageKind(source.read(position + 8, Math.min(length, frameHeadBytes)));
    if (kind !== null) return kind;
    position += 8 + length;
  }
  return null;
}

/** Compressed data that were written without fragments, in a file that calls itself compressed. */
function bareKind(
  source: ByteSource,
  { offset, length }: PixelDataElement,
  stated: TransferSyntax | null,
): PixelEncoding | null {
  if (stated === null || stated.encoding === 'native') return null;
  return imageKind(source.read(offset, Math.min(length ?? 0, frameHeadBytes)));
}

/** What can be inflated of a data set; a stream that breaks off gives what came before. */
function inflate(source: ByteSource, offset: number, fileName: string): Uint8Array {
  const deflated = source.read(offset, Math.min(source.size - offset, inflatedCeilingBytes));
  const limit = Math.min(inflatedCeilingBytes, Math.max(inflatedFloorBytes, deflated.length * inflatedRatio));
  const options = { maxOutputLength: limit, finishFlush: constants.Z_SYNC_FLUSH };
  try {
    return inflateRawSync(deflated, options);
  } catch (error) {
    if (error instanceof RangeError || (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      const size = Math.round(limit / (1 << 20));
      throw refusal('too-large', fileName, `The deflated data grow beyond ${size} MiB; this is not a clip.`);
    }
    const other = withZlibHeader(deflated, options) ?? notDeflated(source, offset);
    if (other === null) throw malformed(fileName, 'its deflated data cannot be inflated');
    return other;
  }
}

/** PS3.5 annex A.5 wants the bare stream; some writers put zlib's header in front of it. */
function withZlibHeader(deflated: Uint8Array, options: { maxOutputLength: number }): Uint8Array | null {
  try {
    return inflateSync(deflated, options);
  } catch {
    return null;
  }
}

function notDeflated(source: ByteSource, offset: number): Uint8Array | null {
  if (dataSetEncoding(source, offset, null) === null) return null;
  return source.read(offset, Math.min(source.size - offset, inflatedCeilingBytes));
}
