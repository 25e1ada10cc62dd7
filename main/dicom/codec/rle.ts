import type { PixelDescription } from '../pixel-description.ts';
import type { Samples } from './samples.ts';
import { UndecodableFrame } from './undecodable-frame.ts';

const headerBytes = 64;
const mostSegments = 15;

/** RLE Lossless (PS3.5 annex G): one PackBits segment per byte plane, the most significant byte of a sample first. */
export function decodeRle(encoded: Uint8Array, pixels: PixelDescription): Samples {
  const { rows, columns, samplesPerPixel, bitsAllocated } = pixels;
  const bytesPerSample = bitsAllocated / 8;
  const segments = readSegments(encoded, samplesPerPixel * bytesPerSample);
  const size = rows * columns;
  const data =
    bytesPerSample === 1 ? new Uint8Array(size * samplesPerPixel) : new Uint16Array(size * samplesPerPixel);
  segments.forEach((segment, index) => {
    const channel = Math.floor(index / bytesPerSample);
    const shift = (bytesPerSample - 1 - (index % bytesPerSample)) * 8;
    const plane = unpack(segment, size);
    for (let pixel = 0; pixel < size; pixel += 1) {
      data[pixel * samplesPerPixel + channel]! |= plane[pixel]! << shift;
    }
  });
  return { rows, columns, channels: samplesPerPixel, data, colour: samplesPerPixel === 1 ? 'grey' : null };
}

function readSegments(encoded: Uint8Array, expected: number): Uint8Array[] {
  if (encoded.length < headerBytes) throw new UndecodableFrame('its RLE header is cut short');
  const view = new DataView(encoded.buffer, encoded.byteOffset, encoded.byteLength);
  const count = view.getUint32(0, true);
  if (count !== expected || count > mostSegments) {
    throw new UndecodableFrame(`it has ${count} RLE segments and should have ${expected}`);
  }
  const offsets = Array.from({ length: count }, (_, index) => view.getUint32(4 + index * 4, true));
  return offsets.map((offset, index) => {
    const end = offsets[index + 1] ?? encoded.length;
    if (offset < headerBytes || end < offset || end > encoded.length) {
      throw new UndecodableFrame('its RLE segments are not in order');
    }
    return encoded.subarray(offset, end);
  });
}

/** PackBits; bytes beyond `size` are padding, missing ones an error. */
function unpack(segment: Uint8Array, size: number): Uint8Array {
  const plane = new Uint8Array(size);
  let from = 0;
  let to = 0;
  while (to < size && from < segment.length) {
    const control = segment[from]!;
    from += 1;
    if (control === 128) continue;
    const count = control < 128 ? control + 1 : 257 - control;
    const end = Math.min(size, to + count);
    if (control < 128) {
      plane.set(segment.subarray(from, from + end - to), to);
      if (from + (end - to) > segment.length) break;
      from += count;
    } else {
      if (from >= segment.length) break;
      plane.fill(segment[from]!, to, end);
      from += 1;
    }
    to = end;
  }
  if (to < size) throw new UndecodableFrame('its RLE data end early');
  return plane;
}
