import { said } from '../../fixtures/said.ts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AppendResponse, ErrorResponse, StudyDocument } from '../../../core/api/requests.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import type { Change } from '../../../core/review/review.ts';
import { signaturesOf, type SignedVersion } from '../../../core/review/signatures.ts';
import { installation } from '../../../main/application/installation.ts';
import { manualTrace } from '../../fixtures/library/facts.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { apicalClip, clipUid, studyUid, upload, workstation } from './workstation.ts';

const folder = temporaryFolders();
let path: string;
let station: Awaited<ReturnType<typeof workstation>>;

const document = () => station.json<StudyDocument>('GET', `studies/${studyUid}`);
const signatures = () => station.json<SignedVersion[]>('GET', `studies/${studyUid}/signatures`);
const settings = () => station.application.services.library.settings();

async function append(
  ...changes: unknown[]
): Promise<{ status: number; body: AppendResponse & ErrorResponse }> {
  const { head } = await document();
  const response = await station.send('POST', `studies/${studyUid}/revisions`, { head, label: 'x', changes });
  return { status: response.status, body: (await response.json()) as AppendResponse & ErrorResponse };
}

const scaled = (frame: number, scale: number, before: number | null = null): Change => {
  const shape = (by: number) => ({
    ...manualTrace(50),
    points: manualTrace(50).points.map(([x, y]) => [50 + (x - 50) * by, y] as const),
  });
  return {
    slot: 'trace',
    structure: 'lv-cavity',
    sopInstanceUid: clipUid,
    frame,
    before: before === null ? null : shape(before),
    after: shape(scale),
  };
};
const accept = (reason?: string) => ({
  slot: 'decision',
  before: { state: 'pending' },
  after: { state: 'accepted', ...(reason === undefined ? {} : { reason }) },
});
const differs = ({ facts, clips, review }: StudyDocument) =>
  measureStudy(facts, clips, review, settings()).findings.filter(
    ({ code }) => code === 'differs-from-signed',
  );

beforeEach(async () => {
  path = folder();
  station = await workstation(path);
  const elements = [
    { tag: '00101030', vr: 'DS', value: '110' },
    { tag: '00101020', vr: 'DS', value: '1.8' },
  ];
  await upload(station.application, { 'a4c.dcm': apicalClip({ elements }) });
  await station.json('PUT', 'settings', { reader: 'Dr Ada' });
  const drawn = await append(scaled(0, 1), scaled(4, 0.7), {
    slot: 'beats',
    sopInstanceUid: clipUid,
    before: null,
    after: [{ edFrame: 0, esFrame: 4, nextEdFrame: null, source: 'user' }],
  });
  expect(drawn.status).toBe(201);
});
afterEach(() => station.application.close());

describe('a signature', () => {
  it('keeps the numbers, the settings and the version that it was made on, also after a restart', async () => {
    const { head } = await document();
    expect((await append(accept())).status).toBe(201);
    await station.application.close();
    station = await workstation(path);
    const { review, facts, clips, history } = await document();
    const listed = signaturesOf(history);
    const measured = measureStudy(facts, clips, review, settings());
    const { decision } = review;
    if (decision.state === 'pending' || decision.signed === undefined) throw new Error('nothing was signed');
    expect(decision.signed).toMatchObject({
      version: 1,
      replaces: null,
      head,
      software: installation.version,
      options: { bsaFormula: 'du-bois' },
      models: [],
      used: [clipUid],
    });
    expect(decision.signed.measurements.map(({ name, value }) => [name, value])).toEqual(
      measured.measurements.map(({ name, value }) => [name, value]),
    );
    expect(decision.signed.measurements.map(({ name }) => name)).toContain('EDVI');
    expect(listed).toMatchObject([{ version: 1, by: 'Dr Ada', hasNumbers: true, undone: false }]);
    expect(differs(await document())).toEqual([]);
  });

  it('is never taken from the window', async () => {
    const { review } = await document();
    expect(review.decision).toEqual({ state: 'pending' });
    const invented = { ...accept(), after: { state: 'accepted', signed: { version: 9 } } };
    const { status, body } = await append(invented);
    expect(status).toBe(400);
    expect(body.error.message).toContain('signed');
  });

  it('stays what was signed when settings make other numbers, which is said', async () => {
    await append(accept());
    const before = await document();
    await station.json('PUT', 'settings', { bsaFormula: 'mosteller' });
    const after = await document();
    expect(after.review.decision).toEqual(before.review.decision);
    const [finding] = differs(after);
    expect(said(finding)).toMatch(/EDVI \d+ mL\/m², now \d+ mL\/m²/);
    expect(said(finding)).toContain('Dr Ada accepted');
    await station.json('PUT', 'settings', { bsaFormula: 'du-bois' });
    expect(differs(await document())).toEqual([]);
  });
});

describe('amending a signed study', () => {
  it('makes a new version with a reason, and the old one stays readable with its numbers', async () => {
    const first = await append(accept());
    await append(scaled(4, 0.6, 0.7));
    expect((await document()).review.decision).toEqual({ state: 'pending' });

    const refused = await append(accept());
    expect(refused.status).toBe(400);
    expect(refused.body.error.message).toContain('accepted before, by Dr Ada (version 1)');
    expect((await append(accept('   '))).status).toBe(400);

    await station.json('PUT', 'settings', { reader: 'Dr Bob' });
    const second = await append(accept('ES was drawn too wide'));
    expect(second.status).toBe(201);
    const [one, two, ...more] = await signatures();
    expect(more).toEqual([]);
    expect(one).toMatchObject({ version: 1, by: 'Dr Ada', reason: null, revision: first.body.head });
    expect(two).toMatchObject({
      version: 2,
      by: 'Dr Bob',
      reason: 'ES was drawn too wide',
      replaces: first.body.head,
      revision: second.body.head,
    });
    const ef = ({ signed }: SignedVersion) => signed!.measurements.find(({ name }) => name === 'EF')!.value;
    expect(ef(two!)).toBeGreaterThan(ef(one!) + 5);
  });

  it('can be undone to the version before, and made again', async () => {
    await append(accept());
    const { decision } = (await document()).review;
    await append(scaled(4, 0.6, 0.7));
    await append(accept('drawn anew'));
    await station.json('POST', `studies/${studyUid}/undo`);
    expect((await document()).review.decision).toEqual({ state: 'pending' });
    await station.json('POST', `studies/${studyUid}/undo`);
    expect((await document()).review.decision).toEqual(decision);
    expect(differs(await document())).toEqual([]);
    await station.json('POST', `studies/${studyUid}/redo`);
    const { revision } = await station.json<AppendResponse>('POST', `studies/${studyUid}/redo`);
    const { review, history } = await document();
    const listed = signaturesOf(history);
    expect(review.decision).toMatchObject({ state: 'accepted', reason: 'drawn anew', at: revision.at });
    expect(listed.map(({ version, undone }) => [version, undone])).toEqual([
      [1, false],
      [2, true],
      [3, false],
    ]);
    expect(listed[2]!.replaces).toBe(listed[0]!.revision);
  });

  it('needs no reason where the acceptance was undone', async () => {
    await append(accept());
    await station.json('POST', `studies/${studyUid}/undo`);
    expect((await append(accept())).status).toBe(201);
    expect(signaturesOf((await document()).history).map(({ version, undone }) => [version, undone])).toEqual([
      [1, true],
      [2, false],
    ]);
  });
});
