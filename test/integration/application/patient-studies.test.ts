import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PatientStudies } from '../../../core/api/patient-studies.ts';
import type { StudyDocument } from '../../../core/api/requests.ts';
import type { Change } from '../../../core/review/review.ts';
import { exportSnapshot } from '../../../main/application/export-snapshot.ts';
import type { AuditEntry } from '../../../main/library/audit.ts';
import { manualTrace } from '../../fixtures/library/facts.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { apicalClip, eventsUntil, upload, workstation } from './workstation.ts';

const folder = temporaryFolders();
let path: string;
let station: Awaited<ReturnType<typeof workstation>>;

interface Patient {
  readonly id?: string;
  readonly name?: string;
  readonly born?: string | null;
  readonly date?: string;
}

/** A study of one small A4C clip; unless told otherwise of Jane Doe, P-1, born 1 January 1970. */
async function add(
  uid: string,
  { id = 'P-1', name = 'Doe^Jane', born = '19700101', date = '20240229' }: Patient = {},
) {
  const file = apicalClip({
    studyInstanceUid: uid,
    sopInstanceUid: `${uid}.1`,
    patientId: id,
    patientName: name,
    elements: [
      { tag: '00080020', vr: 'DA', value: date },
      ...(born === null ? [] : [{ tag: '00100030', vr: 'DA', value: born }]),
    ],
    ...(born === null ? { without: ['00100030'] } : {}),
    view: { code: '399214001', scheme: 'SCT', meaning: 'Apical four chamber' },
  });
  expect(await upload(station.application, { [`${uid}.dcm`]: file })).toMatchObject({ accepted: 1 });
}

/** Draws a ventricle whose ES is `scale` as long as its ED. */
async function draw(uid: string, scale: number) {
  const { head } = await station.json<StudyDocument>('GET', `studies/${uid}`);
  const shape = (by: number) => ({
    ...manualTrace(50),
    points: manualTrace(50).points.map(([x, y]) => [50 + (x - 50) * by, y] as const),
  });
  const trace = (frame: number, by: number): Change => ({
    slot: 'trace',
    structure: 'lv-cavity',
    sopInstanceUid: `${uid}.1`,
    frame,
    before: null,
    after: shape(by),
  });
  const beats = {
    slot: 'beats',
    sopInstanceUid: `${uid}.1`,
    before: null,
    after: [{ edFrame: 0, esFrame: 4, nextEdFrame: 7, source: 'user' }],
  };
  const changes = [trace(0, 1), trace(4, scale), trace(7, 1), beats];
  const answer = await station.send('POST', `studies/${uid}/revisions`, { head, label: 'drew', changes });
  expect(answer.status).toBe(201);
}

async function decide(uid: string, state: 'accepted' | 'rejected' | 'pending', before = 'pending') {
  const { head } = await station.json<StudyDocument>('GET', `studies/${uid}`);
  const changes = [{ slot: 'decision', before: { state: before }, after: { state } }];
  const answer = await station.send('POST', `studies/${uid}/revisions`, { head, label: state, changes });
  expect(answer.status).toBe(201);
}

const patientOf = (uid: string) => station.json<PatientStudies>('GET', `studies/${uid}/related`);
const say = (uid: string, other: string, answer: unknown) =>
  station.send('PUT', `studies/${uid}/related/${other}`, { answer });
const audit = (): AuditEntry[] => station.application.services.library.audit.entries();
const uids = (list: readonly { studyInstanceUid: string }[]) => list.map((one) => one.studyInstanceUid);
const ejection = (found: PatientStudies, uid: string) =>
  found.studies
    .find((one) => one.studyInstanceUid === uid)
    ?.numbers.measurements.find(({ name }) => name === 'EF')?.value;

beforeEach(async () => {
  path = folder();
  station = await workstation(path);
  await station.json('PUT', 'settings', { reader: 'Dr Ada' });
});
afterEach(() => station.application.close());

describe('the studies of a patient', () => {
  it('are found whichever is open, the newest first, and never those of another patient', async () => {
    await add('1.1', { date: '20220101' });
    await add('1.2', { date: '20240101' });
    await add('1.3', { date: '20230101', name: 'DOE^JANE^Q', id: 'P-1 ' });
    await add('2.1', { id: 'P-2' });
    await add('2.2', { id: 'P-2', name: 'Doe^John' });
    expect(uids((await patientOf('1.1')).studies)).toEqual(['1.2', '1.3']);
    expect(uids((await patientOf('1.2')).studies)).toEqual(['1.3', '1.1']);
    expect(await patientOf('1.2')).toMatchObject({ doubts: [], parted: [], more: 0 });
    // Two that look alike: one name and birth date, two ids. And a name that contradicts is asked.
    expect(await patientOf('2.1')).toMatchObject({
      studies: [],
      doubts: [{ studyInstanceUid: '2.2', doubts: ['name-differs'] }],
    });
    expect((await station.send('GET', 'studies/9.9/related')).status).toBe(404);
  });

  it('bring the numbers that were signed, else those of now, and say which', async () => {
    for (const uid of ['1.1', '1.2', '1.3', '1.4']) await add(uid, { date: `202${uid.at(-1)}0101` });
    for (const uid of ['1.1', '1.2', '1.3']) await draw(uid, 0.7);
    await decide('1.1', 'accepted');
    await decide('1.2', 'rejected');
    const found = await patientOf('1.4');
    expect(
      found.studies.map(({ numbers: { studyInstanceUid, standing, by } }) => [
        studyInstanceUid,
        standing,
        by,
      ]),
    ).toEqual([
      ['1.3', 'not-signed', null],
      ['1.2', 'rejected', 'Dr Ada'],
      ['1.1', 'signed', 'Dr Ada'],
    ]);
    expect(ejection(found, '1.1')).toBeCloseTo(51, 0);
    expect(found.studies[0]?.clips).toEqual([
      { sopInstanceUid: '1.3.1', view: 'a4c', viewName: null, stage: null, atRest: true, isUsed: true },
    ]);

    // What was signed stays what was signed; what is only measured follows the contours.
    await draw2('1.3');
    const later = await patientOf('1.4');
    expect(ejection(later, '1.1')).toBe(ejection(found, '1.1'));
    expect(ejection(later, '1.3')).not.toBe(ejection(found, '1.3'));

    /** A smaller ES. */
    async function draw2(uid: string) {
      const { head, review } = await station.json<StudyDocument>('GET', `studies/${uid}`);
      const before = review.clips[`${uid}.1`]?.traces['lv-cavity']?.[4];
      const after = {
        ...manualTrace(50),
        points: manualTrace(50).points.map(([x, y]) => [50 + (x - 50) * 0.5, y]),
      };
      const change = {
        slot: 'trace',
        structure: 'lv-cavity',
        sopInstanceUid: `${uid}.1`,
        frame: 4,
        before,
        after,
      };
      const answer = await station.send('POST', `studies/${uid}/revisions`, {
        head,
        label: 'drew',
        changes: [change],
      });
      expect(answer.status).toBe(201);
    }
  });

  it('are not taken out of memory by being looked at, and their numbers are in the audit log', async () => {
    await add('1.1');
    for (let index = 2; index < 14; index += 1) await add(`1.${index}`);
    await station.json('GET', 'studies/1.1');
    const { library } = station.application.services;
    const open = library.study('1.1');
    expect((await patientOf('1.1')).studies).toHaveLength(12);
    expect(library.study('1.1')).toBe(open);
    const shown = audit().filter(({ detail }) => detail['asPriorOf'] === '1.1');
    expect(shown.map(({ studyInstanceUid, action }) => [studyInstanceUid, action])).toContainEqual([
      '1.13',
      'R',
    ]);
    expect(shown).toHaveLength(12);
    await patientOf('1.1');
    expect(audit().filter(({ detail }) => detail['asPriorOf'] === '1.1')).toHaveLength(12);
  });
});

describe('the study that a report compares with', () => {
  /** What the reader chose; null: the usual one. */
  async function choose(uid: string, prior: string | null) {
    const { head, review } = await station.json<StudyDocument>('GET', `studies/${uid}`);
    const changes = [{ slot: 'prior', before: review.prior, after: prior }];
    return station.send('POST', `studies/${uid}/revisions`, { head, label: 'chose', changes });
  }
  const comparisonOf = async (uid: string) => {
    const document = await station.json<StudyDocument>('GET', `studies/${uid}`);
    return exportSnapshot(station.application.services, document).prior;
  };
  const signedPrior = async (uid: string) => {
    const { review } = await station.json<StudyDocument>('GET', `studies/${uid}`);
    return review.decision.state === 'pending' ? undefined : review.decision.signed?.report?.prior;
  };

  beforeEach(async () => {
    await add('1.1', { date: '20220101' });
    await add('1.2', { date: '20240101' });
    await add('1.3', { date: '20260101' });
    for (const [uid, scale] of [
      ['1.1', 0.6],
      ['1.2', 0.7],
      ['1.3', 0.8],
    ] as const)
      await draw(uid, scale);
  });

  it('is the one that the reader chose, also after a new start, and the usual one again', async () => {
    expect(await comparisonOf('1.3')).toMatchObject({ studyInstanceUid: '1.2', by: 'rule' });
    expect((await choose('1.3', '1.1')).status).toBe(201);
    await station.application.close();
    station = await workstation(path);
    const chosen = await comparisonOf('1.3');
    expect(chosen).toMatchObject({
      ...{ studyInstanceUid: '1.1', by: 'reader', time: 'earlier', date: '2022-01-01' },
    });
    expect(chosen?.rows.find(({ name }) => name === 'EF')?.prior).toBeCloseTo(
      ejection(await patientOf('1.3'), '1.1')!,
    );
    expect((await choose('1.3', null)).status).toBe(201);
    expect(await comparisonOf('1.3')).toMatchObject({ studyInstanceUid: '1.2' });
    expect((await choose('1.1', '1.3')).status).toBe(201);
    expect(await comparisonOf('1.1')).toMatchObject({ studyInstanceUid: '1.3', time: 'later' });
  });

  it('is signed with the report, and a choice takes the signature back', async () => {
    await choose('1.3', '1.1');
    await decide('1.3', 'accepted');
    expect(await signedPrior('1.3')).toBe('1.1');
    // An exam that comes later changes nothing of what was signed.
    await add('1.4', { date: '20250101' });
    await draw('1.4', 0.5);
    expect(await comparisonOf('1.3')).toMatchObject({ studyInstanceUid: '1.1', by: 'signature' });
    expect((await choose('1.3', '1.4')).status).toBe(201);
    expect(await signedPrior('1.3')).toBeUndefined();
    expect(await comparisonOf('1.3')).toMatchObject({ studyInstanceUid: '1.4', by: 'reader' });
    await decide('1.1', 'accepted');
    expect(await signedPrior('1.1')).toBeNull();
  });

  it.each([
    ['a twin', { id: 'P-2', name: 'Doe^John' }],
    ['a namesake born on another day', { id: 'P-2', born: '19700102' }],
    ['a namesake under another id', { id: 'P-2' }],
    ['one who is only asked about', { name: 'Roe^Jane' }],
    ['one without an id', { id: '' }],
    ['one under zeros', { id: '0' }],
    ['one under nines', { id: '999999' }],
    ['one without a name', { id: 'ANONYMOUS', name: 'ANONYMOUS' }],
    ['a test', { id: 'test', name: 'test' }],
  ])('is never that of %s', async (_, patient) => {
    await add('2.1', { ...patient, date: '20230101' });
    await draw('2.1', 0.7);
    const answer = await choose('1.3', '2.1');
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('the same patient alone');
    expect(await comparisonOf('1.3')).toMatchObject({ studyInstanceUid: '1.2', by: 'rule' });
    for (const other of ['9.9', '1.3', '1.3.1']) expect((await choose('1.3', other)).status).toBe(400);
  });

  it('is another when the chosen one turns out to be of somebody else, and signed numbers stay alone then', async () => {
    await choose('1.3', '1.1');
    await say('1.3', '1.1', 'different');
    expect(await comparisonOf('1.3')).toMatchObject({ studyInstanceUid: '1.2', by: 'rule' });
    await say('1.3', '1.1', null);
    await decide('1.3', 'accepted');
    expect(await comparisonOf('1.3')).toMatchObject({ studyInstanceUid: '1.1', by: 'signature' });
    await station.send('PUT', 'patients', { studies: ['1.1'], patient: { patientId: 'Q-1' } });
    expect(await comparisonOf('1.3')).toBeNull();
  });

  it('is none where the chosen one was rejected or has no ejection fraction', async () => {
    await add('1.4', { date: '20230101' });
    await choose('1.3', '1.4');
    expect(await comparisonOf('1.3')).toBeNull();
    await decide('1.1', 'rejected');
    await choose('1.3', '1.1');
    expect(await comparisonOf('1.3')).toBeNull();
  });
});

describe('a study that is corrected or deleted', () => {
  it('is found as it is corrected, and no more by what its files say', async () => {
    await add('1.1', { date: '20220101' });
    await add('1.2', { date: '20240101' });
    await add('1.3', { date: '20230101', id: 'X-9', born: '19510101', name: 'Wrong^Entry' });
    const right = {
      patientId: 'P-1',
      name: { alphabetic: 'Doe^Jane', ideographic: '', phonetic: '' },
      birthDate: '1970-01-01',
    };
    expect((await station.send('PUT', 'patients', { studies: ['1.3'], patient: right })).status).toBe(200);
    expect(uids((await patientOf('1.1')).studies)).toEqual(['1.2', '1.3']);
    expect(uids((await patientOf('1.3')).studies)).toEqual(['1.2', '1.1']);
    const other = { patientId: 'Q-1' };
    expect((await station.send('PUT', 'patients', { studies: ['1.2'], patient: other })).status).toBe(200);
    expect(uids((await patientOf('1.1')).studies)).toEqual(['1.3']);
    expect(await patientOf('1.2')).toMatchObject({ studies: [], doubts: [] });
  });

  it('is out of sight at once, and back when it is taken back', async () => {
    await add('1.1', { date: '20220101' });
    await add('1.2', { date: '20240101' });
    await add('1.3', { date: '20230101', name: 'Roe^Jane' });
    const removals: number[] = [];
    for (const uid of ['1.2', '1.3']) {
      removals.push((await station.json<{ id: number }>('DELETE', `studies/${uid}`)).id);
    }
    expect(await patientOf('1.1')).toMatchObject({ studies: [], doubts: [] });
    for (const id of removals) await station.send('POST', `removals/${id}/take-back`);
    expect(uids((await patientOf('1.1')).studies)).toEqual(['1.2']);
    expect(uids((await patientOf('1.1')).doubts)).toEqual(['1.3']);
  });
});

describe('what a person says of two studies', () => {
  beforeEach(async () => {
    await add('1.1', { date: '20220101' });
    await add('1.2', { date: '20240101', name: 'Roe^Jane' });
  });

  it('joins them, is in the audit log, lasts, and is taken back', async () => {
    expect(await patientOf('1.2')).toMatchObject({
      studies: [],
      doubts: [{ studyInstanceUid: '1.1', doubts: ['family-name-differs'], patient: { patientId: 'P-1' } }],
    });
    const seen = await eventsUntil(
      station.application,
      ({ type }) => type === 'studies-changed',
      () => say('1.2', '1.1', 'same'),
    );
    expect(seen.some(({ type }) => type === 'studies-changed')).toBe(true);
    expect(audit().at(-1)).toBeDefined();
    const entry = audit().findLast(({ detail }) => detail['patientOf'] === '1.1');
    expect(entry).toMatchObject({
      action: 'U',
      user: 'Dr Ada',
      studyInstanceUid: '1.2',
      patientId: 'P-1',
      detail: { answer: 'same', before: null, doubts: ['family-name-differs'] },
    });
    await station.application.close();
    station = await workstation(path);
    for (const [uid, other] of [
      ['1.1', '1.2'],
      ['1.2', '1.1'],
    ] as const) {
      expect(await patientOf(uid)).toMatchObject({
        studies: [{ studyInstanceUid: other, by: 'answer', doubts: ['family-name-differs'] }],
        doubts: [],
      });
    }
    expect((await say('1.1', '1.2', null)).status).toBe(200);
    expect(uids((await patientOf('1.1')).doubts)).toEqual(['1.2']);
    expect(audit().findLast(({ detail }) => detail['patientOf'] === '1.2')).toMatchObject({
      detail: { answer: null, before: 'same' },
    });
  });

  it('parts what the rules joined, and gives it back', async () => {
    await add('1.3', { date: '20230101' });
    expect(uids((await patientOf('1.1')).studies)).toEqual(['1.3']);
    await say('1.1', '1.3', 'different');
    expect(await patientOf('1.1')).toMatchObject({
      studies: [],
      parted: [{ studyInstanceUid: '1.3', by: 'answer' }],
    });
    expect(await patientOf('1.3')).toMatchObject({ studies: [], parted: [{ studyInstanceUid: '1.1' }] });
    await say('1.3', '1.1', null);
    expect(uids((await patientOf('1.1')).studies)).toEqual(['1.3']);
  });

  it('cannot join two patients that the rules tell apart, nor a study with itself', async () => {
    await add('2.1', { id: 'P-2' });
    const answer = await say('1.1', '2.1', 'same');
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('name different patients');
    expect((await say('1.1', '1.1', 'different')).status).toBe(400);
    expect((await say('1.1', '1.2', 'perhaps')).status).toBe(400);
    expect((await say('1.1', '9.9', 'same')).status).toBe(404);
    expect((await patientOf('2.1')).studies).toEqual([]);
  });
});
