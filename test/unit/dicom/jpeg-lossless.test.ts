import { describe, expect, it } from 'vitest';
import { buildDicom, patternFrame, type DicomOptions } from '../../fixtures/dicom/build.ts';
import { decodeAll } from '../../fixtures/dicom/decode-built.ts';
import { concat } from '../../fixtures/dicom/element.ts';
import { encodeFrame } from '../../fixtures/dicom/encode-frame.ts';

const layout = {
  rows: 17,
  columns: 23,
  channels: 1,
  bitsAllocated: 8,
  bitsStored: 8,
  signed: false,
} as const;
const samples = patternFrame({ rows: 17, columns: 23 }, 1);

describe('JPEG lossless', () => {
  it.each([1, 2, 3, 4, 5, 6, 7])(
    'undoes predictor %i in grey, colour and 16 bits',
    async (codecParameter) => {
      const variants: readonly DicomOptions[] = [
        {},
        { photometric: 'RGB' },
        { bitsAllocated: 16, bitsStored: 12 },
        { bitsAllocated: 16 },
      ];
      for (const variant of variants) {
        const options: DicomOptions = { ...variant, rows: 17, columns: 23, frames: 2 };
        const [native, compressed] = await Promise.all([
          decodeAll(buildDicom(options)),
          decodeAll(buildDicom({ ...options, syntax: 'jpeg-lossless', codecParameter })),
        ]);
        compressed.forEach((frame, index) => expect(frame.data).toEqual(native[index]!.data));
      }
    },
  );

  it('starts prediction anew at restart markers', async () => {
    // Two rows as two intervals: the second row's scan data are those of an image of its own.
    const columns = 12;
    const rowLayout = { ...layout, rows: 1, columns };
    const rows = [0, 1].map((row) => samples.slice(row * columns, (row + 1) * columns));
    const images = rows.map((row) => encodeFrame('jpeg-lossless-sv1', row, rowLayout));
    const scanStart = (image: Uint8Array) =>
      image.findIndex((byte, at) => byte === 0xff && image[at + 1] === 0xda);
    const first = images[0]!.slice();
    first[8] = 2;
    const start = scanStart(first);
    const encoded = concat([
      first.subarray(0, start),
      Uint8Array.of(0xff, 0xdd, 0, 4, 0, columns),
      first.subarray(start, first.length - 2),
      Uint8Array.of(0xff, 0xd0),
      images[1]!.subarray(scanStart(images[1]!) + 10),
    ]);
    const options: DicomOptions = { syntax: 'jpeg-lossless-sv1', rows: 2, columns, frames: 1 };
    const [frame] = await decodeAll(buildDicom({ ...options, encodedFrames: [encoded] }));
    expect([...frame!.data]).toEqual(rows.flat());
  });

  it('reports a table, scan or stream that is damaged', async () => {
    const good = encodeFrame('jpeg-lossless-sv1', samples, layout);
    const damage: readonly ((bytes: Uint8Array) => Uint8Array)[] = [
      (bytes) => bytes.subarray(0, 60),
      (bytes) => bytes.subarray(0, bytes.length - 80),
      (bytes) => bytes.with(11, 9),
      (bytes) => bytes.with(bytes.indexOf(0xda) + 6, 9),
    ];
    for (const apply of damage) {
      const bytes = buildDicom({
        syntax: 'jpeg-lossless-sv1',
        rows: 17,
        columns: 23,
        frames: 1,
        encodedFrames: [apply(good)],
      });
      await expect(decodeAll(bytes)).rejects.toMatchObject({ code: 'decode-failed' });
    }
  });
});
