import { readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isAbandoned, ownerTag } from '../files/abandoned.ts';
import { fileError } from '../files/file-error.ts';

/*
 * Folders among the user's models that are no models: copies that are still being checked, and what was removed.
 * No list shows what begins with a dot.
 */
export const addingPrefix = '.adding-';
const removedPrefix = '.removed-';
/** One of an older version, which does not name its process, is given up after this long, ms. */
const abandonedAfterMs = 24 * 3600 * 1000;

/**
 * One rename and it is no model any more, whatever happens to its files then: what cannot be deleted now goes with
 * what was left behind.
 * @throws SystolaError when the folder cannot be renamed
 */
export async function takeAway(folder: string): Promise<void> {
  const aside = join(dirname(folder), `${removedPrefix}${ownerTag()}`);
  try {
    await rename(folder, aside);
  } catch (error) {
    throw fileError(error, folder);
  }
  await rm(aside, { recursive: true, force: true }).catch(() => undefined);
}

/** Deletes what killed processes left behind. */
export async function sweepHiddenFolders(parent: string): Promise<void> {
  for (const name of await readdir(parent).catch(() => [])) {
    if (!name.startsWith(addingPrefix) && !name.startsWith(removedPrefix)) continue;
    const path = join(parent, name);
    const abandoned = isAbandoned(name, path);
    if (abandoned === false) continue;
    const found = await stat(path).catch(() => null);
    if (found === null || (abandoned === null && Date.now() - found.mtimeMs < abandonedAfterMs)) continue;
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}
