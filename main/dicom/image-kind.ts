import { readJpegHeader } from './codec/jpeg-marker.ts';
import type { PixelEncoding } from './transfer-syntax.ts';

/** What the first bytes of a compressed frame are, whatever the file calls them; null when they tell nothing. */
export function imageKind(bytes: Uint8Array): Exclude<PixelEncoding, 'native'> | null {
  const [first, second, third, fourth] = bytes;
  if (first === 0xff && second === 0xd8) {
    const startOfFrame = readJpegHeader(bytes)?.startOfFrame;
    if (startOfFrame === undefined) return null;
    if (startOfFrame === 0xf7) return 'jpeg-ls';
    return startOfFrame === 0xc3 ? 'jpeg-lossless' : startOfFrame < 0xc3 ? 'jpeg' : null;
  }
  if (first === 0xff && second === 0x4f && third === 0xff && fourth === 0x51) {
    // Rsiz of the size marker: its bit 14 says that the blocks are coded by the high-throughput coder (ITU-T T.814 A.3).
    return ((bytes[6] ?? 0) & 0x40) === 0 ? 'jpeg-2000' : 'htj2k';
  }
  // ISO/IEC 18181-1 and 18181-2: a bare codestream, or a container.
  if (first === 0xff && second === 0x0a) return 'jpeg-xl';
  if (Buffer.from(bytes.subarray(4, 8)).toString('latin1') === 'JXL ') return 'jpeg-xl';
  if (Buffer.from(bytes.subarray(4, 8)).toString('latin1') === 'jP  ') return 'jpeg-2000';
  return isRle(bytes) ? 'rle' : null;
}

/** An RLE header (PS3.5 annex G.5): the number of segments, the first at byte 64, in order, unused ones 0. */
function isRle(bytes: Uint8Array): boolean {
  if (bytes.length < 64) return false;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const segments = view.getUint32(0, true);
  if (segments < 1 || segments > 15 || view.getUint32(4, true) !== 64) return false;
  const offsets = Array.from({ length: 15 }, (_, index) => view.getUint32(4 + index * 4, true));
  return offsets.every((offset, index) => {
    if (index >= segments) return offset === 0;
    return index === 0 || offset > offsets[index - 1]!;
  });
}
