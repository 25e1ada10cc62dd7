import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterEach, describe, expect, it } from 'vitest';
import schema from '../../../core/analysis/analysis.schema.json' with { type: 'json' };
import type { Analysis } from '../../../core/analysis/analysis.ts';
import type { SessionInfo, StudyDocument } from '../../../core/api/requests.ts';
import { SystolaError } from '../../../core/error.ts';
import { runExport } from '../../../main/cli/export.ts';
import type { Exporter } from '../../../main/export/exporter.ts';
import { addExporter, exporters } from '../../../main/export/exporters.ts';
import { readWithDcmjs } from '../../fixtures/dicom/dcmjs.ts';
import { manualTrace } from '../../fixtures/library/facts.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { spoken } from './spoken.ts';
import { apicalClip, clipUid, studyUid, upload, workstation } from './workstation.ts';

const folder = temporaryFolders();
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const lines = spoken();

/** A library with two studies of one day, the first with a contour; closed again where a command is to open it. */
async function filled() {
  const path = folder();
  const station = await workstation(path);
  const date = { patientName: 'Doe^Jane', patientId: '4711' };
  await upload(station.application, {
    'a.dcm': apicalClip(date),
    'b.dcm': apicalClip({ ...date, studyInstanceUid: '1.2.9', sopInstanceUid: '1.2.9.1' }),
  });
  const { head } = await station.json<StudyDocument>('GET', `studies/${studyUid}`);
  const place = { slot: 'trace', structure: 'lv-cavity', sopInstanceUid: clipUid, frame: 2 };
  const drawn = { ...place, before: null, after: manualTrace(50) };
  const answer = await station.send('POST', `studies/${studyUid}/revisions`, {
    head,
    label: 'drew',
    changes: [drawn],
  });
  expect(answer.status).toBe(201);
  return { path, ...station };
}

async function closed() {
  const { path, application } = await filled();
  await application.close();
  return path;
}

const shipped = exporters().map(({ id }) => id);

/** Nothing in the product knows it. */
const made: Exporter = {
  id: 'contour-count',
  label: { id: 'test.contour-count', values: {} },
  content: 'contours',
  extension: 'txt',
  mediaType: 'text/plain',
  write: ({ document: { facts, review } }) => {
    const clip = review.clips[clipUid];
    if (clip === undefined) {
      return Promise.reject(new SystolaError('missing-pixel-data', 'It has no such clip.', 'b.dcm'));
    }
    const frames = Object.keys(clip.traces['lv-cavity'] ?? {}).length;
    return Promise.resolve(new TextEncoder().encode(`${facts.studyInstanceUid} ${frames}\n`));
  },
};

describe('a format that is added', () => {
  it('is told to the window and written through the address', async () => {
    open.push(addExporter(made));
    const { application, send, json } = await filled();
    open.push(() => application.close());
    const { exportFormats } = await json<SessionInfo>('GET', 'session');
    expect(exportFormats.map(({ id }) => id)).toEqual([...shipped, 'contour-count']);
    expect(shipped[0]).toBe('pdf');
    const told = { group: 'research', isFolder: false, isDefaultObject: false };
    expect(exportFormats.at(-1)).toEqual({ ...made, write: undefined, ...told });

    const response = await send('GET', `studies/${studyUid}/exports/contour-count`);
    expect(response.headers.get('content-type')).toBe('text/plain');
    expect(response.headers.get('content-disposition')).toMatch(
      /filename="systola-contours-2024-02-29-[0-9a-f]{10}\.txt"/,
    );
    expect(await response.text()).toBe(`${studyUid} 1\n`);
    expect(application.services.library.audit.entries().at(-1)).toMatchObject({
      event: '110106',
      outcome: 0,
      detail: {
        formats: ['contour-count'],
        destination: 'file',
        list: { files: 1 },
        files: [{ format: 'contour-count' }],
      },
    });

    // What it refuses comes back as what it is, and is in the audit log too.
    const refused = await send('GET', 'studies/1.2.9/exports/contour-count');
    expect(refused.status).toBe(422);
    expect(await refused.json()).toEqual({
      error: { code: 'missing-pixel-data', message: 'It has no such clip.', file: 'b.dcm' },
    });
    expect(application.services.library.audit.entries().at(-1)).toMatchObject({
      event: '110106',
      outcome: 8,
    });
  });

  it('is written by the command, which writes the others where one study is refused', async () => {
    open.push(addExporter(made));
    const library = await closed();
    const out = join(folder(), 'new');
    const argv = [studyUid, '1.2.9', '--library', library, '--out', out];
    expect(await runExport([...argv, '--formats', 'contour-count,json'])).toBe(1);
    const names = readdirSync(out).sort();
    expect(names.map((name) => name.replace(/[0-9a-f]{10}/, '#'))).toEqual([
      'systola-analysis-2024-02-29-#.json',
      'systola-analysis-2024-02-29-#.json',
      'systola-contours-2024-02-29-#.txt',
    ]);
    expect(readFileSync(join(out, names[2] ?? ''), 'utf8')).toBe(`${studyUid} 1\n`);
    expect(lines.complained).toBe('b.dcm: contour-count: It has no such clip. (missing-pixel-data)\n');
    expect(lines.said.trim().split('\n').sort()).toEqual(names.map((name) => join(out, name)));
  });

  it('is not one of those that there are', () => {
    expect(() => addExporter({ ...made, id: 'pdf' })).toThrow('pdf is pdf already');
    expect(() => addExporter({ ...made, content: 'report', extension: 'pdf' })).toThrow('is pdf already');
    expect(() => addExporter({ ...made, id: '../pdf' })).toThrow('no id');
    expect(() => addExporter({ ...made, id: 'dicom' })).toThrow('no id');
    expect(exporters().map(({ id }) => id)).toEqual(shipped);
  });
});

describe('exports by address', () => {
  it('are the report and the document of systola analyze', async () => {
    const { application, send } = await filled();
    open.push(() => application.close());
    const pdf = await send('GET', `studies/${studyUid}/exports/pdf`);
    expect(
      Buffer.from(await pdf.arrayBuffer())
        .subarray(0, 5)
        .toString(),
    ).toBe('%PDF-');
    const json = await send('GET', `studies/${studyUid}/exports/json`);
    expect(json.headers.get('content-type')).toBe('application/json');
    const analysis = (await json.json()) as Analysis;
    const validate = new Ajv2020().compile(schema);
    expect(validate(analysis), JSON.stringify(validate.errors)).toBe(true);
    expect(analysis).toMatchObject({
      notice: 'Research use only. Not for diagnostic use.',
      model: null,
      rejected: [],
    });
    expect(analysis.studies).toMatchObject([
      { studyInstanceUid: studyUid, clips: [{ file: 'a.dcm', traces: [{ frame: 2, source: 'manual' }] }] },
    ]);
  });

  it('are DICOM objects too, and say why where there is no number to write', async () => {
    const { application, send } = await filled();
    open.push(() => application.close());
    const report = await send('GET', `studies/${studyUid}/exports/dicom-pdf`);
    expect(report.headers.get('content-type')).toBe('application/dicom');
    expect(report.headers.get('content-disposition')).toMatch(
      /filename="systola-report-2024-02-29-[0-9a-f]{10}\.dcm"/,
    );
    const { dict } = readWithDcmjs(new Uint8Array(await report.arrayBuffer()));
    expect(dict['0020000D']?.Value).toEqual([studyUid]);
    expect(dict['00100020']?.Value).toEqual(['4711']);
    const refused = await send('GET', `studies/${studyUid}/exports/dicom-measurements`);
    expect(refused.status).toBe(422);
    const { error } = (await refused.json()) as { error: { code: string; message: string } };
    expect(error.code).toBe('not-writable');
    expect(error.message).toContain('nothing is measured');
  });

  it('name the patient in the header where the setting asks for it, for what reads that', async () => {
    const { application, send } = await filled();
    open.push(() => application.close());
    const header = async () =>
      (await send('GET', `studies/${studyUid}/exports/json`)).headers.get('content-disposition') ?? '';
    expect(await header()).not.toMatch(/Doe|4711/);
    expect((await send('PUT', 'settings', { patientInFileNames: true })).status).toBe(200);
    expect(await header()).toMatch(
      /^inline; filename="systola-analysis-2024-[^"D]+"; filename\*=UTF-8''systola-analysis-Doe-Jane-4711-2024/,
    );
  });

  it.each([
    ['a format that is not there', `studies/${studyUid}/exports/docx`, `There are: ${shipped.join(', ')}.`],
    ['a study that is not there', 'studies/9.9/exports/json', ''],
    ['the address of before', `studies/${studyUid}/report.pdf`, 'no such address'],
  ])('are refused for %s', async (_what, address, words) => {
    const { application, send } = await filled();
    open.push(() => application.close());
    const response = await send('GET', address);
    expect(response.status).toBe(404);
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect(error.code).toBe('not-found');
    expect(error.message).toContain(words);
  });
});

describe('systola export', () => {
  it('writes each study once under a name of its own, naming the patient only where asked', async () => {
    const library = await closed();
    const out = folder();
    const argv = [studyUid, '1.2.9', studyUid, '--library', library, '--out', out, '--formats', 'pdf,json'];
    expect(await runExport(argv)).toBe(0);
    expect(lines.complained).toBe('');
    const names = readdirSync(out);
    expect(names).toHaveLength(4);
    expect(names.join()).not.toMatch(/doe|4711/i);
    expect(await runExport([...argv, '--patient-in-names'])).toBe(0);
    const further = readdirSync(out).filter((name) => !names.includes(name));
    expect(further).toHaveLength(4);
    for (const name of further) expect(name).toMatch(/^systola-(report|analysis)-Doe-Jane-4711-2024-02-29-/);
  });

  it('names a study that is not there, and writes the others', async () => {
    const library = await closed();
    const out = folder();
    expect(await runExport(['9.9', studyUid, '--library', library, '--out', out])).toBe(1);
    expect(lines.complained).toMatch(/^9\.9: .*\(not-found\)\n$/);
    expect(readdirSync(out)).toHaveLength(1);
  });

  it('makes no library where there is none, and opens none that is in use', async () => {
    const empty = folder();
    expect(await runExport([studyUid, '--library', empty, '--out', folder()])).toBe(2);
    expect(lines.complained).toContain('There is no library');
    expect(readdirSync(empty)).toEqual([]);
    const { path, application } = await filled();
    open.push(() => application.close());
    const out = folder();
    expect(await runExport([studyUid, '--library', path, '--out', out])).toBe(2);
    expect(lines.complained).toContain('library-locked');
    expect(readdirSync(out)).toEqual([]);
  });

  it('says how it is used, and what is wrong with how it was', async () => {
    expect(await runExport(['--help'])).toBe(0);
    expect(lines.said).toContain('--patient-in-names');
    for (const argv of [
      [],
      ['1.2.3'],
      ['1.2.3', '--out', ''],
      ['--out', 'x'],
      ['1.2.3', '--out', 'x', '--formats', 'docx'],
      ['1.2.3', '--out', 'x', '--formats', ''],
      ['1.2.3', '--out', 'x', '--nonsense'],
    ]) {
      expect(await runExport(argv), argv.join(' ')).toBe(64);
    }
    expect(existsSync('x')).toBe(false);
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    expect(await runExport(['1.2.3', '--out', file])).toBe(64);
  });
});
