import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RemovalState } from '../../../core/api/care.ts';
import type { StudyDocument, StudySummary } from '../../../core/api/requests.ts';
import type { Library } from '../../../main/library/library.ts';
import { manualTrace } from '../../fixtures/library/facts.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { apicalClip, clipUid, studyUid, upload, workstation } from './workstation.ts';

const folder = temporaryFolders();
const secondClip = '1.2.3.4.5.2';
const label = 'a label that nobody else writes';
let path: string;
let station: Awaited<ReturnType<typeof workstation>>;

const studies = () => station.json<StudySummary[]>('GET', 'studies');
const document = () => station.json<StudyDocument>('GET', `studies/${studyUid}`);
const library = (): Library => station.application.services.library;
const stored = (): string[] =>
  readdirSync(join(path, 'files'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.dcm'),
  );

async function contour(sopInstanceUid: string): Promise<void> {
  const { head } = await document();
  const { status } = await station.send('POST', `studies/${studyUid}/revisions`, {
    head,
    label,
    changes: [
      {
        slot: 'trace',
        structure: 'lv-cavity',
        sopInstanceUid,
        frame: 0,
        before: null,
        after: manualTrace(50),
      },
    ],
  });
  expect(status).toBe(201);
}

beforeEach(async () => {
  path = folder();
  station = await workstation(path);
  await upload(station.application, {
    'first.dcm': apicalClip(),
    'second.dcm': apicalClip({ sopInstanceUid: secondClip, frames: 9 }),
  });
  await contour(clipUid);
  await contour(secondClip);
});
afterEach(() => station.application.close());

describe('a deleted study', () => {
  it('is out of sight at once, and back whole when it is taken back', async () => {
    const before = await document();
    const response = await station.send('DELETE', `studies/${studyUid}`);
    expect(response.status).toBe(202);
    const removal = (await response.json()) as RemovalState;
    expect(removal).toMatchObject({ studyInstanceUid: studyUid, sopInstanceUid: null });
    expect(removal.leftMs).toBeGreaterThan(20_000);
    expect(await studies()).toEqual([]);
    expect((await station.send('GET', `studies/${studyUid}`)).status).toBe(404);
    expect(stored()).toHaveLength(2);

    expect((await station.send('POST', `removals/${removal.id}/take-back`)).status).toBe(204);
    const after = await document();
    expect(after.review).toEqual(before.review);
    expect(after.clips).toEqual(before.clips);
    expect((await station.send('POST', `removals/${removal.id}/take-back`)).status).toBe(404);
  });

  it('is gone from store, database and its log afterwards; the audit log says by whom', async () => {
    const { id } = await station.json<RemovalState>('DELETE', `studies/${studyUid}`);
    await library().care.carryOut(id);
    expect(await studies()).toEqual([]);
    expect(stored()).toEqual([]);
    const bytes = readFileSync(join(path, 'library.sqlite'));
    const log = readFileSync(join(path, 'library.sqlite-wal'));
    // The audit log keeps what was done to the study, the contours of its steps it never held.
    expect(log.length).toBe(0);
    const point = JSON.stringify(manualTrace(50).points[3]);
    expect(bytes.includes(point)).toBe(false);
    const { care, audit } = library();
    expect(care.pending()).toEqual([]);
    expect(audit.entries().slice(-2)).toMatchObject([
      { event: '110105', action: 'D', studyInstanceUid: studyUid, detail: { deleted: 'can be taken back' } },
      { event: '110105', action: 'D', studyInstanceUid: studyUid, detail: { deleted: 'for good', files: 2 } },
    ]);
    expect(audit.firstBrokenEntry()).toBeNull();
    // Nothing of it comes back by itself, and it can be imported again.
    await station.application.close();
    station = await workstation(path);
    await station.application.services.watch.ended();
    expect(await studies()).toEqual([]);
    expect((await upload(station.application, { 'first.dcm': apicalClip() })).accepted).toBe(1);
    expect((await document()).history).toEqual([]);
  });

  it('is taken back by being imported again', async () => {
    await station.send('DELETE', `studies/${studyUid}`);
    await upload(station.application, { 'first.dcm': apicalClip() });
    expect((await document()).clips).toHaveLength(2);
    expect(library().care.pending()).toEqual([]);
  });

  it('is taken back when another file of it is imported, which would be lost with it', async () => {
    const { id } = await station.json<RemovalState>('DELETE', `studies/${studyUid}`);
    const third = apicalClip({ sopInstanceUid: '1.2.3.4.5.3', frames: 10 });
    expect((await upload(station.application, { 'third.dcm': third })).accepted).toBe(1);
    await library()
      .care.carryOut(id)
      .catch(() => undefined);
    expect((await document()).clips).toHaveLength(3);
    expect(stored()).toHaveLength(3);
  });

  it('is never half there, whatever is imported or taken back while it goes', async () => {
    for (let turn = 0; turn < 6; turn += 1) {
      const { id } = await station.json<RemovalState>('DELETE', `studies/${studyUid}`);
      const going = library()
        .care.carryOut(id)
        .catch(() => undefined);
      // One turn of the loop later or some: files go first.
      for (let wait = 0; wait < turn; wait += 1) await new Promise((done) => setImmediate(done));
      if (turn % 2 === 0) await station.send('POST', `removals/${id}/take-back`);
      await upload(station.application, {
        'first.dcm': apicalClip(),
        'second.dcm': apicalClip({ sopInstanceUid: secondClip, frames: 9 }),
      });
      await going;
      const { clips } = await document();
      expect(clips.map(({ sopInstanceUid }) => sopInstanceUid).sort()).toEqual([clipUid, secondClip]);
      expect(stored()).toHaveLength(2);
      expect(library().care.pending()).toEqual([]);
    }
  });

  it('leaves the study of another patient under its UID what it was', async () => {
    const other = { patientId: 'P-2', sopInstanceUid: '1.2.3.4.9.1' };
    await upload(station.application, { 'other.dcm': apicalClip(other) });
    const { id } = await station.json<RemovalState>('DELETE', `studies/${studyUid}`);
    await library().care.carryOut(id);
    await upload(station.application, {
      'more.dcm': apicalClip({ ...other, sopInstanceUid: '1.2.3.4.9.2' }),
    });
    expect(await studies()).toMatchObject([{ studyInstanceUid: `${studyUid}~2`, clips: 2 }]);
    await upload(station.application, { 'first.dcm': apicalClip() });
    expect((await studies()).map(({ studyInstanceUid }) => studyInstanceUid).sort()).toEqual([
      studyUid,
      `${studyUid}~2`,
    ]);
  });

  it('goes at the next launch when a kill came between', async () => {
    const { id } = await station.json<RemovalState>('DELETE', `studies/${studyUid}`);
    // The files went, the rows did not.
    for (const sha256 of stored().map((name) => name.slice(-68, -4))) await library().files.remove(sha256);
    await station.application.close();
    station = await workstation(path);
    expect(await studies()).toEqual([]);
    await library().care.carryOut(id);
    expect(library().care.pending()).toEqual([]);
  });
});

describe('a deleted clip', () => {
  it('takes its file and its contours along, and nothing of the others', async () => {
    const before = await document();
    const { id } = await station.json<RemovalState>('DELETE', `studies/${studyUid}/instances/${secondClip}`);
    expect((await document()).clips.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual([clipUid]);
    await library().care.carryOut(id);
    const after = await document();
    expect(after.clips.map(({ sopInstanceUid }) => sopInstanceUid)).toEqual([clipUid]);
    expect(after.review.clips).toEqual({ [clipUid]: before.review.clips[clipUid] });
    expect(after.history.map(({ label: said }) => said)).toEqual([label, label]);
    expect(stored()).toHaveLength(1);
    // What was said of the clip that stays can be undone as before.
    await station.send('POST', `studies/${studyUid}/undo`);
    expect((await station.send('POST', `studies/${studyUid}/undo`)).status).toBe(201);
    expect((await document()).review.clips[clipUid]?.traces).toEqual({});
  });

  it('takes its study along when it is the last', async () => {
    await station.send('DELETE', `studies/${studyUid}/instances/${secondClip}`);
    const removal = await station.json<RemovalState>('DELETE', `studies/${studyUid}/instances/${clipUid}`);
    expect(removal.sopInstanceUid).toBeNull();
    expect(await studies()).toEqual([]);
    expect(library().care.pending()).toHaveLength(1);
  });

  it('that is not there is refused', async () => {
    expect((await station.send('DELETE', `studies/${studyUid}/instances/9.9`)).status).toBe(404);
    expect((await station.send('DELETE', 'studies/9.9')).status).toBe(404);
  });
});

it('revisions of a study that nobody deletes can be neither changed nor deleted', async () => {
  await station.application.close();
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(join(path, 'library.sqlite'));
  expect(() => database.exec('DELETE FROM revisions')).toThrow(/append-only/);
  expect(() => database.exec("UPDATE revisions SET label = ''")).toThrow(/append-only/);
  database.close();
  station = await workstation(path);
});

describe('the patient of a study', () => {
  const patient = {
    patientId: 'OTHER-1',
    issuerOfPatientId: null,
    name: { alphabetic: 'Right^Name', ideographic: '', phonetic: '' },
    birthDate: '1950-02-28',
    sex: 'female',
  };
  const correct = (body: unknown) => station.send('PUT', 'patients', { studies: [studyUid], patient: body });

  it('is corrected in window, list and search, with an audit entry, and set back', async () => {
    const { facts: filed } = await document();
    expect((await correct(patient)).status).toBe(200);
    expect((await document()).facts.patient).toEqual(patient);
    expect((await studies())[0]).toMatchObject({ patientName: 'Right, Name', patientId: 'OTHER-1' });
    expect(await station.json<unknown[]>('GET', 'studies?search=OTHER-1')).toHaveLength(1);
    expect(library().audit.entries().at(-1)).toMatchObject({
      action: 'U',
      patientId: 'OTHER-1',
      detail: { patientCorrected: { before: filed.patient, after: patient } },
    });
    // Another file of the study, under the name that it was sent with, belongs to it.
    await upload(station.application, {
      'third.dcm': apicalClip({ sopInstanceUid: '1.2.3.4.5.3', frames: 10 }),
    });
    expect((await document()).clips).toHaveLength(3);
    expect((await document()).facts.patient).toEqual(patient);

    await station.application.close();
    station = await workstation(path);
    expect((await document()).facts.patient).toEqual(patient);
    expect((await correct(null)).status).toBe(200);
    expect((await document()).facts.patient).toEqual(filed.patient);
  });

  it('is not corrected to what no patient can have, nor in part', async () => {
    const { facts } = await document();
    expect((await correct({ birthDate: '1950-02-30' })).status).toBe(400);
    expect((await correct({ patientId: 'x'.repeat(65) })).status).toBe(400);
    const response = await station.send('PUT', 'patients', { studies: [studyUid, '9.9'], patient });
    expect(response.status).toBe(404);
    expect((await document()).facts).toEqual(facts);
  });
});
