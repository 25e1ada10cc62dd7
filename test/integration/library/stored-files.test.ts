import { createHash } from 'node:crypto';
import {
  appendFileSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Application } from '../../../main/hosts/application.ts';
import { readStoredInstance } from '../../../main/dicom/guarded-reader.ts';
import { hashFile } from '../../../main/dicom/stored-file.ts';
import { VerifiedFiles } from '../../../main/dicom/verified-files.ts';
import { apicalClip, clipUid, studyUid, upload, workstation } from '../application/workstation.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const running: Application[] = [];
afterEach(async () => {
  await Promise.all(running.splice(0).map((application) => application.close()));
});

async function open(path: string) {
  const station = await workstation(path);
  running.push(station.application);
  const stored = () => station.application.services.library.clip(clipUid).path;
  return { ...station, stored };
}

async function close(application: Application): Promise<void> {
  running.splice(running.indexOf(application), 1);
  await application.close();
}

/** Everything that can happen to a file on a disk, each with the code that it has to lead to. */
const damages: Readonly<Record<string, { code: string; damage(path: string): void }>> = {
  'one bit of a pixel changed': {
    code: 'file-altered',
    damage: (path) => {
      const bytes = readFileSync(path);
      bytes[bytes.length - 40]! ^= 1;
      writeFileSync(path, bytes);
    },
  },
  'one bit changed and the times set back': {
    code: 'file-altered',
    damage: (path) => {
      const { atime, mtime } = statSync(path);
      const bytes = readFileSync(path);
      bytes[bytes.length >> 1]! ^= 0x80;
      writeFileSync(path, bytes);
      utimesSync(path, atime, mtime);
    },
  },
  "another patient's file of the same shape in its place": {
    code: 'file-altered',
    damage: (path) => writeFileSync(path, apicalClip({ patientName: 'OTHER^PATIENT' })),
  },
  'cut short': { code: 'file-altered', damage: (path) => truncateSync(path, statSync(path).size - 1) },
  emptied: { code: 'file-altered', damage: (path) => truncateSync(path, 0) },
  'longer than it was': { code: 'file-altered', damage: (path) => appendFileSync(path, 'x') },
  deleted: { code: 'file-missing', damage: (path) => rmSync(path) },
};

/** What reads pixels or attributes of a clip from the store. */
const readers = {
  frame: `clips/${clipUid}/frames/3`,
  thumbnail: `clips/${clipUid}/thumbnail.png`,
} as const;

describe('a stored file', () => {
  it('that is not what was taken in is refused by everything that reads it, until the original is imported again', async () => {
    const { application, send, json, stored } = await open(folder());
    const { library, decoder, runs } = application.services;
    const original = apicalClip();
    await upload(application, { 'heart.dcm': original });
    const whole = Buffer.from(await (await send('GET', readers.frame)).arrayBuffer());
    const { sha256, bytes } = library.clip(clipUid);
    for (const [name, { code, damage }] of Object.entries(damages)) {
      // Read and found right in this launch; what is still in memory is what was taken in.
      damage(stored());
      decoder.forget(clipUid);
      for (const route of Object.values(readers)) {
        const { error } = await json<{ error: { code: string; file: string; message: string } }>(
          'GET',
          route,
        );
        expect(error, name).toMatchObject({ code, file: 'heart.dcm' });
        expect(error.message, name).toContain('Import the original again');
      }
      await send('POST', `clips/${clipUid}/runs`, {});
      const run = await runs.ended(clipUid);
      expect(run, name).toMatchObject({ state: 'failed', framesDone: 0 });
      expect(run.message, name).toContain('Import the original again');
      const file = { path: stored(), fileName: 'heart.dcm', sha256, bytes };
      await expect(readStoredInstance(file), name).rejects.toMatchObject({ code, file: 'heart.dcm' });

      expect(await upload(application, { 'again.dcm': original }), name).toMatchObject({ accepted: 1 });
      expect(createHash('sha256').update(readFileSync(stored())).digest('hex'), name).toBe(sha256);
      expect(library.audit.entries().at(-1), name).toMatchObject({
        action: 'U',
        studyInstanceUid: studyUid,
        detail: { repaired: clipUid, sha256 },
      });
      const repaired = await send('GET', readers.frame);
      expect(repaired.status, name).toBe(200);
      expect(Buffer.from(await repaired.arrayBuffer()).equals(whole), name).toBe(true);
      await expect(readStoredInstance(file), name).resolves.toMatchObject({ pixels: { rows: 128 } });
      // Nothing to repair the second time.
      expect(await upload(application, { 'once-more.dcm': original })).toMatchObject({
        accepted: 0,
        known: 1,
      });
    }
    expect((await json<{ clips: unknown[] }>('GET', `studies/${studyUid}`)).clips).toHaveLength(1);
    expect(library.audit.firstBrokenEntry()).toBeNull();
  });

  it('that was altered between two launches is found in the second', async () => {
    const path = folder();
    const first = await open(path);
    await upload(first.application, { 'heart.dcm': apicalClip() });
    const file = first.stored();
    await close(first.application);
    damages["another patient's file of the same shape in its place"]?.damage(file);
    const { json } = await open(path);
    expect(await json('GET', readers.frame)).toMatchObject({ error: { code: 'file-altered' } });
  });

  it('that was only touched is read on', async () => {
    const { application, send, stored } = await open(folder());
    await upload(application, { 'heart.dcm': apicalClip({ frames: 40 }) });
    expect((await send('GET', `clips/${clipUid}/frames/0`)).status).toBe(200);
    utimesSync(stored(), 1, 1);
    expect((await send('GET', `clips/${clipUid}/frames/30`)).status).toBe(200);
  });

  it('is hashed once, however often it is asked for, and again when it has changed', async () => {
    const path = join(folder(), 'file');
    writeFileSync(path, 'bytes');
    const sha256 = createHash('sha256').update('bytes').digest('hex');
    let hashed = 0;
    const files = new VerifiedFiles((file) => {
      hashed += 1;
      return Promise.resolve(hashFile(file.path));
    });
    const file = { path, fileName: 'clip.dcm', sha256, bytes: 5 };
    await Promise.all(Array.from({ length: 20 }, () => files.stamp(file)));
    expect(await files.holds(file)).toBe(true);
    expect(hashed).toBe(1);
    writeFileSync(path, 'bytez');
    expect(await files.holds(file)).toBe(false);
    expect(hashed).toBe(2);
    for (let time = 0; time < 5; time += 1) {
      await expect(files.stamp(file)).rejects.toMatchObject({ code: 'file-altered', file: 'clip.dcm' });
    }
    expect(hashed).toBe(2);
    writeFileSync(path, 'bytes');
    expect(await files.holds(file)).toBe(true);
    expect(hashed).toBe(3);
  });
});
