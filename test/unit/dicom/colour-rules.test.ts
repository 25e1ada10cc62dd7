import { describe, expect, it } from 'vitest';
import { hasColourOverlay } from '../../../main/dicom/colour.ts';
import { buildDicom, type DicomOptions } from '../../fixtures/dicom/build.ts';
import { decodeAll, largestDifference } from '../../fixtures/dicom/decode-built.ts';
import { encodeJpeg, type JpegOptions } from '../../fixtures/dicom/encode-jpeg.ts';

const rows = 16;
const columns = 32;
/** Orange in RGB and in YCbCr (JFIF). */
const orange = [200, 120, 40];
const orangeYcc = [135, 74, 174];
const image = (colour: readonly number[]) => Array.from({ length: rows * columns }, () => colour).flat();

async function shown(samples: readonly number[], jpeg: Partial<JpegOptions>, photometric: string) {
  const encoded = encodeJpeg(samples, { rows, columns, channels: 3, ...jpeg });
  const options: DicomOptions = {
    syntax: 'jpeg',
    rows,
    columns,
    frames: 1,
    photometric,
    encodedFrames: [encoded],
  };
  const [frame] = await decodeAll(buildDicom(options));
  return frame!.data;
}

describe('JPEG colour is converted exactly once', () => {
  const ycc = image(orangeYcc);
  const rgb = image(orange);

  it.each([
    ['YBR_FULL_422 without markers', ycc, {}, 'YBR_FULL_422'],
    ['YBR_FULL_422 with halved colour', ycc, { halvedColour: true }, 'YBR_FULL_422'],
    ['YBR_FULL with JFIF', ycc, { marker: 'jfif' }, 'YBR_FULL'],
    ['RGB stated, JFIF says YCbCr', ycc, { marker: 'jfif' }, 'RGB'],
    ['RGB stated, Adobe says YCbCr', ycc, { marker: 'adobe-ycc' }, 'RGB'],
    ['RGB stated, halved colour betrays YCbCr', ycc, { halvedColour: true }, 'RGB'],
    ['RGB without markers', rgb, {}, 'RGB'],
    ['YBR stated, Adobe says RGB', rgb, { marker: 'adobe-rgb' }, 'YBR_FULL_422'],
    ['YBR stated, components named R, G, B', rgb, { componentIds: [82, 71, 66] }, 'YBR_FULL_422'],
  ] as const)('%s', async (_, samples, jpeg, photometric) => {
    expect(largestDifference(await shown(samples, jpeg, photometric), rgb)).toBeLessThanOrEqual(2);
  });
});

describe('native YBR_FULL_422', () => {
  const base: DicomOptions = { rows: 2, columns: 4, frames: 2, photometric: 'YBR_FULL_422' };

  it('shares colour between the two pixels of a pair', async () => {
    const pixels = () => [135, 100, 74, 174, 0, 255, 128, 128, 10, 20, 128, 128, 30, 40, 128, 128];
    const frames = await decodeAll(buildDicom({ ...base, pixels }));
    expect([...frames[1]!.data]).toEqual([
      ...[199, 121, 39, 164, 86, 4],
      ...[0, 0, 0, 255, 255, 255],
      ...[10, 10, 10, 20, 20, 20, 30, 30, 30, 40, 40, 40],
    ]);
  });

  it.each([0, 1] as const)('tells RGB from YBR when full samples are written, planar %i', async (planar) => {
    const options: DicomOptions = { ...base, columns: 32, rows: 16, planarConfiguration: planar };
    const grey = (index: number) => (index * 5) % 90;
    const asRgb = Array.from({ length: rows * columns }, (_, index) => {
      return index % 50 === 0 ? orange : [grey(index), grey(index), grey(index)];
    }).flat();
    const asYbr = Array.from({ length: rows * columns }, (_, index) => {
      return index % 50 === 0 ? orangeYcc : [grey(index), 128, 128];
    }).flat();
    for (const samples of [asRgb, asYbr]) {
      const [frame] = await decodeAll(buildDicom({ ...options, pixels: () => samples }));
      expect(largestDifference(frame!.data, asRgb)).toBeLessThanOrEqual(1);
    }
  });
});

describe('hasColourOverlay', () => {
  const grey = Uint8Array.from({ length: 64 * 64 * 3 }, (_, index) => (Math.floor(index / 3) * 7) % 200);
  const frame = (paint: (x: number, y: number) => boolean) => {
    const data = grey.slice();
    for (let y = 0; y < 64; y += 1) {
      for (let x = 0; x < 64; x += 1) if (paint(x, y)) data.set([220, 30, 20], (y * 64 + x) * 3);
    }
    return { rows: 64, columns: 64, channels: 3 as const, data };
  };
  const region = { spatialFormat: 1, dataType: 1, unitsX: 3, unitsY: 3, deltaX: 0.1, deltaY: 0.1 };
  const facts = { regions: [{ ...region, box: { minX: 0, minY: 0, maxX: 47, maxY: 63 } }] };

  it('sees a patch of colour in any frame', () => {
    const plain = frame(() => false);
    expect(hasColourOverlay([plain, frame((x, y) => x > 20 && x < 36 && y > 20 && y < 36)], facts)).toBe(
      true,
    );
    expect(hasColourOverlay([plain], facts)).toBe(false);
  });

  it('is not taken in by an ECG line, a colour bar beside the picture, or grey frames', () => {
    expect(hasColourOverlay([frame((_, y) => y === 60 || y === 61)], facts)).toBe(false);
    expect(hasColourOverlay([frame((x) => x > 52)], facts)).toBe(false);
    expect(hasColourOverlay([{ rows: 8, columns: 8, channels: 1, data: new Uint8Array(64) }], facts)).toBe(
      false,
    );
  });

  it('uses the whole frame when the region lies outside of it', () => {
    const outside = { regions: [{ ...region, box: { minX: 500, minY: 500, maxX: 900, maxY: 900 } }] };
    expect(hasColourOverlay([frame((x) => x < 16)], outside)).toBe(true);
  });
});
