import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import type { Analysis } from '../../../core/analysis/analysis.ts';
import { readAnalysis } from '../../../core/analysis/read-analysis.ts';
import { buildReport, container, outline } from '../../fixtures/dicom/build-report.ts';
import { scannerReport } from '../../fixtures/dicom/scanner-report.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { apicalClip, clipUid, modelFolder, studyUid } from '../application/workstation.ts';

const root = resolve(import.meta.dirname, '../../..');
const folder = temporaryFolders();

async function analyze(files: Readonly<Record<string, Uint8Array>>) {
  const [source, out] = [folder(), join(folder(), 'out')];
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(source, name), bytes);
  const argv = [
    ...['analyze', source, '--out', out, '--provider', 'cpu', '--models', await modelFolder(folder())],
    ...['--view', 'a4c', '--no-recognise'],
  ];
  const child = spawn(process.execPath, [join(root, 'main/cli/systola.ts'), ...argv], { cwd: root });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  const file = join(out, 'analysis.json');
  expect(existsSync(file), stderr).toBe(true);
  return { code, stderr, analysis: readAnalysis(JSON.parse(readFileSync(file, 'utf8'))), out };
}

const ring = Array.from({ length: 40 }, (_, index) => {
  const angle = (2 * Math.PI * index) / 40;
  return [56 + 20 * Math.sin(angle), 60 - 30 * Math.cos(angle)];
}).flat();
const outlines = buildReport(
  container(
    ['126000', 'DCM', 'Imaging Measurement Report'],
    [container(['125007', 'DCM', 'Measurement Group'], [outline('POLYGON', ring, clipUid, 3)])],
  ),
  { studyInstanceUid: studyUid, sopInstanceUid: '1.2.3.9.2' },
);

it('systola analyze counts reports as documents and gives the numbers that it gives without them', async () => {
  const clip = apicalClip();
  const [alone, together] = [
    await analyze({ 'clip.dcm': clip }),
    await analyze({
      'clip.dcm': clip,
      'numbers.dcm': buildReport(scannerReport('srt'), { studyInstanceUid: studyUid }),
      'outlines.dcm': outlines,
    }),
  ];
  expect(together.code).toBe(alone.code);
  expect(together.stderr).toContain('1 clip and 2 structured reports in 1 study');
  expect(together.analysis.rejected).toEqual([]);
  const numbersOf = ({ studies }: Analysis) =>
    studies.map(({ measurements, clips, findings }) => ({
      measurements,
      findings,
      clips: clips.map(({ traces, measurements: own }) => ({ traces, own })),
    }));
  expect(numbersOf(together.analysis)).toEqual(numbersOf(alone.analysis));
  expect(alone.analysis.studies[0]?.reported).toEqual([]);
  expect(together.analysis.studies[0]?.reported).toMatchObject([
    { file: 'numbers.dcm', manufacturerModel: 'Model T', bySystola: false },
  ]);
  const edv = together.analysis.studies[0]?.reported?.[0]?.numbers.find(({ name }) => name === 'EDV');
  expect(edv).toMatchObject({ value: 120, unit: 'mL', method: 'biplane-disks', choice: 'mean', of: 3 });
}, 120_000);
