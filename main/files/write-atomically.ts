import { mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import { ownerTag, removeAbandoned } from './abandoned.ts';
import { fileError } from './file-error.ts';

/**
 * Writes a file beside its place, flushes it to disk and renames it: readers see the old file or the new one,
 * never a part. Creates the folder.
 *
 * @param mode of a file that only its owner may read, 0o600
 *
 * @throws SystolaError `disk-full`, or `unreadable` where the system refuses; the old file is untouched then
 */
export async function writeAtomically(
  path: string,
  content: Uint8Array | string,
  mode = 0o666,
): Promise<void> {
  const folder = dirname(path);
  const prefix = `.${basename(path).slice(0, 100)}.`;
  const beside = join(folder, `${prefix}${ownerTag()}.part`);
  try {
    await mkdir(folder, { recursive: true });
    const file = await open(beside, 'wx', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
    // What a process left here that was killed while it wrote the same file.
    await removeAbandoned(folder, prefix, '.part');
  } catch (error) {
    await rm(beside, { force: true }).catch(() => {});
    throw writeError(error, path);
  }
}

function writeError(error: unknown, path: string): unknown {
  const named = fileError(error, path);
  if (named instanceof SystolaError && named.code === 'disk-full') return named;
  if (!(error instanceof Error) || !('code' in error)) return named;
  const message = `The file could not be written (${String(error.code)}). Choose another folder, or one you may write to.`;
  return new SystolaError('unreadable', message, path, { cause: error });
}
