import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ownerTag, removeAbandoned } from './abandoned.ts';
import { writeError } from './write-error.ts';
import { makeFolder } from './make-folder.ts';

/**
 * Writes a file beside its place, flushes it to disk and renames it: readers see the old file or the new one,
 * never a part. Creates the folder.
 *
 * @param content what is read from something is written as it comes; that it breaks off is as if nothing was written
 * @param mode of a file that only its owner may read, 0o600
 *
 * @throws SystolaError `disk-full`, or `unwritable` where the system refuses; the old file is untouched then
 */
export async function writeAtomically(
  path: string,
  content: Uint8Array | string | AsyncIterable<Uint8Array>,
  mode = 0o666,
): Promise<void> {
  const folder = dirname(path);
  const prefix = `.${basename(path).slice(0, 100)}.`;
  const beside = join(folder, `${prefix}${ownerTag()}.part`);
  try {
    await makeFolder(folder);
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
