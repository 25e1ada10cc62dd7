import { lstatSync } from 'node:fs';
import { SystolaError } from '../../core/error.ts';
import { fileError } from '../files/file-error.ts';
import { memoryDatabase, openDatabase, type LibraryDatabase } from './database.ts';
import { listedStudies } from './listed-studies.ts';

function leadsToStudies(database: LibraryDatabase): boolean {
  try {
    listedStudies(database);
    return true;
  } catch (error) {
    if (error instanceof SystolaError) return false;
    throw error;
  }
}

/** The database; where nothing of it can be read, one in memory that stands in and is never written to disk. */
export function openOrStandIn(path: string): LibraryDatabase {
  try {
    const database = openDatabase(path);
    if (database.damage === null || leadsToStudies(database)) return database;
    database.close();
    return memoryDatabase(path, database.damage);
  } catch (error) {
    if (!(error instanceof SystolaError) || error.code !== 'library-damaged') throw error;
    return memoryDatabase(path, error.message);
  }
}

/** Names why the folder of a library cannot be opened; anything else that is thrown is a defect. */
export function folderError(error: unknown, path: string): unknown {
  if (error instanceof SystolaError || !(error instanceof Error) || !('code' in error)) return error;
  const options = { cause: error };
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EEXIST':
      return new SystolaError(
        'unreadable',
        'The library folder cannot be opened for writing. Check its permissions or choose another folder.',
        path,
        options,
      );
    case 'ENOENT':
    case 'ELOOP':
      if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) break;
      return new SystolaError(
        'unreadable',
        'The library folder is a link to a folder that is not there. Connect the disk that it is on, or choose another folder.',
        path,
        options,
      );
    case 'ENOSPC':
    case 'EDQUOT':
      return new SystolaError('disk-full', 'The disk is full: the library cannot be opened.', path, options);
    case 'EMFILE':
    case 'ENFILE':
      return fileError(error, path);
  }
  const named = fileError(error, path);
  if (!(named instanceof SystolaError)) return named;
  return new SystolaError(
    'unreadable',
    `The library folder cannot be opened for writing (${String(error.code)}). Check its disk and permissions, or choose another folder.`,
    path,
    options,
  );
}
