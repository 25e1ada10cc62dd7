import type { ByteSource } from './byte-source.ts';
import { byteParser, undefinedLength } from './data-set.ts';

/** How the elements of a data set are written (PS3.5 section 7.1). */
export interface ElementEncoding {
  readonly explicit: boolean;
  readonly littleEndian: boolean;
}

/** One way to understand the bytes in front of a value. */
export interface ElementHeader {
  /** Group × 65,536 + element. */
  readonly tag: number;
  /** As written; null where the element is taken for one of implicit VR. */
  readonly vr: string | null;
  readonly length: number;
  readonly valueOffset: number;
}

/** Value representations with a length of two bytes, and those with one of four (PS3.5 section 7.1.2). */
const shortVrs = new Set([
  ...['AE', 'AS', 'AT', 'CS', 'DA', 'DS', 'DT', 'FD', 'FL', 'IS', 'LO', 'LT', 'PN', 'SH', 'SL', 'SS', 'ST'],
  ...['TM', 'UI', 'UL', 'US'],
]);
const longVrs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
/** Those whose value may have no stated length. */
const openVrs = new Set(['OB', 'OW', 'SQ', 'UN']);

export const itemTag = 0xfffe_e000;
export const itemEndTag = 0xfffe_e00d;
export const sequenceEndTag = 0xfffe_e0dd;
export const pixelDataTag = 0x7fe0_0010;

/** A tag is group × 65,536 + element; null at the end of the bytes. */
export function readTag(source: ByteSource, offset: number, littleEndian: boolean): number | null {
  const bytes = source.read(offset, 4);
  if (bytes.length < 4) return null;
  const parser = byteParser(littleEndian);
  return parser.readUint16(bytes, 0) * 0x10000 + parser.readUint16(bytes, 2);
}

/** The four bytes after an item's or a delimiter's tag. */
export function itemLength(source: ByteSource, offset: number, littleEndian: boolean): number {
  const bytes = source.read(offset + 4, 4);
  return bytes.length < 4 ? 0 : byteParser(littleEndian).readUint32(bytes, 0);
}

/**
 * Every way in which the bytes at `offset` can be an element, the likeliest first: as the encoding says, then with
 * the other width of the length (a value representation that does not exist, or that was mislabelled), then as the
 * other encoding, which some writers mix in. Empty when fewer than eight bytes are left.
 */
export function possibleHeaders(
  source: ByteSource,
  offset: number,
  { explicit, littleEndian }: ElementEncoding,
): ElementHeader[] {
  const bytes = source.read(offset, 12);
  const tag = readTag(source, offset, littleEndian);
  if (bytes.length < 8 || tag === null) return [];
  const parser = byteParser(littleEndian);
  const vr = String.fromCharCode(bytes[4]!, bytes[5]!);
  const short: ElementHeader = {
    tag,
    vr,
    length: parser.readUint16(bytes, 6),
    valueOffset: offset + 8,
  };
  const long: ElementHeader | null =
    bytes.length >= 12 ? { tag, vr, length: parser.readUint32(bytes, 8), valueOffset: offset + 12 } : null;
  const implicit: ElementHeader = {
    tag,
    vr: null,
    length: parser.readUint32(bytes, 4),
    valueOffset: offset + 8,
  };
  const reserved = bytes[6] === 0 && bytes[7] === 0;
  const known = shortVrs.has(vr) || longVrs.has(vr);
  if (!explicit && !known) return [implicit];
  const longForm = long !== null && (reserved || longVrs.has(vr)) ? [long] : [];
  const explicitForms = longVrs.has(vr) ? [...longForm, short] : [short, ...longForm];
  return explicit ? [...explicitForms, implicit] : [implicit, ...explicitForms];
}

/** Whether the bytes at `offset` are an element that follows `after` beyond doubt; its value may be cut short. */
export function isSurelyElement(
  source: ByteSource,
  offset: number,
  limit: number,
  { explicit, littleEndian }: ElementEncoding,
  after: number,
): boolean {
  const bytes = source.read(offset, 12);
  const tag = readTag(source, offset, littleEndian);
  if (bytes.length < 8 || tag === null) return false;
  const parser = byteParser(littleEndian);
  if (tag === itemTag) return true;
  if (tag === itemEndTag || tag === sequenceEndTag) return parser.readUint32(bytes, 4) === 0;
  if (tag >>> 16 === 0) return false;
  const vr = String.fromCharCode(bytes[4]!, bytes[5]!);
  if (shortVrs.has(vr)) return offset + 8 + parser.readUint16(bytes, 6) <= limit;
  if (longVrs.has(vr) && bytes.length >= 12) {
    const length = parser.readUint32(bytes, 8);
    if (tag === pixelDataTag) return true;
    return length === undefinedLength ? openVrs.has(vr) : offset + 12 + length <= limit;
  }
  if (explicit) return false;
  const length = parser.readUint32(bytes, 4);
  if (tag === pixelDataTag) return true;
  if (length !== undefinedLength && offset + 8 + length > limit) return false;
  return tag > after || (isCommonGroup(tag) && length < 0x10000);
}

/** Groups of patient, acquisition, relationship and image, which every file has: for elements out of order. */
function isCommonGroup(tag: number): boolean {
  const group = tag >>> 16;
  return group >= 0x0008 && group <= 0x0060;
}

/** Whether two bytes name a value representation of the standard. */
export function isKnownVr(first: number, second: number): boolean {
  const vr = String.fromCharCode(first, second);
  return shortVrs.has(vr) || longVrs.has(vr);
}
