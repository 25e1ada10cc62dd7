import type { ByteSource } from './byte-source.ts';
import { undefinedLength } from './data-set.ts';
import {
  isKnownVr,
  itemEndTag,
  itemTag,
  possibleHeaders,
  readTag,
  sequenceEndTag,
  type ElementEncoding,
} from './element-header.ts';

/** Where the elements of a file begin: at its file meta information, or where that is missing at its data set. */
export interface FileStart {
  readonly offset: number;
  readonly hasMeta: boolean;
}

const littleExplicit: ElementEncoding = { explicit: true, littleEndian: true };
const littleImplicit: ElementEncoding = { explicit: false, littleEndian: true };
const bigExplicit: ElementEncoding = { explicit: true, littleEndian: false };
const bigImplicit: ElementEncoding = { explicit: false, littleEndian: false };
const encodings = [littleExplicit, littleImplicit, bigExplicit, bigImplicit];

/** Elements in a row that make a data set of bytes that no prefix announces, and of those that one does. */
const unannouncedChain = 3;
const announcedChain = 2;
/** A first element with more is none. */
const largestFirstValue = 1 << 20;

/**
 * Finds the beginning of a DICOM file (PS3.10 section 7.1), also where the preamble, its prefix "DICM" or the file
 * meta information is missing. Null for anything else. The head of a file is enough.
 */
export function fileStart(source: ByteSource): FileStart | null {
  if (hasPrefix(source, 128)) return beginning(source, 132);
  if (hasPrefix(source, 0)) return beginning(source, 4);
  for (const offset of [0, 128, 132]) {
    if (isMetaElement(source, offset) && readTag(source, offset, true)! <= 0x0002_0002) {
      return { offset, hasMeta: true };
    }
    if (dataSetEncoding(source, offset, null, unannouncedChain) !== null) return { offset, hasMeta: false };
  }
  return null;
}

function hasPrefix(source: ByteSource, offset: number): boolean {
  return Buffer.from(source.read(offset, 4)).toString('latin1') === 'DICM';
}

function beginning(source: ByteSource, offset: number): FileStart {
  return { offset, hasMeta: isMetaElement(source, offset) || readTag(source, offset, true)! >>> 16 === 2 };
}

/** An element of group 0002, which is always explicit VR little endian. */
export function isMetaElement(source: ByteSource, offset: number): boolean {
  const bytes = source.read(offset, 8);
  return bytes.length === 8 && bytes[0] === 2 && bytes[1] === 0 && isKnownVr(bytes[4]!, bytes[5]!);
}

/**
 * How the data set at `offset` is written, judged by its first elements: as `labelled` where that is possible.
 * Null when nothing there looks like elements.
 */
export function dataSetEncoding(
  source: ByteSource,
  offset: number,
  labelled: ElementEncoding | null,
  chain = announcedChain,
): ElementEncoding | null {
  const tried = labelled === null ? encodings : [labelled, ...encodings];
  return tried.find((encoding) => isChain(source, offset, encoding, chain)) ?? null;
}

function isChain(source: ByteSource, start: number, encoding: ElementEncoding, count: number): boolean {
  let position = start;
  let previous = 0;
  for (let found = 0; found < count;) {
    // The head of a file may end in the middle of the chain.
    if (found > 0 && position + 8 > source.size) return true;
    const tag = readTag(source, position, encoding.littleEndian);
    if (tag === null) return false;
    if (tag === itemTag || tag === itemEndTag || tag === sequenceEndTag) {
      if (position - start > 64) return true;
      position += 8;
      continue;
    }
    const group = tag >>> 16;
    if (tag <= previous || (found === 0 && (group < 0x0004 || group > 0x0028 || group % 2 === 1)))
      return false;
    const bytes = source.read(position, 8);
    if (bytes.length < 8 || isKnownVr(bytes[4]!, bytes[5]!) !== encoding.explicit) return false;
    const [header] = possibleHeaders(source, position, encoding);
    if (header === undefined) return false;
    if (header.length === undefinedLength)
      return found > 0 || /^\xfe\xff|^\xff\xfe/.test(latin1(source, header.valueOffset));
    if (header.length > largestFirstValue) return found > 0 && encoding.explicit;
    position = header.valueOffset + header.length;
    previous = tag;
    found += 1;
  }
  return true;
}

function latin1(source: ByteSource, offset: number): string {
  return Buffer.from(source.read(offset, 2)).toString('latin1');
}
