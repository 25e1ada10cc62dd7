import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { stampOf } from './stored-file.ts';

/** Random access to the bytes of a file, wherever they are. */
export interface ByteSource {
  readonly size: number;
  /** The bytes from `offset`, fewer than `length` only at the end. May be a view of memory: do not write to it. */
  read(offset: number, length: number): Uint8Array;
}

export class MemorySource implements ByteSource {
  readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    // Never a Buffer: its slice() shares memory where a Uint8Array's copies.
    this.bytes = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get size(): number {
    return this.bytes.length;
  }

  read(offset: number, length: number): Uint8Array {
    return this.bytes.subarray(offset, offset + length);
  }
}

/** Reads a file piece by piece, so that a frame costs its own bytes and not the whole loop's. */
export class FileSource implements ByteSource, Disposable {
  readonly size: number;
  /** State of the file when it was opened. */
  readonly stamp: string;
  readonly #descriptor: number;

  constructor(path: string) {
    this.#descriptor = openSync(path, 'r');
    const stats = fstatSync(this.#descriptor, { bigint: true });
    this.size = Number(stats.size);
    this.stamp = stampOf(stats);
  }

  read(offset: number, length: number): Uint8Array {
    const wanted = Math.max(0, Math.min(length, this.size - offset));
    const bytes = new Uint8Array(wanted);
    let filled = 0;
    while (filled < wanted) {
      const count = readSync(this.#descriptor, bytes, filled, wanted - filled, offset + filled);
      if (count === 0) break;
      filled += count;
    }
    return filled === wanted ? bytes : bytes.subarray(0, filled);
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}
