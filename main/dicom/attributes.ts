import type { DataSet as ParsedDataSet, Element } from 'dicom-parser';
import type { TextDecoding } from './character-set.ts';

/** Value representations whose values are binary numbers, with their width in bytes (PS3.5 section 6.2). */
const widths = { US: 2, SS: 2, UL: 4, SL: 4, FL: 4, FD: 8, AT: 4 } as const;
type BinaryVr = keyof typeof widths;
export type NumberVr = BinaryVr | 'IS' | 'DS';

/** What is used of dicom-parser's data set. */
type DataSet = Pick<ParsedDataSet, 'byteArray' | 'elements'>;

const maxTextBytes = 1 << 20;

/**
 * Attributes of a data set or of one sequence item. Tags are dicom-parser's ("x00280010"). The VR that is asked for
 * is the dictionary's; where the file states another VR for numbers, the file's is read, because the bytes were
 * written with it. Absent, empty and unreadable values are null or an empty list: never a wrong number.
 */
export class Attributes {
  readonly #dataSet: DataSet;
  readonly #decoding: TextDecoding;
  readonly #littleEndian: boolean;

  constructor(dataSet: DataSet, decoding: TextDecoding, littleEndian: boolean) {
    this.#dataSet = dataSet;
    this.#decoding = decoding;
    this.#littleEndian = littleEndian;
  }

  /** Raw bytes of a value, null when absent or beyond the end. A view: do not write. */
  bytes(tag: string): Uint8Array | null {
    const element = this.#element(tag);
    if (element === undefined) return null;
    const bytes = this.#dataSet.byteArray;
    const end = element.dataOffset + element.length;
    return end <= bytes.length ? bytes.subarray(element.dataOffset, end) : null;
  }

  /** The VR written in the file; null in implicit VR. */
  vr(tag: string): string | null {
    return this.#element(tag)?.vr ?? null;
  }

  /** The whole value decoded with the data set's character sets, padding removed; '' counts as absent. */
  text(tag: string, kind: 'text' | 'person-name' = 'text'): string | null {
    const bytes = this.bytes(tag);
    if (bytes === null || bytes.length === 0 || bytes.length > maxTextBytes) return null;
    const end = bytes.indexOf(0);
    const decoded = this.#decoding.decode(end < 0 ? bytes : bytes.subarray(0, end), kind === 'person-name');
    const trimmed = decoded.trim();
    return trimmed === '' ? null : trimmed;
  }

  /** The values of a multi-valued text attribute, in their places: an empty value is ''. */
  texts(tag: string): string[] {
    const text = this.text(tag);
    return text === null ? [] : text.split('\\').map((value) => value.trim());
  }

  number(tag: string, vr: NumberVr): number | null {
    return this.numbers(tag, vr)[0] ?? null;
  }

  /** All values; empty when any of them is not a finite number, since a hole would shift the ones after it. */
  numbers(tag: string, vr: NumberVr): number[] {
    const bytes = this.bytes(tag);
    if (bytes === null || bytes.length === 0) return [];
    const stated = this.#element(tag)?.vr;
    const actual = isNumberVr(stated) ? stated : vr;
    const values = actual === 'IS' || actual === 'DS' ? decimals(bytes) : this.#binaries(bytes, actual);
    return values.every(Number.isFinite) ? values : [];
  }

  /** Values of an AT attribute as eight hexadecimal digits. */
  tags(tag: string): string[] {
    const halves = this.#words(tag);
    const tags: string[] = [];
    for (let index = 0; index + 1 < halves.length; index += 2) {
      tags.push(hex4(halves[index]!) + hex4(halves[index + 1]!));
    }
    return tags;
  }

  /** Items of a sequence; empty when absent. Character sets are the data set's own. */
  items(tag: string): Attributes[] {
    const items = this.#element(tag)?.items ?? [];
    return items.flatMap((item) =>
      item.dataSet ? [new Attributes(item.dataSet, this.#decoding, this.#littleEndian)] : [],
    );
  }

  #element(tag: string): Element | undefined {
    const elements = this.#dataSet.elements;
    return Object.hasOwn(elements, tag) ? elements[tag] : undefined;
  }

  #words(tag: string): number[] {
    const bytes = this.bytes(tag);
    if (bytes === null) return [];
    const view = viewOf(bytes);
    return Array.from({ length: bytes.length >> 1 }, (_, index) =>
      view.getUint16(index * 2, this.#littleEndian),
    );
  }

  #binaries(bytes: Uint8Array, vr: BinaryVr): number[] {
    const view = viewOf(bytes);
    const little = this.#littleEndian;
    const values: number[] = [];
    for (let offset = 0; offset + widths[vr] <= bytes.length; offset += widths[vr]) {
      if (vr === 'US') values.push(view.getUint16(offset, little));
      else if (vr === 'SS') values.push(view.getInt16(offset, little));
      else if (vr === 'SL') values.push(view.getInt32(offset, little));
      else if (vr === 'FL') values.push(view.getFloat32(offset, little));
      else if (vr === 'FD') values.push(view.getFloat64(offset, little));
      else values.push(view.getUint32(offset, little));
    }
    return values;
  }
}

function isNumberVr(vr: string | undefined): vr is NumberVr {
  return vr === 'IS' || vr === 'DS' || (vr !== undefined && Object.hasOwn(widths, vr));
}

function decimals(bytes: Uint8Array): number[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  return text
    .replace(/\0+$/, '')
    .split('\\')
    .map((value) => (value.trim() === '' ? Number.NaN : Number(value.trim())));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function hex4(value: number): string {
  return value.toString(16).padStart(4, '0');
}
