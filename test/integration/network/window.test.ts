import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { ReceiverState, SendState } from '../../../core/api/network.ts';
import type { ErrorResponse } from '../../../core/api/requests.ts';
import { areaOfBox } from '../../../core/deidentify/keep-mask.ts';
import type { DicomNode } from '../../../core/network/dicom-node.ts';
import { defaultReceiver } from '../../../core/network/receiver-settings.ts';
import { defaultSettings, type Settings } from '../../../core/settings/settings.ts';
import { auditEvents } from '../../../main/library/audit.ts';
import type { Application } from '../../../main/hosts/application.ts';
import { internetSockets } from '../../processes.ts';
import { foundIn } from '../../fixtures/deidentify/byte-search.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { apicalClip, clipUid, studyUid, upload, workstation } from '../application/workstation.ts';

import { filesIn, freePort, hasDcmtk, run, storescp } from './dcmtk.ts';
import { rawNode } from './raw-peer.ts';

const folder = temporaryFolders();
const open: Application[] = [];
afterEach(async () => {
  for (const application of open.splice(0)) await application.close();
});

async function opened(path = folder()) {
  const here = await workstation(path);
  open.push(here.application);
  return here;
}

const archiveAt = (port: number): DicomNode => ({
  name: 'Archive',
  host: '127.0.0.1',
  port,
  calledAeTitle: 'ARCHIVE',
  callingAeTitle: 'SYSTOLA',
  tls: null,
});

const added = (after: DicomNode) => ({ node: { before: null, after } });

/** The final state of a sending. */
async function ended({ application, json }: Awaited<ReturnType<typeof opened>>, { sendId }: SendState) {
  await application.services.sending.ended(sendId);
  return json<SendState>('GET', `sends/${sendId}`);
}

const endsOf = ({ objects }: SendState) => objects.map(({ name, state }) => [name, state]);

describe('until something is configured', () => {
  it('nothing listens and nothing is dialled', async () => {
    const { json, send } = await opened();
    const before = await json<Settings>('GET', 'settings');
    expect([before.nodes, before.receiver]).toEqual([[], defaultReceiver]);
    expect(defaultSettings.receiver).toMatchObject({ isOn: false, address: '127.0.0.1' });
    expect(await json<ReceiverState>('GET', 'receiver')).toMatchObject({ state: 'off', place: null });
    if (process.platform === 'linux') expect(internetSockets([process.pid])).toEqual([]);
    const response = await send('POST', 'sends', { node: 'Archive', studies: [studyUid] });
    expect(response.status).toBe(404);
  });
});

describe.runIf(hasDcmtk)('sending from the window', () => {
  it('a study goes to a configured node once, with an object made of it, and the log says so', async () => {
    const here = await opened();
    await upload(here.application, { 'clip.dcm': apicalClip() });
    const archive = folder();
    const node = archiveAt(await storescp(archive));
    expect((await here.send('PUT', 'settings', added(node))).status).toBe(200);
    expect(await here.json('POST', 'nodes/echo', node)).toEqual({ ms: expect.any(Number) as number });

    const request = { node: 'Archive', studies: [studyUid], formats: ['dicom-pdf'] };
    const state = await ended(here, await here.json<SendState>('POST', 'sends', request));
    expect(state).toMatchObject({ state: 'finished', objectsDone: 2, counts: { stored: 2 }, message: null });
    expect(state.bytesSent).toBe(state.bytesTotal);
    expect(filesIn(archive).size).toBe(2);

    const again = await ended(here, await here.json<SendState>('POST', 'sends', { ...request, formats: [] }));
    expect(endsOf(again)).toEqual([['clip.dcm', 'already-there']]);
    const forced = { ...request, formats: [], again: true };
    expect(endsOf(await ended(here, await here.json<SendState>('POST', 'sends', forced)))).toEqual([
      ['clip.dcm', 'stored'],
    ]);

    const { library } = here.application.services;
    const entries = library.audit.entries();
    expect(entries.filter(({ event }) => event === auditEvents.beginTransfer)).toHaveLength(2);
    const transferred = entries.filter(({ event }) => event === auditEvents.instancesTransferred);
    expect(transferred).toHaveLength(3);
    expect(transferred[0]).toMatchObject({
      outcome: 0,
      studyInstanceUid: studyUid,
      detail: {
        node: `ARCHIVE at 127.0.0.1:${node.port}`,
        sopInstanceUid: clipUid,
        sha256: library.clip(clipUid).sha256,
        status: 0,
      },
    });
  });

  it('a study leaves without its patient: the clips that somebody ticked and what is made of it, once', async () => {
    const here = await opened();
    const patient = { patientName: 'Quibble^Zoe', patientId: 'HN-4711' };
    await upload(here.application, {
      'quibble.dcm': apicalClip(patient),
      'other.dcm': apicalClip({ ...patient, sopInstanceUid: `${clipUid}.7` }),
    });
    const mask = { areas: [areaOfBox({ minX: 20, minY: 16, maxX: 95, maxY: 111 })] };
    await here.send('PUT', `clips/${clipUid}/keep-mask`, { mask });
    const archive = folder();
    await here.send('PUT', 'settings', added(archiveAt(await storescp(archive))));
    const request = { node: 'Archive', studies: [studyUid], identity: 'sharing' };
    const state = await ended(here, await here.json<SendState>('POST', 'sends', request));
    expect(state).toMatchObject({ state: 'finished', objectsTotal: 1, counts: { stored: 1 }, message: null });
    const arrived = [...filesIn(archive).values()];
    expect(arrived).toHaveLength(1);
    const secrets = ['Quibble', 'HN-4711', clipUid, studyUid];
    expect(arrived.map((bytes) => foundIn(bytes, secrets))).toEqual([[]]);

    const again = await ended(here, await here.json<SendState>('POST', 'sends', request));
    expect(again.counts).toMatchObject({ stored: 0, 'already-there': 1 });

    const entries = here.application.services.library.audit.entries();
    const left = entries.filter(({ event }) => event === auditEvents.export);
    expect(left[0]).toMatchObject({
      studyInstanceUid: studyUid,
      detail: { destination: 'node', deidentified: 'sharing', files: [{ format: 'clips' }] },
    });
    // What was sent is known by the UIDs that it was sent with.
    const [{ files }] = [left[0]!.detail as { files: { sopInstanceUid: string; sha256: string }[] }];
    expect(entries.find(({ event }) => event === auditEvents.instancesTransferred)).toMatchObject({
      outcome: 0,
      detail: { sopInstanceUid: files[0]!.sopInstanceUid, sha256: files[0]!.sha256 },
    });
    expect(readdirSync(join(here.application.services.library.path, 'outgoing'))).toEqual([]);
  });

  it('nothing of a study goes without its patient where nobody looked at the pictures, and it is said', async () => {
    const here = await opened();
    await upload(here.application, { 'clip.dcm': apicalClip() });
    const archive = folder();
    await here.send('PUT', 'settings', added(archiveAt(await storescp(archive))));
    const request = { node: 'Archive', studies: [studyUid], identity: 'internal' };
    const state = await ended(here, await here.json<SendState>('POST', 'sends', request));
    expect(state.objects).toMatchObject([
      { state: 'failed', message: expect.stringContaining('Nobody has looked yet') as string },
    ]);
    expect(filesIn(archive).size).toBe(0);
  });

  it('what is being made ready is stopped at once, and nothing of it leaves', async () => {
    const here = await opened();
    await upload(here.application, { 'clip.dcm': apicalClip({ frames: 400 }) });
    const mask = { areas: [areaOfBox({ minX: 20, minY: 16, maxX: 95, maxY: 111 })] };
    await here.send('PUT', `clips/${clipUid}/keep-mask`, { mask });
    const archive = folder();
    await here.send('PUT', 'settings', added(archiveAt(await storescp(archive))));
    const request = { node: 'Archive', studies: [studyUid], identity: 'sharing' };
    const started = await here.json<SendState>('POST', 'sends', request);
    await here.send('DELETE', `sends/${started.sendId}`);
    const state = await ended(here, started);
    expect(state).toMatchObject({ state: 'cancelled', counts: { stored: 0 } });
    expect(filesIn(archive).size).toBe(0);
    expect(readdirSync(join(here.application.services.library.path, 'outgoing'))).toEqual([]);
  });

  it('formats that are no DICOM object are refused, and unknown ones', async () => {
    const here = await opened();
    await upload(here.application, { 'clip.dcm': apicalClip() });
    await here.send('PUT', 'settings', added(archiveAt(await freePort())));
    const refused = async (changes: object) =>
      (await here.json<ErrorResponse>('POST', 'sends', { node: 'Archive', studies: [studyUid], ...changes }))
        .error.code;
    expect(await refused({ formats: ['pdf'] })).toBe('bad-request');
    expect(await refused({ formats: ['nothing'] })).toBe('not-found');
    expect(await refused({ studies: ['1.2.3'] })).toBe('not-found');
    expect(await refused({ formats: ['dicom-pdf'], identity: 'sharing' })).toBe('bad-request');
    expect(await refused({ studies: [] })).toBe('bad-request');
  });
});

describe('a node of the settings', () => {
  it('that is not there is said, and what was to be sent is not', async () => {
    const here = await opened();
    await upload(here.application, { 'clip.dcm': apicalClip() });
    const node = archiveAt(await freePort());
    await here.send('PUT', 'settings', added(node));
    expect((await here.send('POST', 'nodes/echo', node)).status).toBe(504);
    const request = { node: 'Archive', studies: [studyUid] };
    const state = await ended(here, await here.json<SendState>('POST', 'sends', request));
    expect(endsOf(state)).toEqual([['clip.dcm', 'not-sent']]);
    expect(state.message).toContain('nothing listens at this port');
  });

  it('and every change of them is in the audit log; those that fit no schema are refused', async () => {
    const { application, send, json } = await opened();
    const node = archiveAt(11_112);
    for (const wrong of [
      { ...node, port: 0 },
      { ...node, calledAeTitle: 'A\\B' },
      { ...node, callingAeTitle: '   ' },
      { ...node, host: 'two words' },
      { ...node, extra: true },
    ]) {
      expect((await send('PUT', 'settings', added(wrong))).status).toBe(400);
    }
    await send('PUT', 'settings', added(node));
    const taken = await json<ErrorResponse>('PUT', 'settings', added(node));
    expect(taken.error).toMatchObject({
      code: 'bad-request',
      message: expect.stringContaining('called Archive already') as string,
    });
    const last = application.services.library.audit.entries().at(-1);
    expect(last?.detail).toEqual({
      nodes: [{ name: 'Archive', node: 'ARCHIVE at 127.0.0.1:11112', isSecured: false }],
    });
  });

  it('is changed by itself: what two windows change at once stays, whatever lists they show', async () => {
    const { json, send } = await opened();
    const named = (name: string, port = 11_112): DicomNode => ({ ...archiveAt(port), name });
    const names = ['A', 'B', 'C', 'D', 'E'];
    const answers = await Promise.all(names.map((name) => send('PUT', 'settings', added(named(name)))));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    await Promise.all([
      send('PUT', 'settings', { node: { before: 'B', after: named('B', 104) } }),
      send('PUT', 'settings', { node: { before: 'C', after: null } }),
      send('PUT', 'settings', { node: { before: 'D', after: named('Delta') } }),
      send('PUT', 'settings', { receiver: { port: 4242 } }),
      send('PUT', 'settings', { receiver: { aeTitle: null } }),
    ]);
    const settings = await json<Settings>('GET', 'settings');
    expect(settings.nodes.map(({ name, port }) => [name, port])).toEqual([
      ['A', 11_112],
      ['B', 104],
      ['Delta', 11_112],
      ['E', 11_112],
    ]);
    expect(settings.receiver).toEqual({ ...defaultReceiver, port: 4242, aeTitle: null });
    // One that was removed meanwhile is there again as it is saved, and no name is taken twice.
    await send('PUT', 'settings', { node: { before: 'C', after: named('C') } });
    expect((await send('PUT', 'settings', { node: { before: 'C', after: named('A') } })).status).toBe(400);
    expect((await json<Settings>('GET', 'settings')).nodes.map(({ name }) => name).toSorted()).toEqual([
      'A',
      'B',
      'C',
      'Delta',
      'E',
    ]);
  });

  it('names no file of the disk where the page may not', async () => {
    const { send } = await opened();
    const tls = { authoritiesFile: '/etc/shadow', certificateFile: null, keyFile: null, serverName: null };
    const node = { ...archiveAt(11_112), tls };
    expect((await send('PUT', 'settings', added(node))).status).toBe(400);
    expect((await send('POST', 'nodes/echo', node)).status).toBe(400);
    const receiver = {
      ...defaultReceiver,
      tls: { certificateFile: '/etc/shadow', keyFile: '/etc/shadow', authoritiesFile: null },
    };
    expect((await send('PUT', 'settings', { receiver })).status).toBe(400);
    const system = { ...node, tls: { ...tls, authoritiesFile: null } };
    expect((await send('PUT', 'settings', added(system))).status).toBe(200);
  });
});

describe('the receiver of the settings', () => {
  it.runIf(hasDcmtk)(
    'listens when it is turned on, also after a start, imports, and stops when it is turned off',
    async () => {
      const path = folder();
      const here = await opened(path);
      const port = await freePort();
      await here.send('PUT', 'settings', { receiver: { ...defaultReceiver, isOn: true, port } });
      await expect.poll(() => here.application.services.receiver.state.state).toBe('listening');
      await here.application.close();
      open.pop();

      const again = await opened(path);
      expect(await again.json<ReceiverState>('GET', 'receiver')).toMatchObject({
        state: 'listening',
        place: `SYSTOLA at 127.0.0.1:${port}`,
      });
      const clip = join(folder(), 'clip.dcm');
      writeFileSync(clip, apicalClip());
      const sent = await run('storescu', '-xe', '-aec', 'SYSTOLA', '127.0.0.1', String(port), clip);
      expect(sent).toMatchObject({ code: 0 });
      expect((await again.json<{ clips: unknown[] }>('GET', `studies/${studyUid}`)).clips).toHaveLength(1);
      expect(await again.json<ReceiverState>('GET', 'receiver')).toMatchObject({ stored: 1, refused: 0 });
      // The import of what came is over soon: the reader can import while a scanner keeps its association.
      await expect.poll(() => again.application.services.imports.running()).toEqual([]);

      await again.send('PUT', 'settings', { receiver: { ...defaultReceiver, isOn: false, port } });
      await expect.poll(async () => (await run('echoscu', '127.0.0.1', String(port))).code).not.toBe(0);
      expect(await again.json<ReceiverState>('GET', 'receiver')).toMatchObject({ state: 'off' });
    },
  );

  it('that cannot listen says why, and the rest works on', async () => {
    const here = await opened();
    const port = await rawNode(() => Promise.resolve());
    await here.send('PUT', 'settings', { receiver: { ...defaultReceiver, isOn: true, port } });
    await expect
      .poll(() => here.application.services.receiver.state)
      .toMatchObject({
        state: 'failed',
        message: expect.stringContaining('Another program listens there already') as string,
      });
    expect((await here.send('GET', 'studies')).status).toBe(200);
  });
});
