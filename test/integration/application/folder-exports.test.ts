import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { SystolaError } from '../../../core/error.ts';
import { earlierExports } from '../../../main/application/export-audit.ts';
import { runExport } from '../../../main/cli/export.ts';
import type { ExportSnapshot, FolderExporter } from '../../../main/export/exporter.ts';
import { addExporter } from '../../../main/export/exporters.ts';
import { Library } from '../../../main/library/library.ts';
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

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const uidOf = ({ document }: ExportSnapshot): string => document.facts.studyInstanceUid;

/** A file for each study in a folder of it, and a table of all: nothing in the product knows it. */
const dataSet: FolderExporter = {
  id: 'made-set',
  label: { id: 'test.made-set', values: {} },
  content: 'set',
  extension: 'zip',
  mediaType: 'application/zip',
  async *files(snapshots) {
    const rows = ['study'];
    for await (const snapshot of snapshots) {
      const uid = uidOf(snapshot);
      if (uid === refused) throw new SystolaError('missing-pixel-data', 'It has no pictures.', 'b.dcm');
      rows.push(uid);
      yield { path: `studies/${uid}.txt`, bytes: bytes(`${uid} ${'long '.repeat(50_000)}`) };
    }
    yield { path: 'table.csv', bytes: bytes(rows.join('\n')) };
  },
};
let refused = '';

async function filled() {
  refused = '';
  open.push(addExporter(dataSet));
  const path = folder();
  const station = await workstation(path);
  const date = { patientName: 'Doe^Jane', patientId: '4711' };
  await upload(station.application, {
    'a.dcm': apicalClip(date),
    'b.dcm': apicalClip({ ...date, studyInstanceUid: '1.2.9', sopInstanceUid: '1.2.9.1' }),
  });
  return { path, ...station };
}

async function closed(): Promise<string> {
  const { path, application } = await filled();
  await application.close();
  return path;
}

const tree = (path: string): string[] =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1))
    .sort();

async function audited(path: string) {
  const library = await Library.open(path);
  try {
    return {
      entries: library.audit.entries().filter(({ event }) => event === '110106'),
      earlier: (format: string) => earlierExports(library, studyUid, format),
    };
  } finally {
    // Read before it closes.
    open.push(() => library.close());
  }
}

describe('a format of several files', () => {
  it('is a folder of its name over all studies, with one entry for each of them', async () => {
    const path = await closed();
    const out = folder();
    expect(
      await runExport([studyUid, '1.2.9', '--library', path, '--out', out, '--formats', 'made-set']),
    ).toBe(0);
    expect(lines.complained).toBe('');
    const files = ['made-set/studies/1.2.3.4.5.txt', 'made-set/studies/1.2.9.txt', 'made-set/table.csv'];
    expect(tree(out)).toEqual(files);
    expect(lines.said.trim().split('\n').sort()).toEqual(files.map((file) => join(out, file)));
    expect(readFileSync(join(out, 'made-set/table.csv'), 'utf8')).toBe(`study\n${studyUid}\n1.2.9`);
    const { entries } = await audited(path);
    expect(entries.map(({ studyInstanceUid }) => studyInstanceUid)).toEqual([studyUid, '1.2.9']);
    const hashed = (names: readonly string[]) =>
      execFileSync('sha256sum', [...names], { cwd: out, encoding: 'utf8' });
    // What the log says of the list is what sha256sum says of the disk.
    for (const [{ detail }, study] of [
      [entries[0]!, files[0]!],
      [entries[1]!, files[1]!],
    ] as const) {
      const lines = hashed([study, files[2]!]);
      expect(detail).toMatchObject({
        destination: 'folder',
        formats: ['made-set'],
        list: { files: 2, sha256: createHash('sha256').update(lines).digest('hex') },
      });
    }
  });

  it('is not there at all where one study cannot be in it, and what else was asked for is', async () => {
    const path = await closed();
    refused = '1.2.9';
    const out = folder();
    const argv = [studyUid, '1.2.9', '--library', path, '--out', out, '--formats', 'made-set,json'];
    expect(await runExport(argv)).toBe(1);
    expect(lines.complained).toBe('b.dcm: made-set: It has no pictures. (missing-pixel-data)\n');
    expect(tree(out).map((name) => name.replace(/[0-9a-f]{10}/, '#'))).toEqual([
      'systola-analysis-2024-02-29-#.json',
      'systola-analysis-2024-02-29-#.json',
    ]);
    const { entries } = await audited(path);
    expect(entries.at(-1)).toMatchObject({
      outcome: 4,
      detail: { refused: [{ format: 'made-set', code: 'missing-pixel-data' }], list: { files: 1 } },
    });
  });

  it('leaves out a study that is not there', async () => {
    const path = await closed();
    const out = folder();
    const argv = ['9.9', studyUid, '--library', path, '--out', out, '--formats', 'made-set'];
    expect(await runExport(argv)).toBe(1);
    expect(lines.complained).toMatch(/^9\.9: .*\(not-found\)\n$/);
    expect(tree(out)).toEqual(['made-set/studies/1.2.3.4.5.txt', 'made-set/table.csv']);
  });

  it('comes as ZIP by the address, made whole before its first byte and gone from the library after', async () => {
    const { path, application, send } = await filled();
    open.push(() => application.close());
    const response = await send('GET', `studies/${studyUid}/exports/made-set`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/zip');
    expect(response.headers.get('content-disposition')).toMatch(/systola-set-2024-02-29-[0-9a-f]{10}\.zip/);
    const archive = join(folder(), 'x.zip');
    writeFileSync(archive, new Uint8Array(await response.arrayBuffer()));
    const python =
      'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip(), *z.namelist(), z.read("table.csv").decode().split()[1])';
    expect(execFileSync('python3', ['-c', python, archive], { encoding: 'utf8' }).trim()).toBe(
      `None studies/${studyUid}.txt table.csv ${studyUid}`,
    );
    expect(readdirSync(join(path, 'outgoing'))).toEqual([]);
    expect(application.services.library.audit.entries().at(-1)).toMatchObject({
      event: '110106',
      outcome: 0,
      detail: { destination: 'zip', formats: ['made-set'], list: { files: 2 } },
    });
  });

  it('leaves nothing in the library where the reader goes away, or nothing can be made', async () => {
    const { path, application, send } = await filled();
    open.push(() => application.close());
    const response = await send('GET', `studies/${studyUid}/exports/made-set`);
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel();
    expect(readdirSync(join(path, 'outgoing'))).toEqual([]);
    refused = studyUid;
    const answer = await send('GET', `studies/${studyUid}/exports/made-set`);
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ error: { code: 'missing-pixel-data', file: 'b.dcm' } });
    expect(readdirSync(join(path, 'outgoing'))).toEqual([]);
  });
});

describe('the DICOM objects that are the default', () => {
  it('are a file each in a folder of theirs; one that is refused keeps back no other', async () => {
    const path = await closed();
    const out = folder();
    const argv = [studyUid, '--library', path, '--out', out, '--formats', 'dicom'];
    // Nothing is measured in it.
    expect(await runExport(argv)).toBe(1);
    expect(lines.complained).toContain('dicom-measurements: ');
    expect(tree(out).map((name) => name.replace(/[0-9a-f]{10}/, '#'))).toEqual([
      'dicom/systola-report-2024-02-29-#.dcm',
    ]);
    const { earlier } = await audited(path);
    expect(earlier('dicom-measurements')).toEqual([]);
    const [object] = earlier('dicom-pdf');
    const written = readFileSync(join(out, tree(out)[0]!));
    expect(object).toMatchObject({
      sopClassUid: '1.2.840.10008.5.1.4.1.1.104.1',
      sha256: createHash('sha256').update(written).digest('hex'),
    });
    expect(object?.sopInstanceUid).toMatch(/^2\.25\.\d+$/);
    expect(written.includes(object?.sopInstanceUid ?? '-')).toBe(true);
  });

  it('are remembered once for each instance, and not where they could not be put in their place', async () => {
    const { path, application, json, send } = await filled();
    const { head } = await json<{ head: number }>('GET', `studies/${studyUid}`);
    const place = { slot: 'trace', structure: 'lv-cavity', sopInstanceUid: clipUid, frame: 2 };
    const changes = [{ ...place, before: null, after: manualTrace(50) }];
    expect(
      (await send('POST', `studies/${studyUid}/revisions`, { head, label: 'drew', changes })).status,
    ).toBe(201);
    await application.close();
    const out = folder();
    const argv = [studyUid, '--library', path, '--out', out, '--formats', 'dicom-pdf'];
    expect(await runExport(argv)).toBe(0);
    const [name = ''] = readdirSync(out);
    const first = readFileSync(join(out, name));
    // Never over a file that is there, unless told.
    expect(await runExport(argv)).toBe(1);
    expect(lines.complained).toContain(`${join(out, name)}: There is a file of this name already`);
    expect(lines.complained).toContain('(file-exists)');
    expect(readFileSync(join(out, name)).equals(first)).toBe(true);
    expect(readdirSync(out)).toEqual([name]);
    expect(await runExport([...argv, '--overwrite'])).toBe(0);
    const { entries, earlier } = await audited(path);
    expect(entries.map(({ outcome }) => outcome)).toEqual([0, 0, 8, 0]);
    expect(earlier('dicom-pdf')).toHaveLength(1);
    expect(earlier('dicom-pdf')[0]?.at).toBe(entries[0]?.at);
  });

  it('are not where another thing has the name of their folder', async () => {
    const path = await closed();
    const out = folder();
    writeFileSync(join(out, 'dicom'), 'kept');
    const argv = [studyUid, '--library', path, '--out', out, '--formats', 'dicom,json', '--overwrite'];
    expect(await runExport(argv)).toBe(1);
    expect(lines.complained).toContain('(unwritable)');
    expect(tree(out)).toEqual(['dicom']);
    expect(readFileSync(join(out, 'dicom'), 'utf8')).toBe('kept');
    const { earlier } = await audited(path);
    expect(earlier('dicom-pdf')).toEqual([]);
  });
});

it('folders that are there keep their other files', async () => {
  const path = await closed();
  const out = folder();
  mkdirSync(join(out, 'made-set'));
  writeFileSync(join(out, 'made-set', 'mine.txt'), 'mine');
  const argv = [studyUid, '--library', path, '--out', out, '--formats', 'made-set'];
  expect(await runExport(argv)).toBe(0);
  expect(existsSync(join(out, 'made-set', 'mine.txt'))).toBe(true);
  expect(tree(out)).toHaveLength(3);
});
