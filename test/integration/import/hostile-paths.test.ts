import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, it } from 'vitest';
import { PathProcess } from '../../../main/import/paths/path-process.ts';
import { buildDicom } from '../../fixtures/dicom/build.ts';
import { folder, importer, instance, open } from './importer.ts';

const canStop = process.platform === 'linux';

/** Processes of ours that read chosen paths. */
function pathProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        const parent = /^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${name}/status`, 'utf8'))?.[1];
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
        return Number(parent) === process.pid && /import[\\/]paths[\\/]child/.test(command);
      } catch {
        return false;
      }
    })
    .map(Number);
}

/** Stops the processes that read, so that they never answer: what a dead share does to them. */
async function stopPathProcesses(count: number): Promise<void> {
  for (;;) {
    const running = pathProcesses();
    if (running.length < count) {
      await new Promise((resolve) => setImmediate(resolve));
      continue;
    }
    for (const pid of running) process.kill(pid, 'SIGSTOP');
    return;
  }
}

/** Longest time that the event loop was held up while `work` ran, ms. */
async function heldUp<T>(work: () => Promise<T>): Promise<{ result: T; longestMs: number }> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const result = await work();
  delay.disable();
  return { result, longestMs: delay.max / 1e6 };
}

describe.runIf(canStop)('a disc with a file that never answers', () => {
  it('gives its other files', async () => {
    const disc = folder();
    const references = [1, 2, 3].map((number) =>
      Buffer.from(`\x04\x00\x00\x15CS\x04\x00IM${number} `, 'latin1'),
    );
    const directory = buildDicom({ sopClassUid: '1.2.840.10008.1.3.10' });
    writeFileSync(join(disc, 'DICOMDIR'), Buffer.concat([directory, ...references]));
    for (const number of [1, 2, 3]) writeFileSync(join(disc, `IM${number}`), instance(number));
    const { imports } = await importer({ pathSilenceMs: 5_000 });
    let taken = 0;
    const { importId } = imports.start([join(disc, 'DICOMDIR')], {
      onTaken: () => {
        taken += 1;
        if (taken === 1) for (const pid of pathProcesses()) process.kill(pid, 'SIGSTOP');
      },
    });
    expect(await imports.ended(importId)).toMatchObject({
      state: 'finished',
      accepted: 2,
      rejected: [{ file: join(disc, 'IM2'), code: 'unreadable' }],
    });
  });
});

describe('a folder chosen by mistake', () => {
  it('is gone through with one audit entry, few events and no more than a word for each kind of file', async () => {
    const root = folder();
    const files = 5000;
    for (let number = 0; number < files; number += 1) {
      if (number % 500 === 0) mkdirSync(join(root, `${number / 500}`));
      const name = join(root, `${Math.floor(number / 500)}`, `note ${number}.txt`);
      writeFileSync(name, number % 100 === 0 ? '' : `text ${number}`);
    }
    writeFileSync(join(root, 'loop.dcm'), instance(1));
    const { library, states, take } = await importer();
    const { result: state, longestMs } = await heldUp(() => take(root));
    expect(state).toMatchObject({
      state: 'finished',
      accepted: 1,
      filesDone: files + 1,
      filesTotal: files + 1,
      rejectedTotal: files / 100,
      passedOver: { count: files - files / 100 },
    });
    expect(state.passedOver.names).toHaveLength(10);
    // Measured quiet: under 20 ms. The limit is for a machine that does ten other things.
    expect(longestMs).toBeLessThan(2000);
    expect(library.audit.entries().filter(({ outcome }) => outcome === 4)).toHaveLength(1);
    // Each refused file travels once, whatever the number of events.
    expect(states.flatMap(({ rejected }) => rejected)).toHaveLength(files / 100);
    const largest = Math.max(...states.map((event) => JSON.stringify(event).length));
    expect(largest).toBeLessThan(32 * 1024);
  });

  it('that is not there, ten thousand times, lets others have their turn', async () => {
    const { library, imports, states } = await importer();
    const paths = Array.from({ length: 10_000 }, (_, number) => `/nonexistent/${number}`);
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 1);
    const { importId } = imports.start(paths);
    const state = await imports.ended(importId);
    clearInterval(ticking);
    expect(state).toMatchObject({ state: 'finished', rejectedTotal: 10_000, filesDone: 10_000 });
    expect(state.rejected).toHaveLength(1000);
    expect(turns).toBeGreaterThan(20);
    expect(library.audit.entries().filter(({ outcome }) => outcome === 4)).toHaveLength(1);
    const sent = states.reduce((sum, event) => sum + JSON.stringify(event).length, 0);
    expect(sent).toBeLessThan(2 << 20);
  });
});

describe('what is no file', () => {
  it.skipIf(process.platform === 'win32')('is never opened: pipes, sockets, devices', async () => {
    const root = folder();
    execFileSync('mkfifo', [join(root, 'pipe.dcm')]);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(root, 'socket.dcm'), resolve));
    writeFileSync(join(root, 'whole.dcm'), instance(1));
    const { take } = await importer();
    expect(await take(root, '/dev/zero')).toMatchObject({
      state: 'finished',
      accepted: 1,
      rejected: [
        { file: join(root, 'pipe.dcm'), code: 'unreadable' },
        { file: join(root, 'socket.dcm'), code: 'unreadable' },
        { file: '/dev/zero', code: 'unreadable' },
      ],
    });
    await new Promise((resolve) => server.close(resolve));
  });

  it('or lies outside of the chosen folder is listed and not taken', async () => {
    const root = folder();
    const elsewhere = folder();
    writeFileSync(join(elsewhere, 'private.dcm'), instance(1));
    mkdirSync(join(root, 'in', 'deep'), { recursive: true });
    writeFileSync(join(root, 'in', 'own.dcm'), instance(2));
    symlinkSync(elsewhere, join(root, 'in', 'out'));
    symlinkSync(join(elsewhere, 'private.dcm'), join(root, 'file.dcm'));
    symlinkSync('..', join(root, 'in', 'deep', 'up'));
    const { take } = await importer();
    const state = await take(root);
    expect(state).toMatchObject({ accepted: 1, known: 0, rejectedTotal: 2 });
    expect(state.rejected.map(({ file }) => file)).toEqual([join(root, 'file.dcm'), join(root, 'in', 'out')]);
    expect(state.rejected[0]?.reason).toMatch(/leads out of the chosen folder/);
  });
});

describe.runIf(canStop)('a file that never answers', () => {
  it('can be cancelled, four at once, and holds nothing else up', async () => {
    const { imports, take } = await importer();
    const root = folder();
    writeFileSync(join(root, 'whole.dcm'), instance(1));
    const stuck = Array.from({ length: 4 }, () => imports.start([root]));
    await stopPathProcesses(4);
    // By path, and by upload: files of others go through while all four wait.
    expect(await take(root)).toMatchObject({ state: 'finished', accepted: 1 });
    const { importId } = imports.start([]);
    await imports.upload(importId, 'second.dcm', Readable.from([instance(2)]));
    expect(await imports.finish(importId)).toMatchObject({ state: 'finished', accepted: 1 });
    for (const { importId: stuckId } of stuck.slice(1)) {
      expect(imports.state(stuckId).state).toBe('running');
      expect(await imports.cancel(stuckId)).toMatchObject({ state: 'cancelled' });
    }
    // The last one is left waiting: closing, which is what SIGTERM does, does not wait for it.
    await imports.close();
    expect(imports.state(stuck[0]!.importId).state).toBe('cancelled');
  });

  it('is refused after a time, and the files beside it are read', async () => {
    const reader = new PathProcess(500);
    open.push({ close: () => Promise.resolve(reader.close()) });
    const path = join(folder(), 'whole.dcm');
    writeFileSync(path, instance(1));
    expect(await reader.ask('sniff', { paths: [path] })).toEqual([{ kind: 'dicom' }]);
    await stopPathProcesses(1);
    await expect(reader.ask('sniff', { paths: [path] })).rejects.toMatchObject({
      code: 'unreadable',
      file: path,
    });
    expect(await reader.ask('sniff', { paths: [path] })).toEqual([{ kind: 'dicom' }]);
  });
});

describe('an upload that stalls', () => {
  it('can be cancelled', async () => {
    const { imports } = await importer();
    const { importId } = imports.start([]);
    let arrived = (): void => undefined;
    const halfway = new Promise<void>((resolve) => (arrived = resolve));
    async function* stalling(): AsyncGenerator<Uint8Array> {
      yield instance(1).subarray(0, 500);
      arrived();
      await new Promise(() => undefined);
    }
    const upload = imports.upload(importId, 'half.dcm', Readable.from(stalling()));
    await halfway;
    expect(await imports.cancel(importId)).toMatchObject({ state: 'cancelled', accepted: 0 });
    await upload;
  });
});
