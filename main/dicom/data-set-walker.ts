import type { ByteSource } from './byte-source.ts';
import { tagName, undefinedLength, type DataSet, type Element } from './data-set.ts';
import {
  isKnownVr,
  isSurelyElement,
  itemEndTag,
  itemLength,
  itemTag,
  pixelDataTag,
  possibleHeaders,
  readTag,
  sequenceEndTag,
  type ElementEncoding,
  type ElementHeader,
} from './element-header.ts';
import { maxEndlessSequences, maxListedElements, maxSearchedBytes, maxSequenceDepth } from './limits.ts';

/**
 * Sequences whose items are read, each with an attribute that occurs in its items only, by which an item is known
 * again that has lost its sequence. Others are stepped over unread, whatever is inside.
 */
export type WantedSequences = ReadonlyMap<string, string | null>;

/** Where the value of PixelData (7FE0,0010) lies; its length is null when undefined (encapsulated). */
export interface PixelDataElement {
  readonly offset: number;
  readonly length: number | null;
  readonly vr: string | null;
}

export interface WalkedFile {
  readonly dataSet: DataSet;
  readonly pixelData: PixelDataElement | null;
  /** Elements, items and delimiters that could not be understood and were stepped over. */
  readonly damagedParts: number;
  /** The bytes end inside an element. */
  readonly cutShort: boolean;
}

type Level = 'top' | 'item' | 'open-item';

interface Walked {
  readonly elements: Map<string, Element>;
  readonly end: number;
  /** False for an item of undefined length whose end was not found. */
  readonly closed: boolean;
  readonly pixelData: PixelDataElement | null;
}

interface Found {
  readonly header: ElementHeader;
  /** Of the value, and where the next element begins; they differ by a byte of padding or by what was damaged. */
  readonly valueEnd: number;
  readonly end: number;
  readonly items: readonly DataSet[];
}

const paddingLookBytes = 64 << 10;
/** Elements in a row by which the start of a data set is known again, in explicit and in implicit VR. */
const explicitChain = 2;
const implicitChain = 3;

/**
 * Walks the elements of a data set without holding any value, and steps over what it does not know: stray items and
 * delimiters, sequences that never end, value representations that do not exist or are not those of the value,
 * explicit elements among implicit ones and the reverse, lengths that are wrong. An element counts as understood when
 * something follows that can be an element; where no reading of it does, the next place is searched where one begins.
 */
export class DataSetWalker {
  readonly #source: ByteSource;
  readonly #wanted: WantedSequences;
  #damagedParts = 0;
  #cutShort = false;
  #searchedBytes = 0;
  #listed = 0;
  #endlessSequences = 0;
  /** Items found without their sequence. */
  readonly #strayItems = new Map<string, DataSet[]>();

  constructor(source: ByteSource, wanted: WantedSequences) {
    this.#source = source;
    this.#wanted = wanted;
  }

  /** Reads from `start` to the pixel data, or to the end where there are none. */
  walk(start: number, encoding: ElementEncoding): WalkedFile {
    const { elements, pixelData } = this.#elements(start, this.#source.size, encoding, 'top', 0, true);
    for (const [tag, items] of this.#strayItems) {
      if (!elements.has(tag)) elements.set(tag, { tag, vr: 'SQ', offset: start, length: 0, items });
    }
    return {
      dataSet: { elements, littleEndian: encoding.littleEndian },
      pixelData,
      damagedParts: this.#damagedParts,
      cutShort: this.#cutShort,
    };
  }

  #elements(
    start: number,
    limit: number,
    hint: ElementEncoding,
    level: Level,
    depth: number,
    keep: boolean,
  ): Walked {
    const encoding = level === 'top' ? hint : this.#itemEncoding(start, limit, hint);
    const elements = new Map<string, Element>();
    const ended = (end: number, closed: boolean, pixelData: PixelDataElement | null = null): Walked => ({
      elements,
      end,
      closed,
      pixelData,
    });
    let previous = 0;
    let position = start;
    while (position + 8 <= limit) {
      const tag = readTag(this.#source, position, encoding.littleEndian);
      if (tag === null) break;
      if (tag === itemEndTag || tag === itemTag || tag === sequenceEndTag) {
        if (level === 'open-item') {
          if (tag !== itemEndTag) this.#damagedParts += 1;
          return ended(tag === itemEndTag ? position + 8 : position, true);
        }
        this.#damagedParts += 1;
        position = tag === itemTag ? this.#strayItem(position, limit, encoding, depth) : position + 8;
        continue;
      }
      if (tag === 0 && this.#isPadding(position, limit)) return ended(limit, level !== 'open-item');
      if (level === 'top' && tag === pixelDataTag) {
        const pixelData = this.#pixelData(position, encoding);
        if (pixelData !== null) return ended(limit, true, pixelData);
      }
      const found = this.#element(position, limit, encoding, previous, level, depth, keep);
      if (found === null) {
        if (level === 'top') this.#cutShort = true;
        return ended(limit, level !== 'open-item');
      }
      if (keep) this.#list(elements, found);
      previous = found.header.tag;
      position = found.end;
    }
    return ended(Math.max(position, limit), level !== 'open-item');
  }

  /** The element at `position`, or null when it does not fit into the limit and nothing that follows can be found. */
  #element(
    position: number,
    limit: number,
    encoding: ElementEncoding,
    previous: number,
    level: Level,
    depth: number,
    keep: boolean,
  ): Found | null {
    const headers = possibleHeaders(this.#source, position, encoding);
    let fitting: Found | null = null;
    for (const header of headers) {
      const { tag, length, valueOffset } = header;
      if (length === undefinedLength) {
        const wanted = keep && this.#wanted.has(nameOf(tag));
        const sequence = this.#sequence(valueOffset, limit, encoding, false, depth + 1, wanted);
        if (sequence === null) {
          this.#endlessSequences += 1;
          // Another reading would walk into the same sequence again, at every level.
          if (level === 'open-item') return null;
          continue;
        }
        const { end, items } = sequence;
        return { header, valueEnd: end, end, items };
      }
      const end = valueOffset + length;
      if (end > limit) continue;
      const items = (): readonly DataSet[] => this.#itemsOf(header, end, encoding, depth, keep);
      if (this.#canFollow(end, limit, encoding, tag)) return { header, valueEnd: end, end, items: items() };
      // Odd lengths are written with and without the byte that makes them even.
      if (length % 2 === 1 && end < limit && this.#canFollow(end + 1, limit, encoding, tag)) {
        return { header, valueEnd: end, end: end + 1, items: items() };
      }
      fitting ??= { header, valueEnd: end, end, items: [] };
    }
    const [likeliest] = headers;
    // Only the outermost level searches: each level within would search the same bytes again.
    if (likeliest === undefined || level === 'open-item') return fitting;
    const broken = likeliest.length === undefinedLength;
    const next = broken
      ? (this.#search(likeliest.valueOffset, limit, encoding, likeliest.tag, true) ??
        this.#search(likeliest.valueOffset, limit, encoding, likeliest.tag))
      : this.#search(position + 1, limit, encoding, previous);
    if (next !== null) {
      this.#damagedParts += 1;
      const valueEnd = Math.min(likeliest.valueOffset + (broken ? 0 : likeliest.length), next);
      return { header: likeliest, valueEnd: Math.max(valueEnd, likeliest.valueOffset), end: next, items: [] };
    }
    return broken ? null : fitting;
  }

  /** Items of a wanted sequence of stated length, by whatever value representation it goes. */
  #itemsOf(
    { tag, valueOffset }: ElementHeader,
    end: number,
    encoding: ElementEncoding,
    depth: number,
    keep: boolean,
  ): readonly DataSet[] {
    if (!keep || !this.#wanted.has(nameOf(tag)) || end - valueOffset < 8) return [];
    if (readTag(this.#source, valueOffset, encoding.littleEndian) !== itemTag) return [];
    return this.#sequence(valueOffset, end, encoding, true, depth + 1, true)?.items ?? [];
  }

  /**
   * Steps through items. Of undefined length (`bounded` false) it ends at its delimiter, or where an element stands
   * in its place; null when neither comes. A bounded one keeps what can be read of it.
   */
  #sequence(
    start: number,
    limit: number,
    encoding: ElementEncoding,
    bounded: boolean,
    depth: number,
    keep: boolean,
  ): { readonly end: number; readonly items: readonly DataSet[] } | null {
    if (depth > maxSequenceDepth || this.#endlessSequences > maxEndlessSequences) return null;
    const items: DataSet[] = [];
    const { littleEndian } = encoding;
    const item = (elements: Map<string, Element>): void => {
      if (keep) items.push({ elements, littleEndian });
    };
    let position = start;
    while (position + 8 <= limit) {
      const tag = readTag(this.#source, position, littleEndian);
      const length = itemLength(this.#source, position, littleEndian);
      const content = position + 8;
      if (tag === sequenceEndTag && !bounded) return { end: content, items };
      if (tag === sequenceEndTag || tag === itemEndTag) {
        this.#damagedParts += 1;
        position = content;
      } else if (tag !== itemTag) {
        if (bounded) return { end: limit, items };
        if (tag === null || !isSurelyElement(this.#source, position, limit, encoding, 0)) return null;
        this.#damagedParts += 1;
        return { end: position, items };
      } else if (length !== undefinedLength && content + length <= limit) {
        if (keep) item(this.#elements(content, content + length, encoding, 'item', depth, keep).elements);
        position = content + length;
      } else {
        const walked = this.#elements(content, limit, encoding, 'open-item', depth, keep);
        item(walked.elements);
        if (!walked.closed) return bounded ? { end: limit, items } : null;
        position = walked.end;
      }
    }
    return bounded ? { end: limit, items } : null;
  }

  /** Where to go on after an item that belongs to no sequence. What it holds is not the file's own. */
  #strayItem(position: number, limit: number, encoding: ElementEncoding, depth: number): number {
    const length = itemLength(this.#source, position, encoding.littleEndian);
    const content = position + 8;
    const end = content + length;
    if (depth >= maxSequenceDepth) return content;
    if (length !== undefinedLength && end <= limit && this.#canFollow(end, limit, encoding, 0)) {
      this.#keepStray(this.#elements(content, end, encoding, 'item', depth + 1, true), encoding);
      return end;
    }
    const walked = this.#elements(content, limit, encoding, 'open-item', depth + 1, true);
    if (!walked.closed) return content;
    this.#keepStray(walked, encoding);
    return walked.end;
  }

  #keepStray({ elements }: Walked, { littleEndian }: ElementEncoding): void {
    for (const [sequence, mark] of this.#wanted) {
      if (mark === null || !elements.has(mark)) continue;
      const items = this.#strayItems.get(sequence) ?? [];
      items.push({ elements, littleEndian });
      this.#strayItems.set(sequence, items);
    }
  }

  /** Explicit elements are found in items of UN, which should be implicit (PS3.5 section 6.2.2), and the reverse. */
  #itemEncoding(start: number, limit: number, hint: ElementEncoding): ElementEncoding {
    const bytes = this.#source.read(start, 8);
    if (bytes.length < 8 || start + 8 > limit) return hint;
    if (isKnownVr(bytes[4]!, bytes[5]!)) return { ...hint, explicit: true };
    if (!hint.explicit) return hint;
    const implicit = { ...hint, explicit: false };
    return isSurelyElement(this.#source, start, limit, implicit, 0) ? implicit : hint;
  }

  /** Whether `position` is the end, padding, or the beginning of an element, looking past up to two odd ones. */
  #canFollow(
    position: number,
    limit: number,
    encoding: ElementEncoding,
    after: number,
    oddOnes = 2,
  ): boolean {
    if (position === limit) return true;
    if (isSurelyElement(this.#source, position, limit, encoding, after)) return true;
    if (this.#isPadding(position, limit)) return true;
    if (oddOnes === 0) return false;
    return possibleHeaders(this.#source, position, encoding).some(({ tag, length, valueOffset }) => {
      const end = valueOffset + length;
      return (
        tag > after &&
        length !== undefinedLength &&
        end <= limit &&
        this.#canFollow(end, limit, encoding, tag, oddOnes - 1)
      );
    });
  }

  /**
   * The first place from `start` where elements after `after` begin, or the pixel data; null when there is none.
   * With `delimited`, right behind the end of a sequence only.
   */
  #search(
    start: number,
    limit: number,
    encoding: ElementEncoding,
    after: number,
    delimited = false,
  ): number | null {
    const chain = encoding.explicit ? explicitChain : implicitChain;
    const delimiterBytes = delimited ? 8 : 0;
    const stepBytes = 64 << 10;
    for (let from = start; from + 8 <= limit; from += stepBytes) {
      this.#searchedBytes += stepBytes;
      if (this.#searchedBytes > maxSearchedBytes) return null;
      const bytes = this.#source.read(from, stepBytes + 8).slice();
      for (let index = 0; index < stepBytes && index + 8 <= bytes.length; index += 1) {
        if (delimited) {
          if (
            (bytes[index] !== 0xfe && bytes[index] !== 0xff) ||
            !this.#isSequenceEnd(from + index, encoding)
          )
            continue;
        } else if (encoding.explicit) {
          if (!isKnownVr(bytes[index + 4]!, bytes[index + 5]!)) continue;
        } else if (!mayBeImplicit(bytes, index, encoding.littleEndian, after, limit)) continue;
        const place = from + index + delimiterBytes;
        if (place + 8 <= limit && this.#beginsChain(place, limit, encoding, after, chain)) return place;
      }
    }
    return null;
  }

  #isSequenceEnd(position: number, { littleEndian }: ElementEncoding): boolean {
    if (readTag(this.#source, position, littleEndian) !== sequenceEndTag) return false;
    return itemLength(this.#source, position, littleEndian) === 0;
  }

  #beginsChain(
    position: number,
    limit: number,
    encoding: ElementEncoding,
    after: number,
    count: number,
  ): boolean {
    const tag = readTag(this.#source, position, encoding.littleEndian);
    if (tag === null || tag <= after || tag >>> 16 === 0xfffe || tag >>> 16 === 0xffff) return false;
    if (!isSurelyElement(this.#source, position, limit, encoding, after)) return false;
    if (tag === pixelDataTag) return this.#beginsPixelData(position, encoding);
    if (count === 1) return true;
    const [header] = possibleHeaders(this.#source, position, encoding);
    if (header === undefined) return false;
    if (header.length === undefinedLength) {
      const next = readTag(this.#source, header.valueOffset, encoding.littleEndian);
      return next === itemTag || next === sequenceEndTag;
    }
    const end = header.valueOffset + header.length;
    return end === limit || this.#beginsChain(end, limit, encoding, tag, count - 1);
  }

  /** By its value representation; where that does not fit pixel data, by the reading of its header that does. */
  #pixelData(position: number, encoding: ElementEncoding): PixelDataElement | null {
    const headers = possibleHeaders(this.#source, position, encoding);
    const [likeliest] = headers;
    if (likeliest === undefined) return null;
    const usual = likeliest.vr === null ? !encoding.explicit : /^(OB|OW|UN)$/.test(likeliest.vr);
    const fits = headers.find(({ valueOffset, length }) =>
      length === undefinedLength
        ? readTag(this.#source, valueOffset, encoding.littleEndian) === itemTag
        : length > 0 && length <= this.#source.size - valueOffset,
    );
    const header = usual ? likeliest : (fits ?? likeliest);
    const { valueOffset: offset, length, vr } = header;
    return { offset, length: length === undefinedLength ? null : length, vr };
  }

  #beginsPixelData(position: number, encoding: ElementEncoding): boolean {
    const [header] = possibleHeaders(this.#source, position, encoding);
    if (header === undefined) return false;
    if (encoding.explicit && header.vr !== 'OB' && header.vr !== 'OW' && header.vr !== 'UN') return false;
    return header.length === undefinedLength
      ? readTag(this.#source, header.valueOffset, encoding.littleEndian) === itemTag
      : header.length > 0 && header.length <= this.#source.size - header.valueOffset;
  }

  #isPadding(position: number, limit: number): boolean {
    const bytes = this.#source.read(position, Math.min(limit - position, paddingLookBytes));
    return bytes.every((byte) => byte === 0);
  }

  #list(elements: Map<string, Element>, { header, valueEnd, items }: Found): void {
    const group = header.tag >>> 16;
    if (group % 2 === 1 || this.#listed >= maxListedElements) return;
    const tag = nameOf(header.tag);
    if (elements.has(tag)) return;
    this.#listed += 1;
    const { vr, valueOffset: offset } = header;
    elements.set(tag, { tag, vr, offset, length: valueEnd - offset, items });
  }
}

/** A cheap look at what {@link isSurelyElement} asks: a tag after `after`, and a length within the file. */
function mayBeImplicit(
  bytes: Uint8Array,
  index: number,
  littleEndian: boolean,
  after: number,
  limit: number,
): boolean {
  const high = littleEndian ? bytes[index + 1]! : bytes[index]!;
  const low = littleEndian ? bytes[index]! : bytes[index + 1]!;
  const group = (high << 8) | low;
  if (group < after >>> 16 || group > 0x7fe0) return false;
  const [a, b, c, d] = [bytes[index + 4]!, bytes[index + 5]!, bytes[index + 6]!, bytes[index + 7]!];
  const length =
    (littleEndian ? (d << 24) | (c << 16) | (b << 8) | a : (a << 24) | (b << 16) | (c << 8) | d) >>> 0;
  return length <= limit || length === undefinedLength;
}

function nameOf(tag: number): string {
  return tagName(tag >>> 16, tag & 0xffff);
}
