import { PNG } from 'pngjs';
import { afterEach, describe, expect, it } from 'vitest';
import type { AppendResponse, ErrorResponse, StudyDocument } from '../../../core/api/requests.ts';
import type { Change } from '../../../core/review/review.ts';
import type { Settings } from '../../../core/settings/settings.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { manualTrace } from '../../fixtures/library/facts.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { apicalClip, clipUid, eventsUntil, microName, studyUid, upload, workstation } from './workstation.ts';

const folder = temporaryFolders();
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const application of running.splice(0)) await application.close();
});

async function opened(path = folder()) {
  const station = await workstation(path);
  running.push(station.application);
  return station;
}

async function withClip() {
  const station = await opened();
  await upload(station.application, { 'a4c.dcm': apicalClip() });
  return station;
}

const draw = (head: number, frame: number, after: Trace | null, before: Trace | null = null) => ({
  head,
  label: `drew frame ${frame}`,
  changes: [
    { slot: 'trace', structure: 'lv-cavity', sopInstanceUid: clipUid, frame, before, after },
  ] satisfies Change[],
});
const revisions = `studies/${studyUid}/revisions`;

describe('errors', () => {
  it.each([
    ['GET', 'nothing', 404, 'not-found'],
    ['GET', 'studies/1.9', 404, 'not-found'],
    ['GET', 'studies/1.9/exports/pdf', 404, 'not-found'],
    ['GET', 'clips/1.9/frames/0', 404, 'not-found'],
    ['GET', `clips/${clipUid}/frames/8`, 404, 'not-found'],
    ['GET', `clips/${clipUid}/frames/-1`, 400, 'bad-request'],
    ['GET', `clips/${clipUid}/frames/x`, 400, 'bad-request'],
    ['GET', `clips/${clipUid}/frames/1.5`, 400, 'bad-request'],
    ['GET', 'imports/none', 404, 'not-found'],
    ['POST', 'clips/1.9/runs', 404, 'not-found'],
    ['DELETE', `clips/${clipUid}/runs`, 404, 'not-found'],
    ['POST', `studies/${studyUid}/undo`, 409, 'revision-conflict'],
    ['POST', `studies/${studyUid}/redo`, 409, 'revision-conflict'],
  ])('%s %s is %i %s', async (method, path, status, code) => {
    const { send } = await withClip();
    const response = await send(method, path);
    expect(response.status).toBe(status);
    expect(((await response.json()) as ErrorResponse).error).toMatchObject({ code });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('name the field of a request that does not fit', async () => {
    const { application, json } = await withClip();
    const { error } = await json<ErrorResponse>('POST', revisions, { head: 0, label: '', changes: [] });
    expect(error.code).toBe('bad-request');
    expect(error.message).toContain('label');
    const broken = new Request(`http://127.0.0.1/api/${revisions}`, { method: 'POST', body: '{"head":' });
    expect((await application.fetch(broken)).status).toBe(400);
  });
});

describe('studies', () => {
  it('are listed, searched and opened', async () => {
    const { json } = await withClip();
    expect(await json('GET', 'studies')).toMatchObject([
      { studyInstanceUid: studyUid, clips: 1, decision: 'pending' },
    ]);
    expect(await json('GET', 'studies?search=no+such+patient')).toEqual([]);
    const document = await json<StudyDocument>('GET', `studies/${studyUid}`);
    expect(document).toMatchObject({ head: 0, history: [], runs: [] });
    expect(document.clips).toMatchObject([
      { sopInstanceUid: clipUid, fileName: 'a4c.dcm', frames: 8, rows: 128 },
    ]);
    expect(document.review.clips[clipUid]).toMatchObject({ traces: {}, run: null });
  });

  it('put their opening into the audit log, once a launch', async () => {
    const { application, json } = await withClip();
    for (let time = 0; time < 3; time += 1) await json('GET', `studies/${studyUid}`);
    const accesses = application.services.library.audit.entries().filter(({ event }) => event === '110103');
    expect(accesses).toMatchObject([{ studyInstanceUid: studyUid, outcome: 0 }]);
  });
});

describe('frames', () => {
  it('are the displayed pixels with their shape, and never cached on disk', async () => {
    const { send } = await withClip();
    const response = await send('GET', `clips/${clipUid}/frames/3`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    expect(response.headers.get('x-rows')).toBe('128');
    expect(response.headers.get('x-columns')).toBe('112');
    expect(response.headers.get('x-channels')).toBe('1');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(bytes).toHaveLength(128 * 112);
    const scale = 1 - 0.2 * Math.sin((Math.PI * 3) / 8);
    expect(bytes[0]).toBe(60);
    expect(bytes[58 * 112 + 56]).toBeLessThan(12 + 46);
    expect(scale).toBeLessThan(1);
  });

  it('have a thumbnail that keeps the shape', async () => {
    const { application, send } = await opened();
    await upload(application, { 'wide.dcm': apicalClip({ rows: 100, columns: 400, frames: 2 }) });
    const response = await send('GET', `clips/${clipUid}/thumbnail.png`);
    expect(response.headers.get('content-type')).toBe('image/png');
    const { width, height } = PNG.sync.read(Buffer.from(await response.arrayBuffer()));
    expect([width, height]).toEqual([192, 48]);
  });
});

describe('revisions', () => {
  it('are appended, undone and redone to the same state, across a restart', async () => {
    const path = folder();
    const first = await workstation(path);
    await upload(first.application, { 'a4c.dcm': apicalClip() });
    const one = await first.json<AppendResponse>('POST', revisions, draw(0, 2, manualTrace(50)));
    const two = await first.json<AppendResponse>(
      'POST',
      revisions,
      draw(one.head, 2, manualTrace(55), manualTrace(50)),
    );
    const review = async (station: typeof first) =>
      (await station.json<StudyDocument>('GET', `studies/${studyUid}`)).review;
    const drawn = await review(first);
    expect(drawn.clips[clipUid]?.traces['lv-cavity']?.[2]).toEqual(manualTrace(55));
    expect(two.revision).toMatchObject({ kind: 'edit', target: null, label: 'drew frame 2' });

    const undone = await first.json<AppendResponse>('POST', `studies/${studyUid}/undo`);
    expect(undone.revision).toMatchObject({ kind: 'undo', target: two.head });
    await first.application.close();

    const second = await opened(path);
    expect((await review(second)).clips[clipUid]?.traces['lv-cavity']?.[2]).toEqual(manualTrace(50));
    await second.json('POST', `studies/${studyUid}/undo`);
    expect((await review(second)).clips[clipUid]?.traces).toEqual({});
    for (let time = 0; time < 2; time += 1) await second.json('POST', `studies/${studyUid}/redo`);
    expect(await review(second)).toEqual(drawn);
    expect((await second.send('POST', `studies/${studyUid}/redo`)).status).toBe(409);
  });

  it('on an old head are refused, and the study stays as it was', async () => {
    const { send, json } = await withClip();
    const { head } = await json<AppendResponse>('POST', revisions, draw(0, 2, manualTrace(50)));
    const late = await send('POST', revisions, draw(0, 3, manualTrace(50)));
    expect(late.status).toBe(409);
    expect((await json<StudyDocument>('GET', `studies/${studyUid}`)).head).toBe(head);
  });

  it.each([
    ['a frame beyond the clip', draw(0, 8, manualTrace(50)).changes],
    ['a clip of no study', [{ ...draw(0, 0, manualTrace(50)).changes[0], sopInstanceUid: '1.9' }]],
    [
      'a name of the object prototype',
      [{ ...draw(0, 0, manualTrace(50)).changes[0], sopInstanceUid: '__proto__' }],
    ],
    [
      'a run that no model made',
      [
        {
          slot: 'run',
          sopInstanceUid: clipUid,
          before: null,
          after: {
            model: 'm',
            version: '1',
            sha256: '0',
            provider: 'cpu',
            framesDone: 8,
            complete: true,
            msPerFrame: 1,
            sector: { box: { minX: 0, minY: 0, maxX: 1, maxY: 1 }, source: 'frame' },
          },
        },
      ],
    ],
  ])('with %s are refused', async (_what, changes) => {
    const { send, json } = await withClip();
    expect((await send('POST', revisions, { head: 0, label: 'x', changes })).status).toBe(400);
    expect((await json<StudyDocument>('GET', `studies/${studyUid}`)).head).toBe(0);
  });

  it('take back an acceptance, and tell every window', async () => {
    const { application, json } = await withClip();
    const decide = { slot: 'decision', before: { state: 'pending' }, after: { state: 'accepted' } };
    const { head } = await json<AppendResponse>('POST', revisions, {
      head: 0,
      label: 'accepted',
      changes: [decide],
    });
    expect(await json('GET', 'studies')).toMatchObject([{ decision: 'accepted' }]);
    const events = await eventsUntil(
      application,
      (event) => event.type === 'revision',
      () => json('POST', revisions, draw(head, 1, manualTrace(50))),
    );
    expect(events[0]).toMatchObject({ type: 'hello' });
    expect(events.at(-1)).toMatchObject({ revision: { changes: [{ slot: 'trace' }, { slot: 'decision' }] } });
    expect(await json('GET', 'studies')).toMatchObject([{ decision: 'pending' }]);
  });
});

describe('settings', () => {
  it('take what is given and keep the rest', async () => {
    const { json, send } = await opened();
    expect(await json('PUT', 'settings', { reader: 'Dr Ada' })).toMatchObject({
      reader: 'Dr Ada',
      frameCacheMiB: 512,
    });
    expect((await send('PUT', 'settings', { frameCacheMiB: 1 })).status).toBe(400);
    expect((await send('PUT', 'settings', { nonsense: 1 })).status).toBe(400);
    expect(await json('GET', 'settings')).toMatchObject({ reader: 'Dr Ada', frameCacheMiB: 512 });
  });

  it('remember what windows remember at once, each entry by itself, and tell every window', async () => {
    const { application, json, send } = await opened();
    const names = Array.from({ length: 60 }, (_, index) => `entry.${index}`);
    await send('PUT', 'settings', { remember: { 'to.forget': true, 'study.last': '1.2' } });
    const windows = [0, 1].map(() =>
      eventsUntil(
        application,
        (event) =>
          event.type === 'settings' &&
          !('to.forget' in event.settings.layout) &&
          Object.keys(event.settings.layout).length === 61,
        () => Promise.resolve(),
      ),
    );
    const answers = await Promise.all([
      ...names.map((name, index) => send('PUT', 'settings', { remember: { [name]: index } })),
      send('PUT', 'settings', { remember: { 'to.forget': null, 'never.was': null } }),
    ]);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const { layout } = await json<Settings>('GET', 'settings');
    expect(layout).toEqual({
      'study.last': '1.2',
      ...Object.fromEntries(names.map((name, index) => [name, index])),
    });
    for (const events of await Promise.all(windows))
      expect(events.at(-1)).toMatchObject({ type: 'settings', settings: { layout } });
  });

  it('mark the model that runs will use', async () => {
    const { json } = await opened();
    expect(await json('GET', 'models')).toMatchObject([{ name: microName, problem: null, active: true }]);
    const refused = await json('PUT', 'settings', { model: 'gone' });
    expect(refused).toMatchObject({ error: { code: 'model-not-found' } });
    expect(await json('GET', 'models')).toMatchObject([{ name: microName, active: true }]);
  });
});

describe('report', () => {
  it('is a PDF under a name that names nobody, and is in the audit log', async () => {
    const { application, json, send } = await withClip();
    await json('POST', revisions, draw(0, 2, manualTrace(50)));
    const response = await send('GET', `studies/${studyUid}/exports/pdf`);
    const pdf = Buffer.from(await response.arrayBuffer());
    expect(response.headers.get('content-type')).toBe('application/pdf');
    expect(response.headers.get('content-disposition')).toMatch(
      /^inline; filename="(systola-report-2024-02-29-[0-9a-f]{10}\.pdf)"; filename\*=UTF-8''\1$/,
    );
    expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    expect(application.services.library.audit.entries().at(-1)).toMatchObject({
      event: '110106',
      outcome: 0,
    });
  });
});

describe('sample study', () => {
  it('is there at the first launch, and not again once the library holds something', async () => {
    const path = folder();
    const sample = new URL('../../../assets/sample-study', import.meta.url).pathname;
    const first = await workstation(path, undefined, sample);
    const [state] = first.application.services.imports.running();
    if (state !== undefined) await first.application.services.imports.ended(state.importId);
    expect(await first.json('GET', 'studies')).toMatchObject([{ clips: 2 }]);
    await first.application.close();
    const second = await workstation(path, undefined, sample);
    running.push(second.application);
    expect(second.application.services.imports.running()).toEqual([]);
  });
});
