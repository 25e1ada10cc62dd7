import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FrameDecoder } from '../../../main/dicom/frame-decoder.ts';
import { readInstance } from '../../../main/dicom/instance.ts';
import { phantomClip } from '../../fixtures/phantom/phantom.ts';
import { sectorBox } from '../../fixtures/phantom/scan-plane.ts';
import { writePhantomDicom } from '../../fixtures/phantom/write-dicom.ts';

const sample = join(import.meta.dirname, '../../../assets/sample-study');
const views = ['a4c', 'a2c'] as const;
const paths = views.map((view) => join(sample, `${view}.dcm`));
const study = { name: 'test', patientId: 'TEST', description: 'test' };
const short = { view: 'a4c', ejectionFraction: 55, edvMl: 120, seed: 7, frames: 3, frameRate: 30 } as const;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'systola-phantom-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('sample study', () => {
  it('is small', () => {
    const bytes = paths.reduce((sum, path) => sum + statSync(path).size, 0);
    expect(bytes).toBeLessThan(6_000_000);
  });

  it('is one study of two calibrated, timed, apical loops', () => {
    const instances = paths.map((path) => readInstance(readFileSync(path), path));
    expect(new Set(instances.map(({ clip }) => clip.studyInstanceUid)).size).toBe(1);
    expect(new Set(instances.map(({ clip }) => clip.sopInstanceUid)).size).toBe(2);
    instances.forEach(({ clip, study: facts }, index) => {
      expect(clip.view).toEqual({ code: views[index], source: 'file' });
      expect(clip).toMatchObject({ rows: 460, columns: 560, frames: 66, bMode: true, colourOverlay: false });
      expect(clip.timing).toMatchObject({ source: 'frame-time', guessed: false, playback: 'loop' });
      expect(clip.timing.frameTimesMs[30]).toBeCloseTo(1000, 1);
      expect(clip.regions).toMatchObject([{ spatialFormat: 1, unitsX: 3, unitsY: 3 }]);
      expect(clip.regions[0]!.deltaX).toBeCloseTo(17 / 380, 9);
      expect(clip.rWaveTimesMs).toEqual([100, 1100, 2100]);
      expect(facts).toMatchObject({ heightCm: 176, weightKg: 76, heartRateBpm: 60 });
      expect(facts.patient).toMatchObject({
        sex: 'male',
        name: { alphabetic: 'Phantom^Systola' },
        birthDate: '1970-01-01',
      });
    });
  });

  it('holds the pictures of the phantom, within the loss of JPEG', async () => {
    const decoder = new FrameDecoder({ cacheMiB: 64 });
    try {
      for (const [index, view] of views.entries()) {
        const path = paths[index]!;
        const { clip } = readInstance(readFileSync(path), path);
        const pixels = await decoder.frame({ sopInstanceUid: clip.sopInstanceUid, path }, 1);
        const phantom = phantomClip({ ...short, view });
        const box = sectorBox(phantom.plane);
        let sum = 0;
        let count = 0;
        // Below the lettering and above the electrocardiogram, which depends on the length of the loop.
        for (let y = 60; y < box.maxY; y += 1) {
          for (let x = box.minX; x <= box.maxX; x += 1) {
            const at = 3 * (y * clip.columns + x);
            sum += Math.abs(pixels.data[at]! - phantom.frames[1]!.data[at]!);
            count += 1;
          }
        }
        expect(sum / count).toBeLessThan(3);
      }
    } finally {
      await decoder.close();
    }
  });

  it('is written the same every time', async () => {
    const clip = phantomClip(short);
    const first = await writePhantomDicom(clip, study, 1);
    expect(Buffer.compare(first, await writePhantomDicom(clip, study, 1))).toBe(0);
  });
});

const dciodvfy = isInstalled('dciodvfy');
if (!dciodvfy) console.log('dicom3tools is not installed: dciodvfy was not run');

describe.runIf(dciodvfy)('dciodvfy', () => {
  it.each(paths)('finds no error in %s', (path) => {
    expect(verdictOf(path)).not.toMatch(/Error|Warning/);
  });

  it('finds no error in a phantom that was just written', async () => {
    const path = join(folder, 'phantom.dcm');
    writeFileSync(path, await writePhantomDicom(phantomClip(short), study, 1));
    expect(verdictOf(path)).not.toMatch(/Error/);
  });
});

function verdictOf(path: string): string {
  const verdict = execFileSync('sh', ['-c', 'dciodvfy "$0" 2>&1', path], { encoding: 'utf8' });
  expect(verdict).toContain('USMultiFrameImage');
  return verdict;
}

function isInstalled(command: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${command}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
