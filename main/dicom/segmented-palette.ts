const discrete = 0;
const linear = 1;
const indirect = 2;
const mostEntries = 65_536;

/**
 * Entries of a Segmented Palette Color Lookup Table (PS3.3 C.7.9.2): runs of values, straight lines to a value, and
 * references to segments before. Null when the segments are damaged.
 *
 * @param bits of one entry, and of every number in the segments
 */
export function expandSegments(data: Uint8Array, bits: 8 | 16, bigEndian: boolean): number[] | null {
  const width = bits / 8;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const count = Math.floor(data.length / width);
  const number = (index: number): number =>
    bits === 8 ? view.getUint8(index) : view.getUint16(index * 2, !bigEndian);
  const entries: number[] = [];

  /** Adds the segment at `start` and returns where the next one begins; null when it is damaged. */
  const add = (start: number, copied: boolean): number | null => {
    if (start + 2 > count) return null;
    const opcode = number(start);
    const length = number(start + 1);
    if (opcode === discrete) {
      if (start + 2 + length > count || entries.length + length > mostEntries) return null;
      for (let index = 0; index < length; index += 1) entries.push(number(start + 2 + index));
      return start + 2 + length;
    }
    if (opcode === linear) {
      const from = entries.at(-1);
      if (from === undefined || start + 3 > count || entries.length + length > mostEntries) return null;
      const to = number(start + 2);
      for (let index = 1; index <= length; index += 1) {
        entries.push(Math.round(from + ((to - from) * index) / length));
      }
      return start + 3;
    }
    if (opcode !== indirect || copied) return null;
    // The offset has 32 bits, the lower ones first, whatever the width of a number is.
    const numbers = 4 / width;
    if (start + 2 + numbers > count) return null;
    let byteOffset = 0;
    for (let index = 0; index < numbers; index += 1) {
      byteOffset += number(start + 2 + index) * 2 ** (index * bits);
    }
    let position: number | null = byteOffset / width;
    for (let segment = 0; segment < length; segment += 1) {
      if (position === null || !Number.isInteger(position) || position >= start) return null;
      position = add(position, true);
    }
    return position === null ? null : start + 2 + numbers;
  };

  let position = 0;
  while (position + 2 <= count) {
    // A byte makes the value even.
    if (bits === 8 && position === count - 1) break;
    const next = add(position, false);
    if (next === null) return null;
    position = next;
  }
  return entries;
}
