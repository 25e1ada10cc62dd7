import { createHash } from 'node:crypto';
import { createWriteStream, openSync, readdirSync, readSync, closeSync, statSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { closeGuardedReader } from '../../../main/dicom/guarded-reader.ts';
import { fileToSend } from '../../../main/network/file-to-send.ts';
import { defaultNetworkLimits as limits } from '../../../main/network/network-limits.ts';
import { store } from '../../../main/network/store.ts';
import { buildDicom } from '../../fixtures/dicom/build.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { leftovers } from '../import/importer.ts';
import { hasDcmtk, storescp } from './dcmtk.ts';
import { listening } from './listening.ts';
import { sopOf } from './objects.ts';

const folder = temporaryFolders();
const { signal } = new AbortController();
afterEach(closeGuardedReader);

const mebibyte = 1024 * 1024;
const rows = 512;
const columns = 512;
const frames = 1000;
/** What sending and receiving may hold, with what nobody collected yet: half of an object would be whole ones in the end. */
const mostHeld = 125 * mebibyte;

/** A loop of 250 MiB, written frame by frame: its header is that of a short one, with other counts. */
async function largeLoop(path: string): Promise<void> {
  const pixels = rows * columns * frames;
  const small = buildDicom({
    sopInstanceUid: sopOf(1),
    rows,
    columns,
    frames: 1,
    sopClassUid: '1.2.840.10008.5.1.4.1.1.3.1',
    elements: [{ tag: '00280008', vr: 'IS', value: String(frames) }],
  });
  const head = Buffer.from(small).subarray(0, small.length - rows * columns);
  head.writeUInt32LE(pixels, head.length - 4);
  const file = createWriteStream(path);
  file.write(head);
  for (let frame = 0; frame < frames; frame += 1) {
    if (!file.write(Buffer.alloc(rows * columns, frame))) await once(file, 'drain');
  }
  file.end();
  await once(file, 'finish');
}

function hashFrom(path: string, offset: number): string {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(mebibyte);
  const descriptor = openSync(path, 'r');
  for (let at = offset; ;) {
    const count = readSync(descriptor, chunk, 0, chunk.length, at);
    if (count === 0) break;
    hash.update(chunk.subarray(0, count));
    at += count;
  }
  closeSync(descriptor);
  return hash.digest('hex');
}

/** The most bytes outside of JavaScript's heap, and on it, while `work` runs. */
async function heldDuring(work: () => Promise<void>): Promise<number> {
  const bytes = (): number => process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
  globalThis.gc?.();
  const before = bytes();
  let most = 0;
  const timer = setInterval(() => (most = Math.max(most, bytes() - before)), 5);
  await work();
  clearInterval(timer);
  return most;
}

const metaEnd = (path: string): number => {
  const descriptor = openSync(path, 'r');
  const bytes = Buffer.alloc(4);
  readSync(descriptor, bytes, 0, 4, 140);
  closeSync(descriptor);
  return 144 + bytes.readUInt32LE();
};

describe('a loop of 250 MiB', () => {
  it.runIf(hasDcmtk)('is sent as it is, and never half of it is held', async () => {
    const path = join(folder(), 'large.dcm');
    await largeLoop(path);
    const archive = folder();
    const port = await storescp(archive);
    const object = await fileToSend({ path, name: 'large.dcm' });
    const node = { host: '127.0.0.1', port, calledAeTitle: 'ARCHIVE', callingAeTitle: 'SYSTOLA', tls: null };
    const states: string[] = [];
    const held = await heldDuring(async () => {
      for await (const { state } of store(node, [object], { limits, signal })) states.push(state);
    });
    expect(states).toEqual(['stored']);
    const [name] = readdirSync(archive);
    const arrived = join(archive, name!);
    expect(statSync(arrived).size).toBeGreaterThan(250 * mebibyte);
    expect(hashFrom(arrived, metaEnd(arrived))).toBe(hashFrom(path, metaEnd(path)));
    expect(held).toBeLessThan(mostHeld);
  });

  it('is received as it is, and never half of it is held', async () => {
    const path = join(folder(), 'large.dcm');
    await largeLoop(path);
    const here = await listening();
    const object = await fileToSend({ path, name: 'large.dcm' });
    const node = {
      host: '127.0.0.1',
      port: here.port,
      calledAeTitle: 'SYSTOLA',
      callingAeTitle: 'SCANNER',
      tls: null,
    };
    const states: string[] = [];
    const held = await heldDuring(async () => {
      for await (const { state } of store(node, [object], { limits, signal })) states.push(state);
    });
    expect(here.refused).toEqual([]);
    expect(states).toEqual(['stored']);
    const [name] = leftovers(here.path).files;
    const arrived = join(here.path, 'files', name!);
    expect(hashFrom(arrived, metaEnd(arrived))).toBe(hashFrom(path, metaEnd(path)));
    expect(held).toBeLessThan(mostHeld);
  });
});
