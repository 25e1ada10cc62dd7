import type { ByteSource } from './byte-source.ts';
import { undefinedLength } from './data-set.ts';

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
  return littleEndian
    ? ((bytes[1]! << 24) | (bytes[0]! << 16) | (bytes[3]! << 8) | bytes[2]!) >>> 0
    : ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0;
}

/** The four bytes after an item's or a delimiter's tag. */
export function itemLength(source: ByteSource, offset: number, littleEndian: boolean): number {
  const bytes = source.read(offset + 4, 4);
  return bytes.length < 4 ? 0 : viewOf(bytes).getUint32(0, littleEndian);
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
  const view = viewOf(bytes);
  const vr = String.fromCharCode(bytes[4]!, bytes[5]!);
  const short: ElementHeader = {
    tag,
    vr,
    length: view.getUint16(6, littleEndian),
    valueOffset: offset + 8,
  };
  const long: ElementHeader | null =
    bytes.length >= 12
      ? { tag, vr, length: view.getUint32(8, littleEndian), valueOffset: offset + 12 }
      : null;
  const implicit: ElementHeader = {
    tag,
    vr: null,
    length: view.getUint32(4, littleEndian),
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
  const view = viewOf(bytes);
  if (tag === itemTag) return true;
  if (tag === itemEndTag || tag === sequenceEndTag) return view.getUint32(4, littleEndian) === 0;
  if (tag >>> 16 === 0) return false;
  const vr = String.fromCharCode(bytes[4]!, bytes[5]!);
  if (shortVrs.has(vr)) return offset + 8 + view.getUint16(6, littleEndian) <= limit;
  if (longVrs.has(vr) && bytes.length >= 12) {
    const length = view.getUint32(8, littleEndian);
    if (tag === pixelDataTag) return true;
    return length === undefinedLength ? openVrs.has(vr) : offset + 12 + length <= limit;
  }
  if (explicit) return false;
  const length = view.getUint32(4, littleEndian);
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

/** Whether a value may hold elements of its own: it begins with an item, or its value representation says so. */
export function mayHoldElements(
  source: ByteSource,
  { vr, length, valueOffset }: ElementHeader,
  { littleEndian }: ElementEncoding,
): boolean {
  if (vr !== null && openVrs.has(vr)) return true;
  return length >= 8 && readTag(source, valueOffset, littleEndian) === itemTag;
}

/**
 * Whether a header in explicit VR says all that is needed: a value representation of the standard, in the form that
 * goes with it. A short one of length zero may be one of the long form, whose reserved bytes look like that.
 */
export function isPlainHeader({ vr, length, valueOffset }: ElementHeader, offset: number): boolean {
  if (vr === null) return false;
  return longVrs.has(vr) ? valueOffset === offset + 12 : shortVrs.has(vr) && length > 0;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
