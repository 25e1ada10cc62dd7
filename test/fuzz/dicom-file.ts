import { deflateRawSync } from 'node:zlib';
import {
  undefinedLength,
  writeElement,
  writeHeader,
  type DataElement,
  type Encoding,
} from '../fixtures/dicom/element.ts';
import { transferSyntaxes, type SyntaxName } from '../fixtures/dicom/build.ts';

/** Where a top-level element of a well-formed data set lies. */
export interface ElementPlace {
  /** Eight hexadecimal digits. */
  readonly tag: string;
  readonly vr: string | null;
  readonly start: number;
  /** Where the length field lies and how wide it is. */
  readonly lengthAt: number;
  readonly lengthBytes: 2 | 4;
  readonly valueAt: number;
  readonly end: number;
}

/** A file in the parts that mutations work on. The data set is not deflated; {@link fileBytes} does that. */
export interface DicomFile {
  readonly syntax: SyntaxName;
  readonly meta: Buffer;
  readonly dataSet: Buffer;
}

const longLengthVrs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);

export const encodingOf = (syntax: SyntaxName): Encoding => ({
  explicitVr: syntax !== 'implicit',
  bigEndian: syntax === 'big-endian',
});

export function fileBytes({ syntax, meta, dataSet }: DicomFile): Buffer {
  return Buffer.concat([meta, syntax === 'deflated' ? deflateRawSync(dataSet) : dataSet]);
}

/** Top-level elements of a well-formed data set, the pixel data last. */
export function elementsOf({ syntax, dataSet }: DicomFile): ElementPlace[] {
  const { explicitVr, bigEndian } = encodingOf(syntax);
  const word = (at: number) => (bigEndian ? dataSet.readUInt16BE(at) : dataSet.readUInt16LE(at));
  const long = (at: number) => (bigEndian ? dataSet.readUInt32BE(at) : dataSet.readUInt32LE(at));
  const places: ElementPlace[] = [];
  for (let at = 0; at + 8 <= dataSet.length;) {
    const tag = hex(word(at)) + hex(word(at + 2));
    const vr = explicitVr ? dataSet.toString('latin1', at + 4, at + 6) : null;
    const wide = vr === null || longLengthVrs.has(vr);
    const lengthAt = vr === null ? at + 4 : wide ? at + 8 : at + 6;
    const lengthBytes = wide ? 4 : 2;
    const valueAt = lengthAt + lengthBytes;
    const length = wide ? long(lengthAt) : word(lengthAt);
    const end =
      length === undefinedLength ? endOfSequence(dataSet, valueAt, bigEndian, tag) : valueAt + length;
    places.push({ tag, vr, start: at, lengthAt, lengthBytes, valueAt, end });
    at = end;
  }
  return places;
}

function endOfSequence(dataSet: Buffer, from: number, bigEndian: boolean, tag: string): number {
  if (tag === '7fe00010') return dataSet.length;
  const delimiter = Buffer.from(bigEndian ? 'fffee0dd00000000' : 'feffdde000000000', 'hex');
  const at = dataSet.indexOf(delimiter, from);
  return at < 0 ? dataSet.length : at + delimiter.length;
}

export function withDataSet(file: DicomFile, dataSet: Buffer): DicomFile {
  return { ...file, dataSet };
}

/** Exchanges the bytes from `start` to `end`. */
export function replaced(file: DicomFile, start: number, end: number, bytes: Uint8Array): DicomFile {
  const { dataSet } = file;
  return withDataSet(file, Buffer.concat([dataSet.subarray(0, start), bytes, dataSet.subarray(end)]));
}

/** Puts an element in its place by its tag, instead of the one that is there. */
export function withElement(file: DicomFile, element: DataElement): DicomFile {
  const places = elementsOf(file);
  const there = places.find(({ tag }) => tag === element.tag);
  const at = there?.start ?? places.find(({ tag }) => tag > element.tag)?.start ?? file.dataSet.length;
  return replaced(file, at, there?.end ?? at, written(file, element));
}

export function withoutElement(file: DicomFile, tag: string): DicomFile {
  const place = elementsOf(file).find((candidate) => candidate.tag === tag);
  return place === undefined ? file : replaced(file, place.start, place.end, Buffer.alloc(0));
}

/** Explicit VR has 16 bits for most lengths: a value that does not fit is written as UN. */
function written(file: DicomFile, element: DataElement): Uint8Array {
  const encoding = encodingOf(file.syntax);
  const { tag, vr, value } = element;
  if (!(value instanceof Uint8Array) || value.length < 0x10000 || longLengthVrs.has(vr)) {
    return writeElement(element, encoding);
  }
  return Buffer.concat([writeHeader(tag, 'UN', value.length, encoding), value]);
}

/** File meta information that names another transfer syntax than the data set has. */
export function withSyntaxLabel(file: DicomFile, uid: string): DicomFile {
  const own = Buffer.from(transferSyntaxes[file.syntax], 'latin1');
  const at = file.meta.indexOf(own);
  if (at < 0) return file;
  const width = own.length + (own.length % 2);
  const label = Buffer.from(uid.length % 2 === 0 ? uid : `${uid}\0`, 'latin1');
  const meta = Buffer.concat([file.meta.subarray(0, at), label, file.meta.subarray(at + width)]);
  meta.writeUInt16LE(label.length, at - 2);
  // The length of all that follows it (PS3.10 section 7.1).
  meta.writeUInt32LE(meta.length - 144, 140);
  return { ...file, meta };
}

const hex = (value: number): string => value.toString(16).padStart(4, '0');
