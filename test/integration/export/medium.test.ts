import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { StudyDocument } from '../../../core/api/requests.ts';
import { runExport } from '../../../main/cli/export.ts';
import { createServices, type Services } from '../../../main/application/services.ts';
import { beatingClip, beatingSop, beatingStudy, beatingTraces } from '../../end-to-end/beating-clip.ts';
import { isInstalled } from '../../fixtures/dicom/installed.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { upload, workstation } from '../application/workstation.ts';

const folder = temporaryFolders();
const sample = resolve(import.meta.dirname, '../../../assets/sample-study');
let complained = '';
beforeEach(() => {
  complained = '';
  vi.spyOn(console, 'log').mockImplementation(() => undefined);
  vi.spyOn(console, 'error').mockImplementation((text: string) => void (complained += `${text}\n`));
});
afterEach(() => vi.restoreAllMocks());

/** Outlines of an annotation tool: a document of the study, and no object for a medium. */
const outlines = new TextEncoder().encode(
  JSON.stringify({
    info: {},
    categories: [{ id: 1, name: 'lv-cavity' }],
    images: [{ id: 1, width: 240, height: 180, file_name: `${beatingSop}/frame_000003.png` }],
    annotations: [
      { id: 1, image_id: 1, category_id: 1, segmentation: [[90, 140, 120, 40, 150, 140]], iscrowd: 0 },
    ],
  }),
);

/** Two studies of one patient, one with contours and a name of another script, and the sample study of another one. */
async function medium(): Promise<{ readonly out: string; readonly files: readonly string[] }> {
  const library = folder();
  const { application, send, json } = await workstation(library);
  const patient = {
    patientName: Buffer.from('Yamada^Tarou=山田^太郎').toString('latin1'),
    patientId: 'P-1',
    characterSet: ['ISO_IR 192'],
  };
  await upload(application, {
    'a.dcm': beatingClip(patient),
    'b.dcm': beatingClip({
      ...patient,
      studyInstanceUid: `${beatingStudy}.7`,
      sopInstanceUid: `${beatingSop}.7`,
      seriesInstanceUid: '1.2.3.4.7',
    }),
    ...Object.fromEntries(
      readdirSync(sample)
        .filter((name) => name.endsWith('.dcm'))
        .map((name) => [name, readFileSync(join(sample, name))]),
    ),
  });
  await upload(application, { 'outlines.json': outlines });
  const { head, documents } = await json<StudyDocument>('GET', `studies/${beatingStudy}`);
  expect(documents).toHaveLength(1);
  const changes = Object.entries(beatingTraces()).map(([frame, after]) => ({
    ...{ slot: 'trace', structure: 'lv-cavity', sopInstanceUid: beatingSop, frame: Number(frame) },
    ...{ before: null, after },
  }));
  const drawn = await send('POST', `studies/${beatingStudy}/revisions`, { head, label: 'drew', changes });
  expect(drawn.status).toBe(201);
  const studies = application.services.library.summaries().map(({ studyInstanceUid }) => studyInstanceUid);
  expect(studies).toHaveLength(3);
  await application.close();
  const out = folder();
  expect(
    await runExport([...studies, '--library', library, '--out', out, '--formats', 'dicom-medium']),
    complained,
  ).toBe(0);
  const root = join(out, 'dicom-medium');
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
  return { out: root, files };
}

it('is a DICOMDIR with clips and objects that other programs and Systola open', async () => {
  const { out, files } = await medium();
  const listed = files.filter((name) => name.startsWith('DICOM/'));
  expect(files.filter((name) => !name.startsWith('DICOM/'))).toEqual(['DICOMDIR', 'README.TXT']);
  expect(readFileSync(join(out, 'README.TXT'), 'latin1')).toContain(
    'Research use only. Not for diagnostic use.',
  );
  for (const name of listed) expect(name).toMatch(/^DICOM(\/[A-Z0-9_]{1,8}){1,7}$/);
  // Four clips; measurements, contours, presentation state and report of the study with contours; reports of the others.
  const kinds = listed.map((name) => name.split('/').at(-1)!.replace(/\d+$/, '')).sort();
  expect(kinds.filter((kind) => kind === 'IMG')).toHaveLength(4);
  expect(kinds.filter((kind) => kind === 'SR')).toHaveLength(2);
  expect(kinds.filter((kind) => kind === 'PR')).toHaveLength(1);
  expect(kinds.filter((kind) => kind === 'DOC')).toHaveLength(3);

  // Systola itself, by the directory alone.
  const again = await imported(join(out, 'DICOMDIR'));
  expect(again.patients).toEqual(expect.arrayContaining(['P-1']));
  expect(again.clips).toBe(4);

  if (isInstalled('dcmdump')) {
    const dump = spawnSync('dcmdump', ['+U8', join(out, 'DICOMDIR')], { encoding: 'utf8' });
    expect(dump.status, dump.stderr).toBe(0);
    expect(dump.stderr).toBe('');
    const types = [...dump.stdout.matchAll(/\(0004,1430\) CS \[([A-Z ]+)\]/g)].map(([, type]) =>
      type!.trim(),
    );
    const count = (type: string) => types.filter((one) => one === type).length;
    expect([count('PATIENT'), count('STUDY'), count('IMAGE'), count('SR DOCUMENT')]).toEqual([2, 3, 4, 2]);
    expect([count('PRESENTATION'), count('ENCAP DOC')]).toEqual([1, 3]);
    expect(dump.stdout.match(/\(0010,0010\) PN \[.*?\]/g)?.sort()[1]).toContain('山田^太郎');
    expect(dump.stdout.match(/\(0004,1500\)/g)).toHaveLength(listed.length);
  }
  for (const [tool, names] of [
    ['dciodvfy', ['DICOMDIR']],
    ['dcentvfy', listed],
  ] as const) {
    if (!isInstalled(tool)) continue;
    const run = spawnSync(
      tool,
      names.map((name) => join(out, name)),
      { encoding: 'utf8' },
    );
    const errors = `${run.stdout}${run.stderr}`.split('\n').filter((line) => /^Error/.test(line));
    expect(errors, tool).toEqual([]);
  }
}, 120_000);

it('has links that pydicom follows from patient to file', async () => {
  const python = process.env['SYSTOLA_TEST_PYTHON'] ?? 'python3';
  if (spawnSync(python, ['-c', 'import pydicom']).status !== 0) {
    console.log('pydicom is not installed: links are followed by dcmtk alone');
    return;
  }
  const { out, files } = await medium();
  const script = join(folder(), 'walk.py');
  writeFileSync(
    script,
    `
import sys
from pydicom import dcmread
from pydicom.fileset import FileSet
ds = dcmread(sys.argv[1] + "/DICOMDIR")
for instance in FileSet(ds):
    found = dcmread(instance.path, stop_before_pixels=True)
    assert found.SOPInstanceUID == instance.SOPInstanceUID, instance.path
    assert found.StudyInstanceUID == instance.StudyInstanceUID, instance.path
    assert found.SeriesInstanceUID == instance.SeriesInstanceUID, instance.path
    assert found.file_meta.TransferSyntaxUID == instance.ReferencedTransferSyntaxUIDInFile
    print(instance.path[len(sys.argv[1]) + 1:])
`,
  );
  const walked = execFileSync(python, [script, out], { encoding: 'utf8' }).trim().split('\n').sort();
  expect(walked).toEqual(files.filter((name) => name.startsWith('DICOM/')));
}, 120_000);

/** Patients and clips of a new library that a DICOMDIR is imported into. */
async function imported(path: string): Promise<{ patients: string[]; clips: number }> {
  expect(existsSync(path)).toBe(true);
  const services: Services = await createServices({ libraryPath: folder(), modelFolders: [] });
  try {
    const { importId } = services.imports.start([path]);
    await services.imports.ended(importId);
    const studies = services.library.summaries();
    return {
      patients: studies.map(({ patientId }) => patientId),
      clips: studies.reduce((sum, { clips }) => sum + clips, 0),
    };
  } finally {
    await services.close();
  }
}
