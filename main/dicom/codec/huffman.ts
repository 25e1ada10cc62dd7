import { UndecodableFrame } from './undecodable-frame.ts';

const longestCode = 16;

/** A Huffman table of JPEG (ITU-T T.81 annex C), decoded by one look-up of the next sixteen bits. */
export class HuffmanTable {
  /** Length of the code << 8 | symbol for every sixteen bits; 0 where no code begins. */
  readonly lookup = new Uint16Array(1 << longestCode);

  /** `counts`: codes of each length from 1 to 16; `symbols`: in the order of their codes. */
  constructor(counts: Uint8Array, symbols: Uint8Array) {
    let code = 0;
    let next = 0;
    for (let length = 1; length <= longestCode; length += 1) {
      for (let index = 0; index < counts[length - 1]!; index += 1) {
        const first = code << (longestCode - length);
        const last = (code + 1) << (longestCode - length);
        if (last > 1 << longestCode) throw new UndecodableFrame('its Huffman table is overfull');
        this.lookup.fill((length << 8) | symbols[next]!, first, last);
        code += 1;
        next += 1;
      }
      code <<= 1;
    }
  }
}

/** The entropy-coded bits of a scan. */
export class ScanBits {
  readonly #bytes: Uint8Array;
  #position: number;
  #bits = 0;
  #count = 0;
  /** Bits that were made up after the data ended; a few are legitimate look-ahead. */
  #invented = 0;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.#position = position;
  }

  /** The symbol of the next code. */
  symbol(table: HuffmanTable): number {
    this.#fill(longestCode);
    const entry = table.lookup[(this.#bits >>> (this.#count - longestCode)) & 0xffff]!;
    if (entry === 0) throw new UndecodableFrame('its compressed data are damaged');
    this.#take(entry >> 8);
    return entry & 255;
  }

  /** The next value of a category, which is how many bits it has (tables F.1 and F.2). At most 15. */
  value(category: number): number {
    if (category === 0) return 0;
    this.#fill(category);
    const value = (this.#bits >>> (this.#count - category)) & ((1 << category) - 1);
    this.#take(category);
    return value < 1 << (category - 1) ? value - (1 << category) + 1 : value;
  }

  /** The next sample difference of a lossless scan: its category, then that many bits (table H.2). */
  difference(table: HuffmanTable): number {
    const category = this.symbol(table);
    if (category === 16) return 32_768;
    if (category > 16) throw new UndecodableFrame('its compressed data are damaged');
    return this.value(category);
  }

  /** Moves behind the restart marker that is due here. */
  restart(): void {
    this.#bits = 0;
    this.#count = 0;
    this.#invented = 0;
    const bytes = this.#bytes;
    while (this.#position + 1 < bytes.length) {
      const marker = bytes[this.#position + 1]!;
      if (bytes[this.#position] === 0xff && marker >= 0xd0 && marker <= 0xd7) {
        this.#position += 2;
        return;
      }
      if (bytes[this.#position] === 0xff && marker !== 0 && marker !== 0xff) break;
      this.#position += 1;
    }
    throw new UndecodableFrame('it lacks a restart marker');
  }

  #take(count: number): void {
    this.#count -= count;
    if (this.#count < this.#invented) throw new UndecodableFrame('its compressed data end early');
  }

  /** At most 16 bits are asked for and at most 23 are held, so that the register stays within 32 bits. */
  #fill(wanted: number): void {
    while (this.#count < wanted) {
      this.#bits = (this.#bits << 8) | this.#nextByte();
      this.#count += 8;
    }
  }

  /** Stuffed zeros are dropped; at a marker or at the end the data are over and zeros are made up. */
  #nextByte(): number {
    const byte = this.#bytes[this.#position];
    if (byte === undefined || (byte === 0xff && this.#bytes[this.#position + 1] !== 0)) {
      this.#invented += 8;
      return 0;
    }
    this.#position += byte === 0xff ? 2 : 1;
    return byte;
  }
}
