import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import type { Analysis } from '../../../core/analysis/analysis.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const root = resolve(import.meta.dirname, '../../..');
const data = process.env['SYSTOLA_TEST_DATA'];
/** Parasternal long and short axis, and a child's heart: no apical view, and no file says so. */
const views = ['07', '08', '12'].map((number) => `acuson-stress-rest/I_0000${number}.dcm`);
const files = [...views, 'hp-paediatric/I_000001.dcm', 'hp-paediatric/I_000003.dcm'].map((name) =>
  join(data ?? '', 'dicom', name),
);
const present = data !== undefined && files.every((file) => existsSync(file));
if (!present) console.log('Skipped: real loops that are not apical (SYSTOLA_TEST_DATA is not set).');

function analyze(...options: string[]): Analysis['studies'][number]['clips'] {
  const out = folder();
  const argv = ['analyze', ...files, '--out', out, '--provider', 'cpu', '--frames', '0-7', ...options];
  const run = spawnSync(process.execPath, [join(root, 'main/cli/systola.ts'), ...argv], {
    encoding: 'utf8',
    cwd: root,
  });
  expect(run.status, run.stderr).toBe(0);
  const analysis = JSON.parse(readFileSync(join(out, 'analysis.json'), 'utf8')) as Analysis;
  const clips = analysis.studies.flatMap((study) => study.clips);
  expect(clips).toHaveLength(files.length);
  return clips;
}

it.runIf(present)(
  'real loops that are not apical are recognised as that, and wear no numbers',
  () => {
    for (const { file, view, findings, measurements, traces } of analyze()) {
      expect(view, file).toMatchObject({ code: 'other', source: 'recognised' });
      expect(measurements, file).toEqual([]);
      expect(traces, file).toEqual([]);
      expect(
        findings.map(({ code }) => code),
        file,
      ).toEqual(['not-traced']);
    }
  },
  120_000,
);

it.runIf(present)(
  'real loops that are not apical end with findings where no view is recognised, and none of them speaks for its study',
  () => {
    const clips = analyze('--no-recognise');
    for (const { file, findings } of clips) {
      expect(
        findings.map(({ code }) => code),
        file,
      ).toContain('view-unknown');
    }
    // By what they look like, not only by what their files leave out.
    const doubted = [
      'low-confidence',
      'view-doubtful',
      'area-jumps',
      'sector-doubtful',
      'basal-tilt',
      'no-contour',
    ];
    const bySight = clips.filter(({ findings }) => findings.some(({ code }) => doubted.includes(code)));
    expect(bySight.length).toBeGreaterThanOrEqual(4);
  },
  240_000,
);
