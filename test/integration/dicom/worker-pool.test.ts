import { spawnSync } from 'node:child_process';
import { closeSync, constants, openSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { WorkerPool } from '../../../main/dicom/worker-pool.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const module = pathToFileURL(resolve(import.meta.dirname, '../../../main/dicom/worker-pool.ts'));

it('closes although a thread answers just then, and the process lives until it has', () => {
  const program = join(folder(), 'program.mjs');
  // Blocked until the second answer has arrived, the process sees it only after it has begun to close.
  writeFileSync(
    program,
    `import { WorkerPool } from '${module.href}';
     const pool = new WorkerPool(1);
     await pool.run({ kind: 'load' }, 30_000);
     void pool.run({ kind: 'load' }, 30_000).catch(() => undefined);
     Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
     await pool.close();
     console.log('closed');`,
  );
  const { status, stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  expect(stdout).toBe('closed\n');
});

it.runIf(process.platform === 'linux')(
  'calls no file damaged that was not read because nothing answered',
  async () => {
    // A pipe without its other end is opened for ever, and takes no time of the processor.
    const paths = ['frame', 'instance'].map((name) => join(folder(), name));
    for (const path of paths) spawnSync('mkfifo', [path]);
    const [frame = '', instance = ''] = paths;
    const pool = new WorkerPool(2, { times: 1, leastMs: 1000 });
    try {
      const told = { code: 'unreadable', message: expect.stringContaining('Try again') as string };
      await Promise.all([
        expect(
          pool.run({ kind: 'frame', path: frame, fileName: 'a.dcm', frame: 0 }, 50),
        ).rejects.toMatchObject({
          ...told,
          file: 'a.dcm',
        }),
        expect(pool.run({ kind: 'instance', path: instance, fileName: 'b.dcm' }, 50)).rejects.toMatchObject({
          ...told,
          file: 'b.dcm',
        }),
      ]);
    } finally {
      // The threads can end now.
      for (const path of paths) closeSync(openSync(path, constants.O_RDWR | constants.O_NONBLOCK));
      await pool.close();
    }
  },
);
