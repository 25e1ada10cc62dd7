import { deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { SystolaError, type ErrorCode } from '../../../core/error.ts';
import { readInstance } from '../../../main/dicom/instance.ts';
import { buildDicom, type DataElement, type DicomOptions } from '../../fixtures/dicom/build.ts';
import { lengthFields, seededRandom, withFlippedBytes, withLength } from '../../fixtures/dicom/corrupt.ts';
import { decodeAll } from '../../fixtures/dicom/decode-built.ts';
import { concat, writeHeader } from '../../fixtures/dicom/element.ts';

/** Of the processor: how long it takes depends on what else the machine does. */
const longestMs = 2000;
const region = { box: [0, 0, 23, 15], deltaX: 0.03, deltaY: 0.03 } as const;
const samples: readonly DicomOptions[] = [
  { syntax: 'explicit', regions: [region] },
  { syntax: 'implicit', regions: [region], undefinedLengths: true },
  { syntax: 'jpeg', regions: [region], photometric: 'YBR_FULL_422' },
  { syntax: 'rle', offsetTable: 'empty' },
  { syntax: 'deflated' },
  { syntax: 'jpeg-lossless-sv1', fragmentBytes: 90 },
  { syntax: 'jpeg-ls' },
  { syntax: 'jpeg-2000' },
];

/** Reads and decodes a damaged file: either it works or it is a typed error that names the file, and soon. */
async function survives(bytes: Uint8Array): Promise<ErrorCode | 'read'> {
  const begin = process.threadCpuUsage();
  try {
    await decodeAll(bytes, 'damaged.dcm');
    return 'read';
  } catch (error) {
    if (!(error instanceof SystolaError)) throw error;
    expect(error.file).toBe('damaged.dcm');
    expect(error.message).toMatch(/^[A-Z].*\.$/);
    return error.code;
  } finally {
    const { user, system } = process.threadCpuUsage(begin);
    expect((user + system) / 1000).toBeLessThan(longestMs);
  }
}

function refusal(options: DicomOptions): ErrorCode {
  try {
    readInstance(buildDicom(options), 'damaged.dcm');
  } catch (error) {
    if (error instanceof SystolaError) return error.code;
    throw error;
  }
  throw new Error('was read');
}

const element = (tag: string, vr: string, value: DataElement['value']): DataElement => ({ tag, vr, value });
const withElement = (tag: string, vr: string, value: DataElement['value']) =>
  refusal({ elements: [element(tag, vr, value)] });

describe('damaged files', () => {
  it.each(samples)(
    'cut off every 64 bytes, they give the frames that are whole: $syntax',
    async (options) => {
      const bytes = buildDicom(options);
      const whole = await decodeAll(bytes);
      let shortened = 0;
      for (let length = 0; length < bytes.length - 8; length += 64) {
        const cut = bytes.subarray(0, length);
        if ((await survives(cut)) !== 'read') continue;
        const frames = await decodeAll(cut);
        expect(frames, `cut at ${length} of ${bytes.length}`).toEqual(whole.slice(0, frames.length));
        if (frames.length === whole.length) continue;
        shortened += 1;
        expect(readInstance(cut, 'cut.dcm').clip.oddities).toEqual([
          { kind: 'frames-differ', stated: 3, found: frames.length, cutShort: true },
        ]);
      }
      expect(shortened).toBeGreaterThan(0);
    },
  );

  it.each(samples)(
    'with flipped bits: $syntax',
    async (options) => {
      const bytes = buildDicom(options);
      const random = seededRandom(20_240_229);
      for (let attempt = 0; attempt < 48; attempt += 1) {
        await survives(withFlippedBytes(bytes, 1 + (attempt % 4), random));
      }
    },
    30_000,
  );

  it('with impossible lengths in any element', async () => {
    const bytes = buildDicom({ syntax: 'jpeg', regions: [region] });
    for (const field of lengthFields(bytes)) {
      for (const length of [0, 1, 7, 0x7fff_ffff, 0x8000_0000, 0xffff_fffe, 0xffff_ffff]) {
        await survives(withLength(bytes, field, length));
      }
    }
  });

  it.each([
    ['0', null],
    ['-1', null],
    ['many', null],
    ['1.5', null],
    ['1', 1],
    ['2', 2],
    ['4', 4],
    ['20001', 20_001],
    ['1000000000', 1_000_000_000],
  ])('with %s frames stated and three there', (text, stated) => {
    for (const syntax of [
      'explicit',
      'implicit',
      'jpeg',
      'rle',
      'jpeg-ls',
      'jpeg-2000',
      'jpeg-lossless',
    ] as const) {
      const options: DicomOptions = { syntax, elements: [element('00280008', 'IS', text)] };
      for (const offsetTable of ['basic', 'empty', 'extended'] as const) {
        const { clip } = readInstance(buildDicom({ ...options, offsetTable }), 'frames.dcm');
        expect(clip.frames, syntax).toBe(3);
        expect(clip.oddities).toMatchObject([{ kind: 'frames-differ', stated, found: 3 }]);
      }
    }
  });

  it('with no number of frames, in whole frames and in fragments', () => {
    for (const syntax of ['explicit', 'jpeg', 'rle', 'jpeg-ls', 'jpeg-2000', 'jpeg-lossless'] as const) {
      for (const fragmentBytes of [undefined, 90]) {
        const options: DicomOptions = { syntax, without: ['00280008'], offsetTable: 'empty' };
        const file = buildDicom(fragmentBytes === undefined ? options : { ...options, fragmentBytes });
        const { clip } = readInstance(file, 'frames.dcm');
        expect(clip.frames, syntax).toBe(3);
        expect(clip.oddities).toEqual([{ kind: 'frames-differ', stated: null, found: 3, cutShort: false }]);
      }
      const still = buildDicom({ syntax, frames: 1 });
      expect(readInstance(still, 'still.dcm').clip.oddities).toEqual([]);
    }
  });

  it.each([
    ['00280010', 'US', [0]],
    ['00280010', 'US', [65_535]],
    ['00280011', 'US', [8193]],
    ['00280010', 'UL', [0x1_0010]],
    ['00280010', 'UL', [0xffff_fff0]],
    ['00280011', 'IS', '24x'],
  ] as const)('with an impossible size: %s %s %j', (tag, vr, value) => {
    const code = withElement(tag, vr, value);
    expect(['impossible-size', 'truncated']).toContain(code);
  });

  it('with a frame that no decoder should try', () => {
    const elements = [element('00280010', 'US', [8192]), element('00280011', 'US', [8192])];
    expect(refusal({ elements })).toBe('impossible-size');
  });

  it.each([
    ['00280004', 'CS', 'YBR_PARTIAL_420', 'unsupported-pixel-format'],
    ['00280004', 'CS', 'CMYK', 'unsupported-pixel-format'],
    ['00280002', 'US', [3], 'malformed'],
    ['00280100', 'US', [32], 'unsupported-pixel-format'],
    ['00280100', 'US', [1], 'unsupported-pixel-format'],
    ['00280101', 'US', [9], 'malformed'],
    ['00280101', 'US', [0], 'malformed'],
  ] as const)('with %s %s %j', (tag, vr, value, code) => {
    expect(withElement(tag, vr, value)).toBe(code);
  });

  it('with samples that JPEG is not read with', () => {
    const encodedFrames = [new Uint8Array(10), new Uint8Array(10), new Uint8Array(10)];
    expect(refusal({ syntax: 'jpeg-extended', bitsAllocated: 16, bitsStored: 12, encodedFrames })).toBe(
      'unsupported-pixel-format',
    );
  });

  it('without what makes an image', () => {
    expect(refusal({ without: ['7fe00010'] })).toBe('missing-pixel-data');
    expect(refusal({ without: ['00280010'] })).toBe('impossible-size');
    expect(refusal({ without: ['00280004'] })).toBe('unsupported-pixel-format');
    expect(refusal({ syntax: 'jpeg', encodedFrames: [] })).toBe('malformed');
  });

  it('that are no DICOM at all', async () => {
    expect(await survives(new Uint8Array())).toBe('empty-file');
    expect(await survives(Buffer.from('hello'))).toBe('not-dicom');
    expect(await survives(new Uint8Array(10_000))).toBe('not-dicom');
    expect(await survives(concat([new Uint8Array(128), Buffer.from('DICM')]))).toBe('malformed');
  });

  it('that are followed by zeros, or are nothing but zeros after the header', async () => {
    expect(await survives(concat([buildDicom(), new Uint8Array(5000)]))).toBe('read');
    const empty = concat([buildDicom({ without: ['7fe00010'] }), new Uint8Array(5001)]);
    expect(await survives(empty)).not.toBe('read');
  });

  it.each([1000, 200_000])('with sequences nested %i deep', async (depth) => {
    for (const explicitVr of [true, false]) {
      const encoding = { explicitVr, bigEndian: false };
      const level = [
        writeHeader('00186011', 'SQ', 0xffff_ffff, encoding),
        writeHeader('fffee000', null, 0xffff_ffff, encoding),
      ];
      const nest = concat(Array.from({ length: depth }, () => concat(level)));
      const file = buildDicom({ syntax: explicitVr ? 'explicit' : 'implicit', without: ['7fe00010'] });
      expect(['truncated', 'malformed', 'missing-pixel-data']).toContain(
        await survives(concat([file, nest])),
      );
    }
  });

  it('with a deflate bomb', async () => {
    const head = buildDicom({ syntax: 'deflated' });
    const meta = lengthFields(head).findLast(({ tag }) => tag.startsWith('0002'))!;
    const metaEnd = meta.offset + meta.width + head[meta.offset]!;
    const bomb = deflateRawSync(new Uint8Array(64 << 20), { level: 9 });
    const before = process.memoryUsage().rss;
    expect(await survives(concat([head.subarray(0, metaEnd), bomb]))).toBe('too-large');
    expect(process.memoryUsage().rss - before).toBeLessThan(512 << 20);
  });

  it('with more regions than an image can have', () => {
    const regions = Array.from({ length: 500 }, () => region);
    expect(readInstance(buildDicom({ regions }), 'many.dcm').clip.regions).toHaveLength(64);
  });

  it('with a region sequence that breaks off inside of its stated length', () => {
    const bytes = buildDicom({ regions: [region, region] });
    const field = lengthFields(bytes).find(({ tag }) => tag === '00186011')!;
    const broken = bytes.slice();
    broken.fill(0xee, field.offset + 4 + 90, field.offset + 4 + 110);
    expect(readInstance(broken, 'broken.dcm').clip.rows).toBe(16);
  });
});

describe('loops of ultrasound that were captured from a screen', () => {
  const captures = [
    '1.2.840.10008.5.1.4.1.1.7.2',
    '1.2.840.10008.5.1.4.1.1.7.3',
    '1.2.840.10008.5.1.4.1.1.7.4',
  ];

  it.each(captures)(
    '%s is read, with regions and without, where the modality says ultrasound',
    (sopClassUid) => {
      for (const regions of [[], [region]]) {
        const { clip } = readInstance(buildDicom({ sopClassUid, regions }), 'capture.dcm');
        expect(clip).toMatchObject({ sopClassUid, frames: 3, bMode: true, oddities: [] });
      }
      expect(refusal({ sopClassUid, elements: [element('00080060', 'CS', 'OT')] })).toBe(
        'unsupported-sop-class',
      );
      expect(refusal({ sopClassUid, without: ['00080060'] })).toBe('unsupported-sop-class');
    },
  );
});

describe('files of another kind are refused by name', () => {
  it.each([
    ['1.2.840.10008.5.1.4.1.1.6.2', 'Enhanced US Volume Storage'],
    ['1.2.840.10008.5.1.4.1.1.2', 'CT Image Storage'],
    ['1.2.840.10008.5.1.4.1.1.88.33', 'Comprehensive SR Storage'],
    ['1.2.840.10008.1.3.10', 'DICOMDIR'],
    ['1.2.3.4.5', 'SOP class 1.2.3.4.5'],
  ])('SOP class %s', (sopClassUid, name) => {
    const read = () => readInstance(buildDicom({ sopClassUid, without: ['7fe00010'] }), 'other.dcm');
    expect(read).toThrow(
      expect.objectContaining({ code: 'unsupported-sop-class', message: expect.stringContaining(name) }),
    );
  });

  it.each([
    ['1.2.840.10008.1.2.4.102', 'MPEG-4 AVC/H.264 High Profile'],
    ['1.2.840.10008.1.2.4.100', 'MPEG-2'],
    ['1.2.840.10008.1.2.4.107', 'HEVC'],
    ['1.2.840.10008.1.2.4.106', 'MPEG-4 AVC/H.264 Stereo'],
    ['1.2.840.10008.1.2.4.999', 'Transfer syntax 1.2.840.10008.1.2.4.999'],
  ])('transfer syntax %s', (uid, name) => {
    const bytes = Buffer.from(buildDicom());
    const padded = uid.length % 2 ? `${uid}\0` : uid;
    const field = lengthFields(bytes).find(({ tag }) => tag === '00020010')!;
    const value = field.offset + 2;
    const file = concat([
      bytes.subarray(0, field.offset),
      Uint8Array.of(padded.length, 0),
      Buffer.from(padded, 'latin1'),
      bytes.subarray(value + bytes[field.offset]!),
    ]);
    expect(() => readInstance(file, 'other.dcm')).toThrow(
      expect.objectContaining({
        code: 'unsupported-transfer-syntax',
        message: expect.stringContaining(name),
      }),
    );
  });
});
