import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { RunState, SystolaEvent } from '../../../core/api/events.ts';
import type { AppendResponse, ErrorResponse, StudyDocument } from '../../../core/api/requests.ts';
import type { ModelManifest } from '../../../core/model/manifest.ts';
import { manualTrace } from '../../fixtures/library/facts.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import {
  apicalClip,
  clipUid,
  eventsUntil,
  microName,
  modelFolder,
  studyUid,
  upload,
  workstation,
} from './workstation.ts';

const folder = temporaryFolders();
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const application of running.splice(0)) await application.close();
});

async function withClip(options: Parameters<typeof apicalClip>[0] = {}, models?: string) {
  const station = await workstation(folder(), models);
  running.push(station.application);
  await upload(station.application, { 'a4c.dcm': apicalClip(options) });
  await station.json('PUT', 'settings', { provider: 'cpu' });
  const document = () => station.json<StudyDocument>('GET', `studies/${studyUid}`);
  const start = () => station.json<RunState>('POST', `clips/${clipUid}/runs`);
  const ended = () => station.application.services.runs.ended(clipUid);
  return { ...station, document, start, ended };
}

const isEnd = (event: SystolaEvent) =>
  event.type === 'run' && !['queued', 'loading-model', 'running'].includes(event.run.state);

describe('a run', () => {
  it('streams each contour, ends as one revision, and is not made twice', async () => {
    const { application, document, start } = await withClip();
    const events = await eventsUntil(application, isEnd, start);
    const states = events.flatMap((event) => (event.type === 'run' ? [event.run.state] : []));
    expect([...new Set(states)]).toEqual(['queued', 'loading-model', 'running', 'finished']);
    const traced = events.flatMap((event) => (event.type === 'trace' ? [event.frame] : []));
    expect(traced).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);

    const { history, review, runs } = await document();
    expect(history).toHaveLength(1);
    expect(history[0]).toMatchObject({ kind: 'run', label: `${microName} contours, 8 frames` });
    const clip = review.clips[clipUid];
    expect(clip?.run).toMatchObject({
      model: microName,
      provider: 'cpu',
      framesDone: 8,
      complete: true,
    });
    const streamed = events.flatMap((event) =>
      event.type === 'trace' && event.trace !== null ? [[String(event.frame), event.trace] as const] : [],
    );
    expect(clip?.traces['lv-cavity']).toEqual(Object.fromEntries(streamed));
    expect(runs).toMatchObject([{ state: 'finished', framesDone: 8, framesTotal: 8 }]);

    expect(await start()).toMatchObject({ state: 'finished', framesDone: 8 });
    expect((await document()).history).toHaveLength(1);
  });

  it('keeps what a person drew, and takes back an acceptance', async () => {
    const { json, document, start, ended } = await withClip();
    const drawn = manualTrace(50);
    const { head } = await json<AppendResponse>('POST', `studies/${studyUid}/revisions`, {
      head: 0,
      label: 'drew and accepted',
      changes: [
        {
          slot: 'trace',
          structure: 'lv-cavity',
          sopInstanceUid: clipUid,
          frame: 4,
          before: null,
          after: drawn,
        },
        { slot: 'decision', before: { state: 'pending' }, after: { state: 'accepted' } },
      ],
    });
    expect(head).toBeGreaterThan(0);
    await start();
    await ended();
    const { review } = await document();
    expect(review.clips[clipUid]?.traces['lv-cavity']?.[4]).toEqual(drawn);
    expect(review.decision.state).toBe('pending');
  });

  it('that is cancelled stores nothing, and can be started again', async () => {
    const { application, json, document, start } = await withClip({ frames: 600 });
    const events = await eventsUntil(application, isEnd, async () => {
      await start();
      while (application.services.runs.state(clipUid).framesDone < 2)
        await new Promise((r) => setTimeout(r, 10));
      expect(await json('DELETE', `clips/${clipUid}/runs`)).toMatchObject({ state: 'cancelled' });
    });
    expect(events.filter(isEnd)).toHaveLength(1);
    await application.services.runs.ended(clipUid);
    const { history, review } = await document();
    expect(history).toEqual([]);
    expect(review.clips[clipUid]).toMatchObject({ traces: {}, run: null });
    expect(await start()).toMatchObject({ state: 'queued' });
    await json('DELETE', `clips/${clipUid}/runs`);
  });

  it('is shown with its contours so far to a window that opens meanwhile', async () => {
    const { application, json, start } = await withClip({ frames: 600 });
    await start();
    while (application.services.runs.state(clipUid).framesDone < 3)
      await new Promise((r) => setTimeout(r, 10));
    const events = await eventsUntil(
      application,
      (event) => event.type === 'trace' && event.frame >= 3,
      async () => undefined,
    );
    const told = ['hello', 'library', 'receiver', 'background', 'removals', 'backup', 'run'];
    expect(events.map((event) => event.type).slice(0, told.length)).toEqual(told);
    expect(events.flatMap((event) => (event.type === 'trace' ? [event.frame] : [])).slice(0, 3)).toEqual([
      0, 1, 2,
    ]);
    await json('DELETE', `clips/${clipUid}/runs`);
  });

  it('is refused for a picture without a ventricle to contour', async () => {
    const { json, send } = await withClip();
    await json('POST', `studies/${studyUid}/revisions`, {
      head: 0,
      label: 'view',
      changes: [
        {
          slot: 'view',
          sopInstanceUid: clipUid,
          before: { code: 'unknown', source: 'none' },
          after: { code: 'other', source: 'user' },
        },
      ],
    });
    expect((await send('POST', `clips/${clipUid}/runs`)).status).toBe(400);
  });

  it('fails with the reason when a frame cannot be decoded, and the window lives on', async () => {
    // Frames that only look like RLE: the header is sound, so the import takes the file.
    const encodedFrames = Array.from({ length: 4 }, () => new Uint8Array(128).fill(0xff));
    const damaged = apicalClip({ syntax: 'rle', frames: 4, encodedFrames });
    const station = await workstation(folder());
    running.push(station.application);
    const state = await upload(station.application, { 'a4c.dcm': damaged });
    expect(state.accepted).toBe(1);
    await station.json('POST', `clips/${clipUid}/runs`);
    const run = await station.application.services.runs.ended(clipUid);
    expect(run.state).toBe('failed');
    expect(run.message).toMatch(/frame|decod/i);
    expect(await station.json('GET', `studies/${studyUid}`)).toMatchObject({ head: 0 });
  });
});

describe('a model', () => {
  it('with the same graph and another threshold is another', async () => {
    const models = await modelFolder(folder());
    const { document, start, ended } = await withClip({ frames: 2 }, models);
    const run = async () => {
      const { state } = await start();
      await ended();
      return [state, (await document()).history.length];
    };
    expect(await run()).toEqual(['queued', 1]);
    const manifest = join(models, microName, 'manifest.json');
    const before = JSON.parse(readFileSync(manifest, 'utf8')) as ModelManifest;
    writeFileSync(manifest, JSON.stringify({ ...before, description: 'Reworded.' }));
    expect(await run()).toEqual(['finished', 1]);
    writeFileSync(manifest, JSON.stringify({ ...before, threshold: 0.9 }));
    expect(await run()).toEqual(['queued', 2]);
    expect(await run()).toEqual(['finished', 2]);
  });

  it('whose file is not the one of its manifest is refused by name', async () => {
    const models = await modelFolder(folder());
    appendFileSync(join(models, microName, 'model.onnx'), 'x');
    const { send } = await withClip({}, models);
    const response = await send('POST', `clips/${clipUid}/runs`);
    expect(response.status).toBe(422);
    const { error } = (await response.json()) as ErrorResponse;
    expect(error.code).toBe('model-hash-mismatch');
    expect(error.file).toContain('model.onnx');
  });

  it('that is not there is refused', async () => {
    const { send } = await withClip();
    expect((await send('POST', `clips/${clipUid}/runs`, { model: 'gone' })).status).toBe(404);
  });
});

describe('colour over the picture', () => {
  it('is noted when the attributes do not mention it', async () => {
    const rows = 96;
    const columns = 96;
    const flow = new Uint8Array(rows * columns * 3).fill(60);
    for (let y = 30; y < 60; y += 1) {
      for (let x = 30; x < 60; x += 1) flow.set([220, 20, 20], (y * columns + x) * 3);
    }
    const { application, document, start, ended } = await withClip({
      rows,
      columns,
      frames: 4,
      photometric: 'RGB',
      pixels: () => flow,
    });
    expect((await document()).clips[0]?.colourOverlay).toBe(false);
    await start();
    await ended();
    expect((await document()).clips[0]?.colourOverlay).toBe(true);
    expect(application.services.library.clip(clipUid).facts.colourOverlay).toBe(true);
  });
});
