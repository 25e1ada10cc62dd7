import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SystolaError } from '../../core/error.ts';

/**
 * Writes a file whole or not at all: beside its place, flushed to disk, then renamed over it.
 * @throws SystolaError `disk-full` or `unreadable` naming the file; what was there before is untouched then
 */
export async function writeFileAtomically(path: string, bytes: Uint8Array): Promise<void> {
  const beside = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomUUID()}.part`);
  try {
    const file = await open(beside, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {});
    throw named(error, path);
  }
}

function named(error: unknown, path: string): SystolaError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code === 'ENOSPC' || code === 'EDQUOT'
    ? new SystolaError('disk-full', 'The disk is full: the file was not written. Free some space.', path, {
        cause: error,
      })
    : new SystolaError(
        'unreadable',
        `The file could not be written (${code || 'unknown cause'}). Choose another folder, or one you may write to.`,
        path,
        { cause: error },
      );
}
