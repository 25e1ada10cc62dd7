import { mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/**
 * Makes a folder and whatever is missing above it. Node's own recursive way never ends where a file system answers that
 * there is no such folder while the one above is there, as /proc does.
 *
 * @returns the folders that were made, the uppermost first
 * @throws the system's error; folders made before it stay
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<string[]> {
  const missing: string[] = [];
  for (let path = resolve(folder); !(await isFolder(path)); path = dirname(path)) {
    missing.unshift(path);
    if (dirname(path) === path) break;
  }
  const made: string[] = [];
  for (const path of missing) {
    try {
      await mkdir(path, { mode });
      made.push(path);
    } catch (error) {
      // Somebody else was quicker; what else is of this name, the next one says.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !(await isFolder(path))) throw error;
    }
  }
  return made;
}

/** @throws the system's error where it does not say whether there is one */
async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return false;
    throw error;
  }
}
