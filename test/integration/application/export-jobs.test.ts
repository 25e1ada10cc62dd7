import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ExportRequest, ExportState } from '../../../core/api/exports.ts';
import type { FolderExporter } from '../../../main/export/exporter.ts';
import { addExporter, exportFormats } from '../../../main/export/exporters.ts';
import { createApplication } from '../../../main/hosts/application.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { asking } from './asked.ts';
import { apicalClip, eventsUntil, studyUid, upload } from './workstation.ts';

const folder = temporaryFolders();
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** Waits between two files until it is let go on, or called off. */
const slow = { go: Promise.withResolvers<void>(), began: Promise.withResolvers<void>() };
const slowSet: FolderExporter = {
  id: 'slow-set',
  label: { id: 'test.slow-set', values: {} },
  content: 'slow',
  extension: 'zip',
  mediaType: 'application/zip',
  async *files(snapshots, signal) {
    const called = new Promise<void>((done) => signal.addEventListener('abort', () => done()));
    for await (const snapshot of snapshots) {
      yield { path: `${snapshot.document.facts.studyInstanceUid}.txt`, bytes: new Uint8Array([1]) };
      slow.began.resolve();
      await Promise.race([slow.go.promise, called]);
      signal.throwIfAborted();
      yield { path: 'second.txt', bytes: new Uint8Array(70_000) };
    }
  },
};

const defaults = exportFormats()
  .filter(({ isDefaultObject }) => isDefaultObject)
  .map(({ id }) => id);

async function desktop(out: string | null = folder()) {
  slow.go = Promise.withResolvers();
  slow.began = Promise.withResolvers();
  open.push(addExporter(slowSet));
  const path = folder();
  const application = await createApplication({ libraryPath: path, modelFolders: [], host: 'electron' });
  open.push(() => application.close());
  const patient = { patientName: 'Doe^Jane', patientId: '4711' };
  await upload(application, {
    'a.dcm': apicalClip(patient),
    'b.dcm': apicalClip({ ...patient, studyInstanceUid: '1.2.9', sopInstanceUid: '1.2.9.1' }),
  });
  const { services } = application;
  // As the system's dialog does.
  if (out !== null) services.updateSettings({ exportFolder: out });
  const send = asking(application);
  const start = async (changes: Partial<ExportRequest> = {}): Promise<ExportState> => {
    const request = { studies: [studyUid], formats: ['json'], identity: 'unnamed', destination: 'folder' };
    const response = await send('POST', 'exports', { ...request, ...changes });
    expect(response.status).toBe(202);
    return (await response.json()) as ExportState;
  };
  const state = async (id: string) => (await (await send('GET', `exports/${id}`)).json()) as ExportState;
  const until = async (id: string, ...wanted: ExportState['state'][]): Promise<ExportState> => {
    const now = await state(id);
    if (wanted.includes(now.state)) return now;
    let found: ExportState | null = null;
    await eventsUntil(
      application,
      (event) => {
        if (event.type !== 'export' || event.export.exportId !== id) return false;
        if (!wanted.includes(event.export.state)) return false;
        found = event.export;
        return true;
      },
      async () => {
        // It may have ended before the stream was there.
        const meanwhile = await state(id);
        if (wanted.includes(meanwhile.state)) services.events.send({ type: 'export', export: meanwhile });
      },
    );
    return found ?? state(id);
  };
  const exportsRecorded = () => services.library.audit.entries().filter(({ event }) => event === '110106');
  return { application, services, path, out: out ?? '', send, start, state, until, exportsRecorded };
}

describe('an export of the desktop', () => {
  it('writes what was chosen of every study into the folder, and says each file', async () => {
    const station = await desktop();
    const begun = await station.start({
      studies: [studyUid, '1.2.9', studyUid],
      formats: ['json', 'measurements-csv', 'dicom'],
    });
    const total = 2 * (2 + defaults.length);
    expect(begun).toMatchObject({ state: 'running', done: 0, total });
    const ended = await station.until(begun.exportId, 'finished', 'failed');
    expect(ended).toMatchObject({
      state: 'finished',
      done: total,
      files: 6,
      place: station.out,
      // Nothing is contoured or measured: of the objects there is the report.
      refusedTotal: 2 * (defaults.length - 1),
      message: null,
    });
    for (const file of [studyUid, '1.2.9']) {
      expect(ended.refused.filter((one) => one.file === file).map(({ format }) => format)).toEqual(
        defaults.filter((id) => id !== 'dicom-pdf'),
      );
    }
    expect(readdirSync(station.out).sort().at(0)).toBe('dicom');
    expect(readdirSync(station.out)).toHaveLength(5);
    expect(readdirSync(join(station.out, 'dicom'))).toHaveLength(2);
    expect(station.exportsRecorded().map(({ detail }) => detail['destination'])).toEqual([
      'folder',
      'folder',
    ]);
    expect(station.services.exports.shown(begun.exportId)).toBe(join(station.out, 'dicom'));
  });

  it('asks once for all files that are there, and leaves or replaces all of them', async () => {
    const station = await desktop();
    const formats = ['json', 'measurements-csv'];
    await station.until((await station.start({ formats })).exportId, 'finished');
    const names = readdirSync(station.out);
    for (const name of names) writeFileSync(join(station.out, name), 'kept');
    const left = await station.start({ formats });
    expect((await station.until(left.exportId, 'asking')).taken).toEqual({
      count: 2,
      names: names.toSorted(),
    });
    await station.send('POST', `exports/${left.exportId}/answer`, { replace: false });
    expect(await station.until(left.exportId, 'cancelled')).toMatchObject({ taken: null });
    for (const name of names) expect(readFileSync(join(station.out, name), 'utf8')).toBe('kept');
    expect(readdirSync(station.out)).toEqual(names);
    // What never left is not in the log.
    expect(station.exportsRecorded()).toHaveLength(1);

    const replaced = await station.start({ formats });
    await station.until(replaced.exportId, 'asking');
    await station.send('POST', `exports/${replaced.exportId}/answer`, { replace: true });
    await station.until(replaced.exportId, 'finished');
    for (const name of names) expect(readFileSync(join(station.out, name), 'utf8')).not.toBe('kept');
    expect(readdirSync(station.out)).toEqual(names);
  });

  it('can be cancelled between two files, and leaves nothing', async () => {
    const station = await desktop();
    const { exportId } = await station.start({ formats: ['json', 'slow-set'], studies: [studyUid, '1.2.9'] });
    await slow.began.promise;
    // One at a time.
    const second = await station.send('POST', 'exports', {
      studies: [studyUid],
      formats: ['json'],
      identity: 'unnamed',
      destination: 'folder',
    });
    expect(second.status).toBe(400);
    expect(await second.json()).toMatchObject({ error: { code: 'bad-request' } });
    await station.send('DELETE', `exports/${exportId}`);
    expect(await station.until(exportId, 'cancelled', 'finished', 'failed')).toMatchObject({
      state: 'cancelled',
      message: null,
    });
    expect(readdirSync(station.out)).toEqual([]);
    expect(station.exportsRecorded()).toEqual([]);
    expect(station.services.exports.shown(exportId)).toBeNull();
  });

  it('ends with the application, and leaves nothing', async () => {
    const station = await desktop();
    await station.start({ formats: ['slow-set'] });
    await slow.began.promise;
    expect(readdirSync(station.out)).toHaveLength(1);
    await station.application.close();
    expect(readdirSync(station.out)).toEqual([]);
  });

  it('goes nowhere that was not chosen in the dialog of the system', async () => {
    const station = await desktop(null);
    const request = { studies: [studyUid], formats: ['json'], identity: 'unnamed', destination: 'folder' };
    const response = await station.send('POST', 'exports', request);
    expect(response.status).toBe(400);
    expect(((await response.json()) as { error: { message: string } }).error.message).toContain('Choose');
    for (const [method, at, body] of [
      ['PUT', 'settings', { exportFolder: '/tmp' }],
      ['POST', 'exports', { ...request, folder: '/tmp' }],
      ['POST', 'exports', { ...request, identity: 'sharing', formats: ['pdf'] }],
      ['POST', 'exports', { ...request, formats: ['../x'] }],
      ['POST', 'exports', { ...request, formats: [] }],
      ['POST', 'exports', { ...request, studies: ['../x'] }],
    ] as const) {
      expect((await station.send(method, at, body)).status, JSON.stringify(body)).toBe(400);
    }
    expect(station.services.library.settings().exportFolder).toBeNull();
  });
});

describe('a download', () => {
  it('is a ZIP that is fetched once, and gone from the library then', async () => {
    const station = await desktop();
    const { exportId } = await station.start({ formats: ['json', 'pdf'], destination: 'download' });
    const { place } = await station.until(exportId, 'finished');
    expect(place).toMatch(/^systola-export-2024-02-29-[0-9a-f]{10}\.zip$/);
    const response = await station.send('GET', `exports/${exportId}/file`);
    expect(response.headers.get('content-disposition')).toContain(`filename="${place}"`);
    const archive = join(folder(), 'x.zip');
    writeFileSync(archive, new Uint8Array(await response.arrayBuffer()));
    expect(() => execFileSync('python3', ['-m', 'zipfile', '-t', archive])).not.toThrow();
    expect(readdirSync(join(station.path, 'outgoing'))).toEqual([]);
    expect((await station.send('GET', `exports/${exportId}/file`)).status).toBe(404);
  });

  it('that nobody fetches goes with the next export', async () => {
    const station = await desktop();
    const first = await station.start({ destination: 'download' });
    expect((await station.until(first.exportId, 'finished')).place).toMatch(/^systola-analysis-.*\.json$/);
    expect(readdirSync(join(station.path, 'outgoing'))).toHaveLength(1);
    const second = await station.start({ destination: 'download' });
    await station.until(second.exportId, 'finished');
    expect((await station.send('GET', `exports/${first.exportId}/file`)).status).toBe(404);
    const file = await station.send('GET', `exports/${second.exportId}/file`);
    expect(file.headers.get('content-type')).toBe('application/json');
    await file.json();
    expect(readdirSync(join(station.path, 'outgoing'))).toEqual([]);
  });

  it('of a study of which nothing can be written says so', async () => {
    const station = await desktop();
    const { exportId } = await station.start({
      formats: ['dicom-measurements'],
      destination: 'download',
    });
    expect(await station.until(exportId, 'failed', 'finished')).toMatchObject({
      state: 'failed',
      message: 'There is nothing that can be written of what was chosen.',
      refusedTotal: 1,
    });
    expect(station.exportsRecorded().map(({ outcome }) => outcome)).toEqual([8]);
  });
});

/** A file system of its own, as small or as read-only as a test wants; null where nobody may mount one. */
function mounted(options: string): { path: string; remount(options: string): void } | null {
  const path = folder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    console.log(`no file system can be mounted here: ${options} is not tested`);
    return null;
  }
  open.push(() => execFileSync('umount', [path]));
  return {
    path,
    remount: (how) => void execFileSync('mount', ['-o', `remount,${how}`, path], { stdio: 'ignore' }),
  };
}

describe('a place that cannot be written to', () => {
  it.each([
    ['that is full', 'disk-full'],
    ['that can only be read', 'only be read'],
  ])('%s leaves nothing half written, and says what to do', async (what, words) => {
    const isFull = words === 'disk-full';
    const disk = mounted(isFull ? 'size=16k' : 'size=8m');
    if (disk === null) return;
    if (!isFull) disk.remount('ro');
    const station = await desktop(disk.path);
    const { exportId } = await station.start({ formats: ['json', 'pdf'] });
    const ended = await station.until(exportId, 'failed', 'finished');
    expect(ended.state, what).toBe('failed');
    expect(ended.message).toContain(disk.path);
    expect(ended.message).toContain(isFull ? 'The disk is full. Free some space' : words);
    expect(readdirSync(disk.path)).toEqual([]);
    expect(station.exportsRecorded()).toEqual([]);
  });

  it('without permission is refused', async () => {
    const out = folder();
    if (process.getuid?.() === 0) {
      // Root may write anywhere: what nobody else may is tried as nobody.
      const source = resolve(import.meta.dirname, '../../../main/files/staged-output.ts');
      const script = `const { StagedOutput } = await import(${JSON.stringify(source)});
        await StagedOutput.in(${JSON.stringify(out)}).catch((error) => console.log(error.code, error.message));`;
      const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
        uid: 65_534,
        encoding: 'utf8',
        env: {},
      });
      if (run.status !== 0) console.log(`nobody may not read this checkout: ${run.stderr.split('\n')[0]}`);
      else expect(run.stdout).toContain('unwritable No permission to write there.');
      return;
    }
    chmodSync(out, 0o500);
    const station = await desktop(out);
    const { exportId } = await station.start();
    const { state, message } = await station.until(exportId, 'failed', 'finished');
    expect(state).toBe('failed');
    expect(message).toContain('No permission to write there');
    chmodSync(out, 0o700);
    expect(readdirSync(out)).toEqual([]);
  });

  it('that vanished before, or meanwhile, is not made anew', async () => {
    const out = join(folder(), 'stick');
    mkdirSync(out);
    const station = await desktop(out);
    rmSync(out, { recursive: true });
    const before = await station.start();
    expect(await station.until(before.exportId, 'failed', 'finished')).toMatchObject({
      state: 'failed',
      message: `${out}: The folder is not there, or not any more. Choose another one.`,
    });
    expect(existsSync(out)).toBe(false);

    mkdirSync(out);
    const { exportId } = await station.start({ formats: ['slow-set'] });
    await slow.began.promise;
    rmSync(out, { recursive: true });
    slow.go.resolve();
    const ended = await station.until(exportId, 'failed', 'finished');
    expect(ended.state).toBe('failed');
    expect(ended.message).toContain('The folder is not there, or not any more.');
    expect(existsSync(out)).toBe(false);
  });

  it('whose paths are too long already is refused', async () => {
    const parts = Array.from({ length: 15 }, () => 'a'.repeat(250));
    const top = folder();
    // As deep as a path can be, with no room for a name below.
    let out = top;
    for (const part of parts) {
      const room = 4090 - out.length - 1;
      if (room < 2) break;
      const next = join(out, part.slice(0, room));
      try {
        mkdirSync(next);
      } catch {
        break;
      }
      out = next;
    }
    const deep = join(out, 'b'.repeat(Math.max(1, 4094 - out.length - 1)).slice(0, 250));
    try {
      mkdirSync(deep);
      out = deep;
    } catch {
      // Deep enough.
    }
    const station = await desktop(out);
    const { exportId } = await station.start();
    const ended = await station.until(exportId, 'failed', 'finished');
    expect(ended.state).toBe('failed');
    expect(ended.message).toContain('The path is too long for the disk.');
    expect(readdirSync(out)).toEqual([]);
  });
});
