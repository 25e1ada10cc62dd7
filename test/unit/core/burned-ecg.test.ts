import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { FramePixels } from '../../../core/clip/clip.ts';
import { burnedEcg } from '../../../core/sector/burned-ecg.ts';
import { sampledFrames } from '../../../renderer/viewing/sector-fit.ts';
import { MemorySource } from '../../../main/dicom/byte-source.ts';
import { decodeFrame } from '../../../main/dicom/decode-frame.ts';
import { openInstance } from '../../../main/dicom/instance.ts';

const [rows, columns] = [300, 400];
type Paint = (put: (x: number, y: number, colour: readonly [number, number, number]) => void) => void;

/** Grey tissue above, with something painted over it. */
function frame(paint: Paint): FramePixels {
  const data = new Uint8Array(3 * rows * columns);
  for (let pixel = 0; pixel < 200 * columns; pixel += 1)
    data.fill((pixel * 31) % 90, 3 * pixel, 3 * pixel + 3);
  paint((x, y, colour) => data.set(colour, 3 * (Math.round(y) * columns + Math.round(x))));
  return { rows, columns, channels: 3, data };
}

const green = [40, 200, 60] as const;
/** A baseline at a row with an R wave every 80 pixels. */
const trace =
  (from: number, to: number, baseline = 260, high = 30): Paint =>
  (put) => {
    for (let x = from; x <= to; x += 1) {
      const aside = Math.abs((x % 80) - 40);
      const top = aside < 4 ? baseline - high * (1 - aside / 4) : baseline;
      const other = Math.abs(((x + 1) % 80) - 40);
      const next = other < 4 ? baseline - high * (1 - other / 4) : baseline;
      for (let y = Math.min(top, next); y <= Math.max(top, next); y += 1) put(x, y, green);
    }
  };

const none: readonly never[] = [];
const region = (spatialFormat: number, dataType: number) => ({
  ...{ spatialFormat, dataType, unitsX: null, unitsY: null, deltaX: null, deltaY: null },
  box: { minX: 40, minY: 220, maxX: 300, maxY: 280 },
});

describe('an ECG that is drawn into the pictures', () => {
  it('is found by its line, R waves and all', () => {
    const box = burnedEcg([frame(trace(50, 330))], none)!;
    expect(box.minX).toBeLessThanOrEqual(50);
    expect(box.maxX).toBeGreaterThanOrEqual(330);
    expect(box.minY).toBeLessThanOrEqual(230);
    expect(box.maxY).toBeGreaterThanOrEqual(260);
    expect(box.maxY - box.minY).toBeLessThan(50);
  });

  it('is where the file says, whatever is painted', () => {
    expect(burnedEcg([frame(() => undefined)], [region(1, 1), region(4, 10)])).toEqual(region(4, 10).box);
    expect(burnedEcg([frame(() => undefined)], [region(4, 11)])).toBeNull();
  });

  it('is found as it moves along', () => {
    const parts = [trace(50, 140), trace(130, 240), trace(230, 330)].map(frame);
    const box = burnedEcg(parts, none)!;
    expect(box.maxX - box.minX).toBeGreaterThan(270);
  });

  it.each<[string, Paint]>([
    ['nothing', () => undefined],
    [
      'a straight line',
      (put) => {
        for (let x = 50; x < 330; x += 1) put(x, 260, green);
      },
    ],
    [
      'an area of Doppler',
      (put) => {
        for (let x = 50; x < 330; x += 1) for (let y = 180; y < 260; y += 1) put(x, y, [20, 60, 180]);
      },
    ],
    ['a short mark', trace(50, 100)],
    ['a line in the upper half', trace(50, 330, 100)],
  ])('is not %s', (_, paint) => expect(burnedEcg([frame(paint)], none)).toBeNull());

  it('is not looked for in grey pictures', () => {
    const grey = { rows, columns, channels: 1, data: new Uint8Array(rows * columns) } as const;
    expect(burnedEcg([grey], none)).toBeNull();
    expect(burnedEcg([], none)).toBeNull();
  });
});

const data = process.env['SYSTOLA_TEST_DATA'] ?? '';
const real = join(data, 'dicom');
const there = data !== '' && existsSync(real);
if (!there) console.log('SYSTOLA_TEST_DATA is not set: ECGs of real pictures are skipped');

describe.runIf(there)('of real pictures', () => {
  it.each([
    ['acuson-sequoia-a4c/DIRW0007.dcm', [33, 382, 190, 424]],
    ['hp-paediatric/I_000001.dcm', [40, 374, 257, 406]],
    ['toshiba-xario/I_000036.dcm', [72, 453, 719, 536]],
    ['syntaxes/US-PAL-8-10x-echo.dcm', [50, 365, 340, 398]],
    ['acuson-stress-rest/I_000009.dcm', null],
    ['sonosite-a4c/examples_ybr_color.dcm', null],
    ['syntaxes/IM00001.fragmented_no_bot_jpeg_baseline.50.dcm', null],
  ] as const)('%s', async (name, expected) => {
    const source = new MemorySource(readFileSync(join(real, name)));
    const instance = openInstance(source, name);
    const frames = await Promise.all(
      sampledFrames(instance.clip.frames).map((one) => decodeFrame(instance, instance.source, one, name)),
    );
    const box = burnedEcg(frames, instance.clip.regions);
    if (expected === null) {
      expect(box).toBeNull();
      return;
    }
    const found = [box!.minX, box!.minY, box!.maxX, box!.maxY];
    found.forEach((side, index) => expect(Math.abs(side - expected[index]!)).toBeLessThanOrEqual(8));
  });
});
