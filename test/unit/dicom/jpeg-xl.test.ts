import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readInstance } from '../../../main/dicom/instance.ts';
import { buildDicom, transferSyntaxes, type DicomOptions } from '../../fixtures/dicom/build.ts';
import { decodeAll, largestDifference } from '../../fixtures/dicom/decode-built.ts';

const columns = 23;
const rows = 17;
const fixture = (name: string): Uint8Array =>
  readFileSync(join(import.meta.dirname, '../../fixtures/jpeg-xl', name));

const lossless = '1.2.840.10008.1.2.4.110';
const recompressed = '1.2.840.10008.1.2.4.111';
const lossy = '1.2.840.10008.1.2.4.112';

/** A file of frames that another encoder compressed. */
function file(names: readonly string[], syntax: string, options: DicomOptions = {}): Uint8Array {
  const bytes = buildDicom({
    syntax: 'rle',
    rows,
    columns,
    frames: names.length,
    encodedFrames: names.map(fixture),
    ...options,
  });
  return withTransferSyntax(bytes, syntax);
}

/** The built file's meta header says RLE, whose UID is shorter; the header's length is mended with it. */
function withTransferSyntax(bytes: Uint8Array, uid: string): Uint8Array {
  const padded = (text: string) => Buffer.from(text.length % 2 === 0 ? text : `${text}\0`, 'latin1');
  const element = (text: string) => {
    const value = padded(text);
    const header = Buffer.from([0x02, 0x00, 0x10, 0x00, 0x55, 0x49, value.length, 0]);
    return Buffer.concat([header, value]);
  };
  const old = element(transferSyntaxes.rle);
  const at = Buffer.from(bytes).indexOf(old);
  const changed = Buffer.concat([bytes.subarray(0, at), element(uid), bytes.subarray(at + old.length)]);
  const length = changed.readUInt32LE(140);
  changed.writeUInt32LE(length + element(uid).length - old.length, 140);
  return changed;
}

const grid = (value: (x: number, y: number) => number | number[]): number[] =>
  Array.from({ length: rows * columns }, (_, index) =>
    value(index % columns, Math.floor(index / columns)),
  ).flat();

const grey = grid((x, y) => (x * 7 + y * 13 + ((x * y) % 11)) % 256);
const colour = grid((x, y) => [(x * 11) % 256, (y * 15) % 256, ((x + y) * 6) % 256]);
const rgb = { photometric: 'RGB' } as const;

describe('JPEG XL', () => {
  it('gives lossless pictures as they were', async () => {
    const [first, second] = await decodeAll(file(['grey.jxl', 'grey.jxl'], lossless));
    expect(first).toMatchObject({ rows, columns, channels: 1 });
    expect([...first!.data]).toEqual(grey);
    expect([...second!.data]).toEqual(grey);
    const [picture] = await decodeAll(file(['colour.jxl'], lossless, rgb));
    expect(picture!.channels).toBe(3);
    expect([...picture!.data]).toEqual(colour);
  });

  it('gives 12-bit grey over its stored range', async () => {
    const deep = { bitsAllocated: 16, bitsStored: 12 } as const;
    const [picture] = await decodeAll(file(['grey-12.jxl'], lossless, deep));
    const expected = grid((x, y) => Math.round(((x * 170 + y * 18 + ((x * y) % 7)) / 4095) * 255));
    // Twelve bits go by way of sixteen.
    expect(largestDifference(picture!.data, expected)).toBeLessThanOrEqual(1);
  });

  it.each([
    ['grey', 'MONOCHROME2', 1],
    ['colour', 'YBR_FULL_422', 3],
  ] as const)('gives a recompressed JPEG as the JPEG itself: %s', async (name, photometric, tolerance) => {
    const [picture] = await decodeAll(file([`recompressed-${name}.jxl`], recompressed, { photometric }));
    const encodedFrames = [fixture(`recompressed-${name}.jpg`)];
    const jpeg = { syntax: 'jpeg', rows, columns, frames: 1, photometric, encodedFrames } as const;
    const [original] = await decodeAll(buildDicom(jpeg));
    const [all, mean] = differences(picture!.data, original!.data);
    // Colour is stored at half the width and widened again, by each decoder in its own way.
    expect(mean).toBeLessThan(tolerance);
    expect(all).toBeLessThanOrEqual(name === 'grey' ? 2 : 60);
  });

  it('gives a lossy picture as the reference decoder does', async () => {
    const [picture] = await decodeAll(file(['lossy-colour.jxl'], lossy, { photometric: 'XYB' }));
    const expected = fixture('lossy-colour.ppm').subarray(-rows * columns * 3);
    expect(largestDifference(picture!.data, [...expected])).toBeLessThanOrEqual(1);
  });

  it('names itself in the facts, and is lossy where a JPEG was', () => {
    const clip = readInstance(file(['recompressed-grey.jxl'], recompressed), 'built.dcm').clip;
    expect(clip).toMatchObject({ transferSyntaxUid: recompressed, lossy: true });
    expect(readInstance(file(['grey.jxl'], lossless), 'built.dcm').clip.lossy).toBe(false);
  });

  it('refuses pictures of another size and damaged ones by frame', async () => {
    await expect(decodeAll(file(['grey.jxl'], lossless, { rows: 18 }))).rejects.toMatchObject({
      code: 'decode-failed',
      message: expect.stringContaining('23 × 17'),
    });
    const whole = fixture('colour.jxl');
    for (let length = 0; length < whole.length; length += 5) {
      const cut = file(['grey.jxl'], lossless, { ...rgb, encodedFrames: [whole.subarray(0, length)] });
      await expect(decodeAll(cut), `${length} bytes`).rejects.toHaveProperty('code');
    }
    // A failure leaves the decoder usable.
    expect(await decodeAll(file(['grey.jxl'], lossless))).toHaveLength(1);
  });
});

function differences(found: ArrayLike<number>, expected: ArrayLike<number>): [largest: number, mean: number] {
  const all = Array.from(found, (value, index) => Math.abs(value - (expected[index] ?? NaN)));
  return [Math.max(...all), all.reduce((sum, value) => sum + value, 0) / all.length];
}
