import { SystolaError } from '../../core/error.ts';
import type { DocumentStore } from './document-store.ts';
import type { FileStore } from './file-store.ts';
import type { StudyStore } from './study-store.ts';

export interface Strays {
  /** SHA-256 of stored files that no row names. */
  readonly unnamed: readonly string[];
  /** Names of the files of clips and documents whose stored file is not there. */
  readonly missing: readonly string[];
  /** Folders of which neither is known, with why they cannot be read. */
  readonly unreadFolders: readonly SystolaError[];
}

/**
 * Compares the stored files with those that the database names.
 *
 * @throws SystolaError `unreadable` when the store cannot be read at all
 */
export async function findStrays(
  files: FileStore,
  studies: StudyStore,
  documents: DocumentStore,
): Promise<Strays> {
  const known = new Map([...studies.files(), ...documents.files()]);
  const unnamed: string[] = [];
  const unreadFolders: SystolaError[] = [];
  for (const folder of await files.folders()) {
    try {
      for (const sha256 of await files.hashes(folder)) if (!known.delete(sha256)) unnamed.push(sha256);
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
      unreadFolders.push(error);
      for (const sha256 of known.keys()) if (sha256.startsWith(folder)) known.delete(sha256);
    }
  }
  return { unnamed, missing: [...known.values()], unreadFolders };
}
