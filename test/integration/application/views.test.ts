import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Analysis } from '../../../core/analysis/analysis.ts';
import type { AppendResponse, RunState, StudyDocument } from '../../../core/api/requests.ts';
import { measureStudy } from '../../../core/assessment/measure-study.ts';
import { SystolaError } from '../../../core/error.ts';
import type { SaidView } from '../../../core/clip/view.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import {
  loopOf,
  shippedRecognisers,
  shippedViewManifest,
  viewClip,
  type ViewClip,
} from '../../fixtures/views/view-clips.ts';
import { apicalClip, clipUid, modelFolder, studyUid, upload, workstation } from './workstation.ts';

const folder = temporaryFolders();
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const application of running.splice(0)) await application.close();
});

const twoChamber = viewClip('two-chamber-still');
const duplex = viewClip('duplex-still');
const unclear = viewClip('four-chamber-on-a-screen');
const none: SaidView = { code: 'unknown', source: 'none' };

/** A loop without regions, whose file states a view or none. */
function file(clip: ViewClip, stated?: string): Uint8Array {
  const [, rows, columns] = clip.shape;
  return apicalClip({
    ...{ rows, columns, frames: 6, pixels: loopOf(clip, 6), regions: [] },
    elements: stated === undefined ? [] : [{ tag: '00082127', vr: 'SH', value: stated }],
  });
}

async function open(
  clip: ViewClip,
  { stated, recognisers = shippedRecognisers }: { stated?: string; recognisers?: string } = {},
) {
  const library = folder();
  const models = await modelFolder(folder());
  const station = await workstation(library, models, undefined, [recognisers]);
  running.push(station.application);
  await upload(station.application, { 'clip.dcm': file(clip, stated) });
  await station.json('PUT', 'settings', { provider: 'cpu' });
  const document = () => station.json<StudyDocument>('GET', `studies/${studyUid}`);
  const { runs } = station.application.services;
  const run = async (): Promise<RunState> => {
    await station.json('POST', `clips/${clipUid}/runs`);
    return runs.ended(clipUid);
  };
  /** Asks for views as a window does, and waits until that is done. */
  const views = async (): Promise<void> => {
    expect((await station.send('POST', `studies/${studyUid}/views`)).status).toBe(202);
    await runs.idle();
  };
  const measured = async () => {
    const { facts, clips, review } = await document();
    const settings = station.application.services.library.settings();
    return measureStudy(facts, clips, review, settings).clips[clipUid]!;
  };
  const setView = async (code: SaidView['code'], before: SaidView = none): Promise<void> => {
    const { head } = await document();
    const change = { slot: 'view', sopInstanceUid: clipUid, before, after: { code, source: 'user' } };
    const answer = await station.send('POST', `studies/${studyUid}/revisions`, {
      ...{ head, label: `set view to ${code}`, changes: [change] },
    });
    expect(answer.status).toBe(201);
  };
  return { ...station, library, models, document, run, views, measured, setView };
}

async function anotherVersion(): Promise<string> {
  const parent = folder();
  const target = join(parent, 'view-apical');
  await mkdir(target, { recursive: true });
  await cp(join(shippedRecognisers, 'view-apical'), target, { recursive: true });
  const manifest = JSON.parse(await readFile(join(target, 'manifest.json'), 'utf8')) as object;
  await writeFile(join(target, 'manifest.json'), JSON.stringify({ ...manifest, version: '9.9.9' }));
  return parent;
}

describe('a view that the pictures tell', () => {
  it('is recorded once before the clip is contoured, and measured as a guess', async () => {
    const { document, run, views, measured, json } = await open(twoChamber);
    expect(await run()).toMatchObject({ state: 'finished', framesDone: 6 });
    const { history, review } = await document();
    expect(history.map(({ kind, label }) => [kind, label.replace(/\d+ %/, '– %')])).toEqual([
      ['run', 'view-apical: A2C – %?'],
      ['run', expect.stringContaining('contours, 6 frames')],
    ]);
    const { name, version, graph } = shippedViewManifest();
    expect(review.clips[clipUid]).toMatchObject({
      view: none,
      recognition: { code: 'a2c', recogniser: name, version, sha256: graph.sha256 },
    });
    const { view, findings } = await measured();
    expect(view).toMatchObject({ code: 'a2c', source: 'recognised' });
    expect(view.certainty).toBeGreaterThan(shippedViewManifest().certainty);
    expect(findings.map(({ code }) => code)).toContain('view-recognised');
    const exported = await json<Analysis>('GET', `studies/${studyUid}/exports/json`);
    expect(exported.studies[0]?.clips[0]).toMatchObject({ view, recognition: { code: 'a2c', version } });
    // Neither another run nor another opening asks again.
    await views();
    expect((await document()).history).toHaveLength(2);
  });

  it('is confirmed by the reader, which can be taken back', async () => {
    const { run, measured, setView, json, send, document } = await open(twoChamber);
    await run();
    await setView('a2c');
    expect(await measured()).toMatchObject({ view: { code: 'a2c', source: 'user' } });
    expect((await measured()).findings.map(({ code }) => code)).not.toContain('view-recognised');
    await json<AppendResponse>('POST', `studies/${studyUid}/undo`);
    expect((await measured()).view.source).toBe('recognised');
    // What was recognised is no step of the reader's.
    expect((await send('POST', `studies/${studyUid}/undo`)).status).toBe(409);
    expect((await document()).review.clips[clipUid]?.recognition?.code).toBe('a2c');
  });

  it('is left open where the pictures do not tell', async () => {
    const { run, measured, document } = await open(unclear);
    await run();
    expect((await document()).review.clips[clipUid]?.recognition?.code).toBe('unknown');
    const { view, findings } = await measured();
    expect(view).toEqual(none);
    expect(findings.map(({ code }) => code)).toContain('view-unknown');
  });

  it('is told anew by another version, but where the reader has set it', async () => {
    const first = await open(twoChamber);
    await first.run();
    running.splice(0);
    await first.application.close();
    const again = await workstation(first.library, first.models, undefined, [await anotherVersion()]);
    running.push(again.application);
    const document = () => again.json<StudyDocument>('GET', `studies/${studyUid}`);
    const views = async () => {
      await again.send('POST', `studies/${studyUid}/views`);
      await again.application.services.runs.idle();
    };
    expect((await document()).review.clips[clipUid]?.recognition?.code).toBe('a2c');
    await views();
    const { review, history } = await document();
    expect(review.clips[clipUid]?.recognition?.version).toBe('9.9.9');
    expect(history).toHaveLength(3);
    await views();
    expect((await document()).history).toHaveLength(3);
  });
});

describe('a clip whose pictures show another view', () => {
  it('is not contoured, says why, and is when the reader sets a view', async () => {
    const { run, document, measured, setView, send } = await open(duplex);
    expect(await run()).toMatchObject({ state: 'finished', framesDone: 0 });
    expect((await document()).review.clips[clipUid]).toMatchObject({
      recognition: { code: 'other' },
      traces: {},
      run: null,
    });
    const { view, measurements, findings } = await measured();
    expect(view).toMatchObject({ code: 'other', source: 'recognised' });
    expect(measurements).toEqual([]);
    expect(findings.map(({ code }) => code)).toEqual(['not-traced']);
    expect((await send('POST', `clips/${clipUid}/runs`)).status).toBe(400);
    await setView('a4c');
    expect(await run()).toMatchObject({ state: 'finished', framesDone: 6 });
    expect((await document()).review.clips[clipUid]?.run?.complete).toBe(true);
  });
});

describe('a view that the file states', () => {
  it.each([
    ['A4C', 'a4c'],
    ['PLAX', 'other'],
  ])('%s counts, and pictures of another are said', async (stated, code) => {
    const { views, measured } = await open(twoChamber, { stated });
    await views();
    const { view, findings } = await measured();
    expect(view).toEqual({ code, source: 'file' });
    expect(findings.map((finding) => finding.code)).toContain('view-contradicted');
  });

  it('is not doubted where the pictures show it', async () => {
    const { views, measured, document } = await open(twoChamber, { stated: 'A2C' });
    await views();
    expect((await document()).review.clips[clipUid]?.recognition?.code).toBe('a2c');
    expect((await measured()).findings.map(({ code }) => code)).not.toContain('view-contradicted');
  });
});

it('a study that was signed is left as it is', async () => {
  const { views, json, document } = await open(twoChamber);
  const decision = { slot: 'decision', before: { state: 'pending' }, after: { state: 'accepted' } };
  await json('POST', `studies/${studyUid}/revisions`, { head: 0, label: 'accepted', changes: [decision] });
  await views();
  const { review, history } = await document();
  expect(review.decision.state).toBe('accepted');
  expect(history).toHaveLength(1);
});

it('a recogniser that cannot be used is told of once, and clips are contoured without it', async () => {
  const said: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  const recognisers = await anotherVersion();
  await writeFile(join(recognisers, 'view-apical', 'view.onnx'), 'altered');
  const { run, views, measured, document } = await open(twoChamber, { recognisers });
  expect(await run()).toMatchObject({ state: 'finished', framesDone: 6 });
  await views();
  expect((await measured()).view).toEqual(none);
  expect((await document()).history).toHaveLength(1);
  const told = said.filter((text) => text.includes('recogniser'));
  expect(told).toHaveLength(1);
  expect(told[0]).toMatch(/view-apical.*SHA-256.*Put back/);
});

it('a recogniser that takes the process down or never answers is not asked again', async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const { run, views, application, measured } = await open(twoChamber);
  const lost = new SystolaError('inference-failed', 'The view was not recognised: 2 times in a row …');
  const asked = vi.spyOn(application.services.inference, 'recognise').mockRejectedValue(lost);
  expect(await run()).toMatchObject({ state: 'finished', framesDone: 6 });
  await views();
  await views();
  expect(asked).toHaveBeenCalledTimes(1);
  expect((await measured()).view).toEqual(none);
});

it('a run that is cancelled while the view is told leaves nothing behind', async () => {
  const { json, document, application, run } = await open(twoChamber);
  await json('POST', `clips/${clipUid}/runs`);
  await json('DELETE', `clips/${clipUid}/runs`);
  expect(await application.services.runs.ended(clipUid)).toMatchObject({ state: 'cancelled' });
  expect((await document()).history).toEqual([]);
  expect(await run()).toMatchObject({ state: 'finished', framesDone: 6 });
});

it('a clip that was contoured before there was a recogniser keeps its numbers', async () => {
  const first = await open(duplex, { recognisers: folder() });
  expect(await first.run()).toMatchObject({ state: 'finished', framesDone: 6 });
  running.splice(0);
  await first.application.close();
  const again = await workstation(first.library, first.models, undefined, [shippedRecognisers]);
  running.push(again.application);
  const { runs } = again.application.services;
  await again.send('POST', `studies/${studyUid}/views`);
  await runs.idle();
  const { review, history } = await again.json<StudyDocument>('GET', `studies/${studyUid}`);
  expect(history).toHaveLength(1);
  expect(review.clips[clipUid]).toMatchObject({ recognition: null, run: { complete: true } });
});
