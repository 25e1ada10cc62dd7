import { existsSync, readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import type { ImportState } from '../../../core/api/events.ts';
import { closeGuardedReader, readInstanceGuarded } from '../../../main/dicom/guarded-reader.ts';
import { ImportService } from '../../../main/import/import-service.ts';
import { defaultImportLimits, type ImportLimits } from '../../../main/import/limits.ts';
import { Library } from '../../../main/library/library.ts';
import { buildDicom, type DicomOptions } from '../../fixtures/dicom/build.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { buildZip } from '../../fixtures/zip/build-zip.ts';
import { processCpuMs } from '../../fixtures/cpu-time.ts';

const folder = temporaryFolders();
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const item of open.splice(0)) await item.close();
  await closeGuardedReader();
});

async function importer(limits: Partial<ImportLimits> = {}) {
  const path = folder();
  const library = await Library.open(path);
  const states: ImportState[] = [];
  const imports = new ImportService({
    library,
    readInstance: readInstanceGuarded,
    limits: { ...defaultImportLimits, ...limits },
    onState: (state) => states.push(state),
    onStudiesChanged: () => undefined,
    onDefect: (error) => {
      throw error;
    },
  });
  open.push({
    async close() {
      await imports.close();
      library.close();
    },
  });
  const take = (...paths: string[]) => imports.ended(imports.start(paths).importId);
  return { path, library, imports, states, take };
}

const instance = (number: number, options: DicomOptions = {}): Uint8Array =>
  buildDicom({ sopInstanceUid: `1.2.3.4.${number}`, ...options });

function leftovers(path: string): { incoming: string[]; files: string[] } {
  return {
    incoming: readdirSync(join(path, 'incoming')),
    files: readdirSync(join(path, 'files'), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.dcm')),
  };
}

describe('paths', () => {
  it('are taken with their folders, and what is no DICOM is listed with the reason', async () => {
    const source = folder();
    writeFileSync(join(source, 'a.dcm'), instance(1));
    writeFileSync(join(source, 'b'), instance(2));
    writeFileSync(join(source, 'c.dcm'), instance(3).subarray(0, 700));
    writeFileSync(join(source, 'empty.dcm'), '');
    writeFileSync(join(source, 'read me.txt'), 'text');
    const { path, library, take } = await importer();
    const state = await take(source);
    expect(state).toMatchObject({ state: 'finished', accepted: 2, known: 0, filesDone: 5, filesTotal: 5 });
    expect(state.rejected.map(({ file, code }) => [file, code])).toEqual([
      [join(source, 'empty.dcm'), 'empty-file'],
      [join(source, 'c.dcm'), 'missing-pixel-data'],
    ]);
    expect(state.passedOver).toEqual({ count: 1, names: [join(source, 'read me.txt')] });
    expect(state.rejected.every(({ reason }) => reason.length > 10)).toBe(true);
    expect(leftovers(path)).toMatchObject({ incoming: [], files: { length: 2 } });
    expect(library.summaries()).toMatchObject([{ clips: 2 }]);
    const refusals = library.audit.entries().filter((entry) => entry.outcome === 4);
    expect(refusals.map(({ detail }) => detail)).toEqual([
      {
        refused: 2,
        codes: { 'empty-file': 1, 'missing-pixel-data': 1 },
        first: [
          { file: 'empty.dcm', code: 'empty-file' },
          { file: 'c.dcm', code: 'missing-pixel-data' },
        ],
        passedOver: 1,
        firstPassedOver: ['read me.txt'],
      },
    ]);
  });

  it('change nothing the second time', async () => {
    const source = folder();
    writeFileSync(join(source, 'a.dcm'), instance(1));
    const { path, take } = await importer();
    await take(source);
    expect(await take(source)).toMatchObject({ state: 'finished', accepted: 0, known: 1, rejected: [] });
    expect(leftovers(path)).toMatchObject({ incoming: [], files: { length: 1 } });
  });

  it('refuse a known SOP Instance UID with other bytes', async () => {
    const source = folder();
    writeFileSync(join(source, 'a.dcm'), instance(1));
    writeFileSync(join(source, 'b.dcm'), instance(1, { frames: 4 }));
    const { path, take } = await importer();
    const state = await take(source);
    expect(state).toMatchObject({ accepted: 1, rejected: [{ code: 'duplicate-instance' }] });
    expect(leftovers(path).files).toHaveLength(1);
  });

  it('report progress that ends with the final state', async () => {
    const source = folder();
    for (let number = 1; number <= 20; number += 1) {
      writeFileSync(join(source, `${String(number).padStart(2, '0')}.dcm`), instance(number));
    }
    const { states, take } = await importer();
    const last = await take(source);
    expect(states.at(-1)).toMatchObject({ state: 'finished', accepted: last.accepted });
    expect(states[0]?.state).toBe('running');
    const done = states.map((state) => state.filesDone);
    expect(done).toEqual([...done].sort((a, b) => a - b));
  });

  it('can be cancelled: whole instances stay, nothing is half there', async () => {
    const source = folder();
    for (let number = 1; number <= 200; number += 1)
      writeFileSync(join(source, `${number}.dcm`), instance(number));
    const { path, library, imports } = await importer();
    const { importId } = imports.start([source]);
    while (imports.state(importId).accepted < 3) await new Promise((resolve) => setTimeout(resolve, 5));
    await imports.cancel(importId);
    const state = await imports.ended(importId);
    expect(state.state).toBe('cancelled');
    expect(state.accepted).toBeLessThan(200);
    expect(state.message).toContain('kept');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(library.summaries()[0]?.clips).toBe(leftovers(path).files.length);
    expect(leftovers(path).incoming).toEqual([]);
    expect(state.rejected).toEqual([]);
  });

  it('follow a DICOMDIR that was chosen, and need none inside a folder', async () => {
    const source = folder();
    writeFileSync(join(source, 'IM1'), instance(1));
    writeFileSync(join(source, 'IM2'), instance(2));
    const reference = Buffer.from('\x04\x00\x00\x15CS\x04\x00IM1 ', 'latin1');
    const directory = Buffer.concat([instance(9, { sopClassUid: '1.2.840.10008.1.3.10' }), reference]);
    writeFileSync(join(source, 'DICOMDIR'), directory);
    const { take } = await importer();
    expect(await take(join(source, 'DICOMDIR'))).toMatchObject({ accepted: 1, known: 0, rejected: [] });
    expect(await take(source)).toMatchObject({ accepted: 1, known: 1, rejected: [] });
  });
});

describe('archives', () => {
  const archive = (...entries: Parameters<typeof buildZip>[0]) => {
    const path = join(folder(), 'study.zip');
    writeFileSync(path, buildZip(entries));
    return path;
  };

  it('give their DICOM files, whatever the entries are called', async () => {
    const path = archive(
      { name: 'a/', content: Buffer.alloc(0), method: 'stored' },
      { name: 'a/1.dcm', content: instance(1) },
      { name: '../../2.dcm', content: instance(2), method: 'stored' },
      { name: '/etc/3.dcm', content: instance(3) },
      { name: 'notes.txt', content: Buffer.from('notes') },
      { name: '__MACOSX/._1.dcm', content: Buffer.from('x') },
    );
    const { take } = await importer();
    const state = await take(path);
    expect(state).toMatchObject({ state: 'finished', accepted: 3 });
    expect(state).toMatchObject({ rejected: [], passedOver: { names: [`${path}/notes.txt`] } });
  });

  it('without any DICOM file are one line, not one for each part', async () => {
    const parts = ['a.xml', 'b.xml'].map((name) => ({ name, content: Buffer.from('<xml/>') }));
    const path = archive(...parts);
    const { take } = await importer();
    const state = await take(path);
    expect(state).toMatchObject({ rejected: [], passedOver: { count: 1, names: [path] } });
  });

  it('inside archives are refused', async () => {
    const inner = buildZip([{ name: '1.dcm', content: instance(1) }]);
    const { take } = await importer();
    expect(await take(archive({ name: 'inner.zip', content: inner }))).toMatchObject({
      accepted: 0,
      rejected: [{ code: 'unreadable' }],
    });
  });

  it('of a viewer on a disc, which are archives inside, are passed over with its other programs', async () => {
    const inner = buildZip([{ name: 'icons.png', content: Buffer.from('x') }]);
    const path = archive(
      { name: 'IM1', content: instance(1) },
      ...['viewer/resources.jar', 'viewer/Help.DOCX', 'viewer/a.dll'].map((name) => ({
        name,
        content: inner,
      })),
    );
    const { take } = await importer();
    const state = await take(path);
    expect(state).toMatchObject({ accepted: 1, passedOver: { count: 2 } });
    // What only looks like a program by its name is still an archive that may hold recordings.
    expect(state.rejected).toMatchObject([{ code: 'unreadable', file: `${path}/viewer/a.dll` }]);
  });

  it('that lie about sizes or contents are refused, entry by entry', async () => {
    const { path: root, take } = await importer();
    const path = archive(
      { name: 'bad-crc.dcm', content: instance(1), claimedCrc32: 1 },
      { name: 'bad-size.dcm', content: instance(2), claimedSize: 100 },
      { name: 'encrypted.dcm', content: instance(3), encrypted: true },
      { name: 'good.dcm', content: instance(4) },
    );
    const state = await take(path);
    expect(state.rejected.map(({ code }) => code)).toEqual([
      'archive-damaged',
      'archive-damaged',
      'unreadable',
    ]);
    expect(state.accepted).toBe(1);
    expect(leftovers(root).incoming).toEqual([]);
  });

  it('that are bombs are refused before they are unpacked', async () => {
    const bomb = archive({ name: 'bomb.dcm', content: new Uint8Array(40 * 1024 * 1024) });
    const { take } = await importer();
    const started = processCpuMs();
    expect(await take(bomb)).toMatchObject({
      rejected: [{ code: 'archive-too-large' }],
    });
    expect(processCpuMs() - started).toBeLessThan(2000);
    const { take: strict } = await importer({ archiveEntries: 2, archiveInflatedBytes: 2000 });
    const three = [1, 2, 3].map((number) => ({ name: `${number}`, content: instance(number) }));
    expect(await strict(archive(...three))).toMatchObject({ rejected: [{ code: 'archive-too-large' }] });
    const large = { name: 'large', content: instance(9, { rows: 64, columns: 64 }) };
    expect(await strict(archive(large))).toMatchObject({ rejected: [{ code: 'archive-too-large' }] });
  });

  it('that unpack to more than 200 times their size, together, are refused beyond it', async () => {
    // 31 MiB of zeros an entry: each is below the limit of one entry.
    const zeros = new Uint8Array(31 * 1024 * 1024);
    const path = archive(...[1, 2, 3, 4].map((number) => ({ name: `${number}.dcm`, content: zeros })));
    const { take } = await importer();
    const state = await take(path);
    expect(state.rejected.filter(({ code }) => code === 'archive-too-large')).toHaveLength(3);
    expect(state.accepted).toBe(0);
  });

  it('of black frames open all the same while they are small', async () => {
    const black = instance(1, {
      rows: 480,
      columns: 640,
      frames: 60,
      pixels: () => new Uint8Array(480 * 640),
    });
    const path = archive({ name: 'black.dcm', content: black });
    expect(statSync(path).size * 200).toBeLessThan(black.length);
    const { take } = await importer();
    expect(await take(path)).toMatchObject({ accepted: 1, rejected: [] });
  });

  it('whose entries share bytes are refused whole, before anything is unpacked', async () => {
    const { path: root, take } = await importer();
    const path = join(folder(), 'shared.zip');
    writeFileSync(path, buildZip([{ name: '1.dcm', content: instance(1) }], { entriesOnEach: 40 }));
    const state = await take(path);
    expect(state).toMatchObject({ accepted: 0, rejected: [{ file: path, code: 'archive-damaged' }] });
    expect(state.rejected[0]?.reason).toMatch(/overlap/);
    expect(leftovers(root)).toEqual({ incoming: [], files: [] });
  });

  const found = join(process.env['SYSTOLA_TEST_DATA'] ?? '', 'attack', 'overlapping-520-entries.zip');
  it.runIf(process.env['SYSTOLA_TEST_DATA'] !== undefined && existsSync(found))(
    'are refused as they were found: 520 entries on one member',
    async () => {
      const { take } = await importer();
      expect(await take(found)).toMatchObject({ accepted: 0, rejected: [{ code: 'archive-damaged' }] });
    },
  );

  it('that are cut off are refused', async () => {
    const whole = buildZip([{ name: '1.dcm', content: instance(1) }]);
    const path = join(folder(), 'cut.zip');
    writeFileSync(path, whole.subarray(0, whole.length - 30));
    const { take } = await importer();
    expect(await take(path)).toMatchObject({
      accepted: 0,
      rejected: [{ file: path, code: 'archive-damaged' }],
    });
  });

  // A file that is still open keeps its space on the disk though it was deleted.
  it.runIf(process.platform === 'linux')('leave no file open, sound or damaged', async () => {
    const source = folder();
    const whole = buildZip([{ name: '1.dcm', content: instance(1) }]);
    writeFileSync(join(source, 'cut.zip'), whole.subarray(0, whole.length - 30));
    writeFileSync(join(source, 'head.zip'), whole.subarray(0, 40));
    writeFileSync(join(source, 'whole.zip'), whole);
    const { path, take } = await importer();
    expect(await take(source)).toMatchObject({ accepted: 1, rejectedTotal: 2 });
    expect(openFilesBelow(join(path, 'incoming'))).toEqual([]);
  });
});

it('cancelled while a file goes to its place, an import counts that file', async () => {
  const { imports, library, states } = await importer();
  const adopt = library.files.adopt.bind(library.files);
  const source = folder();
  writeFileSync(join(source, 'a.dcm'), instance(1));
  writeFileSync(join(source, 'b.dcm'), instance(2));
  let answer: Promise<ImportState> | null = null;
  library.files.adopt = async (...file) => {
    answer ??= imports.cancel(importId);
    await adopt(...file);
  };
  const { importId } = imports.start([source]);
  const ended = await imports.ended(importId);
  expect(library.summaries()[0]?.clips).toBe(1);
  expect(ended).toMatchObject({ state: 'cancelled', accepted: 1 });
  expect(ended.message).toContain('1 file was imported before');
  expect(await answer).toEqual(ended);
  expect(states.at(-1)).toEqual(ended);
});

it('a defect ends an import as failed, is told once, and nothing else ends with it', async () => {
  const library = await Library.open(folder());
  const defects: unknown[] = [];
  const imports = new ImportService({
    library,
    readInstance: () => Promise.reject(new TypeError('a defect')),
    onState: () => undefined,
    onStudiesChanged: () => undefined,
    onDefect: (error) => defects.push(error),
  });
  const source = folder();
  writeFileSync(join(source, 'a.dcm'), instance(1));
  const state = await imports.ended(imports.start([source]).importId);
  expect(state).toMatchObject({ state: 'failed', accepted: 0 });
  expect(state.message).toContain('defect');
  await expect.poll(() => defects).toEqual([expect.any(TypeError)]);
  await imports.close();
  library.close();
});

it('a defect ends uploads as failed, is told where the file was taken, and the rest is settled', async () => {
  const library = await Library.open(folder());
  const states: ImportState[] = [];
  const imports = new ImportService({
    library,
    readInstance: () => Promise.reject(new TypeError('a defect')),
    onState: (state) => states.push(state),
    onStudiesChanged: () => undefined,
    onDefect: () => undefined,
  });
  const { importId } = imports.start([]);
  const send = (name: string, bytes: Uint8Array) => imports.upload(importId, name, Readable.from([bytes]));
  const answers = await Promise.allSettled([send('empty.dcm', new Uint8Array()), send('a.dcm', instance(1))]);
  expect(answers).toMatchObject([
    { status: 'fulfilled' },
    { status: 'rejected', reason: expect.any(TypeError) as unknown },
  ]);
  // It has ended, whether or not the window still asks for it.
  expect(await imports.ended(importId)).toMatchObject({
    state: 'failed',
    currentFile: null,
    rejectedTotal: 1,
  });
  expect(states.at(-1)).toMatchObject({ state: 'failed' });
  expect(await imports.finish(importId)).toMatchObject({ state: 'failed' });
  await expect(send('c.dcm', instance(3))).rejects.toMatchObject({ code: 'bad-request' });
  const refusals = library.audit.entries().filter((entry) => entry.outcome === 4);
  expect(refusals).toMatchObject([{ detail: { refused: 1, codes: { 'empty-file': 1 } } }]);
  await imports.close();
  library.close();
});

function openFilesBelow(path: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${descriptor}`);
      return target.startsWith(path) ? [target] : [];
    } catch {
      // The one that the list itself was read by.
      return [];
    }
  });
}

describe('uploads', () => {
  it('are taken one by one, archives too, and end when told', async () => {
    const { imports } = await importer();
    const { importId } = imports.start([]);
    await Promise.all([
      imports.upload(importId, 'study/1.dcm', Readable.from([instance(1)])),
      imports.upload(importId, 'study/2.dcm', Readable.from([instance(2)])),
      imports.upload(importId, 'notes.txt', Readable.from([Buffer.from('notes')])),
      imports.upload(
        importId,
        'more.zip',
        Readable.from([buildZip([{ name: '3.dcm', content: instance(3) }])]),
      ),
    ]);
    expect(imports.state(importId).state).toBe('running');
    const state = await imports.finish(importId);
    expect(state).toMatchObject({
      state: 'finished',
      accepted: 3,
      rejected: [],
      passedOver: { count: 1, names: ['notes.txt'] },
    });
    await expect(imports.upload(importId, 'late.dcm', Readable.from([instance(4)]))).rejects.toMatchObject({
      code: 'bad-request',
    });
  });

  it('beyond the limit are refused while they arrive, not after', async () => {
    const { path, imports } = await importer({ fileBytes: 100_000 });
    const { importId } = imports.start([]);
    let sent = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield instance(1);
      for (; sent < 1e9; sent += 65_536) yield new Uint8Array(65_536);
    }
    const state = await imports.upload(importId, 'endless.dcm', Readable.from(endless()));
    expect(state.rejectedTotal).toBe(1);
    expect(imports.state(importId).rejected).toMatchObject([{ file: 'endless.dcm', code: 'too-large' }]);
    expect(sent).toBeLessThan(5e6);
    expect(leftovers(path)).toEqual({ incoming: [], files: [] });
  });

  it('that break off leave nothing', async () => {
    const { path, imports } = await importer();
    const { importId } = imports.start([]);
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield instance(1).subarray(0, 500);
      throw Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    }
    await imports.upload(importId, 'broken.dcm', Readable.from(broken()));
    expect(leftovers(path)).toEqual({ incoming: [], files: [] });
    expect(imports.state(importId)).toMatchObject({ accepted: 0, rejected: [{ code: 'unreadable' }] });
  });
});
