import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandSegments } from '../../../main/dicom/segmented-palette.ts';
import { buildDicom, type DataElement } from '../../fixtures/dicom/build.ts';
import { decodeAll } from '../../fixtures/dicom/decode-built.ts';

const bytesOf = (numbers: readonly number[], bits: 8 | 16, bigEndian: boolean): Uint8Array => {
  if (bits === 8) return Uint8Array.from(numbers);
  const bytes = new Uint8Array(numbers.length * 2);
  numbers.forEach((value, index) => new DataView(bytes.buffer).setUint16(index * 2, value, !bigEndian));
  return bytes;
};

/** Segments as they are written, with the entries that they stand for. */
const segments = (bits: 8 | 16) =>
  fc
    .array(
      fc.record({
        linear: fc.boolean(),
        values: fc.array(fc.integer({ min: 0, max: 2 ** bits - 1 }), { minLength: 1, maxLength: 20 }),
        length: fc.integer({ min: 1, max: 40 }),
      }),
      { minLength: 1, maxLength: 8 },
    )
    .map((list) => {
      const numbers: number[] = [];
      const entries: number[] = [];
      for (const { linear, values, length } of list) {
        const last = entries.at(-1);
        const to = values[0]!;
        if (linear && last !== undefined) {
          numbers.push(1, length, to);
          for (let step = 1; step <= length; step += 1) {
            entries.push(Math.round(last + ((to - last) * step) / length));
          }
        } else {
          numbers.push(0, values.length, ...values);
          entries.push(...values);
        }
      }
      return { numbers, entries };
    });

describe('segmented palettes (PS3.3 C.7.9.2)', () => {
  it.each([
    [8, false],
    [16, false],
    [16, true],
  ] as const)('runs and lines in %i bits, big endian %s', (bits, bigEndian) => {
    fc.assert(
      fc.property(segments(bits), ({ numbers, entries }) => {
        expect(expandSegments(bytesOf(numbers, bits, bigEndian), bits, bigEndian)).toEqual(entries);
      }),
    );
  });

  it('copies segments that were written before', () => {
    expect(expandSegments(bytesOf([0, 2, 7, 9, 1, 2, 19, 2, 2, 0, 0], 16, false), 16, false)).toEqual([
      7, 9, 14, 19, 7, 9, 14, 19,
    ]);
    expect(expandSegments(bytesOf([0, 1, 5, 2, 1, 0, 0, 0, 0], 8, false), 8, false)).toEqual([5, 5]);
  });

  it('comes to an end on anything, and never holds more than a table can', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom<8 | 16>(8, 16), (bytes, bits) => {
        const entries = expandSegments(bytes, bits, false);
        expect((entries ?? []).length).toBeLessThanOrEqual(65_536);
      }),
    );
    expect(expandSegments(bytesOf([1, 3, 9], 16, false), 16, false)).toBeNull();
    expect(expandSegments(bytesOf([0, 1, 5, 2, 1, 6, 0], 16, false), 16, false)).toBeNull();
    expect(expandSegments(bytesOf([3, 1, 5], 16, false), 16, false)).toBeNull();
  });

  it('shows the same picture as the whole table', async () => {
    const ramp = Array.from({ length: 256 }, (_, index) => index * 257);
    const descriptor = (tag: string): DataElement => ({ tag, vr: 'US', value: [256, 0, 16] });
    const descriptors = ['00281101', '00281102', '00281103'].map(descriptor);
    const table = (group: string, numbers: readonly number[]): DataElement[] =>
      ['1', '2', '3'].map((channel) => ({
        tag: `0028${group}${channel}`,
        vr: 'OW',
        value: bytesOf(numbers, 16, false),
      }));
    const picture = { photometric: 'PALETTE COLOR' } as const;
    const whole = buildDicom({ ...picture, elements: [...descriptors, ...table('120', ramp)] });
    const parts = [0, 1, 0, 1, 255, 255 * 257];
    const segmented = buildDicom({ ...picture, elements: [...descriptors, ...table('122', parts)] });
    expect(await decodeAll(segmented)).toEqual(await decodeAll(whole));
  });
});
