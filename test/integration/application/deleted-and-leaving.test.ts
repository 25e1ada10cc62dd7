import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import type { RemovalState } from '../../../core/api/care.ts';
import type { ExportState } from '../../../core/api/exports.ts';
import type { SendState } from '../../../core/api/network.ts';
import type { StudyDocument } from '../../../core/api/requests.ts';
import type { DicomNode } from '../../../core/network/dicom-node.ts';
import type { FolderExporter } from '../../../main/export/exporter.ts';
import { addExporter, exportFormats } from '../../../main/export/exporters.ts';
import { createApplication } from '../../../main/hosts/application.ts';
import { manualTrace } from '../../fixtures/library/facts.ts';
import { Random } from '../../fixtures/phantom/random.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { listening } from '../network/listening.ts';
import { asking, exportedBy } from './asked.ts';
import { apicalClip, clipUid, studyUid, upload } from './workstation.ts';

const folder = temporaryFolders();
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const deletedClip = '1.2.3.4.5.777777';
/** Where the apex of its contour is: a number that nothing else has. */
const apexX = 47.123;

async function desktop(clips = 2) {
  const out = folder();
  const application = await createApplication({ libraryPath: folder(), modelFolders: [], host: 'electron' });
  open.push(() => application.close());
  const files: Record<string, Uint8Array> = { 'kept.dcm': apicalClip() };
  if (clips > 1) files['deleted.dcm'] = apicalClip({ sopInstanceUid: deletedClip, frames: 9 });
  for (let number = 3; number <= clips; number += 1)
    files[`${number}.dcm`] = apicalClip({ sopInstanceUid: `1.2.3.4.5.${number}`, frames: 40 + number });
  await upload(application, files);
  const { services } = application;
  services.updateSettings({ exportFolder: out });
  const ask = asking(application);
  const json = async <T>(method: string, path: string, body?: unknown): Promise<T> =>
    (await (await ask(method, path, body)).json()) as T;
  const change = (sopInstanceUid: string, frame: number, x: number) => ({
    ...{ slot: 'trace', structure: 'lv-cavity', sopInstanceUid, frame, before: null },
    after: manualTrace(x),
  });
  const { head } = await json<StudyDocument>('GET', `studies/${studyUid}`);
  const drawn = [0, 4].flatMap((frame) => [change(clipUid, frame, 50), change(deletedClip, frame, apexX)]);
  const changes = clips > 1 ? drawn : drawn.filter((one) => one.sopInstanceUid === clipUid);
  expect((await ask('POST', `studies/${studyUid}/revisions`, { head, label: 'drawn', changes })).status).toBe(
    201,
  );
  const request = { studies: [studyUid], identity: 'unnamed', destination: 'folder' };
  const exported = (formats: readonly string[]) => exportedBy(ask, { ...request, formats });
  const remove = (instance: string | null) =>
    json<RemovalState>('DELETE', `studies/${studyUid}${instance === null ? '' : `/instances/${instance}`}`);
  return { application, services, out, ask, json, request, exported, remove };
}

/** Every file of a folder, unpacked where it is packed. */
function filesOf(path: string): { name: string; bytes: Buffer }[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(join(path, name)).isFile())
    .map((name) => {
      const bytes = readFileSync(join(path, name));
      return { name, bytes: name.endsWith('.gz') ? gunzipSync(bytes) : bytes };
    });
}

const speaking = (path: string): string[] =>
  filesOf(path)
    .filter(({ bytes }) => bytes.includes(deletedClip) || bytes.includes(String(apexX)))
    .map(({ name }) => name);

describe('a clip that is deleted and can still be taken back', () => {
  it('leaves in no format, which the summary and the audit log say; taken back it leaves again', async () => {
    const station = await desktop();
    const formats = exportFormats().map(({ id }) => id);
    const { id } = await station.remove(deletedClip);
    const ended = await station.exported(formats);
    expect(ended).toMatchObject({ state: 'finished', deletedLeftOut: 1 });
    expect(ended.files).toBeGreaterThan(5);
    expect(speaking(station.out)).toEqual([]);
    const entry = station.services.library.audit.entries().at(-1);
    expect(entry).toMatchObject({ event: '110106', detail: { deletedLeftOut: 1 } });

    expect((await station.ask('POST', `removals/${id}/take-back`)).status).toBe(204);
    station.services.updateSettings({ exportFolder: folder() });
    const again = await station.exported(formats);
    expect(again).toMatchObject({ state: 'finished', deletedLeftOut: 0 });
    // All of the picture, and what is written of contours.
    const told = speaking(station.services.library.settings().exportFolder ?? '');
    expect(told.length).toBeGreaterThan(5);
    expect(told.some((name) => name.endsWith('.json'))).toBe(true);
    expect(told.some((name) => name.endsWith('.dcm'))).toBe(true);
  });

  it('is in no report and no preview, and its study none at all once it is deleted as a whole', async () => {
    const station = await desktop();
    await station.remove(deletedClip);
    for (const format of ['json', 'measurements-csv']) {
      const response = await station.ask('GET', `studies/${studyUid}/exports/${format}`);
      expect(response.status).toBe(200);
      expect((await response.text()).includes(deletedClip)).toBe(false);
    }
    await station.remove(null);
    for (const [method, path] of [
      ['GET', `studies/${studyUid}/exports/report-pdf`],
      ['POST', `studies/${studyUid}/report-preview`],
      ['GET', `clips/${clipUid}/thumbnail`],
    ] as const) {
      const response = await station.ask(method, path, method === 'POST' ? { texts: {} } : undefined);
      expect([path, response.status]).toEqual([path, 404]);
    }
    const ended = await station.exported(['json']);
    expect(ended).toMatchObject({ state: 'failed', refused: [{ code: 'not-found' }] });
    expect(ended.refused[0]?.reason).toContain('was deleted');
    expect(readdirSync(station.out)).toEqual([]);
  });
});

/** Waits after each study until it is let go on. */
const slow = { go: Promise.withResolvers<void>(), began: Promise.withResolvers<void>() };
const slowSet: FolderExporter = {
  id: 'slow-set',
  label: { id: 'test.slow-set', values: {} },
  content: 'slow',
  extension: 'zip',
  mediaType: 'application/zip',
  async *files(snapshots) {
    for await (const snapshot of snapshots) {
      yield { path: `${snapshot.document.facts.studyInstanceUid}.txt`, bytes: new Uint8Array([1]) };
      slow.began.resolve();
      await slow.go.promise;
    }
  },
};

describe('what is deleted while it is exported', () => {
  it.each([
    ['its study', null, false],
    ['a clip', deletedClip, false],
    ['its study, taken back again', null, true],
  ])('%s: nothing is handed over unless it is there', async (_, instance, isTakenBack) => {
    slow.go = Promise.withResolvers();
    slow.began = Promise.withResolvers();
    open.push(addExporter(slowSet));
    const station = await desktop();
    const ending = station.exported(['slow-set', 'json']);
    await slow.began.promise;
    const { id } = await station.remove(instance);
    if (isTakenBack) await station.ask('POST', `removals/${id}/take-back`);
    slow.go.resolve();
    const ended: ExportState = await ending;
    if (isTakenBack) expect(ended.state).toBe('finished');
    else {
      expect(ended).toMatchObject({
        state: 'failed',
        message: expect.stringContaining('deleted meanwhile') as string,
      });
      expect(readdirSync(station.out)).toEqual([]);
      const last = station.services.library.audit
        .entries()
        .filter(({ event }) => event === '110106')
        .at(-1);
      expect(last).toMatchObject({ outcome: 8 });
    }
  });
});

it('a study that is deleted while it is sent: after that nothing more leaves', async () => {
  const random = new Random(5);
  const station = await desktop(24);
  const { services } = station;
  let stopped = 0;
  let before: string | null = null;
  for (let turn = 0; turn < 8; turn += 1) {
    const peer = await listening();
    const node: DicomNode = {
      ...{ name: 'Archive', host: '127.0.0.1', port: peer.port },
      ...{ calledAeTitle: 'SYSTOLA', callingAeTitle: 'SYSTOLA', tls: null },
    };
    services.updateSettings({ node: { before, after: node } });
    before = node.name;
    const sent = await station.json<SendState>('POST', 'sends', {
      ...{ node: 'Archive', studies: [studyUid], formats: ['clips'], again: true },
    });
    // Anywhere in it: a sweep of times, of which some fall between two objects.
    await wait(random.uniform() * 600);
    const { id } = await station.remove(null);
    const atDeletion = peer.receiver.state.stored;
    await services.sending.ended(sent.sendId);
    const state = await station.json<SendState>('GET', `sends/${sent.sendId}`);
    expect(['finished', 'cancelled', 'failed']).toContain(state.state);
    // The one that was on its way.
    expect(peer.receiver.state.stored).toBeLessThanOrEqual(atDeletion + 1);
    if (state.state !== 'finished') stopped += 1;
    await station.ask('POST', `removals/${id}/take-back`);
    expect(peer.defects).toEqual([]);
  }
  expect(stopped).toBeGreaterThan(0);
  expect(services.library.audit.firstBrokenEntry()).toBeNull();
  expect((await station.json<StudyDocument>('GET', `studies/${studyUid}`)).clips).toHaveLength(24);
}, 120_000);
