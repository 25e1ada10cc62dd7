import { inflateRawSync } from 'node:zlib';
import dicomParser, { type Element } from 'dicom-parser';
import { SystolaError } from '../../core/error.ts';
import { Attributes } from './attributes.ts';
import { MemorySource, type ByteSource } from './byte-source.ts';
import { textDecoding } from './character-set.ts';
import { inflatedCeilingBytes, inflatedFloorBytes, inflatedRatio, maxHeaderBytes } from './limits.ts';
import { malformed, refusal, truncated } from './refusal.ts';
import { transferSyntax, transferSyntaxLabel, type TransferSyntax } from './transfer-syntax.ts';
import { isUid } from './uid.ts';

/** Where the value of PixelData (7FE0,0010) lies; its length is null when undefined (encapsulated). */
export interface PixelDataElement {
  readonly offset: number;
  readonly length: number | null;
  readonly vr: string | null;
}

/** The attributes in front of the pixel data, and where the pixel data begins. */
export interface Header {
  readonly transferSyntax: TransferSyntax;
  readonly attributes: Attributes;
  readonly pixelData: PixelDataElement | null;
  /** What `pixelData.offset` counts in: the file, or the inflated data set of a deflated file. */
  readonly source: ByteSource;
}

const undefinedLength = 0xffffffff;
const pixelDataTag = 'x7fe00010';
/** Explicit VRs with a four-byte length (PS3.5 7.1.2); dicom-parser does not know the 64-bit ones. */
const longLengthVrs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
/** Sequences whose items are read. Others of defined length are stepped over unread, whatever is inside. */
const wantedSequences = new Set(['x00186011', 'x00540220']);
const firstReadBytes = 256 << 10;

/**
 * Reads the attributes of a DICOM file (PS3.10) up to its pixel data. Only the beginning of the source is read.
 * Throws SystolaError: not-dicom, empty-file, truncated, malformed, unsupported-transfer-syntax, too-large.
 */
export function readHeader(source: ByteSource, fileName: string): Header {
  if (source.size === 0) throw refusal('empty-file', fileName, 'The file is empty.');
  for (let length = firstReadBytes; ; length *= 4) {
    const complete = length >= source.size || length >= maxHeaderBytes;
    const bytes = source.read(0, complete ? Math.min(source.size, maxHeaderBytes) : length);
    try {
      const header = parseHeader(bytes, source, fileName);
      if (header !== null) return header;
    } catch (error) {
      if (complete || (error instanceof SystolaError && error.code === 'not-dicom')) {
        throw asRefusal(error, fileName);
      }
    }
    if (complete) {
      if (source.size > maxHeaderBytes) {
        throw refusal('too-large', fileName, 'The attributes in front of the pixel data are beyond 64 MiB.');
      }
      throw truncated(fileName, 'its attributes are complete');
    }
  }
}

/** dicom-parser throws strings and `{ exception, dataSet }`; a stack overflow is a RangeError. */
function asRefusal(error: unknown, fileName: string): SystolaError {
  if (error instanceof SystolaError) return error;
  const inner = typeof error === 'object' && error !== null && 'exception' in error ? error.exception : error;
  const text = inner instanceof Error ? inner.message : String(inner);
  if (/past end of buffer|buffer overrun|outside the bounds|attempt to read/i.test(text)) {
    return truncated(fileName, 'its attributes are complete');
  }
  return malformed(fileName, 'its attributes cannot be read');
}

/** Null when the bytes end inside the attributes and more may follow. */
function parseHeader(bytes: Uint8Array, source: ByteSource, fileName: string): Header | null {
  if (bytes.length < 132 || Buffer.from(bytes.subarray(128, 132)).toString('latin1') !== 'DICM') {
    throw refusal('not-dicom', fileName, 'This is not a DICOM file (no DICM prefix at byte 128).');
  }
  const meta = readMeta(bytes, fileName);
  const syntax = transferSyntax(meta.transferSyntaxUid);
  if (syntax === null) {
    throw refusal(
      'unsupported-transfer-syntax',
      fileName,
      `${transferSyntaxLabel(meta.transferSyntaxUid)} is not read. Export the clip as JPEG Baseline or uncompressed.`,
    );
  }
  const inflated = syntax.deflated ? inflate(source, meta.end, fileName) : null;
  const body = inflated ?? bytes;
  const whole = inflated ?? source;
  const end = parseDataSet(body, inflated === null ? meta.end : 0, syntax, meta.elements);
  if (end === null || (end.pixelData === null && inflated === null && bytes.length < source.size))
    return null;
  const dataSet = { byteArray: body, elements: meta.elements };
  const plain = new Attributes(dataSet, textDecoding([]), !syntax.bigEndian);
  return {
    transferSyntax: syntax,
    attributes: new Attributes(dataSet, textDecoding(plain.texts('x00080005')), !syntax.bigEndian),
    pixelData: end.pixelData,
    source: whole instanceof Uint8Array ? new MemorySource(whole) : whole,
  };
}

interface Meta {
  readonly transferSyntaxUid: string;
  readonly end: number;
  /** Filled with the data set's elements by {@link parseDataSet}; file meta elements are not kept. */
  readonly elements: Record<string, Element>;
}

/** File meta information (PS3.10 section 7.1), always explicit VR little endian. */
function readMeta(bytes: Uint8Array, fileName: string): Meta {
  const stream = new dicomParser.ByteStream(dicomParser.littleEndianByteArrayParser, bytes, 132);
  let transferSyntaxUid: string | null = null;
  while (stream.position + 8 <= bytes.length) {
    const header = elementHeader(bytes, stream.position, true, false);
    if (header === null || header.tag.slice(1, 5) !== '0002') break;
    const end = header.dataOffset + header.length;
    if (header.length === undefinedLength || end > bytes.length)
      throw truncated(fileName, 'its file header ends');
    if (header.tag === 'x00020010') {
      transferSyntaxUid = Buffer.from(bytes.subarray(header.dataOffset, end))
        .toString('latin1')
        .replace(/[\0 ]+$/, '');
    }
    stream.position = end;
  }
  if (transferSyntaxUid === null || !isUid(transferSyntaxUid)) {
    throw malformed(fileName, 'it does not name its transfer syntax');
  }
  return {
    transferSyntaxUid,
    end: stream.position,
    elements: Object.create(null) as Record<string, Element>,
  };
}

function inflate(source: ByteSource, offset: number, fileName: string): Uint8Array {
  const deflated = source.read(offset, Math.min(source.size - offset, inflatedCeilingBytes));
  const limit = Math.min(inflatedCeilingBytes, Math.max(inflatedFloorBytes, deflated.length * inflatedRatio));
  try {
    return inflateRawSync(deflated, { maxOutputLength: limit });
  } catch (error) {
    if (error instanceof RangeError || (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      const size = Math.round(limit / (1 << 20));
      throw refusal('too-large', fileName, `The deflated data grow beyond ${size} MiB; this is not a clip.`);
    }
    if ((error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR')
      throw truncated(fileName, 'its deflated data end');
    throw malformed(fileName, 'its deflated data cannot be inflated');
  }
}

interface ElementHeader {
  readonly tag: string;
  readonly vr: string | null;
  readonly length: number;
  readonly dataOffset: number;
}

function elementHeader(
  bytes: Uint8Array,
  position: number,
  explicit: boolean,
  bigEndian: boolean,
): ElementHeader | null {
  if (position + 8 > bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const little = !bigEndian;
  const tag = `x${hex4(view.getUint16(position, little))}${hex4(view.getUint16(position + 2, little))}`;
  if (!explicit) {
    return { tag, vr: null, length: view.getUint32(position + 4, little), dataOffset: position + 8 };
  }
  const vr = String.fromCharCode(bytes[position + 4]!, bytes[position + 5]!);
  if (!longLengthVrs.has(vr)) {
    return { tag, vr, length: view.getUint16(position + 6, little), dataOffset: position + 8 };
  }
  if (position + 12 > bytes.length) return null;
  return { tag, vr, length: view.getUint32(position + 8, little), dataOffset: position + 12 };
}

function hex4(value: number): string {
  return value.toString(16).padStart(4, '0');
}

/**
 * Walks the top level of the data set into `elements`, up to the pixel data. Sequences are left to dicom-parser.
 * Null when the bytes end inside an element. Throws whatever dicom-parser throws.
 */
function parseDataSet(
  bytes: Uint8Array,
  start: number,
  syntax: TransferSyntax,
  elements: Record<string, Element>,
): { readonly pixelData: PixelDataElement | null } | null {
  const explicit = isExplicit(bytes, start, syntax);
  const parser = syntax.bigEndian
    ? dicomParser.bigEndianByteArrayParser
    : dicomParser.littleEndianByteArrayParser;
  const stream = new dicomParser.ByteStream(parser, bytes, start);
  while (stream.position < bytes.length) {
    const header = elementHeader(bytes, stream.position, explicit, syntax.bigEndian);
    if (header === null) return isPadding(bytes, stream.position) ? { pixelData: null } : null;
    if (header.vr !== null && !/^[A-Z]{2}$/.test(header.vr)) {
      if (isPadding(bytes, stream.position)) return { pixelData: null };
      throw `unknown value representation at ${stream.position}`;
    }
    const { tag, vr, length, dataOffset } = header;
    if (tag === pixelDataTag) {
      return { pixelData: { offset: dataOffset, length: length === undefinedLength ? null : length, vr } };
    }
    const sequence = vr === 'SQ' || (vr === null && wantedSequences.has(tag));
    if (length === undefinedLength) {
      const element = explicit
        ? dicomParser.readDicomElementExplicit(stream, [])
        : dicomParser.readDicomElementImplicit(stream);
      if (stream.position > bytes.length) return null;
      elements[tag] = element;
      continue;
    }
    const end = dataOffset + length;
    if (end > bytes.length) return null;
    elements[tag] =
      sequence && wantedSequences.has(tag)
        ? readSequence(bytes, stream.position, end, explicit, parser, header)
        : plainElement(header);
    stream.position = end;
  }
  return { pixelData: null };
}

/** Some writers label one encoding and use the other; the first VR field tells. */
function isExplicit(bytes: Uint8Array, start: number, syntax: TransferSyntax): boolean {
  const vr = String.fromCharCode(bytes[start + 4] ?? 0, bytes[start + 5] ?? 0);
  if (syntax.explicitVr) return true;
  return /^(AE|AS|AT|CS|DA|DS|DT|IS|LO|LT|OB|OW|PN|SH|SL|SQ|SS|ST|TM|UI|UL|UN|US|UT)$/.test(vr);
}

function isPadding(bytes: Uint8Array, position: number): boolean {
  return bytes.subarray(position).every((byte) => byte === 0);
}

function plainElement({ tag, vr, length, dataOffset }: ElementHeader): Element {
  return vr === null ? { tag, length, dataOffset } : { tag, vr, length, dataOffset };
}

/** A sequence of defined length bounds its own damage: items that can be read are kept, the rest is dropped. */
function readSequence(
  bytes: Uint8Array,
  position: number,
  end: number,
  explicit: boolean,
  parser: typeof dicomParser.littleEndianByteArrayParser,
  header: ElementHeader,
): Element {
  const stream = new dicomParser.ByteStream(parser, bytes.subarray(0, end), position);
  try {
    return explicit
      ? dicomParser.readDicomElementExplicit(stream, [])
      : dicomParser.readDicomElementImplicit(stream);
  } catch {
    return plainElement(header);
  }
}
