import { describe, expect, it } from 'vitest';
import type { ByteSource } from '../../../main/dicom/byte-source.ts';
import { decodeFrame } from '../../../main/dicom/decode-frame.ts';
import { openInstance } from '../../../main/dicom/instance.ts';
import { buildDicom } from '../../fixtures/dicom/build.ts';
import { elementStarts } from '../../fixtures/dicom/corrupt.ts';
import { decodeAll } from '../../fixtures/dicom/decode-built.ts';
import { concat, writeHeader } from '../../fixtures/dicom/element.ts';

/** A file with `gapBytes` of a value between two parts, of which nothing lies in memory. */
class GapSource implements ByteSource {
  readonly #head: Uint8Array;
  readonly #tail: Uint8Array;
  readonly #gapBytes: number;
  bytesRead = 0;

  constructor(head: Uint8Array, gapBytes: number, tail: Uint8Array) {
    this.#head = head;
    this.#gapBytes = gapBytes;
    this.#tail = tail;
  }

  get size(): number {
    return this.#head.length + this.#gapBytes + this.#tail.length;
  }

  read(offset: number, length: number): Uint8Array {
    const result = new Uint8Array(Math.max(0, Math.min(length, this.size - offset)));
    this.bytesRead += result.length;
    const tailStart = this.#head.length + this.#gapBytes;
    for (let index = 0; index < result.length; index += 1) {
      const at = offset + index;
      if (at < this.#head.length) result[index] = this.#head[at]!;
      else result[index] = at < tailStart ? 0xa5 : this.#tail[at - tailStart]!;
    }
    return result;
  }
}

describe('values of any size in front of the pixels are stepped over, not held', () => {
  it.each([
    ['65 MiB', 65 << 20],
    ['3 GiB', 3 * 2 ** 30],
  ])('%s of private data', async (_, gapBytes) => {
    const plain = buildDicom({ regions: [{ box: [0, 0, 23, 15], deltaX: 0.03, deltaY: 0.03 }] });
    const place = elementStarts(plain).find(({ tag }) => tag === '00280002')!.offset;
    const encoding = { explicitVr: true, bigEndian: false };
    const head = concat([plain.subarray(0, place), writeHeader('00211001', 'OB', gapBytes, encoding)]);
    const source = new GapSource(head, gapBytes, plain.subarray(place));
    const instance = openInstance(source, 'large.dcm');
    expect(instance.clip).toMatchObject({ frames: 3, rows: 16, oddities: [] });
    expect(instance.clip.regions).toHaveLength(1);
    expect(await decodeFrame(instance, instance.source, 2, 'large.dcm')).toEqual((await decodeAll(plain))[2]);
    expect(source.bytesRead).toBeLessThan(4 << 20);
  });
});
