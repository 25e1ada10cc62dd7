import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeNative } from '../../../main/dicom/codec/native.ts';
import { wordsFromBytes, type Samples } from '../../../main/dicom/codec/samples.ts';
import { displayed } from '../../../main/dicom/display.ts';
import { applyPalette } from '../../../main/dicom/palette.ts';
import type { PixelDescription } from '../../../main/dicom/pixel-description.ts';

/*
 * Loops over pixels are written for speed; these references are written to be read, a value at a time, after
 * PS3.3 C.11.1, C.11.2 and C.7.6.3.1.5. Both must agree to the bit.
 */

const describe16: PixelDescription = {
  rows: 1,
  columns: 1,
  statedFrames: 1,
  samplesPerPixel: 1,
  photometric: 'MONOCHROME2',
  planarConfiguration: 0,
  bitsAllocated: 16,
  bitsStored: 16,
  signed: false,
  encoding: 'native',
  bigEndian: false,
  swappedPairs: false,
  window: null,
  rescaleSlope: 1,
  rescaleIntercept: 0,
  palette: null,
};

/** The value that the stored bits mean: bits above them dropped, the sign extended. */
function storedValue(sample: number, { bitsStored, signed }: PixelDescription): number {
  const unsigned = ((sample % 2 ** bitsStored) + 2 ** bitsStored) % 2 ** bitsStored;
  return signed && unsigned >= 2 ** (bitsStored - 1) ? unsigned - 2 ** bitsStored : unsigned;
}

function shownLevel(value: number, pixels: PixelDescription): number {
  const { window, bitsStored, signed } = pixels;
  const low = signed ? -(2 ** (bitsStored - 1)) : 0;
  let fraction = (value - low) / (2 ** bitsStored - 1);
  if (window !== null) {
    const from = window.center - 0.5 - (window.width - 1) / 2;
    const to = window.center - 0.5 + (window.width - 1) / 2;
    const top = 2 ** bitsStored - 1;
    const whole = bitsStored <= 8 && !signed && Math.abs(from) <= 2 && Math.abs(to - top) <= 2;
    const rescaled = value * pixels.rescaleSlope + pixels.rescaleIntercept;
    const plain = pixels.rescaleSlope === 1 && pixels.rescaleIntercept === 0;
    if (!(whole && plain)) {
      fraction =
        rescaled <= from
          ? 0
          : rescaled > to
            ? 1
            : (rescaled - (window.center - 0.5)) / (window.width - 1) + 0.5;
    }
  }
  const shown = Math.floor(fraction * 255 + 0.5);
  return pixels.photometric === 'MONOCHROME1' ? 255 - shown : shown;
}

const bytes = (most: number) => fc.uint8Array({ minLength: 1, maxLength: most });
const window = fc.option(
  fc.record({
    center: fc.integer({ min: -3000, max: 70_000 }),
    width: fc.integer({ min: 1, max: 70_000 }),
  }),
);
const grey = fc
  .record({
    bitsAllocated: fc.constantFrom<8 | 16>(8, 16),
    stored: fc.integer({ min: 1, max: 16 }),
    signed: fc.boolean(),
    photometric: fc.constantFrom('MONOCHROME1' as const, 'MONOCHROME2' as const),
    window,
    rescaleSlope: fc.constantFrom(1, 2, 0.5),
    rescaleIntercept: fc.constantFrom(0, -1024),
  })
  .map(({ stored, ...rest }): PixelDescription => ({
    ...describe16,
    ...rest,
    bitsStored: Math.min(stored, rest.bitsAllocated),
  }));

describe('pixel loops', () => {
  it('show grey like the reference, whatever depth, sign, window and padding bits', () => {
    fc.assert(
      fc.property(grey, bytes(200), (pixels, raw) => {
        const data = pixels.bitsAllocated === 8 ? raw : new Uint16Array(raw.slice(0, raw.length & ~1).buffer);
        const samples: Samples = { rows: 1, columns: data.length, channels: 1, data, colour: 'grey' };
        const before = data.slice();
        const shown = displayed(samples, pixels);
        expect([...shown.data]).toEqual(
          [...data].map((sample) => shownLevel(storedValue(sample, pixels), pixels)),
        );
        // Samples may be a view of the file's bytes.
        expect(data).toEqual(before);
      }),
      { numRuns: 400 },
    );
  });

  it('show colour of more than eight bits by its upper ones', () => {
    fc.assert(
      fc.property(
        fc.uint16Array({ minLength: 3, maxLength: 90 }),
        fc.integer({ min: 8, max: 16 }),
        (raw, bits) => {
          const data = raw.slice(0, raw.length - (raw.length % 3)).map((value) => value & (2 ** bits - 1));
          const samples: Samples = { rows: 1, columns: data.length / 3, channels: 3, data, colour: 'rgb' };
          const pixels = { ...describe16, samplesPerPixel: 3, photometric: 'RGB', bitsStored: bits } as const;
          expect([...displayed(samples, pixels).data]).toEqual([...data].map((value) => value >> (bits - 8)));
        },
      ),
    );
  });

  it('look palette colours up like the reference', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -300, max: 70_000 }), { maxLength: 100 }),
        fc.integer({ min: -300, max: 300 }),
        fc.uint8Array({ minLength: 3, maxLength: 300 }),
        (indices, firstValue, raw) => {
          const rgb = raw.slice(0, raw.length - (raw.length % 3));
          const entryOf = (index: number) =>
            Math.min(Math.max(index - firstValue, 0), rgb.length / 3 - 1) * 3;
          expect([...applyPalette(indices, { firstValue, rgb })]).toEqual(
            indices.flatMap((index) => [...rgb.subarray(entryOf(index), entryOf(index) + 3)]),
          );
        },
      ),
    );
  });

  it('read words of both byte orders', () => {
    fc.assert(
      fc.property(bytes(99), fc.boolean(), (raw, littleEndian) => {
        const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
        const expected = Array.from({ length: raw.length >> 1 }, (_, index) =>
          view.getUint16(index * 2, littleEndian),
        );
        expect([...wordsFromBytes(raw, littleEndian)]).toEqual(expected);
      }),
    );
  });

  it('put swapped pairs in order and leave a last byte without a partner', () => {
    const pixels: PixelDescription = { ...describe16, bitsAllocated: 8, bitsStored: 8, swappedPairs: true };
    const raw = Uint8Array.of(1, 2, 3, 4, 5);
    expect([...decodeNative(raw, { ...pixels, columns: 5 }).data]).toEqual([2, 1, 4, 3, 5]);
    expect([...raw]).toEqual([1, 2, 3, 4, 5]);
  });
});
