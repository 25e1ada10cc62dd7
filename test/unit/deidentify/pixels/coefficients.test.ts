import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { areaOfBox, keptPixels, type KeepMask } from '../../../../core/deidentify/keep-mask.ts';
import { buildDicom, transferSyntaxes, type DicomOptions } from '../../../fixtures/dicom/build.ts';
import { decodeAll } from '../../../fixtures/dicom/decode-built.ts';
import { cleanBuilt } from '../../../fixtures/deidentify/cleaned-file.ts';
import { encodeJpeg, type JpegOptions } from '../../../fixtures/dicom/encode-jpeg.ts';

const [rows, columns] = [96, 128];
/** A picture of 64 × 48 in the middle of 128 × 96, and letters in a corner; every edge lies on one of any unit. */
const picture = { minX: 32, minY: 16, maxX: 95, maxY: 79 };

const grey = (frame: number, at: number): number => {
  const [x, y] = [at % columns, Math.floor(at / columns)];
  const inside = x >= picture.minX && x <= picture.maxX && y >= picture.minY && y <= picture.maxY;
  if (inside) return 60 + ((x * 5 + y * 3 + frame * 9) % 120);
  return y < 10 && x < 30 && (x * y) % 3 === 0 ? 230 : 0;
};

const greyFrame = (frame: number) => Array.from({ length: rows * columns }, (_, at) => grey(frame, at));
const rgbFrame = (frame: number) => greyFrame(frame).flatMap((level) => [level, level, level]);
const ybrFrame = (frame: number) => greyFrame(frame).flatMap((level) => [level, 128, 128]);

const jpegs = (samples: (frame: number) => number[], options: Partial<JpegOptions>): Uint8Array[] =>
  [0, 1, 2].map((frame) => encodeJpeg(samples(frame), { rows, columns, channels: 3, step: 2, ...options }));

const exactly: KeepMask = { areas: [areaOfBox(picture)] };
const slanted: KeepMask = {
  areas: [
    [
      [62, 14],
      [97, 80],
      [31, 80],
    ],
  ],
};

const clips: readonly (readonly [string, DicomOptions])[] = [
  ['grey', { encodedFrames: jpegs(greyFrame, { channels: 1 }) }],
  ['grey, inverted', { photometric: 'MONOCHROME1', encodedFrames: jpegs(greyFrame, { channels: 1 }) }],
  ['YBR_FULL', { photometric: 'YBR_FULL', encodedFrames: jpegs(ybrFrame, {}) }],
  ['YBR_FULL_422', { photometric: 'YBR_FULL_422', encodedFrames: jpegs(ybrFrame, { halvedColour: true }) }],
  ['RGB by its marker', { photometric: 'RGB', encodedFrames: jpegs(rgbFrame, { marker: 'adobe-rgb' }) }],
  ['RGB that nothing marks', { photometric: 'RGB', encodedFrames: jpegs(rgbFrame, {}) }],
  ['YCbCr labelled RGB', { photometric: 'RGB', encodedFrames: jpegs(ybrFrame, { marker: 'jfif' }) }],
];

describe.each(clips)('%s', (name, clip) => {
  const options: DicomOptions = { syntax: 'jpeg', rows, columns, ...clip };

  it('stays a JPEG, with the picture as it was and black around it, where the mask follows its units', async () => {
    if (name === 'grey, inverted') return;
    const { cleaned, bytes } = await cleanBuilt(options, exactly);
    expect(cleaned).toMatchObject({ method: 'coefficients', transferSyntaxUid: transferSyntaxes.jpeg });
    const kept = keptPixels(exactly, rows, columns);
    const [before, after] = [await decodeAll(buildDicom(options)), await decodeAll(bytes)];
    before.forEach(({ data, channels }, frame) => {
      for (let at = 0; at < data.length; at += 1) {
        const expected = kept[Math.floor(at / channels)] === 0 ? 0 : data[at];
        if (after[frame]!.data[at] !== expected) expect.fail(`frame ${frame}, sample ${at}`);
      }
    });
    expect(before[0]!.data.slice(0, columns * 10 * before[0]!.channels).some((level) => level > 200)).toBe(
      true,
    );
  });

  it('becomes JPEG-LS, every pixel of the mask as it decodes, where units cut what is seen', async () => {
    const { cleaned, bytes } = await cleanBuilt(options, slanted);
    expect(cleaned).toMatchObject({ method: 'samples', transferSyntaxUid: transferSyntaxes['jpeg-ls'] });
    const kept = keptPixels(slanted, rows, columns);
    const [before, after] = [await decodeAll(buildDicom(options)), await decodeAll(bytes)];
    before.forEach(({ data, channels }, frame) => {
      const expected = data.map((level, at) => (kept[Math.floor(at / channels)] === 0 ? 0 : level));
      expect(Buffer.compare(after[frame]!.data, expected)).toBe(0);
    });
    const photometric = cleaned.changed.find(({ tag }) => tag === 0x0028_0004)?.values;
    expect(photometric).toEqual(name.startsWith('grey') ? undefined : ['RGB']);
  });
});

it('blackens an inverted picture to what is shown black', async () => {
  // Shown inverted, black is 255; around the picture it has to be that in the file.
  const samples = (frame: number) => greyFrame(frame).map((level) => 255 - level);
  const encodedFrames = jpegs(samples, { channels: 1 });
  const options: DicomOptions = { syntax: 'jpeg', rows, columns, photometric: 'MONOCHROME1', encodedFrames };
  const { cleaned, bytes } = await cleanBuilt(options, exactly);
  expect(cleaned.method).toBe('coefficients');
  const kept = keptPixels(exactly, rows, columns);
  for (const { data } of await decodeAll(bytes)) {
    expect(data.every((level, at) => kept[at] !== 0 || level === 0)).toBe(true);
  }
});

it('keeps a stated ratio and method, and states them where the file does not', async () => {
  const { cleaned } = await cleanBuilt({ syntax: 'jpeg', rows, columns, ...clips[0]![1] }, slanted);
  const lossy = cleaned.changed.filter(({ tag }) => tag >>> 16 === 0x0028 && (tag & 0xffff) >= 0x2110);
  expect(lossy).toEqual([
    { tag: 0x0028_2110, vr: 'CS', values: ['01'] },
    { tag: 0x0028_2112, vr: 'DS', values: [expect.closeTo(3, -1)], whenAbsent: true },
    { tag: 0x0028_2114, vr: 'CS', values: ['ISO_10918_1'], whenAbsent: true },
  ]);
});

it('decodes a progressive JPEG instead of taking it apart', async () => {
  const load = createRequire(import.meta.url)('@cornerstonejs/codec-libjpeg-turbo-8bit') as () => Promise<{
    JPEGEncoder: new () => {
      getDecodedBuffer(frame: object): Uint8Array;
      setQuality(quality: number): void;
      setSubSampling(subSampling: number): void;
      setProgressive(progressive: boolean): void;
      encode(): void;
      getEncodedBuffer(): Uint8Array;
    };
  }>;
  const encoder = new (await load()).JPEGEncoder();
  encoder
    .getDecodedBuffer({ width: columns, height: rows, bitsPerSample: 8, componentCount: 1, isSigned: false })
    .set(greyFrame(0));
  encoder.setQuality(90);
  encoder.setSubSampling(3);
  encoder.setProgressive(true);
  encoder.encode();
  const encodedFrames = [Uint8Array.from(encoder.getEncodedBuffer())];
  const options: DicomOptions = { syntax: 'jpeg', rows, columns, frames: 1, encodedFrames };
  const { cleaned, bytes } = await cleanBuilt(options, exactly);
  expect(cleaned).toMatchObject({ method: 'samples', transferSyntaxUid: transferSyntaxes['jpeg-ls'] });
  const [before] = await decodeAll(buildDicom(options));
  const [after] = await decodeAll(bytes);
  const kept = keptPixels(exactly, rows, columns);
  expect(
    Buffer.compare(
      after!.data,
      before!.data.map((level, at) => (kept[at] === 0 ? 0 : level)),
    ),
  ).toBe(0);
});
