import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PNG } from 'pngjs';
import { expect, it } from 'vitest';
import type { Analysis } from '../../../core/analysis/analysis.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { dice } from '../../unit/core/dice.ts';
import { readNpz } from '../../unit/core/npz.ts';

const folder = temporaryFolders();
const root = resolve(import.meta.dirname, '../../..');
const data = process.env['SYSTOLA_TEST_DATA'];
const clips = data === undefined ? null : join(data, 'camus', 'a4c-dicom');
const present = clips !== null && existsSync(join(clips, 'labels.npz'));
if (!present) {
  console.log(
    'Skipped: agreement with expert masks (SYSTOLA_TEST_DATA is not set or lacks camus/a4c-dicom).',
  );
}

it.runIf(present).each(readdirSync(join(root, 'models/shipped')))(
  '%s, through the command line, agrees with experts on patients it was not trained on',
  (model) => {
    const out = folder();
    const files = readdirSync(clips!).filter((name) => name.endsWith('.dcm'));
    const run = spawnSync(
      process.execPath,
      [
        join(root, 'main/cli/systola.ts'),
        'analyze',
        ...files.map((name) => join(clips!, name)),
        '--out',
        out,
        '--masks',
        '--model',
        model,
      ],
      { encoding: 'utf8', cwd: root },
    );
    expect(run.status, run.stderr).toBe(0);

    const analysis = JSON.parse(readFileSync(join(out, 'analysis.json'), 'utf8')) as Analysis;
    const labels = readNpz(join(clips!, 'labels.npz'));
    const overlaps: number[] = [];
    for (const clip of analysis.studies.flatMap((study) => study.clips)) {
      const patient = files.find((name) => clip.file.endsWith(name))?.split('_')[0] ?? '';
      const truth = labels.get(patient);
      expect(truth?.shape).toEqual([clip.frames, clip.rows, clip.columns]);
      const size = clip.rows * clip.columns;
      for (let frame = 0; frame < clip.frames; frame += 1) {
        const path = join(out, 'masks', clip.sopInstanceUid, `${String(frame).padStart(4, '0')}.png`);
        // A frame without a contour has no mask and agrees with nothing.
        const mask = existsSync(path) ? maskOf(path) : new Uint8Array(size);
        const expert = Uint8Array.from(truth!.data.subarray(frame * size, (frame + 1) * size), (value) =>
          Number(value === 1),
        );
        overlaps.push(dice(mask, expert));
      }
    }
    const mean = overlaps.reduce((sum, value) => sum + value, 0) / overlaps.length;
    console.log(
      `Dice against experts, ${analysis.model?.name} on ${overlaps.length} frames of ${files.length} patients: ` +
        `mean ${mean.toFixed(4)}, lowest ${Math.min(...overlaps).toFixed(4)}`,
    );
    expect(overlaps).toHaveLength(40);
    expect(mean).toBeGreaterThanOrEqual(0.93);
  },
  300_000,
);

function maskOf(path: string): Uint8Array {
  const { data: rgba } = PNG.sync.read(readFileSync(path));
  return Uint8Array.from({ length: rgba.length / 4 }, (_, index) => Number(rgba[index * 4]! > 127));
}
