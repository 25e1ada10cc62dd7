import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FramePixels } from '../../../core/clip/clip.ts';
import { hasColourOverlay } from '../../../main/dicom/colour.ts';
import { FrameDecoder } from '../../../main/dicom/frame-decoder.ts';
import { readInstance } from '../../../main/dicom/instance.ts';

const data = process.env['SYSTOLA_TEST_DATA'];
const folder = join(data ?? '', 'dicom');
const available = data !== undefined && existsSync(folder);
if (!available)
  console.log('Skipped: real DICOM files (SYSTOLA_TEST_DATA names no folder that holds dicom/).');

interface Expected {
  readonly size: readonly [rows: number, columns: number, frames: number];
  readonly timing: string;
  readonly durationMs: number;
  readonly regions: number;
  readonly view?: string;
  readonly heartRateBpm: number | null;
  readonly statesColour?: boolean;
  readonly showsColour: boolean;
  /** Beginning of the SHA-256 of all decoded frames, pinned after `compare_with_pydicom.py` had passed. */
  readonly pixels: string;
}

const stress = { size: [288, 384, 10], timing: 'frame-time-vector', durationMs: 400, regions: 2 } as const;

const files: Readonly<Record<string, Expected>> = {
  'acuson-sequoia-a4c/DIRW0007.dcm': {
    size: [456, 576, 65],
    timing: 'frame-time-vector',
    durationMs: 2472,
    regions: 2,
    heartRateBpm: 61,
    showsColour: false,
    pixels: 'a49053baa76b59a0',
  },
  'acuson-stress-rest/I_000007.dcm': {
    ...stress,
    heartRateBpm: 39,
    showsColour: false,
    pixels: '4711576966ac7765',
  },
  'acuson-stress-rest/I_000008.dcm': {
    ...stress,
    heartRateBpm: 42,
    showsColour: false,
    pixels: 'fd4486b51674631a',
  },
  'acuson-stress-rest/I_000009.dcm': {
    ...stress,
    heartRateBpm: 40,
    showsColour: false,
    pixels: 'bbbed305a9efbaa5',
  },
  'acuson-stress-rest/I_000010.dcm': {
    ...stress,
    heartRateBpm: 35,
    showsColour: false,
    pixels: 'cfd4a9f24b6dbd82',
  },
  'acuson-stress-rest/I_000011.dcm': {
    ...stress,
    heartRateBpm: 38,
    showsColour: false,
    pixels: '4294d9ad60b9c5dd',
  },
  'acuson-stress-rest/I_000012.dcm': {
    ...stress,
    heartRateBpm: 35,
    showsColour: false,
    pixels: 'df54cc9da82cd1c0',
  },
  'hp-paediatric/I_000001.dcm': {
    size: [430, 480, 34],
    timing: 'frame-time',
    durationMs: 1020,
    regions: 2,
    heartRateBpm: 117,
    showsColour: false,
    pixels: '39cd595a0ac9bd85',
  },
  'hp-paediatric/I_000003.dcm': {
    size: [430, 480, 17],
    timing: 'frame-time',
    durationMs: 1139,
    regions: 2,
    heartRateBpm: 120,
    showsColour: true,
    pixels: '82bab3c753c44283',
  },
  'sonosite-a4c/examples_ybr_color.dcm': {
    size: [240, 320, 30],
    timing: 'frame-time',
    durationMs: 1000,
    regions: 1,
    heartRateBpm: null,
    showsColour: false,
    pixels: '7275d2af634281c8',
  },
  'syntaxes/0020.dcm': {
    size: [430, 600, 11],
    timing: 'frame-time',
    durationMs: 690,
    regions: 0,
    heartRateBpm: null,
    showsColour: true,
    pixels: '453e18a9743c2245',
  },
  'syntaxes/IM00001.fragmented_no_bot_jpeg_baseline.50.dcm': {
    size: [240, 320, 8],
    timing: 'frame-time-vector',
    durationMs: 360,
    regions: 2,
    heartRateBpm: 150,
    statesColour: true,
    showsColour: true,
    pixels: '7d6d588609c98856',
  },
  'syntaxes/JPGLosslessP14SV1_1s_1f_8b.dcm': {
    size: [768, 1024, 1],
    timing: 'still',
    durationMs: 0,
    regions: 1,
    heartRateBpm: null,
    showsColour: false,
    pixels: '36e27e4f1e87a7d5',
  },
  'syntaxes/US-PAL-8-10x-echo.dcm': {
    size: [430, 600, 10],
    timing: 'frame-time',
    durationMs: 760,
    regions: 0,
    view: 'other',
    heartRateBpm: null,
    showsColour: true,
    pixels: 'ba26059215d83528',
  },
  'toshiba-xario/I_000036.dcm': {
    size: [600, 800, 70],
    timing: 'frame-time',
    durationMs: 2333,
    regions: 1,
    heartRateBpm: 50,
    statesColour: true,
    showsColour: true,
    pixels: '36ce140ea19d24ac',
  },
  'toshiba-xario/I_000038.dcm': {
    size: [537, 716, 1],
    timing: 'still',
    durationMs: 0,
    regions: 3,
    heartRateBpm: 54,
    statesColour: true,
    showsColour: true,
    pixels: '9a013fbc1bb5081c',
  },
};

describe.skipIf(!available)('real files', () => {
  let decoder: FrameDecoder;
  beforeAll(() => {
    decoder = new FrameDecoder({ cacheMiB: 256, workers: 2 });
  });
  afterAll(() => decoder.close());

  it.each(Object.entries(files))('%s reads and decodes as pinned', async (name, expected) => {
    const path = join(folder, name);
    const { clip } = readInstance(readFileSync(path), basename(name));
    expect([clip.rows, clip.columns, clip.frames]).toEqual(expected.size);
    expect(clip).toMatchObject({
      heartRateBpm: expected.heartRateBpm,
      bMode: true,
      colourOverlay: expected.statesColour ?? false,
      view: { code: expected.view ?? 'unknown' },
      timing: { source: expected.timing, guessed: false },
    });
    expect(clip.regions).toHaveLength(expected.regions);
    expect(Math.round(clip.timing.durationMs)).toBe(expected.durationMs);

    const source = { sopInstanceUid: clip.sopInstanceUid, path };
    const frames = await Promise.all(
      Array.from({ length: clip.frames }, (_, frame) => decoder.frame(source, frame)),
    );
    expect(digest(frames).slice(0, 16)).toBe(expected.pixels);
    expect(hasColourOverlay(frames, clip)).toBe(expected.showsColour);
  });

  it('keeps odd regions as they are written, for calibration to judge', () => {
    const regions = (name: string) => readInstance(readFileSync(join(folder, name)), name).clip.regions;
    const [first, second] = regions('acuson-sequoia-a4c/DIRW0007.dcm');
    expect(first).toMatchObject({ unitsX: 0, unitsY: 0 });
    expect(second).toMatchObject({ unitsX: 3, unitsY: 3 });
    expect(second!.deltaX).toBeCloseTo(-0.0524781, 6);
    expect(regions('sonosite-a4c/examples_ybr_color.dcm')[0]!.box).toEqual({
      minX: 84,
      minY: 31,
      maxX: 595,
      maxY: 414,
    });
    const [tissue, waveform] = regions('hp-paediatric/I_000001.dcm');
    expect(tissue!.deltaX).not.toBe(tissue!.deltaY);
    expect(waveform).toMatchObject({ spatialFormat: 4 });
  });
});

function digest(frames: readonly FramePixels[]): string {
  const hash = createHash('sha256');
  for (const frame of frames) hash.update(frame.data);
  return hash.digest('hex');
}
