import {
  copyFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { inEnglish } from '../../../core/language/english.ts';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Application } from '../../../main/hosts/application.ts';
import type { SessionInfo, StudyDocument, StudySummary } from '../../../core/api/requests.ts';
import { apicalClip, modelFolder, upload, workstation } from '../application/workstation.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const running: Application[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((application) => application.close()));
});

async function open(path: string) {
  const station = await workstation(
    path,
    await modelFolder(join(path, '..', 'shipped')),
    join(path, '..', 'sample'),
  );
  running.push(station.application);
  await station.application.services.watch.ended();
  const studies = () => station.json<StudySummary[]>('GET', 'studies');
  const notices = async () =>
    (await station.json<SessionInfo>('GET', 'session')).library.notices.map((notice) => ({
      ...notice,
      words: inEnglish.say(notice.words),
    }));
  return { ...station, studies, notices };
}

async function close(application: Application): Promise<void> {
  running.splice(running.indexOf(application), 1);
  await application.close();
}

function storedFiles(path: string): Map<string, string> {
  const names = readdirSync(join(path, 'files'), { recursive: true }).map(String);
  return new Map(
    names
      .filter((name) => name.endsWith('.dcm'))
      .sort()
      .map((name) => [name, readFileSync(join(path, 'files', name)).toString('base64')]),
  );
}

const clip = (study: number, number: number) =>
  apicalClip({
    studyInstanceUid: `1.2.${study}`,
    sopInstanceUid: `1.2.${study}.${number}`,
    patientId: `P${study}`,
  });

/** A library as it was on Monday (two studies) and as it is on Wednesday (three, and one more clip). */
async function week(path: string): Promise<string> {
  const monday = join(path, '..', 'monday.sqlite');
  const first = await open(path);
  await upload(first.application, { '1': clip(1, 1), '2': clip(1, 2), '3': clip(2, 1) });
  await close(first.application);
  copyFileSync(join(path, 'library.sqlite'), monday);
  const second = await open(path);
  await upload(second.application, { '4': clip(2, 2), '5': clip(3, 1) });
  await close(second.application);
  return monday;
}

const database = (path: string): string => join(path, 'library.sqlite');

/** What can become of the database while the pictures stay. */
const losses: Readonly<Record<string, { lose(path: string, monday: string): void; named: number }>> = {
  'is lost': { lose: (path) => rmSync(database(path)), named: 0 },
  'is an empty file': { lose: (path) => truncateSync(database(path), 0), named: 0 },
  'is that of an earlier day': { lose: (path, monday) => copyFileSync(monday, database(path)), named: 3 },
};

describe.each(Object.entries(losses))('when the database %s', (_, { lose, named }) => {
  it('no file goes, every study is there after a start, and the reader is told', async () => {
    const path = join(folder(), 'library');
    const monday = await week(path);
    const before = storedFiles(path);
    lose(path, monday);
    for (let start = 1; start <= 3; start += 1) {
      const { application, studies, notices, json, send } = await open(path);
      expect(storedFiles(path)).toEqual(before);
      const listed = await studies();
      expect(listed.map(({ patientId, clips }) => [patientId, clips]).sort()).toEqual([
        ['P1', 2],
        ['P2', 2],
        ['P3', 1],
      ]);
      for (const { studyInstanceUid } of listed) {
        const { clips } = await json<StudyDocument>('GET', `studies/${studyInstanceUid}`);
        for (const { sopInstanceUid } of clips) {
          expect((await send('GET', `clips/${sopInstanceUid}/frames/0`)).status).toBe(200);
        }
      }
      const { audit } = application.services.library;
      expect(audit.firstBrokenEntry()).toBeNull();
      const again = audit.entries().filter(({ detail }) => detail['takenInAgain'] === true);
      expect(again).toHaveLength(5 - named);
      // Told once: the second start finds nothing to do.
      expect((await notices()).map(({ code }) => code)).toEqual(start === 1 ? ['files-taken-in'] : []);
      await close(application);
    }
  });
});

it('keeps what cannot be read, lists it, and takes in the rest', async () => {
  const path = join(folder(), 'library');
  await week(path);
  const [name = ''] = storedFiles(path).keys();
  const damaged = join(path, 'files', name);
  const bytes = readFileSync(damaged);
  bytes[bytes.length - 9]! ^= 4;
  writeFileSync(damaged, bytes);
  writeFileSync(join(path, 'files', 'a note'), 'mine');
  rmSync(database(path));
  const before = storedFiles(path);
  const { studies, notices } = await open(path);
  const told = await notices();
  expect(told.map(({ code }) => code)).toEqual(['files-taken-in', 'files-unreadable']);
  expect(told[1]?.words).toContain(name.slice(3, 15));
  expect((await studies()).reduce((sum, { clips }) => sum + clips, 0)).toBe(4);
  expect(storedFiles(path)).toEqual(before);
  expect(readFileSync(join(path, 'files', 'a note'), 'utf8')).toBe('mine');
});

it('says which stored files are missing', async () => {
  const path = join(folder(), 'library');
  await week(path);
  const [name = ''] = storedFiles(path).keys();
  rmSync(join(path, 'files', name));
  const { notices, application } = await open(path);
  const told = await notices();
  expect(told).toMatchObject([{ code: 'files-missing', severity: 'warning' }]);
  expect(told[0]?.words).toMatch(/One file is missing from the library folder: [1-5]\. Import/);
  expect(application.services.library.audit.entries().at(-1)).toMatchObject({
    outcome: 4,
    detail: { storeCompared: true, missing: 1 },
  });
});

describe.skipIf(process.platform === 'win32')('a folder of the store', () => {
  /** A link that leads to itself: its error is none of permissions, so that it meets every user. */
  const makeUnreadable = (path: string): void => symlinkSync(path, path);

  it('that cannot be read is said, its clips are not called lost, and it is read again when it can be', async () => {
    const path = join(folder(), 'library');
    await week(path);
    const [name = ''] = storedFiles(path).keys();
    const inside = join(path, 'files', name.slice(0, 2));
    renameSync(inside, join(path, 'away'));
    makeUnreadable(inside);
    const { notices, application, studies, send } = await open(path);
    const told = await notices();
    expect(told).toMatchObject([{ code: 'folders-unreadable', severity: 'warning' }]);
    expect(told[0]?.words).toContain(inside);
    expect(told[0]?.words).not.toMatch(/missing|Import/);
    expect((await studies()).reduce((sum, { clips }) => sum + clips, 0)).toBe(5);
    expect(application.services.library.audit.entries().at(-1)).toMatchObject({
      outcome: 4,
      detail: { storeCompared: true, missing: 0, unreadFolders: 1 },
    });
    const stored = application.services.library.intake.known(name.slice(3, 67));
    const frame = await send('GET', `clips/${stored?.sopInstanceUid}/frames/0`);
    const { error } = (await frame.json()) as { error: { code: string; message: string } };
    expect(error.code).toBe('unreadable');
    expect(error.message).not.toMatch(/missing|Import/);
    await close(application);

    unlinkSync(inside);
    renameSync(join(path, 'away'), inside);
    expect(await (await open(path)).notices()).toEqual([]);
  });

  it('that lies elsewhere and is linked is one of the store', async () => {
    const path = join(folder(), 'library');
    await week(path);
    const [name = ''] = storedFiles(path).keys();
    const inside = join(path, 'files', name.slice(0, 2));
    renameSync(inside, join(path, '..', 'other disk'));
    symlinkSync(join(path, '..', 'other disk'), inside);
    rmSync(database(path));
    const { studies, notices } = await open(path);
    expect((await studies()).reduce((sum, { clips }) => sum + clips, 0)).toBe(5);
    expect(await notices()).toMatchObject([{ code: 'files-taken-in' }]);
  });

  it('all of which cannot be read makes no library look empty', async () => {
    const path = join(folder(), 'library');
    await week(path);
    const { application } = await open(path);
    const { library } = application.services;
    renameSync(join(path, 'files'), join(path, 'away'));
    makeUnreadable(join(path, 'files'));
    await expect(library.stored.strays()).rejects.toMatchObject({ code: 'unreadable' });
    expect(await library.stored.isEmpty()).toBe(false);
    await expect(library.files.has('a'.repeat(64))).rejects.toMatchObject({ code: 'unreadable' });
  });
});
