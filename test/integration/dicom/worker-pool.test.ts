import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
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
