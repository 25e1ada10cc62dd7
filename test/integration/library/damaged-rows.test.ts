import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventSchema } from '../../../core/api/events.ts';
import type { StudyDocument, StudySummary } from '../../../core/api/requests.ts';
import type { DocumentFacts } from '../../../core/document/document-facts.ts';
import { findDamage } from '../../../main/library/database-check.ts';
import { Library } from '../../../main/library/library.ts';
import { clipFacts, manualTrace, studyFacts } from '../../fixtures/library/facts.ts';
import { addClip } from '../../fixtures/library/seeded-library.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { createApplication } from '../../../main/hosts/application.ts';
import { createComputing } from '../../../main/application/computing.ts';
import { asking } from '../application/asked.ts';
import { eventsUntil } from '../application/workstation.ts';

const folder = temporaryFolders();
/** Rows that are damaged are of the first one; the second is the same patient's, the third somebody else's. */
const [owner, sibling, other] = ['1.2.3.1', '1.2.3.2', '1.2.3.3'] as const;
const studies = [owner, sibling, other];
const corrected = 'CORRECTED';
let sound: string;
let documents: Map<string, unknown>;
let station: Awaited<ReturnType<typeof workstation>> | null = null;
/** One for all of the libraries, which nothing is computed for. */
const computing = createComputing();

async function workstation(libraryPath: string) {
  const application = await createApplication({ libraryPath, modelFolders: [], host: 'loopback', computing });
  const send = asking(application);
  const json = async <T>(method: string, path: string): Promise<T> =>
    (await (await send(method, path)).json()) as T;
  return { application, send, json };
}

const shown = ({ facts, clips, documents: papers, review, history, head }: StudyDocument) => ({
  ...{ facts, clips, papers, review, history, head },
});

function paper(studyInstanceUid: string): DocumentFacts {
  return {
    sopInstanceUid: `${studyInstanceUid}.9`,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.88.33',
    seriesInstanceUid: `${studyInstanceUid}.0`,
    studyInstanceUid,
    fileName: 'report.dcm',
    title: 'Echo',
    writtenAt: null,
    manufacturer: null,
    manufacturerModel: null,
    bySystola: false,
    numbers: [],
    contours: null,
  };
}

/** Every table has a row of the first study and one of another, but for those that have none of a study. */
async function fill(path: string): Promise<void> {
  const library = await Library.open(path);
  for (const [index, uid] of studies.entries()) {
    const born = { patientId: uid === other ? 'P9' : 'P1', birthDate: '1950-01-02' };
    const facts = studyFacts({
      studyInstanceUid: uid,
      patient: { ...studyFacts().patient, ...born },
      studyDate: `2026-01-0${index + 1}`,
    });
    for (const number of [1, 2]) {
      const sopInstanceUid = `${uid}.${number}`;
      await addClip(library, clipFacts({ studyInstanceUid: uid, sopInstanceUid }), facts);
    }
    const incomingPath = library.files.incomingPath();
    writeFileSync(incomingPath, uid);
    await library.intake.addInstance(
      { study: facts, document: paper(uid) } as Parameters<Library['intake']['addInstance']>[0],
      { incomingPath, sha256: uid.replaceAll('.', '').padStart(64, '0'), bytes: uid.length },
    );
    const change = { slot: 'trace' as const, structure: 'lv-cavity', sopInstanceUid: `${uid}.1`, frame: 0 };
    library.revisions.append(uid, 0, {
      ...{ author: 'reader', kind: 'edit', label: 'drawn', target: null },
      changes: [{ ...change, before: null, after: manualTrace(50) }],
    });
    library.results.keep(uid, library.study(uid).head, 'test', {
      ...{ ejection: null, reliability: { state: 'reliable' }, views: [], unmeasured: 0 },
      ...{ corrected: true, reader: null },
    });
  }
  library.care.correctPatient([owner, sibling], { patientId: corrected });
  library.patients.answer(owner, sibling, 'same');
  library.updateSettings({ reader: 'Dr Ada', reportPageSize: 'letter' });
  library.close();
  const raw = new DatabaseSync(join(path, 'library.sqlite'));
  for (const uid of [owner, other]) {
    raw.exec(`INSERT INTO snapshots VALUES ('${uid}', 1, 'x', '{}', 'y')`);
    const at = new Date(Date.now() + 3600_000).toISOString();
    raw.exec(`INSERT INTO removals (study_instance_uid, sop_instance_uid, at, author)
              VALUES ('${uid}', '${uid}.2', '${at}', 'reader')`);
  }
  raw.close();
}

/** Columns of every table, with the row that belongs to the first study where one does. */
function places(): { table: string; column: string; row: number }[] {
  const raw = new DatabaseSync(join(sound, 'library.sqlite'));
  const tables = raw
    .prepare(`SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
    .all() as { name: string }[];
  const all = tables.flatMap(({ name: table }) => {
    const columns = raw.prepare(`PRAGMA table_info(${table})`).all() as { name: string }[];
    const names = columns.map(({ name }) => name);
    const own = names.includes('study_instance_uid') && table !== 'audit' && table !== 'patients';
    const where = own ? `WHERE study_instance_uid = '${owner}'` : '';
    const found = raw.prepare(`SELECT rowid AS row FROM ${table} ${where} ORDER BY rowid LIMIT 1`).get();
    return found === undefined
      ? []
      : names.map((column) => ({ table, column, row: (found as { row: number }).row }));
  });
  raw.close();
  return all;
}

/** What a disk may make of a value: another text that is no JSON, or another number. */
function damage(path: string, { table, column, row }: { table: string; column: string; row: number }): void {
  const raw = new DatabaseSync(join(path, 'library.sqlite'), { enableForeignKeyConstraints: false });
  raw.exec('PRAGMA ignore_check_constraints = ON');
  const triggers = raw.prepare(`SELECT name, sql FROM sqlite_master WHERE type = 'trigger'`).all() as {
    name: string;
    sql: string;
  }[];
  for (const { name } of triggers) raw.exec(`DROP TRIGGER ${name}`);
  const { type } = raw
    .prepare(`SELECT type FROM pragma_table_info('${table}') WHERE name = '${column}'`)
    .get() as { type: string };
  const value = type === 'INTEGER' ? 7_777_777 : '{"half';
  raw.prepare(`UPDATE ${table} SET ${column} = ? WHERE rowid = ?`).run(value, row);
  for (const { sql } of triggers) raw.exec(sql);
  raw.close();
}

beforeAll(async () => {
  // Folders of the fixture end with each test.
  sound = mkdtempSync(join(tmpdir(), 'systola-test-'));
  await fill(sound);
  const before = await workstation(copied());
  const open = async (uid: string) => shown(await before.json<StudyDocument>('GET', `studies/${uid}`));
  documents = new Map();
  for (const uid of studies) documents.set(uid, await open(uid));
  await before.application.close();
});
afterAll(async () => {
  rmSync(sound, { recursive: true, force: true });
  await computing.close();
});
afterEach(async () => {
  await station?.application.close();
  station = null;
});

function copied(): string {
  const path = folder();
  cpSync(sound, path, { recursive: true });
  rmSync(join(path, 'restoring'), { recursive: true, force: true });
  return path;
}

it('goes through every table, each with a row of the first study', () => {
  expect([...new Set(places().map(({ table }) => table))].sort()).toEqual([
    'audit',
    'clips',
    'documents',
    'patient_answers',
    'patient_corrections',
    'patients',
    'removals',
    'revisions',
    'settings',
    'snapshots',
    'studies',
    'study_results',
  ]);
});

describe('one damaged value stops nothing but what it belongs to:', () => {
  it('every column of every table', async () => {
    const failures: string[] = [];
    for (const place of places()) {
      const name = `${place.table}.${place.column}`;
      const path = copied();
      damage(path, place);
      const { application, send, json } = (station = await workstation(path));
      await application.services.watch.ended();
      const expectOk = async (what: string, status: number[] = [200]) => {
        const response = await send('GET', what);
        if (!status.includes(response.status)) failures.push(`${name}: ${what} ${response.status}`);
        return response;
      };
      const listed = (await (await expectOk('studies')).json()) as StudySummary[];
      for (const uid of [sibling, other]) {
        const study = shown((await (await expectOk(`studies/${uid}`)).json()) as StudyDocument);
        if (JSON.stringify(study) !== JSON.stringify(documents.get(uid)))
          failures.push(`${name}: ${uid} is not what it was`);
        for (const more of ['audit', 'related', 'patient-data', 'signatures'])
          await expectOk(`studies/${uid}/${more}`);
        const row = listed.find(({ studyInstanceUid }) => studyInstanceUid === uid);
        if (row === undefined || row.problem !== undefined) failures.push(`${name}: ${uid} is not listed`);
      }
      // What it belongs to opens, or says in its own words why not.
      const own = await send('GET', `studies/${owner}`);
      if (own.status === 200) {
        const { facts } = (await own.json()) as StudyDocument;
        const isLost = ['studies', 'patient_corrections'].includes(place.table);
        if (facts.patient.patientId !== corrected && !isLost)
          failures.push(`${name}: the correction is not seen`);
      } else if (own.status >= 500) failures.push(`${name}: ${owner} ${own.status}`);
      for (const more of ['audit', 'related', 'patient-data'])
        if ((await send('GET', `studies/${owner}/${more}`)).status >= 500)
          failures.push(`${name}: ${owner}/${more}`);
      for (const what of ['removals', 'settings', 'library/size', 'backups', 'session']) await expectOk(what);
      const events = await eventsUntil(
        application,
        ({ type }) => type === 'backup',
        () => Promise.resolve(),
      );
      for (const event of events)
        if (!eventSchema.safeParse(event).success) failures.push(`${name}: event ${event.type}`);
      if (application.services.library.condition === 'sound') {
        const { head } = await json<StudyDocument>('GET', `studies/${other}`);
        const change = { slot: 'trace', structure: 'lv-cavity', sopInstanceUid: `${other}.1`, frame: 1 };
        const body = { head, label: 'd', changes: [{ ...change, before: null, after: manualTrace(51) }] };
        const { status } = await send('POST', `studies/${other}/revisions`, body);
        if (status !== 201) failures.push(`${name}: nothing can be drawn any more (${status})`);
      }
      await application.close();
      station = null;
      rmSync(path, { recursive: true });
    }
    expect(failures).toEqual([]);
  }, 600_000);

  it('a correction of a patient: its study says so, in the list too, and the check of the library names it', async () => {
    const path = copied();
    const row = places().find(
      ({ table, column }) => table === 'patient_corrections' && column === 'correction',
    )!;
    damage(path, row);
    const { application, send, json } = (station = await workstation(path));
    const response = await send('GET', `studies/${owner}`);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({
      error: { code: 'malformed', message: expect.stringContaining('correction of a patient') as string },
    });
    const listed = await json<StudySummary[]>('GET', 'studies');
    expect(listed.filter(({ problem }) => problem !== undefined).map((one) => one.studyInstanceUid)).toEqual([
      owner,
    ]);
    expect(application.services.library.condition).toBe('damaged');
    await application.close();
    station = null;
    const raw = new DatabaseSync(join(path, 'library.sqlite'));
    expect(findDamage(raw)).toBe(`the correction of the patient of study ${owner}`);
    raw.close();
  });

  it('a correction that is JSON and no correction is corrected anew', async () => {
    const path = copied();
    const raw = new DatabaseSync(join(path, 'library.sqlite'));
    raw.exec(`UPDATE patient_corrections SET correction = '{"sex":7}' WHERE study_instance_uid = '${owner}'`);
    raw.close();
    const { application, send, json } = (station = await workstation(path));
    expect((await send('GET', `studies/${owner}`)).status).toBe(422);
    expect((await send('GET', `studies/${sibling}`)).status).toBe(200);
    expect(application.services.library.condition).toBe('sound');
    application.services.library.care.correctPatient([owner], { patientId: 'NEW' });
    expect((await json<StudyDocument>('GET', `studies/${owner}`)).facts.patient.patientId).toBe('NEW');
  });
});
