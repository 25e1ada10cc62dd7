import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readInstance } from '../../../main/dicom/instance.ts';
import { buildDicom, type DicomOptions } from '../../fixtures/dicom/build.ts';
import { concat } from '../../fixtures/dicom/element.ts';
import { decodeAll } from '../../fixtures/dicom/decode-built.ts';
import {
  oddKinds,
  oddPart,
  withOddParts,
  type OddKind,
  type OddPart,
} from '../../fixtures/dicom/odd-parts.ts';

const region = { box: [0, 0, 23, 15], deltaX: 0.03, deltaY: 0.04 } as const;
const clips: readonly DicomOptions[] = [
  { regions: [region], view: { code: '399214001', scheme: 'SCT', meaning: 'A4C' } },
  { regions: [region, region], syntax: 'rle' },
];

/** So large that a length of any reading ends inside of it, and without a byte that could stop one there. */
const black = buildDicom({
  regions: [region],
  rows: 300,
  columns: 400,
  frames: 4,
  pixels: () => new Uint8Array(300 * 400),
});

/** Values that led astray once: read as an element, or with another length, they point at one further on. */
const misleading = [
  [1, 1, 210, 1, 1, 1, 1, 1, 1, 1],
  [1, 1, 1, 1, 1, 1, 8, 2, 1, 1],
  [1, 1, 1, 1, 1, 1, 136, 1, 1, 1, 1, 1],
  [1, 1, 1, 1, 1, 1, 1, 1, 6, 1],
  [...Buffer.from('USER NAME ')],
].map((value) => Uint8Array.from(value));
const examplesOf = (kind: OddKind): [DicomOptions, OddPart][] =>
  clips.flatMap((options) =>
    misleading.flatMap((value) =>
      (
        [
          [0, 0],
          [97, 97],
        ] as const
      ).map((vr): [DicomOptions, OddPart] => [options, { kind, place: 0, value, vr }]),
    ),
  );

/** Facts without what says how the file was read. */
const factsOf = (bytes: Uint8Array) => {
  const { clip, study } = readInstance(bytes, 'odd.dcm');
  return { clip: { ...clip, oddities: [], transferSyntaxUid: '' }, study };
};

describe('one bad part costs that part', () => {
  it.each(oddKinds)('%s', (kind) => {
    fc.assert(
      fc.property(fc.constantFrom(...clips), oddPart, (options, part) => {
        const plain = buildDicom(options);
        const odd = withOddParts(plain, [{ ...part, kind }]);
        expect(odd.length).toBeGreaterThan(plain.length);
        expect(factsOf(odd)).toEqual(factsOf(plain));
        expect(readInstance(plain, 'odd.dcm').clip.oddities).toEqual([]);
      }),
      { numRuns: 60, examples: examplesOf(kind) },
    );
  });

  it.each(oddKinds)('%s, in front of large black frames', (kind) => {
    fc.assert(
      fc.property(oddPart, (part) => {
        const odd = withOddParts(black, [{ ...part, kind }]);
        expect(factsOf(odd)).toEqual(factsOf(black));
      }),
      { numRuns: 10 },
    );
  });

  it('several in one file, with every frame where it was', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...clips),
        fc.array(oddPart, { minLength: 2, maxLength: 4 }),
        async (options, parts) => {
          const plain = buildDicom(options);
          const odd = withOddParts(plain, parts);
          expect(factsOf(odd)).toEqual(factsOf(plain));
          expect(await decodeAll(odd)).toEqual(await decodeAll(plain));
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('files without their beginning, or with another', () => {
  const plain = buildDicom({ regions: [region] });
  const dataSetOffset = (bytes: Uint8Array): number => {
    const groupLength = new DataView(bytes.buffer, bytes.byteOffset).getUint32(140, true);
    return 144 + groupLength;
  };

  it.each(['explicit', 'implicit', 'big-endian'] as const)('no preamble, no meta header, %s', (syntax) => {
    const whole = buildDicom({ regions: [region], syntax });
    const bare = whole.subarray(dataSetOffset(whole));
    const facts = factsOf(bare);
    expect(facts).toEqual(factsOf(whole));
    expect(factsOf(whole.subarray(132))).toEqual(facts);
    expect(factsOf(whole.subarray(128))).toEqual(facts);
    expect(factsOf(concat([new Uint8Array(128), bare]))).toEqual(facts);
    expect(readInstance(bare, 'bare.dcm').clip.oddities).toMatchObject([
      { kind: 'syntax-differs', stated: null },
    ]);
  });

  it.each(['jpeg', 'jpeg-lossless', 'jpeg-ls', 'jpeg-2000', 'rle'] as const)(
    'no meta header, %s: the pixels tell how they are packed',
    async (syntax) => {
      const whole = buildDicom({ regions: [region], syntax, rows: 32, columns: 32 });
      const bare = whole.subarray(dataSetOffset(whole));
      expect(await decodeAll(bare)).toEqual(await decodeAll(whole));
    },
  );

  it('any group length of the meta header', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffff_ffff }), (length) => {
        const wrong = plain.slice();
        new DataView(wrong.buffer).setUint32(140, length, true);
        expect(factsOf(wrong)).toEqual(factsOf(plain));
      }),
    );
  });

  it('a meta element with a wrong length costs that element', () => {
    for (const length of [1, 3, 20, 60, 5000]) {
      const wrong = plain.slice();
      // (0002,0002), the first UID of the header.
      const place = Buffer.from(wrong).indexOf(Buffer.from([2, 0, 2, 0, 0x55, 0x49]));
      new DataView(wrong.buffer).setUint16(place + 6, length, true);
      expect(factsOf(wrong)).toEqual(factsOf(plain));
    }
  });

  it.each([
    ['explicit', 'implicit'],
    ['explicit', 'big-endian'],
    ['implicit', 'explicit'],
    ['implicit', 'big-endian'],
    ['big-endian', 'explicit'],
    ['big-endian', 'implicit'],
    ['deflated', 'explicit'],
    ['jpeg', 'explicit'],
    ['rle', 'implicit'],
  ] as const)('labelled %s, written %s', async (label, written) => {
    const labelled = buildDicom({ regions: [region], syntax: label });
    const real = buildDicom({ regions: [region], syntax: written });
    const file = concat([labelled.subarray(0, dataSetOffset(labelled)), real.subarray(dataSetOffset(real))]);
    expect(factsOf(file)).toEqual(factsOf(real));
    expect(await decodeAll(file)).toEqual(await decodeAll(real));
  });

  it.each([
    ['jpeg', 'jpeg-lossless'],
    ['jpeg-lossless', 'jpeg-ls'],
    ['jpeg-ls', 'jpeg-2000'],
    ['jpeg-2000', 'rle'],
    ['rle', 'jpeg'],
    ['explicit', 'jpeg'],
    ['explicit', 'rle'],
  ] as const)('pixels labelled %s, packed as %s', async (label, written) => {
    const options = { regions: [region], rows: 32, columns: 32 };
    const labelled = buildDicom({ ...options, syntax: label });
    const real = buildDicom({ ...options, syntax: written });
    const file = concat([labelled.subarray(0, dataSetOffset(labelled)), real.subarray(dataSetOffset(real))]);
    expect(await decodeAll(file)).toEqual(await decodeAll(real));
  });

  it('what is behind the pixels does not matter', async () => {
    const garbage = Uint8Array.from({ length: 999 }, (_, index) => (index * 97) & 255);
    expect(await decodeAll(concat([plain, garbage]))).toEqual(await decodeAll(plain));
  });
});
