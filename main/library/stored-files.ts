import { SystolaError } from '../../core/error.ts';
import type { LibraryDatabase } from './database.ts';
import type { DocumentStore } from './document-store.ts';
import type { FileStore } from './file-store.ts';
import type { RemovalStore } from './removal-store.ts';
import type { StudyStore } from './study-store.ts';

export interface Strays {
  /** SHA-256 of stored files that no row names. */
  readonly unnamed: readonly string[];
  /** Names of the files of clips and documents whose stored file is not there. */
  readonly missing: readonly string[];
  /** Folders of which neither is known, with why they cannot be read. */
  readonly unreadFolders: readonly SystolaError[];
}

interface StoredFilesOptions {
  readonly database: LibraryDatabase;
  readonly files: FileStore;
  readonly studies: StudyStore;
  readonly documents: DocumentStore;
  readonly removals: RemovalStore;
}

/** The stored files beside the rows that name them. */
export class StoredFiles {
  readonly #options: StoredFilesOptions;

  constructor(options: StoredFilesOptions) {
    this.#options = options;
  }

  /** True when nothing was ever taken in for sure: no study, and no stored file that could become one. */
  async isEmpty(): Promise<boolean> {
    const { database, files, studies } = this.#options;
    if (database.damage !== null || studies.count() > 0) return false;
    try {
      for (const folder of await files.folders()) {
        if ((await files.hashes(folder)).length > 0) return false;
      }
      return true;
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
      return false;
    }
  }

  /**
   * Stored files that the database does not name, and clips whose file is not there.
   *
   * @throws SystolaError `unreadable` when the store cannot be read at all
   */
  async strays(): Promise<Strays> {
    const { files } = this.#options;
    const known = this.#names();
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

  /** Every stored file that the database names and that is not about to be gone, with the name it was imported under. */
  named(): { readonly sha256: string; readonly name: string }[] {
    const { removals } = this.#options;
    const leaving = new Set(
      removals.pending().flatMap((removal) => (removal.leaving ? removals.files(removal) : [])),
    );
    return [...this.#names()]
      .filter(([sha256]) => !leaving.has(sha256))
      .map(([sha256, name]) => ({ sha256, name }));
  }

  /** How many files are stored, and their bytes. */
  size(): { readonly files: number; readonly bytes: number } {
    return this.#options.removals.storedBytes();
  }

  #names(): Map<string, string> {
    const { studies, documents } = this.#options;
    return new Map([...studies.files(), ...documents.files()]);
  }
}
