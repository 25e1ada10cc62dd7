import { basename } from 'node:path';
import type { Instance } from './instance.ts';
import { readLimitMs } from './limits.ts';
import { WorkerPool } from './worker-pool.ts';

let pool: WorkerPool | null = null;

/**
 * Reads an instance by path in a worker thread that is ended when the file takes two seconds of the processor or more
 * memory than any real file: for files from outside. Throws what `readInstance` throws, and unreadable, not-found.
 */
export function readInstanceGuarded(path: string, fileName = basename(path)): Promise<Instance> {
  pool ??= new WorkerPool(1);
  return pool.run({ kind: 'instance', path, fileName }, readLimitMs);
}

/** Starts the worker thread, so that the first file does not wait for it. */
export async function warmUpGuardedReader(): Promise<void> {
  pool ??= new WorkerPool(1);
  await pool.run({ kind: 'load' }, 30_000);
}

/** Ends the worker thread; the next read starts a new one. */
export async function closeGuardedReader(): Promise<void> {
  const closing = pool;
  pool = null;
  await closing?.close();
}
