import type { ByteSource } from './byte-source.ts';
import { undefinedLength } from './data-set.ts';
import {
  isKnownVr,
  isSurelyElement,
  itemLength,
  itemTag,
  mayHoldElements,
  pixelDataTag,
  possibleHeaders,
  readTag,
  sequenceEndTag,
  type ElementEncoding,
} from './element-header.ts';
import { maxSearchedBytes } from './limits.ts';
import { beginsPixelData } from './pixel-data-element.ts';

const paddingLookBytes = 64 << 10;
/** What was swallowed by a wrong length begins near; a large value costs no more than this. */
const hiddenLookBytes = 1 << 20;
const firstStepBytes = 1 << 10;
const largestStepBytes = 64 << 10;
/** Elements in a row by which the start of a data set is known again, in explicit and in implicit VR. */
const explicitChain = 2;
const implicitChain = 3;

/**
 * Tells where elements begin, from the bytes alone: whether one can stand at a place, and where the next one does
 * behind a part that cannot be understood. All its searches together look at {@link maxSearchedBytes} at most.
 */
export class ElementSearch {
  readonly #source: ByteSource;
  #searchedBytes = 0;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /**
   * Whether `position` is the end, padding, or the beginning of an element, looking past `oddOnes` of them that are
   * not surely elements. Those have to keep the order of tags, and may not swallow elements that surely are some:
   * what is no element at all, read as one, leads anywhere.
   */
  canFollow(
    position: number,
    limit: number,
    encoding: ElementEncoding,
    after: number,
    oddOnes: number,
  ): boolean {
    if (position === limit) return true;
    if (isSurelyElement(this.#source, position, limit, encoding, after)) return true;
    if (limit - position <= paddingLookBytes && this.isPadding(position, limit)) return true;
    if (oddOnes === 0) return false;
    return possibleHeaders(this.#source, position, encoding).some((header) => {
      const { tag, length, valueOffset } = header;
      const end = valueOffset + length;
      return (
        tag > after &&
        length !== undefinedLength &&
        end <= limit &&
        this.#ascends(end, limit, encoding, tag) &&
        this.canFollow(end, limit, encoding, tag, oddOnes - 1) &&
        (mayHoldElements(this.#source, header, encoding) ||
          !this.hidesElements(position + 1, end, limit, encoding, after))
      );
    });
  }

  /** Whether a row of elements after `after` begins at `position`, which is surer than that one does. */
  beginsRow(position: number, limit: number, encoding: ElementEncoding, after: number): boolean {
    return this.#beginsRow(
      position,
      limit,
      encoding,
      after,
      encoding.explicit ? explicitChain : implicitChain,
    );
  }

  /** Whether a row of elements after `after` begins from `start` on and before `end`, as far as is looked. */
  hidesElements(
    start: number,
    end: number,
    limit: number,
    encoding: ElementEncoding,
    after: number,
  ): boolean {
    const before = Math.min(end, start + hiddenLookBytes);
    return this.#find(start, before, limit, encoding, after, false) !== null;
  }

  /** The first place from `start` where elements after `after` begin, or the pixel data; null when there is none. */
  next(start: number, limit: number, encoding: ElementEncoding, after: number): number | null {
    return this.#find(start, limit, limit, encoding, after, false);
  }

  /** The same, right behind the end of a sequence only. */
  nextBehindSequence(start: number, limit: number, encoding: ElementEncoding, after: number): number | null {
    return this.#find(start, limit, limit, encoding, after, true);
  }

  /** Whether zeros lie from `position` to the limit, as far as is looked. */
  isPadding(position: number, limit: number): boolean {
    const bytes = this.#source.read(position, Math.min(limit - position, paddingLookBytes));
    return bytes.every((byte) => byte === 0);
  }

  #ascends(position: number, limit: number, { littleEndian }: ElementEncoding, after: number): boolean {
    const tag = position < limit ? readTag(this.#source, position, littleEndian) : null;
    return tag === null || tag === 0 || tag > after;
  }

  #find(
    start: number,
    before: number,
    limit: number,
    encoding: ElementEncoding,
    after: number,
    delimited: boolean,
  ): number | null {
    const delimiterBytes = delimited ? 8 : 0;
    let stepBytes = firstStepBytes;
    for (let from = start; from < before && from + 8 <= limit;) {
      const count = Math.min(stepBytes, before - from);
      this.#searchedBytes += count;
      if (this.#searchedBytes > maxSearchedBytes) return null;
      const bytes = this.#source.read(from, count + 8).slice();
      for (let index = 0; index < count && index + 8 <= bytes.length; index += 1) {
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
        if (place + 8 <= limit && this.beginsRow(place, limit, encoding, after)) return place;
      }
      from += count;
      stepBytes = Math.min(stepBytes * 4, largestStepBytes);
    }
    return null;
  }

  #isSequenceEnd(position: number, { littleEndian }: ElementEncoding): boolean {
    if (readTag(this.#source, position, littleEndian) !== sequenceEndTag) return false;
    return itemLength(this.#source, position, littleEndian) === 0;
  }

  #beginsRow(
    position: number,
    limit: number,
    encoding: ElementEncoding,
    after: number,
    count: number,
  ): boolean {
    const tag = readTag(this.#source, position, encoding.littleEndian);
    if (tag === null || tag <= after || tag >>> 16 === 0xfffe || tag >>> 16 === 0xffff) return false;
    if (!isSurelyElement(this.#source, position, limit, encoding, after)) return false;
    if (tag === pixelDataTag) return beginsPixelData(this.#source, position, encoding);
    if (count === 1) return true;
    const [header] = possibleHeaders(this.#source, position, encoding);
    if (header === undefined) return false;
    if (header.length === undefinedLength) {
      const next = readTag(this.#source, header.valueOffset, encoding.littleEndian);
      return next === itemTag || next === sequenceEndTag;
    }
    const end = header.valueOffset + header.length;
    return end === limit || this.#beginsRow(end, limit, encoding, tag, count - 1);
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
