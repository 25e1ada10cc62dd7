import { describe, expect, it } from 'vitest';
import type { KeepMask } from '../../../../core/deidentify/keep-mask.ts';
import { keptPixels } from '../../../../core/deidentify/keep-mask.ts';
import type { FramePixels } from '../../../../core/clip/clip.ts';
import {
  buildDicom,
  patternFrame,
  transferSyntaxes,
  type DicomOptions,
} from '../../../fixtures/dicom/build.ts';
import type { DataElement, SyntaxName } from '../../../fixtures/dicom/build.ts';
import { decodeAll } from '../../../fixtures/dicom/decode-built.ts';
import { cleanBuilt } from '../../../fixtures/deidentify/cleaned-file.ts';

/** Slanted edges, so that no block and no pair of pixels is kept by chance alone. */
const mask: KeepMask = {
  areas: [
    [
      [12, 2],
      [33, 21],
      [16, 29],
      [4, 20],
    ],
  ],
};
const rows = 32;
const columns = 40;

/** What is wrong in the cleaned frames: pixels that are not black outside, or that changed inside. */
function faults(before: readonly FramePixels[], after: readonly FramePixels[], kept: Uint8Array) {
  let outside = 0;
  let inside = 0;
  before.forEach((frame, index) => {
    const cleaned = after[index]!;
    for (let at = 0; at < frame.data.length; at += 1) {
      const isKept = kept[Math.floor(at / frame.channels)] !== 0;
      if (isKept && cleaned.data[at] !== frame.data[at]) inside += 1;
      if (!isKept && cleaned.data[at] !== 0) outside += 1;
    }
  });
  return { outside, inside };
}

/** Near grey, as ultrasound is, so that content and label say the same of the colour. */
const nearGrey = (options: DicomOptions) => (frame: number) =>
  patternFrame({ ...options, photometric: 'YBR_FULL' }, frame).map((sample, index) =>
    index % 3 === 0 ? 40 + Math.round(sample / 2) : 118 + (sample % 20),
  );
const greyRgb = (options: DicomOptions) => (frame: number) =>
  patternFrame({ ...options, photometric: 'MONOCHROME2' }, frame).flatMap((grey) => [grey, grey, grey ^ 1]);

const palette = (darkest: number): DataElement[] => {
  const levels = Array.from({ length: 256 }, (_, index) => ((index + 256 - darkest) % 256) * 257);
  return ['1', '2', '3'].flatMap((channel) => [
    { tag: `0028110${channel}`, vr: 'US', value: [256, 0, 16] },
    {
      tag: `0028120${channel}`,
      vr: 'OW',
      value: Uint8Array.from(levels.flatMap((level) => [level & 255, level >> 8])),
    },
  ]);
};

const exact: readonly SyntaxName[] = (Object.keys(transferSyntaxes) as SyntaxName[]).filter(
  (name) => name !== 'deflated',
);

describe.each(exact)('%s', (syntax) => {
  const base: DicomOptions = { syntax, rows, columns };
  const isLossy = ['jpeg', 'jpeg-extended', 'jpeg-ls-near', 'jpeg-2000-lossy', 'htj2k-lossy'].includes(
    syntax,
  );
  const isJpeg = syntax === 'jpeg' || syntax === 'jpeg-extended';
  const cases: readonly (readonly [string, DicomOptions])[] = [
    ['grey', base],
    ['grey of an odd width', { ...base, rows: 31, columns: 39 }],
    ['RGB', { ...base, photometric: 'RGB', pixels: greyRgb(base) }],
    ['YBR_FULL', { ...base, photometric: 'YBR_FULL', pixels: nearGrey(base) }],
    ...(isJpeg
      ? []
      : ([
          ['12 of 16 bits', { ...base, bitsAllocated: 16, bitsStored: 12 }],
          [
            '16 bits with a sign',
            {
              ...base,
              bitsAllocated: 16,
              signed: true,
              pixels: (frame: number) =>
                patternFrame({ ...base, bitsStored: 16, bitsAllocated: 16 }, frame).map(
                  (v) => (v << 16) >> 16,
                ),
            },
          ],
        ] as const)),
  ];

  it.each(cases)('is black outside of the mask and as it was inside: %s', async (_, options) => {
    const { cleaned, bytes } = await cleanBuilt(options, mask);
    const kept = keptPixels(mask, options.rows!, options.columns!);
    const before = await decodeAll(buildDicom(options));
    const after = await decodeAll(bytes);
    expect(after).toHaveLength(before.length);
    expect(faults(before, after, kept)).toEqual({ outside: 0, inside: 0 });
    expect(kept.reduce((sum, one) => sum + one, 0)).toBeGreaterThan(300);
    const lossy = cleaned.changed.find(({ tag }) => tag === 0x0028_2110);
    expect(lossy?.values).toEqual(isLossy ? ['01'] : undefined);
  });
});

it('keeps native pixels native, run lengths as such, and writes all else as JPEG-LS', async () => {
  const syntaxOf = async (syntax: SyntaxName) =>
    (await cleanBuilt({ syntax, rows, columns }, mask)).cleaned.transferSyntaxUid;
  for (const syntax of ['implicit', 'explicit', 'big-endian', 'rle', 'jpeg-ls'] as const) {
    expect(await syntaxOf(syntax)).toBe(transferSyntaxes[syntax]);
  }
  for (const syntax of [
    'jpeg',
    'jpeg-lossless',
    'jpeg-2000',
    'jpeg-2000-lossy',
    'htj2k',
    'jpeg-ls-near',
  ] as const) {
    expect(await syntaxOf(syntax)).toBe(transferSyntaxes['jpeg-ls']);
  }
});

it.each([
  ['planar', { planarConfiguration: 1, photometric: 'RGB', pixels: greyRgb({ rows, columns }) }],
  ['MONOCHROME1', { photometric: 'MONOCHROME1' }],
  ['rows padded to an even width', { columns: 39, rows: 31, photometric: 'MONOCHROME1' }],
] as const)('cleans native pixels: %s', async (_, options) => {
  const built: DicomOptions = { rows, columns, ...options };
  const { bytes } = await cleanBuilt(built, mask);
  const kept = keptPixels(mask, built.rows!, built.columns!);
  expect(faults(await decodeAll(buildDicom(built)), await decodeAll(bytes), kept)).toEqual({
    outside: 0,
    inside: 0,
  });
});

it('keeps pixels that share their colour in pairs', async () => {
  const pixels = (frame: number) =>
    Array.from({ length: rows * columns * 2 }, (_, at) =>
      at % 4 < 2 ? 60 + ((at * 7 + frame) % 100) : 120 + (at % 16),
    );
  const options: DicomOptions = { rows, columns, photometric: 'YBR_FULL_422', pixels };
  const { bytes } = await cleanBuilt(options, mask);
  const kept = keptPixels(mask, rows, columns);
  const inPairs = kept.map((one, at) => (one !== 0 && kept[at ^ 1] !== 0 ? 1 : 0));
  expect(inPairs).not.toEqual(kept);
  expect(faults(await decodeAll(buildDicom(options)), await decodeAll(bytes), inPairs)).toEqual({
    outside: 0,
    inside: 0,
  });
});

it.each(['explicit', 'rle', 'jpeg-lossless', 'jpeg-ls'] as const)(
  'makes black of the darkest entry of a palette: %s',
  async (syntax) => {
    const options: DicomOptions = {
      syntax,
      rows,
      columns,
      photometric: 'PALETTE COLOR',
      elements: palette(77),
    };
    const { bytes } = await cleanBuilt(options, mask);
    const kept = keptPixels(mask, rows, columns);
    expect(faults(await decodeAll(buildDicom(options)), await decodeAll(bytes), kept)).toEqual({
      outside: 0,
      inside: 0,
    });
  },
);

it.each(['explicit', 'big-endian', 'rle'] as const)(
  'clears bits above the stored ones: %s',
  async (syntax) => {
    const overlay = (frame: number) =>
      patternFrame({ rows, columns, bitsAllocated: 16, bitsStored: 12 }, frame).map(
        (value) => value | 0xa000,
      );
    const options: DicomOptions = {
      syntax,
      rows,
      columns,
      bitsAllocated: 16,
      bitsStored: 12,
      pixels: overlay,
    };
    const { bytes } = await cleanBuilt(options, mask);
    const raw = await cleanBuilt({ ...options, syntax: 'explicit' }, mask);
    expect(raw.frames.every((frame) => frame.every((byte, at) => at % 2 === 0 || byte < 16))).toBe(true);
    expect(await decodeAll(bytes)).toEqual(await decodeAll(raw.bytes));
  },
);

it('takes frames of several fragments together, whatever table says where they begin', async () => {
  const options: DicomOptions = { syntax: 'jpeg', rows, columns, fragmentBytes: 100 };
  for (const offsetTable of ['basic', 'empty', 'extended'] as const) {
    const { frames, bytes } = await cleanBuilt({ ...options, offsetTable }, mask);
    expect(frames).toHaveLength(3);
    const before = await decodeAll(buildDicom(options));
    expect(faults(before, await decodeAll(bytes), keptPixels(mask, rows, columns))).toEqual({
      outside: 0,
      inside: 0,
    });
  }
});

it('makes a frame that cannot be decoded black and says which', async () => {
  const good = await cleanBuilt({ syntax: 'rle', rows, columns }, mask);
  const options: DicomOptions = {
    ...{ syntax: 'rle', rows, columns },
    encodedFrames: [good.frames[0]!, good.frames[1]!.slice(0, 90), good.frames[2]!],
  };
  const { cleaned, bytes } = await cleanBuilt(options, mask);
  expect(cleaned.blackFrames).toEqual([1]);
  const [first, damaged] = await decodeAll(bytes);
  expect(damaged!.data.every((level) => level === 0)).toBe(true);
  expect(first!.data.some((level) => level !== 0)).toBe(true);
});

it('refuses a mask that keeps nothing and a clip that nobody can look at', async () => {
  const nowhere: KeepMask = {
    areas: [
      [
        [-9, -9],
        [-5, -9],
        [-5, -5],
      ],
    ],
  };
  await expect(cleanBuilt({ rows, columns }, nowhere)).rejects.toMatchObject({ code: 'bad-request' });
  const spoilt: DicomOptions = {
    ...{ syntax: 'jpeg', rows, columns, frames: 2 },
    encodedFrames: [Uint8Array.of(255, 216, 255, 217), Uint8Array.of(255, 216, 255, 217)],
  };
  await expect(cleanBuilt(spoilt, mask)).rejects.toMatchObject({ code: 'decode-failed' });
});
