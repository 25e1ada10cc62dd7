import type { ByteSource } from './byte-source.ts';

const windowBytes = 256 << 10;

/** Serves many small reads that lie near each other from one read of the source. Large ones go past it. */
export class WindowedSource implements ByteSource {
  readonly #source: ByteSource;
  #offset = 0;
  #window: Uint8Array = new Uint8Array();

  constructor(source: ByteSource) {
    this.#source = source;
  }

  get size(): number {
    return this.#source.size;
  }

  read(offset: number, length: number): Uint8Array {
    if (length > windowBytes) return this.#source.read(offset, length);
    const from = offset - this.#offset;
    const wanted = Math.max(0, Math.min(length, this.size - offset));
    if (from >= 0 && from + wanted <= this.#window.length) return this.#window.subarray(from, from + wanted);
    this.#window = this.#source.read(offset, windowBytes);
    this.#offset = offset;
    return this.#window.subarray(0, wanted);
  }
}
