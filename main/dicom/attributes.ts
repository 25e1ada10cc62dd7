import dicomParser, { type ByteArrayParser } from 'dicom-parser';
import type { ByteSource } from './byte-source.ts';
import {
  bytesOf,
  charactersOf,
  marked,
  markedIdentity,
  maxListEntries,
  maxNumbers,
  type TextVr,
} from './ceilings.ts';
import type { TextDecoding } from './character-set.ts';
import type { DataSet, Element } from './data-set.ts';
import { maxValueBytes } from './limits.ts';

/** Value representations whose values are binary numbers, with their width in bytes (PS3.5 section 6.2). */
const widths = { US: 2, SS: 2, UL: 4, SL: 4, FL: 4, FD: 8, AT: 4 } as const;
type BinaryVr = keyof typeof widths;
export type NumberVr = BinaryVr | 'IS' | 'DS';

/**
 * Attributes of a data set or of one sequence item, by tags written "x00280010". Values are read from the source when
 * they are asked for. The VR that is asked for is the dictionary's; where the file states another VR for numbers, the
 * file's is read, because the bytes were written with it, unless they cannot have been. Absent, empty and unreadable
 * values are null or an empty list: never a wrong number.
 */
export class Attributes {
  readonly #dataSet: DataSet;
  readonly #source: ByteSource;
  readonly #decoding: TextDecoding;

  constructor(dataSet: DataSet, source: ByteSource, decoding: TextDecoding) {
    this.#dataSet = dataSet;
    this.#source = source;
    this.#decoding = decoding;
  }

  /** Byte order of binary values. */
  get littleEndian(): boolean {
    return this.#dataSet.littleEndian;
  }

  /** Raw bytes of a value, null when absent, cut short or larger than any value that is used. A view: do not write. */
  bytes(tag: string): Uint8Array | null {
    const element = this.#element(tag);
    return element === undefined || element.length > maxValueBytes ? null : this.#head(tag);
  }

  /** Raw bytes of a value that may be larger than others; null when absent, cut short or larger than `most`. */
  largeBytes(tag: string, most: number): Uint8Array | null {
    const element = this.#element(tag);
    if (element === undefined || element.length > most) return null;
    const bytes = this.#source.read(element.offset, element.length);
    return bytes.length === element.length ? bytes : null;
  }

  /** Tags of the elements that are there, as "x00280010". */
  tagsPresent(): string[] {
    return [...this.#dataSet.elements.keys()];
  }

  /** The beginning of a value, of one that is too large to be read whole. */
  #head(tag: string): Uint8Array | null {
    const element = this.#element(tag);
    if (element === undefined) return null;
    const length = Math.min(element.length, maxValueBytes);
    const bytes = this.#source.read(element.offset, length);
    return bytes.length === length ? bytes : null;
  }

  /** The VR written in the file; null in implicit VR. */
  vr(tag: string): string | null {
    return this.#element(tag)?.vr ?? null;
  }

  /**
   * The value decoded with the data set's character sets, padding removed; '' counts as absent. What is longer than
   * the ceiling of its VR is cut and ends in a mark ({@link marked}).
   */
  text(tag: string, vr: TextVr = 'LT'): string | null {
    return this.#text(tag, vr, (text) => marked(text, charactersOf(vr)));
  }

  /** {@link text} for what patients and studies are told apart by: values cut stay different from one another. */
  identity(tag: string, vr: TextVr): string | null {
    return this.#text(tag, vr, (text, value) => markedIdentity(text, value, charactersOf(vr)));
  }

  #text(tag: string, vr: TextVr, shorten: (text: string, value: Uint8Array) => string): string | null {
    const bytes = this.#head(tag);
    if (bytes === null) return null;
    const value = unpadded(bytes);
    const decoded = this.#decoding.decode(value.subarray(0, bytesOf(vr)), vr === 'PN').trim();
    if (decoded === '') return null;
    const whole = value.length <= bytesOf(vr) && decoded.length <= charactersOf(vr);
    return whole ? decoded : shorten(decoded, value);
  }

  /** The values of a multi-valued text attribute, in their places: an empty value is ''. */
  texts(tag: string, vr: TextVr = 'LT'): string[] {
    const text = this.text(tag, vr);
    return text === null ? [] : text.split('\\', maxListEntries).map((value) => value.trim());
  }

  number(tag: string, vr: NumberVr): number | null {
    return this.numbers(tag, vr, 1)[0] ?? null;
  }

  /**
   * At most `most` values, the first ones; empty when any of them is not a finite number, since a hole would shift
   * the ones after it.
   */
  numbers(tag: string, vr: NumberVr, most = maxNumbers): number[] {
    const bytes = this.#head(tag);
    if (bytes === null || bytes.length === 0) return [];
    const stated = this.#element(tag)?.vr ?? null;
    const other =
      stated !== null && stated !== vr && isNumberVr(stated) && isWhole(bytes, stated) ? stated : null;
    const values = other === null ? [] : this.#values(bytes, other, most);
    return values.length > 0 ? values : this.#values(bytes, vr, most);
  }

  #values(bytes: Uint8Array, vr: NumberVr, most: number): number[] {
    const values = vr === 'IS' || vr === 'DS' ? decimals(bytes, most) : this.#binaries(bytes, vr, most);
    return values.every(Number.isFinite) ? values : [];
  }

  /** Values of an AT attribute as eight hexadecimal digits. */
  tags(tag: string): string[] {
    const bytes = this.bytes(tag);
    if (bytes === null) return [];
    const parser = byteParser(this.#dataSet.littleEndian);
    const tags: string[] = [];
    for (let offset = 0; offset + 4 <= bytes.length && tags.length < maxListEntries; offset += 4) {
      const group = parser.readUint16(bytes, offset);
      const element = parser.readUint16(bytes, offset + 2);
      tags.push(hex4(group) + hex4(element));
    }
    return tags;
  }

  /** Items of a sequence; empty when absent. Character sets are the data set's own. */
  items(tag: string): Attributes[] {
    const items = this.#element(tag)?.items ?? [];
    return items.map((item) => new Attributes(item, this.#source, this.#decoding));
  }

  #element(tag: string): Element | undefined {
    return this.#dataSet.elements.get(tag);
  }

  #binaries(bytes: Uint8Array, vr: BinaryVr, most: number): number[] {
    const parser = byteParser(this.#dataSet.littleEndian);
    const values: number[] = [];
    for (let offset = 0; offset + widths[vr] <= bytes.length && values.length < most; offset += widths[vr]) {
      if (vr === 'US') values.push(parser.readUint16(bytes, offset));
      else if (vr === 'SS') values.push(parser.readInt16(bytes, offset));
      else if (vr === 'SL') values.push(parser.readInt32(bytes, offset));
      else if (vr === 'FL') values.push(parser.readFloat(bytes, offset));
      else if (vr === 'FD') values.push(parser.readDouble(bytes, offset));
      else values.push(parser.readUint32(bytes, offset));
    }
    return values;
  }
}

/** Reads binary values of either byte order; it throws where the bytes end before the value does. */
function byteParser(littleEndian: boolean): ByteArrayParser {
  return littleEndian ? dicomParser.littleEndianByteArrayParser : dicomParser.bigEndianByteArrayParser;
}

function isWhole(bytes: Uint8Array, vr: NumberVr): boolean {
  return vr === 'IS' || vr === 'DS' || bytes.length % widths[vr] === 0;
}

function isNumberVr(vr: string): vr is NumberVr {
  return vr === 'IS' || vr === 'DS' || Object.hasOwn(widths, vr);
}

/** A value has at most sixteen characters (PS3.5 section 6.2); four times that leaves room for padding. */
const decimalBytes = 64;

/** A comma in a decimal string can only be a decimal sign: values are separated by backslashes (PS3.5 section 6.2). */
function decimals(bytes: Uint8Array, most: number): number[] {
  const value = unpadded(bytes);
  const looked = value.subarray(0, most * decimalBytes);
  const text = Buffer.from(looked.buffer, looked.byteOffset, looked.length).toString('latin1');
  const values = text.replaceAll(',', '.').split('\\', most + 1);
  // The last value may have been cut in two.
  if (looked.length < value.length && values.length <= most) values.pop();
  return values.slice(0, most).map((value) => (value.trim() === '' ? Number.NaN : Number(value.trim())));
}

/** A value without its padding: spaces around it, and what follows a NUL. */
function unpadded(bytes: Uint8Array): Uint8Array {
  const nul = bytes.indexOf(0);
  let end = nul < 0 ? bytes.length : nul;
  let start = 0;
  while (end > start && bytes[end - 1] === 0x20) end -= 1;
  while (start < end && bytes[start] === 0x20) start += 1;
  return bytes.subarray(start, end);
}

function hex4(value: number): string {
  return value.toString(16).padStart(4, '0');
}
