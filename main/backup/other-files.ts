import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import { fileError } from '../files/file-error.ts';
import { isPassing } from './backup-record.ts';

/** What lies beside the database and the pictures of a library. */
export interface OtherFiles {
  /** From the library's folder on, with slashes. */
  readonly paths: readonly string[];
  /** What cannot be kept, with why. */
  readonly leftOut: { name: string; reason: string }[];
}

/** Files beside the database: languages, templates, models, masks, keys; what is being written to one is not one yet. */
export async function otherFiles(libraryPath: string): Promise<OtherFiles> {
  const paths: string[] = [];
  const leftOut: { name: string; reason: string }[] = [];
  const look = async (inside: string): Promise<void> => {
    for (const entry of await entriesOf(join(libraryPath, inside), inside === '')) {
      if (entry instanceof SystolaError) {
        leftOut.push({ name: `${inside}/`, reason: entry.message });
        continue;
      }
      const { name } = entry;
      if (inside === '' ? isPassing(name) : isBeingWritten(name)) continue;
      const path = inside === '' ? name : `${inside}/${name}`;
      if (entry.isDirectory()) await look(path);
      else if (entry.isFile()) paths.push(path);
      else
        leftOut.push({ name: path, reason: 'It is a link or no file. Back up what it leads to by itself.' });
    }
  };
  await look('');
  return { paths: paths.sort(), leftOut };
}

/** @throws SystolaError of the library's own folder; of one in it that failure is given back */
async function entriesOf(path: string, isRoot: boolean) {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    const named = fileError(error, path);
    if (isRoot || !(named instanceof SystolaError)) throw named;
    return [named];
  }
}

/** As main/files/write-atomically.ts calls what is not whole yet. */
const isBeingWritten = (name: string): boolean => name.startsWith('.') && name.endsWith('.part');
