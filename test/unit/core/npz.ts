import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';

export interface NumpyArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/** Reads the unsigned-byte arrays of a numpy .npz file (a ZIP of .npy files, stored or deflated). */
export function readNpz(path: string): Map<string, NumpyArray> {
  const bytes = readFileSync(path);
  const arrays = new Map<string, NumpyArray>();
  let end = bytes.length - 22;
  while (end >= 0 && bytes.readUInt32LE(end) !== 0x06054b50) end--;
  const entries = bytes.readUInt16LE(end + 10);
  let at = bytes.readUInt32LE(end + 16);
  for (let i = 0; i < entries; i++) {
    const method = bytes.readUInt16LE(at + 10);
    const size = bytes.readUInt32LE(at + 20);
    const nameLength = bytes.readUInt16LE(at + 28);
    const extraLength = bytes.readUInt16LE(at + 30);
    const commentLength = bytes.readUInt16LE(at + 32);
    const local = bytes.readUInt32LE(at + 42);
    const name = bytes.toString('utf8', at + 46, at + 46 + nameLength).replace(/\.npy$/, '');
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const packed = bytes.subarray(start, start + size);
    const array = readNpy(method === 0 ? packed : inflateRawSync(packed));
    if (array !== null) arrays.set(name, array);
    at += 46 + nameLength + extraLength + commentLength;
  }
  return arrays;
}

function readNpy(bytes: Buffer): NumpyArray | null {
  const headerLength = bytes[6]! === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  const headerStart = bytes[6]! === 1 ? 10 : 12;
  const header = bytes.toString('latin1', headerStart, headerStart + headerLength);
  if (!/'descr': '\|u1'/.test(header) || !/'fortran_order': False/.test(header)) return null;
  const shape = /'shape': \(([^)]*)\)/
    .exec(header)![1]!
    .split(',')
    .filter((part) => part.trim() !== '')
    .map(Number);
  return { shape, data: bytes.subarray(headerStart + headerLength) };
}
