import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ErrorResponse, ModelAddition, ModelInfo, ModelTrial } from '../../../core/api/requests.ts';
import type { Settings } from '../../../core/settings/settings.ts';
import { createApplication } from '../../../main/hosts/application.ts';
import { apicalClip, clipUid, studyUid, upload } from '../application/workstation.ts';
import {
  copiesThePicture,
  doublesThePicture,
  microModelFolder,
  microName,
  takesRootsOfNegatives,
  tinyModelFolder,
} from '../../fixtures/models/model-folder.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const running: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const application of running.splice(0)) await application.close();
});

/** A workstation with the micro model bundled, and a place for folders to be added. */
async function workstation(libraryPath = join(folder(), 'library')) {
  const bundled = folder();
  microModelFolder(bundled, microName);
  const application = await createApplication({ libraryPath, modelFolders: [bundled],
    host: 'loopback',
    // As the desktop's page may: these paths are chosen in its dialog.
    pathsFromPage: true,
  });
  running.push(application);
  async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
    const init: RequestInit = { method };
    if (body instanceof Uint8Array) init.body = body as Uint8Array<ArrayBuffer>;
    else if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { 'content-type': 'application/json' };
    }
    const response = await application.fetch(new Request(`http://127.0.0.1/api/${path}`, init));
    const text = await response.text();
    return (text === '' ? { status: response.status } : JSON.parse(text)) as T;
  }
  const refused = async (method: string, path: string, body?: unknown) =>
    (await ask<ErrorResponse>(method, path, body)).error;
  const list = () => ask<ModelInfo[]>('GET', 'models?verify=true');
  const inUse = async () => (await list()).filter(({ active }) => active).map(({ name }) => name);
  return { application, bundled, elsewhere: folder(), libraryPath, ask, refused, list, inUse };
}

describe('switching models', () => {
  it('is checked, is remembered, and counts for runs from then on; contours keep who made them', async () => {
    const { application, elsewhere, ask, inUse, list, libraryPath } = await workstation();
    expect(await inUse()).toEqual([microName]);
    const source = tinyModelFolder(elsewhere, 'tiny', copiesThePicture, { threshold: 0.05 });
    expect(await ask<ModelAddition>('POST', 'models/additions', { path: source })).toEqual({
      outcome: 'added',
      name: 'tiny',
    });
    // Adding one changes nothing for runs.
    expect(await inUse()).toEqual([microName]);
    expect((await list()).find(({ name }) => name === 'tiny')).toMatchObject({
      origin: 'added',
      byDefault: false,
      folder: join(libraryPath, 'models', 'tiny'),
    });

    await upload(application, { 'a4c.dcm': apicalClip() });
    const { runs, library } = application.services;
    const madeBy = () => library.study(studyUid).review.clips[clipUid]?.run?.model;
    await ask('POST', `clips/${clipUid}/runs`);
    await runs.ended(clipUid);
    expect(madeBy()).toBe(microName);

    expect(await ask<Settings>('PUT', 'models/active', { name: 'tiny' })).toMatchObject({ model: 'tiny' });
    expect(await inUse()).toEqual(['tiny']);
    expect(madeBy()).toBe(microName);
    await ask('POST', `clips/${clipUid}/runs`);
    await runs.ended(clipUid);
    expect(madeBy()).toBe('tiny');

    expect(await ask<Settings>('PUT', 'models/active', { name: null })).toMatchObject({ model: null });
    expect(await inUse()).toEqual([microName]);
    const changes = library.audit.entries().flatMap(({ detail }) => ('model' in detail ? [detail] : []));
    expect(changes.map(({ model, chosen }) => [model, chosen])).toEqual([
      ['tiny', undefined],
      ['tiny', 'tiny'],
      [microName, null],
    ]);
  });

  it('to one that was damaged is refused with the reason, wherever it is asked for; the old one stays', async () => {
    const { elsewhere, ask, refused, inUse, list, libraryPath } = await workstation();
    await ask('POST', 'models/additions', { path: tinyModelFolder(elsewhere, 'tiny', copiesThePicture) });
    appendFileSync(join(libraryPath, 'models', 'tiny', 'model.onnx'), 'x');
    const damaged = (await list()).find(({ name }) => name === 'tiny');
    expect(damaged?.problem).toMatch(/not the one its manifest names/);
    expect(damaged?.problem).not.toContain(libraryPath);
    for (const [method, path, body] of [
      ['PUT', 'models/active', { name: 'tiny' }],
      ['PUT', 'settings', { model: 'tiny' }],
      ['POST', 'models/trial', { folder: damaged!.folder }],
    ] as const) {
      expect(await refused(method, path, body)).toMatchObject({ code: 'model-hash-mismatch' });
    }
    expect(await refused('PUT', 'models/active', { name: 'gone' })).toMatchObject({ code: 'model-not-found' });
    expect(await inUse()).toEqual([microName]);
    expect(await ask<Settings>('GET', 'settings')).toMatchObject({ model: null });
    const { folder } = (await list()).find(({ name }) => name === microName)!;
    expect((await ask<ModelTrial>('POST', 'models/trial', { folder })).msPerFrame).toBeGreaterThan(0);
  });

  it('to one whose numbers are bad is refused even when it was put there by hand', async () => {
    const { refused, inUse, libraryPath } = await workstation();
    tinyModelFolder(join(libraryPath, 'models'), 'nan', takesRootsOfNegatives);
    tinyModelFolder(join(libraryPath, 'models'), 'two', doublesThePicture);
    const nan = await refused('PUT', 'models/active', { name: 'nan' });
    expect(nan).toMatchObject({ code: 'model-invalid', message: expect.stringMatching(/not numbers/) });
    const two = await refused('PUT', 'settings', { model: 'two' });
    expect(two).toMatchObject({ code: 'model-invalid', message: expect.stringMatching(/0 and 1/) });
    expect(await inUse()).toEqual([microName]);
  });
});

describe('a model of a name that another one has', () => {
  it('is checked itself, not its namesake', async () => {
    const { refused, list, libraryPath } = await workstation();
    tinyModelFolder(join(libraryPath, 'models'), 'nan', takesRootsOfNegatives, { name: microName });
    const second = (await list()).find(({ origin }) => origin === 'added')!;
    expect(second).toMatchObject({ name: microName, problem: expect.stringContaining('comes first') });
    expect(await refused('POST', 'models/trial', { folder: second.folder })).toMatchObject({
      code: 'model-invalid',
      message: expect.stringMatching(/not numbers/),
    });
    expect(await refused('POST', 'models/trial', { folder: libraryPath })).toMatchObject({
      code: 'model-not-found',
    });
  });
});

describe('the default', () => {
  it('is what the list says it is, also where what came with Systola is damaged', async () => {
    const { application, bundled, elsewhere, ask, inUse } = await workstation();
    await ask('POST', 'models/additions', { path: tinyModelFolder(elsewhere, 'tiny', copiesThePicture) });
    appendFileSync(join(bundled, microName, 'model.onnx'), 'x');
    expect(await inUse()).toEqual(['tiny']);
    const { modelShelf } = application.services;
    expect((await modelShelf.load(null, 'cpu')).manifest.name).toBe('tiny');
  });
});

describe('closing while a model is checked', () => {
  it('calls the check off, and the models are as they were', async () => {
    const { application, elsewhere, refused, ask, libraryPath } = await workstation();
    await ask('POST', 'models/additions', { path: tinyModelFolder(elsewhere, 'tiny', copiesThePicture) });
    const source = tinyModelFolder(elsewhere, 'other', copiesThePicture);
    const answers = Promise.all([
      refused('PUT', 'models/active', { name: 'tiny' }),
      refused('POST', 'models/additions', { path: source }),
    ]);
    await new Promise(setImmediate);
    await application.close();
    for (const answer of await answers) expect(answer).toMatchObject({ code: 'cancelled' });
    expect(readdirSync(join(libraryPath, 'models'))).toEqual(['tiny']);
  });
});

describe('removing models', () => {
  it('goes for those that were added and are not in use', async () => {
    const { application, bundled, elsewhere, ask, refused, list, libraryPath } = await workstation();
    await ask('POST', 'models/additions', { path: tinyModelFolder(elsewhere, 'tiny', copiesThePicture) });
    await ask('PUT', 'models/active', { name: 'tiny' });
    expect(await refused('DELETE', 'models/added/tiny')).toMatchObject({ code: 'model-in-use' });
    expect(await refused('DELETE', `models/added/${microName}`)).toMatchObject({ code: 'not-found' });
    expect(await refused('DELETE', `models/added/${encodeURIComponent(`../../${basename(bundled)}`)}`)).toMatchObject(
      { code: 'not-found' },
    );
    await ask('PUT', 'models/active', { name: null });
    expect((await ask<ModelInfo[]>('DELETE', 'models/added/tiny')).map(({ name }) => name)).toEqual([microName]);
    expect(application.services.library.audit.entries().at(-1)).toMatchObject({
      action: 'D',
      detail: { model: 'tiny', removed: 'tiny' },
    });
    expect(readdirSync(join(libraryPath, 'models'))).toEqual([]);
    expect(readdirSync(bundled)).toEqual([microName]);
    expect(await list()).toHaveLength(1);
  });
});

describe('uploading a model folder', () => {
  const sendAll = async (
    ask: Awaited<ReturnType<typeof workstation>>['ask'],
    files: Readonly<Record<string, Uint8Array>>,
  ) => {
    const { additionId } = await ask<{ additionId: string }>('POST', 'models/additions', {});
    for (const [name, bytes] of Object.entries(files)) {
      const path = `models/additions/${additionId}/files?name=${encodeURIComponent(name)}`;
      const answer = await ask<ErrorResponse | { status: number }>('PUT', path, bytes);
      if ('error' in answer) return { additionId, error: answer.error };
    }
    return { additionId, error: null };
  };
  const filesOf = (source: string) =>
    Object.fromEntries(
      readdirSync(source).map((name) => [`my model/${name}`, new Uint8Array(readFileSync(join(source, name)))]),
    );

  it('adds it as a folder is added', async () => {
    const { elsewhere, ask, list } = await workstation();
    const { additionId } = await sendAll(ask, filesOf(tinyModelFolder(elsewhere, 'tiny', copiesThePicture)));
    const finish = () => ask<ModelAddition>('POST', `models/additions/${additionId}/finish`);
    expect(await finish()).toEqual({ outcome: 'added', name: 'tiny' });
    expect((await list()).map(({ name }) => name)).toEqual([microName, 'tiny']);
    expect(await finish()).toMatchObject({ error: { code: 'not-found' } });
  });

  it('is refused with the name that the browser gave, and leaves nothing', async () => {
    const { elsewhere, ask, refused, libraryPath } = await workstation();
    const nan = filesOf(tinyModelFolder(elsewhere, 'nan', takesRootsOfNegatives));
    const { additionId } = await sendAll(ask, nan);
    expect(await refused('POST', `models/additions/${additionId}/finish`)).toMatchObject({
      code: 'model-invalid',
      file: 'my model/model.onnx',
    });
    const checkpoint = await sendAll(ask, { 'run/best.pth': new Uint8Array(9) });
    expect(checkpoint.error).toMatchObject({ code: 'model-is-checkpoint' });
    const other = await sendAll(ask, { 'run/notes.txt': new Uint8Array(9) });
    expect(other.error).toMatchObject({ code: 'bad-request' });
    const large = await sendAll(ask, { 'run/manifest.json': new Uint8Array(1_000_001) });
    expect(large.error).toMatchObject({ code: 'too-large' });
    const empty = await sendAll(ask, {});
    expect(await refused('POST', `models/additions/${empty.additionId}/finish`)).toMatchObject({
      code: 'model-not-found',
    });
    const cancelled = await sendAll(ask, nan);
    for (const { additionId } of [checkpoint, other, large, cancelled]) {
      await ask('DELETE', `models/additions/${additionId}`);
    }
    expect(readdirSync(join(libraryPath, 'models'))).toEqual([]);
  });
});
