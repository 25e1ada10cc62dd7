import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StudyDocument, StudySummary } from '../../../core/api/requests.ts';
import { checkBackup } from '../../../main/backup/check-backup.ts';
import { stageRestore } from '../../../main/backup/stage-restore.ts';
import { statesOf, writeBackup } from '../../../main/backup/write-backup.ts';
import { Library } from '../../../main/library/library.ts';
import { manualTrace } from '../../fixtures/library/facts.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { apicalClip, clipUid, studyUid, upload, workstation } from '../application/workstation.ts';

const root = resolve(import.meta.dirname, '../../..');
const folder = temporaryFolders();
const secondClip = '1.2.3.4.5.2';
let path: string;
let backup: string;
let station: Awaited<ReturnType<typeof workstation>>;

const quiet = { signal: new AbortController().signal, onProgress: () => undefined };
const library = (): Library => station.application.services.library;
const document = () => station.json<StudyDocument>('GET', `studies/${studyUid}`);
const studies = () => station.json<StudySummary[]>('GET', 'studies');
const poolOf = (root: string): string[] =>
  readdirSync(join(root, 'files'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.dcm'))
    .sort();

async function contour(frame: number): Promise<void> {
  const { head } = await document();
  const { status } = await station.send('POST', `studies/${studyUid}/revisions`, {
    head,
    label: 'drawn',
    changes: [
      {
        slot: 'trace',
        structure: 'lv-cavity',
        sopInstanceUid: clipUid,
        frame,
        before: null,
        after: manualTrace(50),
      },
    ],
  });
  expect(status).toBe(201);
}
async function restart(): Promise<void> {
  await station.application.close();
  station = await workstation(path);
}

beforeEach(async () => {
  path = folder();
  backup = join(folder(), 'backup');
  station = await workstation(path);
  mkdirSync(join(path, 'languages'));
  writeFileSync(join(path, 'languages', 'xx.json'), '{}');
  await upload(station.application, { 'first.dcm': apicalClip() });
  await contour(0);
});
afterEach(() => station.application.close());

describe('a backup', () => {
  it('holds every file of the library, hashed, and keeps states beside each other', async () => {
    const first = await writeBackup(library(), backup, '1', quiet);
    expect(first).toMatchObject({ copied: 1, record: { studies: 1, missing: [] } });
    expect(first.record.others.map(({ path: name }) => name)).toContain('languages/xx.json');
    expect(await checkBackup(first.state, quiet)).toMatchObject({ faults: [] });
    await upload(station.application, {
      'second.dcm': apicalClip({ sopInstanceUid: secondClip, frames: 9 }),
    });
    const second = await writeBackup(library(), backup, '1', quiet);
    // The picture that was there is not copied again.
    expect(second.copied).toBe(1);
    expect(second.record.files).toHaveLength(2);
    expect(await statesOf(backup)).toEqual([second.state, first.state]);
    expect(poolOf(backup)).toEqual(poolOf(path));
    expect(library().audit.entries().at(-1)).toMatchObject({ event: '110106', detail: { files: 2 } });
    expect(readdirSync(backup).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('copies what rots in it anew, and names what the library has lost', async () => {
    const first = await writeBackup(library(), backup, '1', quiet);
    const [kept] = poolOf(backup);
    appendFileSync(join(backup, 'files', kept!), 'x');
    expect((await checkBackup(first.state, quiet)).faults).toMatchObject([{ fault: 'altered' }]);
    const second = await writeBackup(library(), backup, '1', quiet);
    expect(second.copied).toBe(1);
    expect((await checkBackup(second.state, quiet)).faults).toEqual([]);
    rmSync(join(backup, 'files', kept!));
    expect((await checkBackup(first.state, quiet)).faults).toMatchObject([{ fault: 'missing' }]);
    rmSync(join(path, 'files', kept!));
    expect((await writeBackup(library(), backup, '1', quiet)).record.missing).toEqual(['first.dcm']);
  });

  it('is refused in the library itself, and leaves nothing when it is called off', async () => {
    await expect(writeBackup(library(), join(path, 'backup'), '1', quiet)).rejects.toMatchObject({
      code: 'bad-request',
    });
    const abort = new AbortController();
    abort.abort();
    await expect(writeBackup(library(), backup, '1', { ...quiet, signal: abort.signal })).rejects.toThrow();
    expect(readdirSync(backup)).toEqual([]);
  });
});

it('the command line backs up, checks and restores', async () => {
  const before = await document();
  await station.application.close();
  const run = (...args: string[]) =>
    spawnSync(process.execPath, ['--no-warnings', join(root, 'main/cli/systola.ts'), ...args], {
      encoding: 'utf8',
    });
  const written = run('backup', backup, '--library', path);
  expect(written).toMatchObject({ status: 0 });
  const state = written.stdout.trim();
  expect(run('backup', '--check', state)).toMatchObject({ status: 0 });
  rmSync(join(path, 'library.sqlite'));
  const restored = run('restore', backup, '--library', path);
  expect(restored).toMatchObject({ status: 0, stdout: expect.stringContaining('1 studies') as string });
  appendFileSync(join(backup, 'files', poolOf(backup)[0]!), 'x');
  expect(run('backup', '--check', state)).toMatchObject({ status: 1 });
  expect(run('restore', join(backup, 'files'), '--library', path)).toMatchObject({ status: 2 });
  expect(run('backup')).toMatchObject({ status: 64 });
  station = await workstation(path);
  expect((await document()).review).toEqual(before.review);
});

describe('restoring', () => {
  it('brings back studies and corrections, and keeps what was there', async () => {
    const before = await document();
    const { state } = await writeBackup(library(), backup, '1', quiet);
    await contour(1);
    await station.send('DELETE', `studies/${studyUid}`);
    await library().care.carryOut(library().care.pending()[0]!.id);
    writeFileSync(join(path, 'languages', 'yy.json'), '{}');
    await stageRestore(path, state, quiet);
    // Nothing has changed until the next start.
    expect(await studies()).toEqual([]);
    await restart();
    const after = await document();
    expect(after.review).toEqual(before.review);
    expect(after.clips).toEqual(before.clips);
    expect(readdirSync(join(path, 'languages'))).toEqual(['xx.json']);
    const replaced = readdirSync(path).find((name) => name.startsWith('replaced-'))!;
    expect(readdirSync(join(path, replaced, 'languages')).sort()).toEqual(['xx.json', 'yy.json']);
    expect(existsSync(join(path, 'restoring'))).toBe(false);
    expect(
      library()
        .audit.entries()
        .some(({ detail }) => detail['restored'] === state),
    ).toBe(true);
  });

  it('restores nothing of a backup with an altered file, and says which', async () => {
    const { state } = await writeBackup(library(), backup, '1', quiet);
    await station.send('DELETE', `studies/${studyUid}`);
    await library().care.carryOut(library().care.pending()[0]!.id);
    const [kept] = poolOf(backup);
    appendFileSync(join(backup, 'files', kept!), 'x');
    await expect(stageRestore(path, state, quiet)).rejects.toMatchObject({
      code: 'file-altered',
      file: join(backup, 'files', kept!),
    });
    expect(existsSync(join(path, 'restoring'))).toBe(false);
  });

  it.each([
    'a record that is none',
    'a path that leads elsewhere',
    'a log of the database',
    'a newer format',
    'no record',
  ])('refuses %s', async (kind) => {
    const { state } = await writeBackup(library(), backup, '1', quiet);
    const file = join(state, 'backup.json');
    const record = JSON.parse(readFileSync(file, 'utf8')) as { others: { path: string }[]; format: number };
    if (kind === 'a record that is none') writeFileSync(file, 'none');
    if (kind === 'no record') rmSync(file);
    if (kind === 'a newer format') writeFileSync(file, JSON.stringify({ ...record, format: 2 }));
    if (kind === 'a path that leads elsewhere') {
      record.others[0]!.path = '../elsewhere';
      writeFileSync(file, JSON.stringify(record));
    }
    if (kind === 'a log of the database') {
      record.others[0]!.path = 'Library.sqlite-wal';
      writeFileSync(file, JSON.stringify(record));
    }
    await expect(stageRestore(path, state, quiet)).rejects.toMatchObject({
      code: kind === 'no record' ? 'not-found' : kind === 'a newer format' ? 'newer-version' : 'malformed',
    });
  });

  it('of a library without studies takes none of the pictures in again that were there', async () => {
    const empty = await workstation(folder());
    const { state } = await writeBackup(empty.application.services.library, backup, '1', quiet);
    await empty.application.close();
    await stageRestore(path, state, quiet);
    await restart();
    await station.application.services.watch.ended();
    expect(await studies()).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'waits for no pipe, and reads no device, in the place of a file',
    async () => {
      const { state } = await writeBackup(library(), backup, '1', quiet);
      await station.send('DELETE', `studies/${studyUid}`);
      await library().care.carryOut(library().care.pending()[0]!.id);
      const kept = join(backup, 'files', poolOf(backup)[0]!);
      rmSync(kept);
      spawnSync('mkfifo', [kept]);
      await expect(stageRestore(path, state, quiet)).rejects.toMatchObject({ code: 'file-altered' });
      expect((await checkBackup(state, quiet)).faults).toMatchObject([{ fault: 'missing' }]);
      rmSync(kept);
      symlinkSync('/dev/zero', kept);
      await expect(stageRestore(path, state, quiet)).rejects.toMatchObject({ code: 'file-altered' });
      rmSync(join(state, 'backup.json'));
      symlinkSync('/dev/zero', join(state, 'backup.json'));
      await expect(stageRestore(path, state, quiet)).rejects.toMatchObject({ code: 'malformed' });
    },
  );

  it('opens when a kill came while what was left of it was removed', async () => {
    const { state } = await writeBackup(library(), backup, '1', quiet);
    await stageRestore(path, state, quiet);
    await restart();
    const { head } = await document();
    await station.application.close();
    // All was moved, and the folder of it is gone already.
    mkdirSync(join(path, 'restoring'));
    const ready = { state, at: new Date().toISOString(), backedUpAt: new Date().toISOString() };
    writeFileSync(join(path, 'restoring', 'ready.json'), JSON.stringify(ready));
    station = await workstation(path);
    expect((await document()).head).toBe(head);
    expect(existsSync(join(path, 'restoring'))).toBe(false);
  });

  it('goes on at the next start wherever a kill ended it', async () => {
    const { state } = await writeBackup(library(), backup, '1', quiet);
    await contour(1);
    const newer = await document();
    await stageRestore(path, state, quiet);
    await station.application.close();
    const staged = join(folder(), 'staged');
    cpSync(path, staged, { recursive: true });
    const names = readdirSync(join(staged, 'restoring', 'new'));
    const replacedName = `replaced-${(JSON.parse(readFileSync(join(staged, 'restoring', 'ready.json'), 'utf8')) as { at: string }).at.replace(/\..*$/, '').replaceAll(':', '-')}`;
    // Killed after each of the moves, in the order in which they are made.
    for (let moves = 0; moves <= names.length * 2; moves += 1) {
      rmSync(path, { recursive: true });
      cpSync(staged, path, { recursive: true });
      mkdirSync(join(path, replacedName));
      for (let move = 0; move < moves; move += 1) {
        const name = names[move >> 1]!;
        if (move % 2 === 1) renameSync(join(path, 'restoring', 'new', name), join(path, name));
        else if (existsSync(join(path, name))) renameSync(join(path, name), join(path, replacedName, name));
      }
      const opened = await Library.open(path);
      try {
        expect(opened.study(studyUid).head, `${moves} moves`).toBe(newer.head - 1);
        expect(await opened.files.holds(poolOf(path)[0]!.slice(3, -4))).toBe(true);
      } finally {
        opened.close();
      }
      // What was there before is whole beside it.
      expect(existsSync(join(path, replacedName, 'library.sqlite'))).toBe(true);
      expect(readFileSync(join(path, replacedName, 'library.sqlite')).length).toBeGreaterThan(4096);
    }
    station = await workstation(path);
  });
});
