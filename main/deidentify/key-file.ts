import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import { fileError } from '../files/file-error.ts';
import { writeAtomically } from '../files/write-atomically.ts';
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
    const key = ProjectKey.random();
    await writeAtomically(path, `${Buffer.from(key.bytes).toString('hex')}\n`, ownersOnly);
    return { key, isNew: true };
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
