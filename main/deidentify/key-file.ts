import { constants } from 'node:fs';
import { copyFile, link, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import { ownerTag } from '../files/abandoned.ts';
import { fileError } from '../files/file-error.ts';
import { writeAtomically } from '../files/write-atomically.ts';
import { writeError } from '../files/write-error.ts';
import { keyBytes, ProjectKey } from './project-key.ts';

/** Where a library keeps the key of what leaves it. */
export const keyOfLibrary = (library: string): string => join(library, 'deidentification.key');

/** Only its owner may read it: with it every pseudonym can be tried out. */
const ownersOnly = 0o600;

/**
 * The key in a file, 64 hexadecimal digits; where there is no file, a new key that is kept in it.
 *
 * @throws SystolaError `bad-request` where the file holds something else, `unreadable`, `disk-full`
 */
export async function keyInFile(
  path: string,
): Promise<{ readonly key: ProjectKey; readonly isNew: boolean }> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw fileError(error, path);
    const key = await newKey(path);
    return key === null ? keyInFile(path) : { key, isNew: true };
  }
  const digits = text.trim();
  if (!/^[0-9a-f]+$/i.test(digits) || digits.length !== keyBytes * 2) {
    throw new SystolaError(
      'bad-request',
      `It holds no key of a project (${keyBytes * 2} hexadecimal digits). Name a file that is not there to get a new key.`,
      path,
    );
  }
  return { key: new ProjectKey(new Uint8Array(Buffer.from(digits, 'hex'))), isNew: false };
}

/** null where another process was quicker: two keys of one project would name one patient twice. */
async function newKey(path: string): Promise<ProjectKey | null> {
  const key = ProjectKey.random();
  const made = `${path}.${ownerTag()}`;
  await writeAtomically(made, `${Buffer.from(key.bytes).toString('hex')}\n`, ownersOnly);
  try {
    // Not every disk can link.
    await link(made, path).catch(() => copyFile(made, path, constants.COPYFILE_EXCL));
    return key;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return null;
    throw writeError(error, path);
  } finally {
    await rm(made, { force: true });
  }
}
