import type { ByteSource } from './byte-source.ts';
import { imageKind } from './image-kind.ts';
import { maxFragments, maxFrames } from './limits.ts';
import type { PixelDescription } from './pixel-description.ts';
import { malformed, refusal, truncated } from './refusal.ts';
import type { Header } from './header.ts';
import type { PixelDataElement } from './pixel-data-element.ts';

/** A piece of a source. */
export interface ByteRange {
  readonly offset: number;
  readonly length: number;
}

/** The pieces that make up one frame, in order. */
export type FrameRanges = readonly ByteRange[];

/** The frames that are whole, whatever number of them the file states. */
export interface FoundFrames {
  readonly frames: readonly FrameRanges[];
  /** The pixel data end before the stated number of frames, or in the middle of one. */
  readonly cutShort: boolean;
}

const undefinedLength = 0xffffffff;
/** More fragments that begin like no image than this share are pieces of frames, not damaged frames. */
const damagedStartShare = 0.1;

/**
 * Finds the bytes of every frame without decoding any: by arithmetic for native pixels, by the fragments of
 * encapsulated ones (PS3.5 annex A.4). The stated number of frames decides where it can be true; else the frames that
 * are there count. Throws SystolaError: truncated (not one frame is whole), malformed, impossible-size.
 */
export function frameRanges(
  header: Pick<Header, 'source' | 'attributes'>,
  pixelData: PixelDataElement,
  pixels: PixelDescription,
  fileName: string,
): FoundFrames {
  const found =
    pixels.encoding === 'native'
      ? nativeRanges(header.source, pixelData, pixels, fileName)
      : encapsulatedRanges(header, pixelData, pixels, fileName);
  if (found.frames.length > maxFrames) {
    throw refusal(
      'impossible-size',
      fileName,
      `The file holds ${found.frames.length} frames; a clip has at most ${maxFrames}.`,
    );
  }
  return found;
}

/** Bytes of one native frame; YBR_FULL_422 shares its colour samples between two pixels of a row. */
export function nativeFrameBytes(pixels: PixelDescription): number {
  const samples = pixels.photometric === 'YBR_FULL_422' ? 2 : pixels.samplesPerPixel;
  return pixels.rows * pixels.columns * samples * (pixels.bitsAllocated / 8);
}

/** Sizes that a native frame may have in bytes: as it should be, then as some writers have it. */
function nativeFrameSizes(pixels: PixelDescription): number[] {
  const { rows, columns, samplesPerPixel, bitsAllocated, photometric } = pixels;
  const sampleBytes = bitsAllocated / 8;
  const evenColumns = columns + (columns % 2);
  const subsampled = photometric === 'YBR_FULL_422';
  return [
    nativeFrameBytes(pixels),
    // Rows of an odd number of columns, padded.
    rows * evenColumns * (subsampled ? 2 : samplesPerPixel) * sampleBytes,
    // Invalid but common: YBR_FULL_422 stated, three full samples per pixel written.
    ...(subsampled ? [rows * columns * 3 * sampleBytes] : []),
  ];
}

function nativeRanges(
  source: ByteSource,
  pixelData: PixelDataElement,
  pixels: PixelDescription,
  fileName: string,
): FoundFrames {
  if (pixelData.length === null) throw malformed(fileName, 'its uncompressed pixel data have no length');
  const { statedFrames } = pixels;
  const { length } = pixelData;
  const sizes = nativeFrameSizes(pixels);
  // A last byte makes the length even.
  const fills = (size: number, frames: number): boolean =>
    length - size * frames === 0 || length - size * frames === 1;
  const frameBytes =
    sizes.find((size) => fills(size, statedFrames ?? 1)) ??
    sizes.find((size) => length >= size && fills(size, Math.floor(length / size))) ??
    sizes[0]!;
  const there = Math.min(length, Math.max(0, source.size - pixelData.offset));
  const whole = Math.floor(there / frameBytes);
  const cutShort = there < length || (statedFrames !== null && whole < statedFrames);
  if (whole === 0) {
    throw truncated(fileName, `one frame is complete (${there} of ${frameBytes} bytes)`);
  }
  // What is behind the stated frames counts when it is frames.
  const more = statedFrames !== null && whole > statedFrames && !fills(frameBytes, whole);
  const frames = more ? statedFrames : whole;
  if (frames > maxFrames) return { frames: { length: frames } as FrameRanges[], cutShort };
  return {
    frames: Array.from({ length: frames }, (_, frame) => [
      { offset: pixelData.offset + frame * frameBytes, length: frameBytes },
    ]),
    cutShort,
  };
}

/** One item of encapsulated pixel data; `itemOffset` counts from the first fragment's item tag. */
interface Fragment extends ByteRange {
  readonly itemOffset: number;
}

function encapsulatedRanges(
  header: Pick<Header, 'source' | 'attributes'>,
  pixelData: PixelDataElement,
  pixels: PixelDescription,
  fileName: string,
): FoundFrames {
  const { source } = header;
  const { offsetTable, fragments, cutShort } =
    pixelData.length === null
      ? readFragments(source, pixelData.offset, fileName)
      : bareImages(source, pixelData.offset, pixelData.length);
  const filled = fragments.filter((fragment) => fragment.length > 0);
  if (filled.length === 0) {
    if (cutShort) throw truncated(fileName, 'one frame is complete');
    throw malformed(fileName, 'its pixel data are empty');
  }
  const { statedFrames: stated } = pixels;
  const tables = [byExtendedTable(header, fragments), byOffsets(offsetTable, fragments)];
  const each = (list: readonly Fragment[]): FrameRanges[] => list.map((fragment) => [fragment]);
  const starts = byFragmentStarts(source, filled, pixels);
  if (stated !== null) {
    const exact =
      [...tables, each(filled), each(fragments), starts].find((ranges) => ranges?.length === stated) ??
      (stated === 1 && (starts === null || starts.length <= 1) ? [filled] : null) ??
      byImageStarts(source, filled, stated);
    if (exact?.length === stated) return { frames: exact, cutShort: false };
  }
  const [extended, basic] = tables;
  const images = isJpeg(pixels) ? byImageStarts(source, filled, maxFrames) : null;
  // A fragment that begins like no image is a damaged frame, unless there are many: then they are pieces.
  const mostlyStarts = starts !== null && filled.length - starts.length <= damagedStartShare * filled.length;
  const likely = mostlyStarts ? each(filled) : starts;
  const most = images !== null && images.length > (likely?.length ?? 0) ? images : likely;
  const found = extended ?? basic ?? most ?? (filled.length === 1 ? [filled] : null);
  if (found === null) {
    throw malformed(
      fileName,
      `its ${filled.length} fragments cannot be told apart into ${stated ?? 'its'} frames`,
    );
  }
  return { frames: found, cutShort: cutShort || (stated !== null && found.length < stated) };
}

function isJpeg({ encoding }: PixelDescription): boolean {
  return encoding === 'jpeg' || encoding === 'jpeg-lossless' || encoding === 'jpeg-ls';
}

/** Compressed data that were written without any fragment around them. */
function bareImages(source: ByteSource, offset: number, length: number) {
  const there = Math.min(length, Math.max(0, source.size - offset));
  const fragments: Fragment[] = [{ offset, length: there, itemOffset: 0 }];
  return { offsetTable: [], fragments, cutShort: there < length };
}

/** Fragments up to the end of their sequence, or to where they are damaged or the file ends. */
function readFragments(source: ByteSource, start: number, fileName: string) {
  let position = start;
  let offsetTable: number[] | null = null;
  let firstItem = 0;
  let cutShort = false;
  const fragments: Fragment[] = [];
  for (;;) {
    const head = source.read(position, 8);
    if (head.length < 8) {
      cutShort = head.length > 0 || offsetTable === null;
      break;
    }
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    const group = view.getUint16(0, true);
    const element = view.getUint16(2, true);
    const length = view.getUint32(4, true);
    if (group !== 0xfffe || element !== 0xe000) {
      cutShort = group !== 0xfffe || element !== 0xe0dd;
      break;
    }
    const offset = position + 8;
    if (length === undefinedLength || offset + length > source.size) {
      cutShort = true;
      break;
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
  return { offsetTable: offsetTable ?? [], fragments, cutShort };
}

function readOffsetTable(source: ByteSource, { offset, length }: ByteRange): number[] {
  const bytes = source.read(offset, Math.min(length, maxFragments * 4));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length >> 2 }, (_, index) => view.getUint32(index * 4, true));
}

/** Extended Offset Table (7FE0,0001): frames of one fragment each, 64-bit offsets. */
function byExtendedTable(
  header: Pick<Header, 'attributes'>,
  fragments: readonly Fragment[],
): FrameRanges[] | null {
  const bytes = header.attributes.bytes('x7fe00001');
  if (bytes === null || bytes.length < 8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const frames = bytes.length >> 3;
  const offsets = Array.from({ length: frames }, (_, frame) => Number(view.getBigUint64(frame * 8, true)));
  const lengths = header.attributes.bytes('x7fe00002');
  const ranges = byOffsets(offsets, fragments);
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
function byOffsets(offsets: readonly number[], fragments: readonly Fragment[]): FrameRanges[] | null {
  const frames = offsets.length;
  if (frames === 0 || offsets[0] !== 0) return null;
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

/** Groups fragments by those that begin like an image of their encoding; null when the first does not. */
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
  return ranges;
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
  most: number,
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
        if (ranges.length > most) return null;
      }
      if (previous === 0xff && byte === 0xd9) ended = true;
      else if (byte !== 0) ended = false;
      previous = byte;
    }
    if (ranges.length === 0) return null;
    ranges.at(-1)!.push({ offset: fragment.offset + begin, length: bytes.length - begin });
  }
  return ranges;
}
