import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { traceAt } from '../../../core/review/traces.ts';
import { rasterizeTrace } from '../../../core/trace/rasterize.ts';
import { dicomContourClip } from '../../../main/export/dicom-contour-clip.ts';
import { dicomPlacedSegmentation, dicomSegmentation } from '../../../main/export/dicom-segmentation.ts';
import type { EarlierObject } from '../../../main/export/exporter.ts';
import { packedBits } from '../../../main/export/dicom/segmented-frames.ts';
import { type ReadDataSet, readWithDcmjs } from '../../fixtures/dicom/dcmjs.ts';
import { isInstalled, saidBy } from '../../fixtures/dicom/installed.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { filesOf } from './files-of.ts';
import { calibrated, contouredSnapshot, uncalibrated } from './contoured-snapshot.ts';

const folder = temporaryFolders();
const snapshot = contouredSnapshot();
const { clips } = snapshot.document.review;
const written = await filesOf(dicomSegmentation, snapshot);
const [first, second] = written.map(({ bytes }) => readWithDcmjs(bytes).dict) as [ReadDataSet, ReadDataSet];

const items = (from: ReadDataSet | undefined, tag: string) =>
  (from?.[tag]?.Value ?? []) as readonly ReadDataSet[];
const one = (from: ReadDataSet | undefined, tag: string): unknown => from?.[tag]?.Value[0];

describe('segmentations', () => {
  it('are an object for each clip, in one series, of its size', () => {
    expect(written.map(({ path }) => path.replace(/-2026.*/, ''))).toEqual([
      'systola-segmentation-1',
      'systola-segmentation-2',
    ]);
    expect(one(first, '0020000E')).toBe(one(second, '0020000E'));
    for (const dict of [first, second]) {
      expect([one(dict, '00280010'), one(dict, '00280011')].map(Number)).toEqual([700, 500]);
      expect(['00080060', '00620001'].map((tag) => one(dict, tag))).toEqual(['SEG', 'BINARY']);
    }
    expect(Number(one(first, '00280008'))).toBe(180);
    expect(Number(one(second, '00280008'))).toBe(60);
  });

  it.each([
    [first, calibrated, ['lv-cavity', 'lv-wall', 'left-atrium']],
    [second, uncalibrated, ['lv-cavity']],
  ] as const)(
    'have every contour as the mask that we have, with the frame that it is of',
    (dict, clip, known) => {
      expect(items(dict, '00620002').map((segment) => Number(one(segment, '00620004')))).toEqual(
        known.map((_, index) => index + 1),
      );
      const pixels = clip.rows * clip.columns;
      const bytes = new Uint8Array(one(dict, '7FE00010') as ArrayBuffer);
      const groups = items(dict, '52009230');
      const seen = new Set<string>();
      groups.forEach((group, index) => {
        const segment = Number(one(items(group, '0062000A')[0], '0062000B'));
        const [source] = items(items(group, '00089124')[0], '00082112');
        const frame = Number(one(source, '00081160')) - 1;
        const [content] = items(group, '00209111');
        expect(Number(one(content, '00209128'))).toBe(frame + 1);
        expect(content!['00209157']!.Value.map(Number)).toEqual([segment, frame + 1]);
        expect([one(source, '00081155'), one(source, '0028135A')]).toEqual([clip.sopInstanceUid, 'YES']);
        const structure = known[segment - 1]!;
        seen.add(`${structure} ${frame}`);
        // Every frame is looked at, one in nine pixel by pixel.
        if (index % 9 !== 0) return;
        const trace = traceAt(clips[clip.sopInstanceUid], structure, frame)!;
        const mask = rasterizeTrace(trace, clip.rows, clip.columns);
        const cavity = rasterizeTrace(
          traceAt(clips[clip.sopInstanceUid], 'lv-cavity', frame)!,
          clip.rows,
          clip.columns,
        );
        let different = 0;
        for (let pixel = 0; pixel < pixels; pixel++) {
          const bit = index * pixels + pixel;
          const isSet = ((bytes[bit >>> 3]! >>> (bit & 7)) & 1) === 1;
          const expected = mask[pixel] !== 0 && !(structure === 'lv-wall' && cavity[pixel] !== 0);
          if (isSet !== expected) different += 1;
        }
        expect(different).toBe(0);
      });
      expect(seen.size).toBe(groups.length);
    },
  );

  it('say who drew: a model, a reader, or both', async () => {
    const types = (dict: ReadDataSet) =>
      items(dict, '00620002').map((segment) => [one(segment, '00620008'), one(segment, '00620009')]);
    expect(types(second)).toEqual([['AUTOMATIC', 'test']]);
    const uid = uncalibrated.sopInstanceUid;
    const drawn = async (share: number) => {
      const traces = Object.fromEntries(
        Object.entries(clips[uid]!.traces['lv-cavity']!).map(([frame, trace]) => [
          frame,
          Number(frame) < share ? { ...trace, source: { kind: 'manual' } as const, confidence: null } : trace,
        ]),
      );
      const review = {
        ...snapshot.document.review,
        clips: { ...clips, [uid]: { ...clips[uid]!, traces: { 'lv-cavity': traces } } },
      };
      const [, changed] = await filesOf(dicomSegmentation, {
        ...snapshot,
        document: { ...snapshot.document, review },
      });
      return types(readWithDcmjs(changed!.bytes).dict);
    };
    expect(await drawn(60)).toEqual([['MANUAL', undefined]]);
    expect(await drawn(1)).toEqual([['SEMIAUTOMATIC', 'test']]);
  });

  it('have the same bytes for the same state, and are refused of a rejected study', async () => {
    const again = await filesOf(dicomSegmentation, { ...snapshot, createdAt: new Date(0) });
    again.forEach(({ bytes }, index) => expect(Buffer.compare(bytes, written[index]!.bytes)).toBe(0));
    const decision = { state: 'rejected', at: '2026-02-03T08:00:00.000Z', by: 'Dr. Reader' } as const;
    await expect(filesOf(dicomSegmentation, contouredSnapshot({ decision }))).rejects.toMatchObject({
      code: 'not-writable',
    });
  });

  it('name the last one of an earlier revision of the same clip', async () => {
    const earlier = (head: number, sopInstanceUid: string, clip: string | null): EarlierObject => ({
      ...{ sopClassUid: '1.2.840.10008.5.1.4.1.1.66.4', sopInstanceUid, seriesInstanceUid: '2.25.9' },
      ...{ sha256: '0'.repeat(64), head, at: '2026-01-01T00:00:00Z', clip },
    });
    const known = [
      earlier(3, '2.25.3', uncalibrated.sopInstanceUid),
      earlier(5, '2.25.5', uncalibrated.sopInstanceUid),
      earlier(11, '2.25.11', calibrated.sopInstanceUid),
      earlier(11, '2.25.12', null),
      earlier(12, '2.25.13', uncalibrated.sopInstanceUid),
    ];
    for (const exporter of [dicomSegmentation, dicomContourClip]) {
      const asked: string[] = [];
      const amended = await filesOf(exporter, {
        ...snapshot,
        earlier: (format) => {
          asked.push(format);
          return known;
        },
      });
      expect(new Set(asked)).toEqual(new Set([exporter.id]));
      expect(amended.map(({ clip }) => clip)).toEqual(
        [calibrated, uncalibrated].map((one) => one.sopInstanceUid),
      );
      const named = amended.map(({ bytes }) => items(readWithDcmjs(bytes).dict, '0008114A'));
      expect(named.map((list) => list.map((item) => one(item, '00081155')))).toEqual([
        ['2.25.11'],
        ['2.25.5'],
      ]);
      const [purpose] = items(named[0]![0], '0040A170');
      expect([one(purpose, '00080100'), one(purpose, '00080102')]).toEqual(['REPLACED', '99SYSTOLA']);
    }
    expect(first['0008114A']).toBeUndefined();
  });

  it('have a space only where one is made up for readers that want one, and say so', async () => {
    expect(['00200052', '00209116'].filter((tag) => tag in first)).toEqual([]);
    const placed = await filesOf(dicomPlacedSegmentation, snapshot);
    const [dict, other] = placed.map(({ bytes }) => readWithDcmjs(bytes).dict) as [ReadDataSet, ReadDataSet];
    expect(one(dict, '0008103E')).toMatch(/invented geometry/);
    expect(one(dict, '0020000E')).not.toBe(one(first, '0020000E'));
    expect(one(dict, '00200052')).not.toBe(one(other, '00200052'));
    const [shared] = items(dict, '52009229');
    const numbers = (from: ReadDataSet | undefined, tag: string) => from?.[tag]?.Value.map(Number);
    expect(numbers(items(shared, '00209116')[0], '00200037')).toEqual([1, 0, 0, 0, 1, 0]);
    const { mmPerPixelX, mmPerPixelY } = snapshot.measurements.clips[calibrated.sopInstanceUid]!.calibration!;
    expect(numbers(items(shared, '00289110')[0], '00280030')).toEqual([mmPerPixelY, mmPerPixelX]);
    expect(numbers(items(items(other, '52009229')[0], '00289110')[0], '00280030')).toEqual([1, 1]);
    for (const group of items(dict, '52009230')) {
      const frame = Number(one(items(group, '00209111')[0], '00209128')) - 1;
      expect(numbers(items(group, '00209113')[0], '00200032')).toEqual([0, 0, frame]);
    }
    // The masks are the same.
    const pixels = (of: ReadDataSet) => Buffer.from(one(of, '7FE00010') as ArrayBuffer);
    expect(pixels(dict).equals(pixels(first))).toBe(true);
  });

  it('have frames whose bits do not end with a byte', () => {
    const frame = (...mask: number[]) => ({
      ...{ structure: 'lv-cavity', frame: 0 },
      mask: () => Uint8Array.from(mask),
    });
    expect([...packedBits([frame(255, 0, 255), frame(0, 255, 0), frame(255, 255, 255)], 3)]).toEqual([
      0b11010101, 0b1,
    ]);
  });
});

describe('other programs on a segmentation', () => {
  const path = (): string => {
    const file = join(folder(), 'masks.dcm');
    writeFileSync(file, written[0]!.bytes);
    return file;
  };

  it.runIf(isInstalled('dciodvfy'))('dciodvfy finds no error', () => {
    const lines = saidBy('dciodvfy', path()).split('\n');
    expect(lines).toContain('Segmentation');
    const expected = /DICOMDIR - Study (Time|ID)$/;
    expect(lines.filter((line) => /Error|Warning/.test(line) && !expected.test(line))).toEqual([]);
  });

  it.runIf(isInstalled('dcmdump'))('dcmdump reads it', () => {
    expect(saidBy('dcmdump', path())).not.toMatch(/^[EW]:/m);
  });
});
