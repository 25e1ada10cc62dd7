import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import { createServices, type Services } from '../application/services.ts';
import { fileError } from '../files/file-error.ts';
import { defaultLibrary } from '../hosts/default-library.ts';

/** The library that a command names, else the workstation's own. */
export const libraryNamed = (named: string | null): string =>
  named ?? defaultLibrary(process.platform, process.env, homedir());

/**
 * A library that is there already.
 *
 * @throws SystolaError `not-found` where there is none: naming a wrong folder makes no new one
 */
export async function openedLibrary(library: string): Promise<Services> {
  const there = await stat(join(library, 'library.sqlite')).catch((error: NodeJS.ErrnoException) => error);
  if (there instanceof Error) {
    if (there.code !== 'ENOENT' && there.code !== 'ENOTDIR') throw fileError(there, library);
    throw new SystolaError('not-found', 'There is no library of Systola in this folder.', library);
  }
  return createServices({ libraryPath: library, modelFolders: [] });
}
