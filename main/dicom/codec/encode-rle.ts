import type { Samples } from './samples.ts';

const headerBytes = 64;
const longestRun = 128;
/** Two equal bytes in the middle of others cost nothing as literals; three are worth a run. */
const worthRun = 3;

/**
 * RLE Lossless (PS3.5 annex G): a PackBits segment for each byte plane, the most significant first, each row packed by
 * itself and each segment of an even length.
 */
export function encodeRle(samples: Samples, bitsAllocated: 8 | 16): Uint8Array {
  const { rows, columns, channels, data } = samples;
  const segments: Uint8Array[] = [];
  const row = new Uint8Array(columns);
  for (let channel = 0; channel < channels; channel += 1) {
    for (let shift = bitsAllocated - 8; shift >= 0; shift -= 8) {
      const packed = new PackedBytes(rows * columns);
      for (let y = 0; y < rows; y += 1) {
        for (let x = 0; x < columns; x += 1) row[x] = data[(y * columns + x) * channels + channel]! >> shift;
        packed.add(row);
      }
      segments.push(packed.even());
    }
  }
  const encoded = new Uint8Array(headerBytes + segments.reduce((total, { length }) => total + length, 0));
  const header = new DataView(encoded.buffer);
  header.setUint32(0, segments.length, true);
  let offset = headerBytes;
  segments.forEach((segment, index) => {
    header.setUint32(4 + index * 4, offset, true);
    encoded.set(segment, offset);
    offset += segment.length;
  });
  return encoded;
}

class PackedBytes {
  readonly #buffer: Uint8Array;
  #length = 0;

  /** @param bytes that will be added at most; packing costs one in 128 where nothing repeats */
  constructor(bytes: number) {
    this.#buffer = new Uint8Array(bytes * 2 + 2);
  }

  add(row: Uint8Array): void {
    let literalFrom = 0;
    let x = 0;
    while (x < row.length) {
      let run = 1;
      while (run < longestRun && x + run < row.length && row[x + run] === row[x]) run += 1;
      if (run >= worthRun) {
        this.#literals(row, literalFrom, x);
        this.#buffer[this.#length] = 257 - run;
        this.#buffer[this.#length + 1] = row[x]!;
        this.#length += 2;
        literalFrom = x + run;
      }
      x += run;
    }
    this.#literals(row, literalFrom, row.length);
  }

  even(): Uint8Array {
    return this.#buffer.slice(0, this.#length + (this.#length % 2));
  }

  #literals(row: Uint8Array, from: number, to: number): void {
    for (let start = from; start < to; start += longestRun) {
      const end = Math.min(to, start + longestRun);
      this.#buffer[this.#length] = end - start - 1;
      this.#buffer.set(row.subarray(start, end), this.#length + 1);
      this.#length += 1 + end - start;
    }
  }
}
