import { said } from '../../fixtures/said.ts';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, it } from 'vitest';
import type { StudyDocument } from '../../../core/api/requests.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import type { Change } from '../../../core/review/review.ts';
import { upcastFacts, readerVersion } from '../../../main/library/reader-versions.ts';
import { manualTrace } from '../../fixtures/library/facts.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { apicalClip, clipUid, studyUid, upload, workstation } from './workstation.ts';

const folder = temporaryFolders();
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const application of running.splice(0)) await application.close();
});

type Facts = Record<string, unknown>;

const traced = (frame: number, scale: number): Change => ({
  slot: 'trace',
  structure: 'lv-cavity',
  sopInstanceUid: clipUid,
  frame,
  before: null,
  after: { ...manualTrace(50), points: manualTrace(50).points.map(([x, y]) => [50 + (x - 50) * scale, y]) },
});

/** A library with a study that was drawn in and given a weight, as its files were read. */
async function reviewedLibrary(): Promise<string> {
  const path = folder();
  const { application, json } = await workstation(path);
  const weight = { tag: '00101030', vr: 'DS', value: '70' };
  const height = { tag: '00101020', vr: 'DS', value: '1.7' };
  await upload(application, { 'a4c.dcm': apicalClip({ elements: [weight, height] }) });
  const { head, review } = await json<StudyDocument>('GET', `studies/${studyUid}`);
  await json('POST', `studies/${studyUid}/revisions`, {
    head,
    label: 'drew',
    changes: [
      traced(0, 1),
      traced(4, 0.7),
      {
        slot: 'beats',
        sopInstanceUid: clipUid,
        before: null,
        after: [{ edFrame: 0, esFrame: 4, nextEdFrame: null, source: 'user' }],
      },
      {
        slot: 'view',
        sopInstanceUid: clipUid,
        before: review.clips[clipUid]!.view,
        after: { code: 'a4c', source: 'user' },
      },
    ] satisfies Change[],
  });
  await application.close();
  return path;
}

/** Rewrites what is stored as if a reader of an older version had made it. */
function asOlderReader(
  path: string,
  change: { clip?: (facts: Facts) => Facts; study?: (facts: Facts) => Facts },
): void {
  const database = new DatabaseSync(join(path, 'library.sqlite'));
  for (const table of ['clips', 'studies'] as const) {
    const { facts } = database.prepare(`SELECT facts FROM ${table}`).get() as { facts: string };
    const changed = (change[table === 'clips' ? 'clip' : 'study'] ?? ((same) => same))(
      JSON.parse(facts) as Facts,
    );
    database.prepare(`UPDATE ${table} SET reader_version = 0, facts = ?`).run(JSON.stringify(changed));
  }
  database.close();
}

async function opened(path: string) {
  const station = await workstation(path);
  running.push(station.application);
  return station;
}

/** Regions whose pixels an older reader took for twice as wide. */
const stretched = (facts: Facts): Facts => ({
  ...facts,
  regions: (facts['regions'] as { deltaX: number }[]).map((region) => ({ ...region, deltaX: 0.2 })),
  view: { code: 'unknown', source: 'none' },
});

const renewals = (entries: readonly { detail: Facts }[]) =>
  entries.filter(({ detail }) => 'readAgain' in detail);

describe('facts of an older reader', () => {
  it('are made again from the file when the study is opened; corrections stay and changed numbers are said', async () => {
    const path = await reviewedLibrary();
    asOlderReader(path, { clip: stretched, study: (facts) => ({ ...facts, weightKg: 40 }) });
    const { json, application, send } = await opened(path);
    const { library } = application.services;
    const before = library.study(studyUid);
    const old = measureStudy(before.facts, before.clips, before.review, library.settings());

    const document = await json<StudyDocument>('GET', `studies/${studyUid}`);
    const { facts, clips, review, history } = document;
    expect(clips[0]!.regions[0]!.deltaX).toBe(0.1);
    expect(facts.weightKg).toBe(70);
    expect(review.body.weightKg).toEqual({ value: 70, source: 'file' });
    expect(review.clips[clipUid]).toEqual(before.review.clips[clipUid]);
    expect(history).toHaveLength(1);

    const measured = measureStudy(facts, clips, review, library.settings());
    const edv = (numbers: typeof old) => numbers.measurements.find(({ name }) => name === 'EDV')!.value;
    expect(edv(measured)).not.toBeCloseTo(edv(old), 1);
    expect(facts.readAgain!.changes[0]).toEqual({
      what: 'EDV',
      unit: 'mL',
      before: edv(old),
      after: edv(measured),
    });
    const finding = measured.findings.find(({ code }) => code === 'read-again')!;
    expect(said(finding)).toContain(`EDV ${edv(old).toFixed(1)} to ${edv(measured).toFixed(1)} mL`);
    expect(renewals(library.audit.entries())).toMatchObject([
      {
        event: '110110',
        studyInstanceUid: studyUid,
        outcome: 0,
        detail: { readAgain: readerVersion, clips: 1, notRead: [], changes: facts.readAgain!.changes },
      },
    ]);
    expect((await send('GET', `studies/${studyUid}/exports/pdf`)).status).toBe(200);

    // Once is enough: the next opening reads nothing.
    await json('GET', `studies/${studyUid}`);
    expect(renewals(library.audit.entries())).toHaveLength(1);
    expect(library.facts.outdated(studyUid)).toEqual([]);
  });

  it('stay read after a restart, and the finding goes when the study is decided anew', async () => {
    const path = await reviewedLibrary();
    asOlderReader(path, { clip: stretched });
    const first = await workstation(path);
    await first.json('GET', `studies/${studyUid}`);
    await first.application.close();
    const { json, application } = await opened(path);
    const { facts, clips, review, head } = await json<StudyDocument>('GET', `studies/${studyUid}`);
    const settings = application.services.library.settings();
    const codes = (document: Pick<StudyDocument, 'review'>) =>
      measureStudy(facts, clips, document.review, settings).findings.map(({ code }) => code);
    expect(codes({ review })).toContain('read-again');
    await json('POST', `studies/${studyUid}/revisions`, {
      head,
      label: 'accepted',
      changes: [{ slot: 'decision', before: { state: 'pending' }, after: { state: 'accepted' } }],
    });
    expect(codes(await json<StudyDocument>('GET', `studies/${studyUid}`))).not.toContain('read-again');
  });

  it('read again twice before anybody decided, give their numbers from the first to the last', async () => {
    const path = await reviewedLibrary();
    asOlderReader(path, { clip: stretched, study: (facts) => ({ ...facts, weightKg: 40 }) });
    const first = await workstation(path);
    const { facts: once } = await first.json<StudyDocument>('GET', `studies/${studyUid}`);
    await first.application.close();
    const edv = ({ readAgain }: typeof once) => readAgain?.changes.find(({ what }) => what === 'EDV');
    const [before, now] = [edv(once)!.before!, edv(once)!.after!];

    // Another reader in between, by which the weight and not the picture was read otherwise.
    asOlderReader(path, { study: (facts) => ({ ...facts, weightKg: 100 }) });
    const second = await workstation(path);
    const { facts: twice } = await second.json<StudyDocument>('GET', `studies/${studyUid}`);
    await second.application.close();
    expect(edv(twice)).toEqual({ what: 'EDV', unit: 'mL', before, after: now });
    const indexed = twice.readAgain!.changes.find(({ what }) => what === 'EDVI');
    expect(indexed?.before).toBe(once.readAgain!.changes.find(({ what }) => what === 'EDVI')?.before);
  });

  it('that come out the same are stored without a word', async () => {
    const path = await reviewedLibrary();
    asOlderReader(path, {});
    const { json, application } = await opened(path);
    const { facts } = await json<StudyDocument>('GET', `studies/${studyUid}`);
    expect(facts).not.toHaveProperty('readAgain');
    expect(application.services.library.facts.outdated(studyUid)).toEqual([]);
  });

  it.each([
    ['missing', (file: string) => rmSync(file)],
    ['no DICOM file any more', (file: string) => writeFileSync(file, 'x'.repeat(200))],
    ['another instance', (file: string) => writeFileSync(file, apicalClip({ sopInstanceUid: '9.9.9' }))],
    ['of another patient', (file: string) => writeFileSync(file, apicalClip({ studyInstanceUid: '9.9' }))],
  ])('stay where the file is %s, and the clip says so', async (_, damage) => {
    const path = await reviewedLibrary();
    asOlderReader(path, { clip: stretched });
    const { json, application } = await opened(path);
    const { library } = application.services;
    damage(library.clip(clipUid).path);
    const { facts, clips, review } = await json<StudyDocument>('GET', `studies/${studyUid}`);
    expect(clips[0]!.regions[0]!.deltaX).toBe(0.2);
    expect(clips[0]!.notReadAgain).toMatch(/\w/);
    const { findings } = measureStudy(facts, clips, review, library.settings()).clips[clipUid]!;
    expect(said(findings.find(({ code }) => code === 'not-read-again'))).toContain(clips[0]!.notReadAgain);
    expect(renewals(library.audit.entries())).toMatchObject([{ outcome: 4, detail: { clips: 0 } }]);
    // Tried again at every opening, but said once.
    await json('GET', `studies/${studyUid}`);
    expect(library.facts.outdated(studyUid)).toHaveLength(1);
    expect(renewals(library.audit.entries())).toHaveLength(1);
  });

  it('keep colour that a run saw in the pixels', async () => {
    const path = await reviewedLibrary();
    asOlderReader(path, { clip: (facts) => ({ ...facts, colourOverlay: true }) });
    const { json } = await opened(path);
    const { clips } = await json<StudyDocument>('GET', `studies/${studyUid}`);
    expect(clips[0]!.colourOverlay).toBe(true);
  });

  it('of a newer reader are refused in words, and nothing is called damaged', async () => {
    const path = await reviewedLibrary();
    const database = new DatabaseSync(join(path, 'library.sqlite'));
    database.exec(`UPDATE clips SET reader_version = 9999`);
    database.close();
    const { send } = await opened(path);
    const response = await send('GET', `studies/${studyUid}`);
    expect(response.status).toBe(422);
    const { error } = (await response.json()) as { error: { code: string; message: string } };
    expect(error.code).toBe('newer-version');
    expect(error.message).toContain('Update Systola');
  });
});

describe('upcasting facts', () => {
  const versions = [
    { version: 1, change: 'first' },
    { version: 2, change: 'stage', clip: (facts: Facts) => ({ stage: null, ...facts }) },
    { version: 3, change: 'country', study: (facts: Facts) => ({ country: 'unknown', ...facts }) },
  ];

  it('fills in what later versions added, and only that', () => {
    expect(upcastFacts('clip', 1, { rows: 3 }, versions)).toEqual({ rows: 3, stage: null });
    expect(upcastFacts('study', 1, { rows: 3 }, versions)).toEqual({ rows: 3, country: 'unknown' });
    expect(upcastFacts('clip', 2, { rows: 3 }, versions)).toEqual({ rows: 3 });
  });
});
