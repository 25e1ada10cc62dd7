import { lstat, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAbandoned } from '../files/abandoned.ts';
import { isFree } from '../library/database.ts';

export const analysisPrefix = 'systola-analyze-';

/**
 * Deletes the temporary libraries, with their copies of DICOM files, of this user's analyses that were killed: those
 * whose process has ended and whose database nobody holds.
 */
export async function sweepAnalyses(folder = tmpdir()): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    if (!name.startsWith(analysisPrefix) || isAbandoned(name, path) === false) continue;
    const found = await lstat(path).catch(() => null);
    if (found === null || !found.isDirectory()) continue;
    if (process.getuid !== undefined && found.uid !== process.getuid()) continue;
    const database = join(path, 'library.sqlite');
    const hasDatabase = await lstat(database).then(
      (entry) => entry.isFile(),
      () => false,
    );
    // Without a name that tells of a process only the lock does.
    if (hasDatabase ? !isFree(database) : isAbandoned(name, path) !== true) continue;
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
