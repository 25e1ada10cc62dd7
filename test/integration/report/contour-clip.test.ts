import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FramePixels } from '../../../core/clip/clip.ts';
import { SystolaError } from '../../../core/error.ts';
import { traceAt } from '../../../core/review/traces.ts';
import { MemorySource } from '../../../main/dicom/byte-source.ts';
import { decodeRle } from '../../../main/dicom/codec/rle.ts';
import type { PixelDescription } from '../../../main/dicom/pixel-description.ts';
import { encodeRle } from '../../../main/dicom/write/encode-rle.ts';
import { burnedContours } from '../../../main/export/dicom/burned-contours.ts';
import { dicomContourClip } from '../../../main/export/dicom-contour-clip.ts';
import type { ExportSnapshot } from '../../../main/export/exporter.ts';
import { readWithDcmjs } from '../../fixtures/dicom/dcmjs.ts';
import { isInstalled, saidBy } from '../../fixtures/dicom/installed.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { readHeader } from '../../../main/dicom/header.ts';
import { contouredSnapshot, uncalibrated } from './contoured-snapshot.ts';
import { filesOf } from './files-of.ts';

const folder = temporaryFolders();
const [rows, columns] = [700, 500];

/** A picture that tells its frame, in grey for one clip and in colour for the other. */
const picture = (uid: string, frame: number): FramePixels => {
  const channels = uid === uncalibrated.sopInstanceUid ? 3 : 1;
  const data = new Uint8Array(rows * columns * channels).fill(40);
  for (let y = 0; y < rows; y += 7) data.fill(frame, y * columns * channels, (y + 1) * columns * channels);
  return { rows, columns, channels, data };
};

const lost = 17;
const snapshot: ExportSnapshot = {
  ...contouredSnapshot(),
  frame: (uid, frame) =>
    frame === lost && uid === uncalibrated.sopInstanceUid
      ? Promise.reject(new SystolaError('decode-failed', 'It cannot be decoded.', 'a.dcm'))
      : Promise.resolve(picture(uid, frame)),
};
const written = await filesOf(dicomContourClip, snapshot);
const [first, second] = written.map(({ bytes }) => readWithDcmjs(bytes));

/** Frames of the second clip as dcmjs has them, unpacked by our own decoder. */
const frames = (second!.dict['7FE00010']!.Value as unknown as ArrayBuffer[]).map(
  (bytes) => new Uint8Array(bytes),
);

const cyan = [0x4f, 0xd8, 0xee];

/** By our own decoder. */
const unpackedAs = (frame: Uint8Array, height: number, width: number, samplesPerPixel: number) =>
  decodeRle(frame, { rows: height, columns: width, samplesPerPixel, bitsAllocated: 8 } as PixelDescription)
    .data;
const unpacked = (frame: Uint8Array) => unpackedAs(frame, rows, columns, 3);

describe('a clip with burned contours', () => {
  it('is one object for each clip, in colour, at the pace of the clip', () => {
    expect(written.map(({ path }) => path.replace(/-2026.*/, ''))).toEqual([
      'systola-contour-clip-1',
      'systola-contour-clip-2',
    ]);
    for (const { dict, meta } of [first!, second!]) {
      const value = (tag: string) => dict[tag]?.Value[0];
      expect(meta['00020010']?.Value).toEqual(['1.2.840.10008.1.2.5']);
      expect(value('00080016')).toBe('1.2.840.10008.5.1.4.1.1.7.4');
      expect([value('00280301'), value('00280004')]).toEqual(['YES', 'RGB']);
      const steps = dict['00181065']!.Value.map(Number);
      expect(steps).toHaveLength(60);
      expect(steps[0]).toBe(0);
      expect(steps[59]).toBeCloseTo(33.3, 6);
      expect(String(value('00082111'))).toContain('Research use only');
    }
    expect(String(second!.dict['00082111']?.Value[0])).toContain('1 frames cannot be decoded');
  });

  it('has each contour on its own frame, and every other pixel as it was', () => {
    expect(frames).toHaveLength(60);
    frames.forEach((frame, index) => {
      const pixels = unpacked(frame);
      if (index === lost) {
        expect(pixels.every((value) => value === 0)).toBe(true);
        return;
      }
      const source = picture(uncalibrated.sopInstanceUid, index).data;
      const trace = traceAt(snapshot.document.review.clips[uncalibrated.sopInstanceUid], 'lv-cavity', index)!;
      for (const [x, y] of trace.points) {
        const pixel = Math.round(y) * columns + Math.round(x);
        // At a distance of 0.7 pixels half of a pixel is covered.
        const isDrawn = cyan.every((value, channel) => {
          const at = 3 * pixel + channel;
          return Math.abs(pixels[at]! - value) <= 0.5 * Math.abs(source[at]! - value) + 1;
        });
        expect(isDrawn, `${index}: ${x}, ${y}`).toBe(true);
      }
      let changed = 0;
      for (let at = 0; at < pixels.length; at++) if (pixels[at] !== source[at]) changed += 1;
      // A line of 1.5 pixels about 700 long, over three channels.
      expect(changed).toBeGreaterThan(1500);
      expect(changed).toBeLessThan(8000);
    });
  });

  it('has the same bytes for the same state, and is refused of a rejected study', async () => {
    const [again] = await filesOf(dicomContourClip, { ...snapshot, createdAt: new Date(0) });
    expect(Buffer.compare(again!.bytes, written[0]!.bytes)).toBe(0);
    const decision = { state: 'rejected', at: '2026-02-03T08:00:00.000Z', by: 'Dr. Reader' } as const;
    const rejected = { ...snapshot, document: contouredSnapshot({ decision }).document };
    await expect(filesOf(dicomContourClip, rejected)).rejects.toMatchObject({ code: 'not-writable' });
  });

  it('is not written in black where its pictures may not leave', async () => {
    const kept = new SystolaError('bad-request', 'Nobody has said what of its pictures may stay.', 'a.dcm');
    const unmasked = { ...snapshot, frame: () => Promise.reject(kept) };
    await expect(filesOf(dicomContourClip, unmasked)).rejects.toThrow(kept);
  });

  it('is read by our own reader without damage', () => {
    const header = readHeader(new MemorySource(written[0]!.bytes), 'export.dcm');
    expect(header.damagedParts).toBe(0);
    expect(header.pixelData).not.toBeNull();
  });

  it('draws a line of its width, in the middle of the curve', () => {
    const grey = { rows: 9, columns: 9, channels: 1, data: new Uint8Array(81) } as const;
    const curve = [
      [2, 4],
      [6, 4],
    ] as const;
    const pixels = burnedContours(grey, [{ curve, colour: '#ffffff' }]);
    const column = Array.from({ length: 9 }, (_, y) => pixels[3 * (9 * y + 4)]);
    expect(column).toEqual([0, 0, 0, 64, 255, 64, 0, 0, 0]);
    expect(pixels[3 * (9 * 4)]).toBe(0);
  });
});

it('packed frames come back as they were', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 400 }),
      fc.array(fc.tuple(fc.integer({ min: 0, max: 255 }), fc.integer({ min: 1, max: 300 })), {
        minLength: 1,
      }),
      (samples, height, width, runs) => {
        const data = new Uint8Array(samples * height * width);
        let at = 0;
        for (let index = 0; at < data.length; index += 1) {
          const [value, length] = runs[index % runs.length]!;
          data.fill(value, at, at + length);
          at += length;
        }
        const back = unpackedAs(encodeRle(data, height, width, samples), height, width, samples);
        return Buffer.compare(back as Uint8Array, data) === 0;
      },
    ),
  );
});

describe('other programs on such a clip', () => {
  const path = (): string => {
    const file = join(folder(), 'clip.dcm');
    writeFileSync(file, written[1]!.bytes);
    return file;
  };

  it.runIf(isInstalled('dciodvfy'))('dciodvfy finds no error', () => {
    const lines = saidBy('dciodvfy', path()).split('\n');
    expect(lines).toContain('MultiframeTrueColorSCImage');
    const expected = /DICOMDIR - Study (Time|ID)$|actually unknown.*<Laterality>/;
    expect(lines.filter((line) => /Error|Warning/.test(line) && !expected.test(line))).toEqual([]);
  });

  it.runIf(isInstalled('dcmdrle'))('dcmdrle unpacks the same pixels', () => {
    const plain = join(folder(), 'plain.dcm');
    expect(saidBy('dcmdrle', path(), plain)).not.toMatch(/[EW]:/);
    const { dict } = readWithDcmjs(readFileSync(plain));
    const [bytes] = dict['7FE00010']!.Value as unknown as ArrayBuffer[];
    const all = new Uint8Array(bytes!);
    frames.forEach((frame, index) => {
      const own = unpacked(frame);
      expect(
        Buffer.compare(all.subarray(index * own.length, (index + 1) * own.length), own as Uint8Array),
      ).toBe(0);
    });
  });
});
