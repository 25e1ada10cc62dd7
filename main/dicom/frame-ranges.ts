import type { ByteSource } from './byte-source.ts';
import { imageKind } from './image-kind.ts';
import { maxFragments } from './limits.ts';
import type { PixelDescription } from './pixel-description.ts';
import { malformed, truncated } from './refusal.ts';
import type { Header, PixelDataElement } from './header.ts';

/** A piece of a source. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** The pieces that make up one frame, in order. */
export type FrameRanges = readonly ByteRange[];

const undefinedLength = 0xffffffff;

/**
 * Finds the bytes of every frame without decoding any: by arithmetic for native pixels, by the fragments of
 * encapsulated ones (PS3.5 annex A.4). Throws SystolaError: missing-pixel-data is the caller's, truncated, malformed.
 */
export function frameRanges(
  header: Header,
  pixelData: PixelDataElement,
  pixels: PixelDescription,
  fileName: string,
): FrameRanges[] {
  if (pixels.encoding === 'native') return nativeRanges(header.source, pixelData, pixels, fileName);
  if (pixelData.length !== null) {
    throw malformed(fileName, 'its pixel data are compressed but not encapsulated');
  }
  return encapsulatedRanges(header, pixelData, pixels, fileName);
}

/** Bytes of one native frame; YBR_FULL_422 shares its colour samples between two pixels of a row. */
export function nativeFrameBytes(pixels: PixelDescription): number {
  const samples = pixels.photometric === 'YBR_FULL_422' ? 2 : pixels.samplesPerPixel;
  return pixels.rows * pixels.columns * samples * (pixels.bitsAllocated / 8);
}

function nativeRanges(
  source: ByteSource,
  pixelData: PixelDataElement,
  pixels: PixelDescription,
  fileName: string,
): FrameRanges[] {
  if (pixelData.length === null) throw malformed(fileName, 'its uncompressed pixel data have no length');
  let frameBytes = nativeFrameBytes(pixels);
  // Invalid but common: YBR_FULL_422 stated, three full samples per pixel written.
  const full = pixels.rows * pixels.columns * 3 * (pixels.bitsAllocated / 8);
  if (pixels.photometric === 'YBR_FULL_422' && pixelData.length >= full * pixels.frames) frameBytes = full;
  const needed = frameBytes * pixels.frames;
  const there = Math.max(0, source.size - pixelData.offset);
  if (pixelData.length < needed) {
    throw truncated(
      fileName,
      `its ${pixels.frames} frames are complete (${pixelData.length} of ${needed} bytes)`,
    );
  }
  if (there < needed) throw truncated(fileName, `its ${pixels.frames} frames are complete`);
  return Array.from({ length: pixels.frames }, (_, frame) => [
    { offset: pixelData.offset + frame * frameBytes, length: frameBytes },
  ]);
}

/** One item of encapsulated pixel data; `itemOffset` counts from the first fragment's item tag. */
interface Fragment extends ByteRange {
  readonly itemOffset: number;
}

function encapsulatedRanges(
  header: Header,
  pixelData: PixelDataElement,
  pixels: PixelDescription,
  fileName: string,
): FrameRanges[] {
  const { offsetTable, fragments } = readFragments(header.source, pixelData.offset, fileName);
  const filled = fragments.filter((fragment) => fragment.length > 0);
  if (filled.length === 0) throw malformed(fileName, 'its pixel data are empty');
  const { frames } = pixels;
  const found =
    byExtendedTable(header, fragments, frames) ??
    byOffsets(offsetTable, fragments, frames) ??
    (filled.length === frames ? filled.map((fragment) => [fragment]) : null) ??
    (frames === 1 ? [filled] : null) ??
    byFragmentStarts(header.source, filled, pixels) ??
    byImageStarts(header.source, filled, frames);
  if (found !== null) return found;
  if (filled.length < frames) {
    throw truncated(fileName, `its ${frames} frames are complete (${filled.length} fragments found)`);
  }
  throw malformed(fileName, `its ${filled.length} fragments cannot be told apart into ${frames} frames`);
}

function readFragments(source: ByteSource, start: number, fileName: string) {
  let position = start;
  let offsetTable: number[] | null = null;
  let firstItem = 0;
  const fragments: Fragment[] = [];
  while (position + 8 <= source.size) {
    const head = source.read(position, 8);
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    const group = view.getUint16(0, true);
    const element = view.getUint16(2, true);
    const length = view.getUint32(4, true);
    if (group !== 0xfffe || (element !== 0xe000 && element !== 0xe0dd)) {
      throw malformed(fileName, 'its pixel data fragments are not in sequence');
    }
    if (element === 0xe0dd) break;
    const offset = position + 8;
    if (length === undefinedLength || offset + length > source.size) {
      throw truncated(fileName, `its pixel data are complete (fragment ${fragments.length})`);
    }
    if (offsetTable === null) {
      offsetTable = readOffsetTable(source, { offset, length });
      firstItem = offset + length;
    } else {
      fragments.push({ offset, length, itemOffset: position - firstItem });
      if (fragments.length > maxFragments)
        throw malformed(fileName, 'its pixel data have too many fragments');
    }
    position = offset + length;
  }
  return { offsetTable: offsetTable ?? [], fragments };
}

function readOffsetTable(source: ByteSource, { offset, length }: ByteRange): number[] {
  const bytes = source.read(offset, Math.min(length, maxFragments * 4));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length >> 2 }, (_, index) => view.getUint32(index * 4, true));
}

/** Extended Offset Table (7FE0,0001): frames of one fragment each, 64-bit offsets. */
function byExtendedTable(
  header: Header,
  fragments: readonly Fragment[],
  frames: number,
): FrameRanges[] | null {
  const bytes = header.attributes.bytes('x7fe00001');
  if (bytes === null || bytes.length !== frames * 8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const offsets = Array.from({ length: frames }, (_, frame) => Number(view.getBigUint64(frame * 8, true)));
  const lengths = header.attributes.bytes('x7fe00002');
  const ranges = byOffsets(offsets, fragments, frames);
  if (ranges === null || lengths === null || lengths.length !== bytes.length) return ranges;
  const lengthView = new DataView(lengths.buffer, lengths.byteOffset, lengths.byteLength);
  return ranges.map((frameRange, frame) =>
    trimmed(frameRange, Number(lengthView.getBigUint64(frame * 8, true))),
  );
}

/** The stated length leaves out the padding; a length that does not fit is ignored. */
function trimmed(ranges: FrameRanges, length: number): FrameRanges {
  const [only] = ranges;
  if (ranges.length !== 1 || only === undefined || length < 1 || length > only.length) return ranges;
  return [{ offset: only.offset, length }];
}

/** Groups fragments by the offsets of their frames; null unless every offset is the start of a fragment, in order. */
function byOffsets(
  offsets: readonly number[],
  fragments: readonly Fragment[],
  frames: number,
): FrameRanges[] | null {
  if (offsets.length !== frames || offsets[0] !== 0) return null;
  const frameOf = new Map(offsets.map((offset, frame) => [offset, frame]));
  if (frameOf.size !== frames) return null;
  const ranges: ByteRange[][] = [];
  for (const fragment of fragments) {
    const frame = frameOf.get(fragment.itemOffset);
    if (frame !== undefined) {
      if (frame !== ranges.length) return null;
      ranges.push([]);
    }
    if (fragment.length > 0) ranges.at(-1)?.push(fragment);
  }
  return ranges.length === frames && ranges.every((range) => range.length > 0) ? ranges : null;
}

/** Groups fragments by those that begin like an image of their encoding. */
function byFragmentStarts(
  source: ByteSource,
  fragments: readonly Fragment[],
  pixels: PixelDescription,
): FrameRanges[] | null {
  const ranges: ByteRange[][] = [];
  for (const fragment of fragments) {
    if (beginsImage(source.read(fragment.offset, 64), pixels)) ranges.push([]);
    if (ranges.length === 0) return null;
    ranges.at(-1)!.push(fragment);
  }
  return ranges.length === pixels.frames ? ranges : null;
}

function beginsImage(bytes: Uint8Array, pixels: PixelDescription): boolean {
  const [first, second, third] = bytes;
  if (pixels.encoding === 'rle') return beginsRle(bytes, pixels);
  if (pixels.encoding === 'jpeg-xl') return imageKind(bytes) === 'jpeg-xl';
  if (pixels.encoding === 'jpeg-2000' || pixels.encoding === 'htj2k') {
    return (
      (first === 0xff && second === 0x4f && third === 0xff) || (first === 0 && second === 0 && third === 0)
    );
  }
  return first === 0xff && second === 0xd8 && third === 0xff;
}

/** An RLE header (PS3.5 annex G.5): the number of segments, the first at byte 64, unused ones 0. */
function beginsRle(bytes: Uint8Array, pixels: PixelDescription): boolean {
  if (bytes.length < 64) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const segments = pixels.samplesPerPixel * (pixels.bitsAllocated / 8);
  if (view.getUint32(0, true) !== segments || view.getUint32(4, true) !== 64) return false;
  return Array.from({ length: 15 - segments }).every((_, index) => {
    return view.getUint32((segments + 1 + index) * 4, true) === 0;
  });
}

/** Last resort: several JPEG images run together, cut wherever an end of image is followed by a start of image. */
function byImageStarts(
  source: ByteSource,
  fragments: readonly Fragment[],
  frames: number,
): FrameRanges[] | null {
  const ranges: ByteRange[][] = [];
  let ended = true;
  let previous = 0;
  for (const fragment of fragments) {
    const bytes = source.read(fragment.offset, fragment.length);
    let begin = 0;
    for (let index = 0; index < bytes.length; index += 1) {
      const byte = bytes[index]!;
      const startsHere = ended && byte === 0xff && bytes[index + 1] === 0xd8 && bytes[index + 2] === 0xff;
      if (startsHere) {
        if (index > begin && ranges.length > 0) {
          ranges.at(-1)!.push({ offset: fragment.offset + begin, length: index - begin });
        }
        ranges.push([]);
        begin = index;
        if (ranges.length > frames) return null;
      }
      if (previous === 0xff && byte === 0xd9) ended = true;
      else if (byte !== 0) ended = false;
      previous = byte;
    }
    if (ranges.length === 0) return null;
    ranges.at(-1)!.push({ offset: fragment.offset + begin, length: bytes.length - begin });
  }
  return ranges.length === frames ? ranges : null;
}
