import { appendFileSync, chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { FrameDecoder } from '../../../main/dicom/frame-decoder.ts';
import { closeGuardedReader, readInstanceGuarded } from '../../../main/dicom/guarded-reader.ts';
import { readInstance } from '../../../main/dicom/instance.ts';
import { WorkerPool } from '../../../main/dicom/worker-pool.ts';
import { buildDicom, patternFrame, type DicomOptions } from '../../fixtures/dicom/build.ts';
import { largestDifference } from '../../fixtures/dicom/decode-built.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'systola-dicom-'));
});
afterAll(async () => {
  await closeGuardedReader();
  rmSync(folder, { recursive: true, force: true });
});

let count = 0;
function store(options: DicomOptions | Uint8Array): { sopInstanceUid: string; path: string } {
  count += 1;
  const path = join(folder, `clip${count}.dcm`);
  writeFileSync(path, options instanceof Uint8Array ? options : buildDicom(options));
  return { sopInstanceUid: `1.2.${count}`, path };
}

const decoders: FrameDecoder[] = [];
function newDecoder(cacheMiB: number, workers = 1): FrameDecoder {
  const decoder = new FrameDecoder({ cacheMiB, workers });
  decoders.push(decoder);
  return decoder;
}
afterEach(async () => {
  await Promise.all(decoders.splice(0).map((decoder) => decoder.close()));
});

describe('FrameDecoder', () => {
  it.each(['explicit', 'deflated', 'jpeg', 'rle', 'jpeg-ls', 'jpeg-2000', 'jpeg-lossless'] as const)(
    'decodes frames of a file in any order, %s',
    async (syntax) => {
      const decoder = newDecoder(16);
      const options: DicomOptions = { syntax, frames: 6, photometric: 'RGB' };
      const source = store(options);
      const order = [5, 0, 3, 1, 4, 2, 0, 5];
      const frames = await Promise.all(order.map((frame) => decoder.frame(source, frame)));
      frames.forEach((decoded, index) => {
        const limit = syntax === 'jpeg' ? 2 : 0;
        const difference = largestDifference(decoded.data, patternFrame(options, order[index]!));
        expect(difference).toBeLessThanOrEqual(limit);
      });
      expect(decoder.cachedBytes).toBe(6 * 16 * 24 * 3);
    },
  );

  it('decodes a frame once for all who wait, and keeps it', async () => {
    const decoder = newDecoder(16);
    const source = store({});
    const [first, second] = await Promise.all([decoder.frame(source, 1), decoder.frame(source, 1)]);
    expect(second).toBe(first);
    rmSync(source.path);
    expect(await decoder.frame(source, 1)).toBe(first);
    await expect(decoder.frame(source, 2)).rejects.toMatchObject({ code: 'not-found' });
  });

  it('keeps no more than its budget and drops what was asked for the longest ago', async () => {
    const rows = 512;
    const columns = 1024;
    const pixels = (frame: number) => new Uint8Array(rows * columns).fill(frame);
    const decoder = newDecoder(2);
    const source = store({ rows, columns, frames: 6, pixels });
    for (const frame of [0, 1, 2, 3]) await decoder.frame(source, frame);
    const kept = await decoder.frame(source, 0);
    await decoder.frame(source, 4);
    expect(decoder.cachedBytes).toBe(4 * rows * columns);
    expect(await decoder.frame(source, 0)).toBe(kept);
    decoder.setCacheMiB(1);
    expect(decoder.cachedBytes).toBe(2 * rows * columns);
    expect(await decoder.frame(source, 0)).toBe(kept);
    decoder.forget(source.sopInstanceUid);
    expect(decoder.cachedBytes).toBe(0);
    expect(await decoder.frame(source, 0)).not.toBe(kept);
  });

  it('gives up waiting when asked to, without spoiling it for others', async () => {
    const decoder = newDecoder(16);
    const source = store({ frames: 20, syntax: 'jpeg' });
    const abort = new AbortController();
    const given = Array.from({ length: 20 }, (_, frame) => decoder.frame(source, frame, abort.signal));
    const other = decoder.frame(source, 19);
    abort.abort();
    const outcomes = await Promise.allSettled(given);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } });
    }
    expect((await other).rows).toBe(16);
    await expect(decoder.frame(source, 3, abort.signal)).rejects.toMatchObject({ code: 'cancelled' });
    expect((await decoder.frame(source, 7)).rows).toBe(16);
  });

  it('notices that a file changed', async () => {
    const decoder = newDecoder(16);
    const source = store({ frames: 3 });
    await decoder.frame(source, 0);
    writeFileSync(source.path, buildDicom({ frames: 5 }));
    appendFileSync(source.path, '');
    expect((await decoder.frame(source, 4)).rows).toBe(16);
  });

  it('reports what is wrong with a file, and goes on', async () => {
    const decoder = newDecoder(16);
    const good = store({});
    const noise = new Uint8Array(400).fill(0xff);
    const bad = store({ syntax: 'jpeg', encodedFrames: [noise, noise, noise] });
    await expect(decoder.frame(bad, 1)).rejects.toMatchObject({
      code: 'decode-failed',
      file: /clip\d+\.dcm/,
    });
    await expect(decoder.frame(good, 3)).rejects.toMatchObject({ code: 'bad-request' });
    await expect(decoder.frame(good, -1)).rejects.toMatchObject({ code: 'bad-request' });
    await expect(decoder.frame({ sopInstanceUid: '1', path: folder }, 0)).rejects.toMatchObject({
      code: 'unreadable',
    });
    expect((await decoder.frame(good, 0)).columns).toBe(24);
  });

  it('ends with its waiting frames cancelled', async () => {
    const decoder = newDecoder(16);
    const source = store({ frames: 5 });
    const frames = Array.from({ length: 5 }, (_, frame) => decoder.frame(source, frame));
    const settled = Promise.allSettled(frames);
    await decoder.close();
    for (const outcome of await settled) {
      expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'cancelled' } });
    }
    await expect(decoder.frame(source, 0)).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('warms up every worker thread', async () => {
    const decoder = newDecoder(16, 2);
    await decoder.warmUp();
    const source = store({ syntax: 'jpeg' });
    expect((await decoder.frame(source, 0)).rows).toBe(16);
  });
});

describe('WorkerPool', () => {
  it('ends a job that takes too long and serves the next one with a new thread', async () => {
    const pool = new WorkerPool(1);
    // So large that it is still being decoded when a busy machine looks at the clock.
    const rows = 2048;
    const { path } = store({
      rows,
      columns: rows,
      frames: 1,
      syntax: 'jpeg-lossless',
      pixels: () => ramp(rows),
    });
    const frame = { kind: 'frame', path, fileName: 'slow.dcm', frame: 0 } as const;
    await expect(pool.run(frame, 1)).rejects.toMatchObject({ code: 'decode-failed', file: 'slow.dcm' });
    await expect(pool.run({ kind: 'instance', path, fileName: 'slow.dcm' }, 20_000)).resolves.toMatchObject({
      clip: { rows },
    });
    await pool.close();
  });
});

function ramp(size: number): Uint8Array {
  return Uint8Array.from({ length: size * size }, (_, index) => (index * 31) % 251);
}

describe('readInstanceGuarded', () => {
  it('reads what readInstance reads', async () => {
    const bytes = buildDicom({
      syntax: 'jpeg',
      regions: [{ box: [0, 0, 23, 15], deltaX: 0.03, deltaY: 0.03 }],
    });
    const { path } = store(bytes);
    expect(await readInstanceGuarded(path, 'a.dcm')).toEqual(readInstance(bytes, 'a.dcm'));
  });

  it('passes refusals on with their file', async () => {
    const { path } = store(Buffer.from('no DICOM'));
    await expect(readInstanceGuarded(path, 'notes.txt')).rejects.toMatchObject({
      name: 'SystolaError',
      code: 'not-dicom',
      file: 'notes.txt',
    });
    await expect(readInstanceGuarded(join(folder, 'gone.dcm'))).rejects.toMatchObject({ code: 'not-found' });
  });

  it.skipIf(process.getuid?.() === 0)('says when a file may not be read', async () => {
    const { path } = store({});
    chmodSync(path, 0);
    await expect(readInstanceGuarded(path)).rejects.toMatchObject({ code: 'unreadable' });
  });
});
