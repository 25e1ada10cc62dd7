import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { ImportState } from '../../../core/api/events.ts';
import { ImportService } from '../../../main/import/import-service.ts';
import { Library } from '../../../main/library/library.ts';
import { buildZip } from '../../fixtures/zip/build-zip.ts';
import { folder, importer, instance, leftovers } from './importer.ts';

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
