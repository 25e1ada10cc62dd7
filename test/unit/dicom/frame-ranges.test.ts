import { describe, expect, it } from 'vitest';
import { readInstance } from '../../../main/dicom/instance.ts';
import { buildDicom, patternFrame, type DicomOptions } from '../../fixtures/dicom/build.ts';
import { decodeAll, largestDifference } from '../../fixtures/dicom/decode-built.ts';
import { concat } from '../../fixtures/dicom/element.ts';
import { encodeFrame } from '../../fixtures/dicom/encode-frame.ts';

async function expectPattern(options: DicomOptions): Promise<void> {
  const frames = await decodeAll(buildDicom(options));
  expect(frames).toHaveLength(options.frames ?? 3);
  frames.forEach((frame, index) => {
    const limit = options.syntax === 'jpeg' ? 2 : 0;
    expect(largestDifference(frame.data, patternFrame(options, index))).toBeLessThanOrEqual(limit);
  });
}

describe('frames of encapsulated pixel data', () => {
  const tables = ['basic', 'empty', 'extended'] as const;

  it.each(tables)('one fragment a frame, %s offset table', async (offsetTable) => {
    await expectPattern({ syntax: 'rle', offsetTable });
    await expectPattern({ syntax: 'jpeg', offsetTable });
  });

  it.each(tables)('frames cut into fragments, %s offset table', async (offsetTable) => {
    await expectPattern({ syntax: 'jpeg', offsetTable, fragmentBytes: 100 });
    await expectPattern({ syntax: 'jpeg-ls', offsetTable, fragmentBytes: 100 });
    await expectPattern({ syntax: 'jpeg-2000', offsetTable, fragmentBytes: 100 });
    await expectPattern({ syntax: 'rle', offsetTable, fragmentBytes: 100 });
  });

  it('a single frame in many fragments', async () => {
    await expectPattern({ syntax: 'jpeg-lossless', frames: 1, offsetTable: 'empty', fragmentBytes: 64 });
  });

  it.each([[[0, 1, 2]], [[0, 0, 0]], [[8, 16, 24]], [[0, 2 ** 31, 2 ** 32 - 1]], [[0]]])(
    'an offset table that is wrong: %j',
    async (offsetTable) => {
      await expectPattern({ syntax: 'jpeg', offsetTable });
      await expectPattern({ syntax: 'jpeg', offsetTable, fragmentBytes: 100 });
    },
  );

  it('several images run together in one fragment', async () => {
    const options: DicomOptions = { syntax: 'jpeg', offsetTable: 'empty' };
    const layout = {
      rows: 16,
      columns: 24,
      channels: 1,
      bitsAllocated: 8,
      bitsStored: 8,
      signed: false,
    } as const;
    const images = [0, 1, 2].map((frame) => encodeFrame('jpeg', patternFrame(options, frame), layout));
    const together = concat(images);
    for (const encodedFrames of [[together], [together.subarray(0, 500), together.subarray(500)]]) {
      const frames = await decodeAll(buildDicom({ ...options, encodedFrames }));
      frames.forEach((frame, index) => {
        expect(largestDifference(frame.data, patternFrame(options, index))).toBeLessThanOrEqual(2);
      });
    }
  });

  it('gives the frames that there are, and refuses fragments that cannot be told apart', () => {
    const layout = {
      rows: 16,
      columns: 24,
      channels: 1,
      bitsAllocated: 8,
      bitsStored: 8,
      signed: false,
    } as const;
    const image = encodeFrame('jpeg', patternFrame({}, 0), layout);
    const two = buildDicom({ syntax: 'jpeg', frames: 3, encodedFrames: [image, image] });
    expect(readInstance(two, 'two.dcm').clip).toMatchObject({
      frames: 2,
      oddities: [{ kind: 'frames-differ', stated: 3, found: 2, cutShort: true }],
    });
    const noise = Array.from({ length: 5 }, () => new Uint8Array(40).fill(7));
    const five = buildDicom({ syntax: 'jpeg', frames: 3, encodedFrames: noise, offsetTable: 'empty' });
    expect(() => readInstance(five, 'five.dcm')).toThrow(expect.objectContaining({ code: 'malformed' }));
  });
});
