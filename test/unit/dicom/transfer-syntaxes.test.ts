import { describe, expect, it } from 'vitest';
import { readInstance } from '../../../main/dicom/instance.ts';
import {
  buildDicom,
  patternFrame,
  transferSyntaxes,
  type DicomOptions,
  type SyntaxName,
} from '../../fixtures/dicom/build.ts';
import { decodeAll, largestDifference } from '../../fixtures/dicom/decode-built.ts';

const syntaxes = Object.keys(transferSyntaxes) as SyntaxName[];
/** Levels by which a lossy syntax may miss at its finest setting. */
const tolerance: Partial<Record<SyntaxName, number>> = {
  jpeg: 2,
  'jpeg-extended': 2,
  'jpeg-ls-near': 1,
  'jpeg-2000-lossy': 2,
  'htj2k-lossy': 2,
};

/** PS3.3 C.7.6.3.1.2 the other way round, written out with its own constants. */
function rgbOfYbr(samples: readonly number[]): number[] {
  const rgb: number[] = [];
  for (let index = 0; index < samples.length; index += 3) {
    const [y, cb, cr] = samples.slice(index, index + 3) as [number, number, number];
    const values = [
      y + 1.402 * (cr - 128),
      y - 0.344136 * (cb - 128) - 0.714136 * (cr - 128),
      y + 1.772 * (cb - 128),
    ];
    rgb.push(...values.map((value) => Math.min(255, Math.max(0, Math.round(value)))));
  }
  return rgb;
}

/** Samples near grey, as ultrasound has them, so that no channel is clipped. */
function nearGrey(options: DicomOptions): (frame: number) => number[] {
  return (frame) =>
    patternFrame({ ...options, photometric: 'YBR_FULL' }, frame).map((sample, index) =>
      index % 3 === 0 ? 40 + Math.round(sample / 2) : 118 + (sample % 20),
    );
}

describe.each(syntaxes)('%s', (syntax) => {
  const limit = tolerance[syntax] ?? 0;
  const isNative = ['implicit', 'explicit', 'deflated', 'big-endian'].includes(syntax);

  it.each([
    [16, 24],
    [17, 23],
    [33, 40],
  ])('shows 8-bit grey as it is, %i × %i', async (rows, columns) => {
    const options: DicomOptions = { syntax, rows, columns };
    const frames = await decodeAll(buildDicom(options));
    expect(frames).toHaveLength(3);
    frames.forEach((frame, index) => {
      expect(frame).toMatchObject({ rows, columns, channels: 1 });
      expect(largestDifference(frame.data, patternFrame(options, index))).toBeLessThanOrEqual(limit);
    });
  });

  it.each(isNative ? ([0, 1] as const) : ([0] as const))(
    'shows RGB as it is, planar configuration %i',
    async (planarConfiguration) => {
      const options: DicomOptions = {
        syntax,
        rows: 17,
        columns: 23,
        photometric: 'RGB',
        planarConfiguration,
      };
      const frames = await decodeAll(buildDicom(options));
      frames.forEach((frame, index) => {
        expect(frame.channels).toBe(3);
        expect(largestDifference(frame.data, patternFrame(options, index))).toBeLessThanOrEqual(limit);
      });
    },
  );

  // The encoder of the JPEG 2000 codec always applies the colour transform, which makes the samples RGB.
  it
    .skipIf(syntax.startsWith('jpeg-2000') || syntax.startsWith('htj2k'))
    .each(isNative ? ([0, 1] as const) : ([0] as const))(
    'converts YBR_FULL once, planar configuration %i',
    async (planarConfiguration) => {
      const options: DicomOptions = {
        syntax,
        rows: 17,
        columns: 23,
        photometric: 'YBR_FULL',
        planarConfiguration,
      };
      const pixels = nearGrey(options);
      const frames = await decodeAll(buildDicom({ ...options, pixels }));
      // An error of one level in luminance and colour difference adds up to 2.772 levels of blue.
      const colourLimit = limit === 0 ? 0 : Math.ceil(limit * 2.772);
      frames.forEach((frame, index) => {
        const expected = rgbOfYbr(pixels(index));
        expect(largestDifference(frame.data, expected)).toBeLessThanOrEqual(Math.max(colourLimit, 1));
      });
    },
  );

  it.skipIf(syntax === 'jpeg' || syntax === 'jpeg-extended').each([12, 16] as const)(
    'shows %i-bit grey over its stored range',
    async (bitsStored) => {
      const options: DicomOptions = { syntax, rows: 17, columns: 23, bitsAllocated: 16, bitsStored };
      const frames = await decodeAll(buildDicom(options));
      frames.forEach((frame, index) => {
        const top = 2 ** bitsStored - 1;
        const expected = patternFrame(options, index).map((sample) => Math.round((sample / top) * 255));
        expect(largestDifference(frame.data, expected)).toBeLessThanOrEqual(limit);
      });
    },
  );

  it('names itself in the facts', () => {
    const { clip } = readInstance(buildDicom({ syntax }), 'built.dcm');
    expect(clip.transferSyntaxUid).toBe(transferSyntaxes[syntax]);
    expect(clip.lossy).toBe(['jpeg', 'jpeg-extended', 'jpeg-ls-near'].includes(syntax));
  });
});

it('puts 8-bit samples of big-endian words back in their places', async () => {
  const options: DicomOptions = { syntax: 'big-endian', pixelDataVr: 'OW' };
  const frames = await decodeAll(buildDicom(options));
  frames.forEach((frame, index) => expect([...frame.data]).toEqual(patternFrame(options, index)));
});

describe('palette colour', () => {
  const lookup = (tag: string, factor: number, bits: 8 | 16) => ({
    tag,
    vr: 'OW',
    value:
      bits === 8
        ? Uint8Array.from({ length: 256 }, (_, entry) => (entry * factor) % 256)
        : Uint8Array.from({ length: 512 }, (_, index) => (index % 2 ? ((index >> 1) * factor) % 256 : 77)),
  });
  const palette = (bits: 8 | 16) => [
    ...['00281101', '00281102', '00281103'].map((tag) => ({ tag, vr: 'US', value: [256, 0, bits] })),
    lookup('00281201', 1, bits),
    lookup('00281202', 3, bits),
    lookup('00281203', 7, bits),
  ];

  it.each([
    ['explicit', 8],
    ['explicit', 16],
    ['rle', 8],
    ['rle', 16],
    ['jpeg-ls', 16],
    ['jpeg-lossless-sv1', 8],
  ] as const)('looks %s pixels up in tables of %i bits', async (syntax, bits) => {
    const options: DicomOptions = { syntax, photometric: 'PALETTE COLOR', elements: palette(bits) };
    const frames = await decodeAll(buildDicom(options));
    frames.forEach((frame, index) => {
      const expected = patternFrame(options, index).flatMap((entry) => [
        entry,
        (entry * 3) % 256,
        (entry * 7) % 256,
      ]);
      expect(frame.channels).toBe(3);
      expect(largestDifference(frame.data, expected)).toBe(0);
    });
  });

  it('shows values outside of the table with its ends', async () => {
    const table = (tag: string) => ({ tag, vr: 'OW', value: Uint8Array.of(10, 20, 30, 40) });
    const elements = [
      ...['00281101', '00281102', '00281103'].map((tag) => ({ tag, vr: 'US', value: [4, 100, 8] })),
      ...['00281201', '00281202', '00281203'].map(table),
    ];
    const pixels = () => [0, 99, 100, 101, 103, 104, 255, 102];
    const [frame] = await decodeAll(
      buildDicom({ photometric: 'PALETTE COLOR', rows: 2, columns: 4, frames: 1, pixels, elements }),
    );
    expect([...frame!.data].filter((_, index) => index % 3 === 0)).toEqual([10, 10, 10, 20, 40, 40, 40, 30]);
  });

  it('refuses palettes that are missing, too short or not described', () => {
    const short = palette(16).map((element) =>
      element.tag === '00281202' ? { ...element, value: Uint8Array.of(1, 2) } : element,
    );
    const attempts = [
      [],
      short,
      palette(8).filter(({ tag }) => tag !== '00281203'),
      palette(8).map((element) =>
        element.tag === '00281101' ? { ...element, value: [256, 0, 32] } : element,
      ),
    ];
    for (const elements of attempts) {
      const bytes = buildDicom({ photometric: 'PALETTE COLOR', elements });
      expect(() => readInstance(bytes, 'built.dcm')).toThrow(expect.objectContaining({ code: 'malformed' }));
    }
  });
});
