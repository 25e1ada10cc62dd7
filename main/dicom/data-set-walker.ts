import type { ByteSource } from './byte-source.ts';
import { tagName, undefinedLength, type DataSet, type Element } from './data-set.ts';
import {
  isKnownVr,
  isPlainHeader,
  isSurelyElement,
  itemEndTag,
  itemLength,
  itemTag,
  mayHoldElements,
  pixelDataTag,
  possibleHeaders,
  readTag,
  sequenceEndTag,
  type ElementEncoding,
  type ElementHeader,
} from './element-header.ts';
import { ElementSearch } from './element-search.ts';
import { maxEndlessSequences, maxListedElements, maxSequenceDepth } from './limits.ts';
import { pixelDataAt, type PixelDataElement } from './pixel-data-element.ts';

/**
 * Sequences whose items are read, each with an attribute that occurs in its items only, by which an item is known
 * again that has lost its sequence. Others are stepped over unread, whatever is inside.
 */
export type WantedSequences = ReadonlyMap<string, string | null>;

export interface WalkOptions {
  /** Elements whose places are remembered. */
  readonly mostElements: number;
  /** Group whose private elements are listed as others are; those of other private groups are stepped over. */
  readonly privateGroup: number | null;
}

const clipWalk: WalkOptions = { mostElements: maxListedElements, privateGroup: null };

export interface WalkedFile {
  readonly dataSet: DataSet;
  readonly pixelData: PixelDataElement | null;
  /** Elements, items and delimiters that could not be understood and were stepped over. */
  readonly damagedParts: number;
  /** The bytes end inside an element. */
  readonly cutShort: boolean;
  /** There are more elements than were to be remembered. */
  readonly isFull: boolean;
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

/** Parts in a row that are not surely elements and yet are stepped over as what they say they are. */
const maxOddOnes = 2;

/**
 * Walks the elements of a data set without holding any value, and steps over what it does not know: stray items and
 * delimiters, sequences that never end, value representations that do not exist or are not those of the value,
 * explicit elements among implicit ones and the reverse, lengths that are wrong. An element counts as understood when
 * something follows that can be an element; where no reading of it does, the next place is searched where one begins.
 */
export class DataSetWalker {
  readonly #source: ByteSource;
  readonly #search: ElementSearch;
  readonly #wanted: WantedSequences;
  readonly #options: WalkOptions;
  #damagedParts = 0;
  #cutShort = false;
  #listed = 0;
  #endlessSequences = 0;
  /** Items found without their sequence. */
  readonly #strayItems = new Map<string, DataSet[]>();

  constructor(source: ByteSource, wanted: WantedSequences, options: WalkOptions = clipWalk) {
    this.#source = source;
    this.#options = options;
    this.#search = new ElementSearch(source);
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
      isFull: this.#listed >= this.#options.mostElements,
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
      if (tag === 0 && this.#search.isPadding(position, limit)) return ended(limit, level !== 'open-item');
      if (level === 'top' && tag === pixelDataTag) {
        const pixelData = pixelDataAt(this.#source, position, encoding);
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
    const [likeliest] = headers;
    if (likeliest === undefined) return null;
    const found = (header: ElementHeader, end: number): Found => {
      const valueEnd = header.valueOffset + header.length;
      return { header, valueEnd, end, items: this.#itemsOf(header, valueEnd, encoding, depth, keep) };
    };
    const stated = headers.filter(({ length }) => length !== undefinedLength);
    const fitting = stated.filter(({ length, valueOffset }) => valueOffset + length <= limit);
    if (fitting[0] === likeliest && (!encoding.explicit || isPlainHeader(likeliest, position))) {
      const end = this.#endWhere(likeliest, limit, (place) =>
        this.#search.canFollow(place, limit, encoding, likeliest.tag, 0),
      );
      if (end !== null) return found(likeliest, end);
    }
    // Of several ways to read it the one counts that is followed by what is surest.
    for (const header of headers) {
      if (header.length === undefinedLength) {
        const wanted = keep && this.#wanted.has(nameOf(header.tag));
        const { tag, valueOffset } = header;
        const sequence = this.#sequence(valueOffset, limit, encoding, tag, false, depth + 1, wanted);
        if (sequence !== null) return { header, valueEnd: sequence.end, ...sequence };
        this.#endlessSequences += 1;
        // Another reading would walk into the same sequence again, at every level.
        if (level === 'open-item') return null;
      } else if (fitting.includes(header)) {
        const end = this.#endWhere(header, limit, (place) =>
          this.#search.beginsRow(place, limit, encoding, header.tag),
        );
        if (end !== null) return found(header, end);
      }
    }
    for (let oddOnes = 0; oddOnes <= maxOddOnes; oddOnes += 1) {
      for (const header of fitting) {
        const end = this.#endWhere(
          header,
          limit,
          (place) =>
            this.#search.canFollow(place, limit, encoding, header.tag, oddOnes) &&
            ((oddOnes === 0 && header === likeliest) ||
              mayHoldElements(this.#source, header, encoding) ||
              !this.#search.hidesElements(position + 1, place, limit, encoding, previous)),
        );
        if (end !== null) return found(header, end);
      }
    }
    const [first] = fitting;
    const fallback: Found | null =
      first === undefined
        ? null
        : {
            header: first,
            valueEnd: first.valueOffset + first.length,
            end: first.valueOffset + first.length,
            items: [],
          };
    // Only the outermost level searches: each level within would search the same bytes again.
    if (level === 'open-item') return fallback;
    const { tag, valueOffset, length } = likeliest;
    const broken = length === undefinedLength;
    const next = broken
      ? (this.#search.nextBehindSequence(valueOffset, limit, encoding, tag) ??
        this.#search.next(valueOffset, limit, encoding, tag))
      : this.#search.next(position + 1, limit, encoding, previous);
    if (next === null) return broken ? null : fallback;
    this.#damagedParts += 1;
    const valueEnd = Math.max(valueOffset, Math.min(valueOffset + (broken ? 0 : length), next));
    return { header: likeliest, valueEnd, end: next, items: [] };
  }

  /** Where the element ends: odd lengths are written with and without the byte that makes them even. */
  #endWhere(
    { length, valueOffset }: ElementHeader,
    limit: number,
    canEnd: (place: number) => boolean,
  ): number | null {
    const end = valueOffset + length;
    if (canEnd(end)) return end;
    return length % 2 === 1 && end < limit && canEnd(end + 1) ? end + 1 : null;
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
    return this.#sequence(valueOffset, end, encoding, tag, true, depth + 1, true)?.items ?? [];
  }

  /**
   * Steps through items. Of undefined length (`bounded` false) it ends at its delimiter, or where an element stands
   * in its place; null when neither comes. A bounded one keeps what can be read of it.
   */
  #sequence(
    start: number,
    limit: number,
    encoding: ElementEncoding,
    after: number,
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
        if (tag === null || !this.#search.canFollow(position, limit, encoding, after, maxOddOnes))
          return null;
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
    if (
      length !== undefinedLength &&
      end <= limit &&
      this.#search.canFollow(end, limit, encoding, 0, maxOddOnes)
    ) {
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

  #list(elements: Map<string, Element>, { header, valueEnd, items }: Found): void {
    const group = header.tag >>> 16;
    const { mostElements, privateGroup } = this.#options;
    if ((group % 2 === 1 && group !== privateGroup) || this.#listed >= mostElements) return;
    const tag = nameOf(header.tag);
    if (elements.has(tag)) return;
    this.#listed += 1;
    const { vr, valueOffset: offset } = header;
    elements.set(tag, { tag, vr, offset, length: valueEnd - offset, items });
  }
}

function nameOf(tag: number): string {
  return tagName(tag >>> 16, tag & 0xffff);
}
