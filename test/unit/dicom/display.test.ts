import { describe, expect, it } from 'vitest';
import { buildDicom, type DataElement, type DicomOptions } from '../../fixtures/dicom/build.ts';
import { decodeAll } from '../../fixtures/dicom/decode-built.ts';

const text = (tag: string, value: string): DataElement => ({ tag, vr: 'DS', value });
const window = (center: number, width: number) => [
  text('00281050', `${center}`),
  text('00281051', `${width}`),
];

async function shown(samples: readonly number[], options: DicomOptions): Promise<number[]> {
  const [frame] = await decodeAll(
    buildDicom({ rows: 1, columns: samples.length, frames: 1, pixels: () => samples, ...options }),
  );
  return [...frame!.data];
}

describe('grey display', () => {
  it('applies the window of PS3.3 C.11.2.1.2', async () => {
    // Centre 2048, width 4096: the standard's own example maps 0…4095 onto the whole output range.
    const samples = [0, 1, 2047, 2048, 4094, 4095];
    const options: DicomOptions = { bitsAllocated: 16, bitsStored: 12, elements: window(2048, 4096) };
    expect(await shown(samples, options)).toEqual([0, 0, 127, 128, 255, 255]);
    expect(await shown([0, 1000, 1100, 1200, 4000], { ...options, elements: window(1100.5, 201) })).toEqual([
      0, 0, 128, 255, 255,
    ]);
  });

  it('rescales before the window', async () => {
    const elements = [...window(128, 256), text('00281052', '-1000'), text('00281053', '2')];
    const options: DicomOptions = { bitsAllocated: 16, bitsStored: 12, elements };
    expect(await shown([400, 500, 564, 627, 700], options)).toEqual([0, 0, 128, 254, 255]);
  });

  it('leaves 8-bit pixels alone when their window spans the range, and applies a narrow one', async () => {
    const samples = [0, 1, 100, 127, 128, 254, 255];
    for (const [center, width] of [
      [128, 256],
      [127, 254],
      [128, 255],
      [127.5, 255],
    ]) {
      expect(await shown(samples, { elements: window(center!, width!) })).toEqual(samples);
    }
    expect(await shown([40, 50, 100, 150, 160], { elements: window(100.5, 101) })).toEqual([
      0, 0, 128, 255, 255,
    ]);
  });

  it('inverts MONOCHROME1', async () => {
    expect(await shown([0, 10, 255], { photometric: 'MONOCHROME1' })).toEqual([255, 245, 0]);
  });

  it('reads signed samples', async () => {
    expect(await shown([-128, 0, 127], { signed: true })).toEqual([0, 128, 255]);
    const options: DicomOptions = { bitsAllocated: 16, bitsStored: 12, signed: true };
    expect(await shown([-2048, 0, 2047], options)).toEqual([0, 128, 255]);
    expect(await shown([-300, 0, 300], { ...options, elements: window(0.5, 401) })).toEqual([0, 128, 255]);
  });

  it('ignores bits above the stored ones', async () => {
    expect(await shown([0xf000, 0xffff, 0x1800], { bitsAllocated: 16, bitsStored: 12 })).toEqual([
      0, 255, 128,
    ]);
  });
});
