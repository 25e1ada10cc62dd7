import type { Attributes } from './attributes.ts';
import { wordsFromBytes } from './codec/samples.ts';
import { malformed } from './refusal.ts';
import { expandSegments } from './segmented-palette.ts';

/** Red, green and blue palette colour lookup tables (PS3.3 C.7.6.3.1.5), reduced to the 8 bits of the display. */
export interface Palette {
  /** Stored value of the first entry; smaller values show it, values past the last entry show that. */
  readonly firstValue: number;
  /** Entries × 3, interleaved. */
  readonly rgb: Uint8Array;
}

const channels = [
  { name: 'red', descriptor: 'x00281101', data: 'x00281201', segmented: 'x00281221' },
  { name: 'green', descriptor: 'x00281102', data: 'x00281202', segmented: 'x00281222' },
  { name: 'blue', descriptor: 'x00281103', data: 'x00281203', segmented: 'x00281223' },
] as const;

/** Whole tables or segmented ones (PS3.3 C.7.9.2). Throws SystolaError malformed. */
export function readPalette(attributes: Attributes, bigEndian: boolean, fileName: string): Palette {
  const tables = channels.map((channel) => {
    const [storedEntries, first, bits] = descriptor(attributes, channel.descriptor);
    if (storedEntries === undefined || first === undefined || (bits !== 8 && bits !== 16)) {
      throw malformed(fileName, `its ${channel.name} palette is not described`);
    }
    const entries = storedEntries === 0 ? 65_536 : storedEntries;
    const data = attributes.bytes(channel.data);
    if (data !== null && data.length > 0) {
      return { first, values: displayValues(data, entries, bits, bigEndian, channel.name, fileName) };
    }
    const segments = attributes.bytes(channel.segmented);
    if (segments === null) throw malformed(fileName, `its ${channel.name} palette is missing`);
    const expanded = expandSegments(segments, bits, bigEndian);
    if (expanded === null)
      throw malformed(fileName, `the segments of its ${channel.name} palette are damaged`);
    const values = new Uint8Array(Math.min(expanded.length, entries));
    const shift = bits === 8 ? 0 : 8;
    for (let entry = 0; entry < values.length; entry += 1) values[entry] = expanded[entry]! >> shift;
    if (values.length < entries) throw malformed(fileName, `its ${channel.name} palette is too short`);
    return { first, values };
  });
  const [red, green, blue] = tables;
  const length = Math.min(red!.values.length, green!.values.length, blue!.values.length);
  const rgb = new Uint8Array(length * 3);
  for (let entry = 0; entry < length; entry += 1) {
    rgb[entry * 3] = red!.values[entry]!;
    rgb[entry * 3 + 1] = green!.values[entry]!;
    rgb[entry * 3 + 2] = blue!.values[entry]!;
  }
  return { firstValue: red!.first, rgb };
}

/** Number of entries (0 means 65,536), first mapped value (signed when the descriptor is SS) and bits per entry. */
function descriptor(attributes: Attributes, tag: string): number[] {
  const values = attributes.numbers(tag, 'US');
  return values.map((value, index) => (index === 1 ? value : value & 0xffff));
}

function displayValues(
  data: Uint8Array,
  entries: number,
  bits: number,
  bigEndian: boolean,
  name: string,
  fileName: string,
): Uint8Array {
  // 8-bit entries are packed two to a word; some writers spend a word on each all the same.
  if (bits === 8 && data.length < entries * 2) {
    if (data.length < entries) throw malformed(fileName, `its ${name} palette is too short`);
    return bigEndian ? swapped(data).subarray(0, entries) : data.slice(0, entries);
  }
  if (data.length < entries * 2) throw malformed(fileName, `its ${name} palette is too short`);
  const words = wordsFromBytes(data.subarray(0, entries * 2), !bigEndian);
  // Tables that are declared 16-bit and filled with 8-bit values exist; a true 16-bit table is not that dark.
  const shift = bits === 8 || words.every((word) => word < 256) ? 0 : 8;
  const values = new Uint8Array(entries);
  for (let entry = 0; entry < entries; entry += 1) values[entry] = words[entry]! >> shift;
  return values;
}

function swapped(data: Uint8Array): Uint8Array {
  const pairs = data.slice(0, data.length & ~1);
  for (let index = 0; index < pairs.length; index += 2) {
    pairs[index] = data[index + 1]!;
    pairs[index + 1] = data[index]!;
  }
  return pairs;
}

/** Shows palette indices as interleaved RGB. */
export function applyPalette(indices: ArrayLike<number>, palette: Palette): Uint8Array {
  const { firstValue, rgb: table } = palette;
  const last = table.length / 3 - 1;
  const rgb = new Uint8Array(indices.length * 3);
  for (let pixel = 0, at = 0; pixel < indices.length; pixel += 1, at += 3) {
    const offset = indices[pixel]! - firstValue;
    const entry = (offset < 0 ? 0 : offset > last ? last : offset) * 3;
    rgb[at] = table[entry]!;
    rgb[at + 1] = table[entry + 1]!;
    rgb[at + 2] = table[entry + 2]!;
  }
  return rgb;
}
