import { setImmediate as turn } from 'node:timers/promises';
import { SystolaError } from '../../core/error.ts';
import type { ReadObject } from '../dicom/read-object.ts';
import type { StoredFile } from '../dicom/stored-file.ts';
import type { Library } from './library.ts';

/** A stored file, or a folder of them, that could not be taken in, and stays where it is. */
export interface RefusedFile {
  readonly path: string;
  readonly reason: string;
}

export interface RecoveryState {
  readonly running: boolean;
  /** Stored files that the database did not name and that are listed again now. */
  readonly takenIn: number;
  readonly refused: readonly RefusedFile[];
  /** Names of the files of clips whose stored file is not there. */
  readonly missing: readonly string[];
  /** Folders that could not be looked into, so that nothing is known of what is in them. */
  readonly unreadFolders: readonly RefusedFile[];
}

export interface StoreRecoveryOptions {
  readonly library: Pick<Library, 'stored' | 'intake' | 'files'>;
  /** Compares a stored file with its hash and reads it, where a hostile one can neither block nor crash. */
  readInstance(file: StoredFile): Promise<ReadObject>;
  onChange(): void;
  /** Called when studies were added to the list. */
  onStudiesChanged(): void;
  onDefect(error: unknown): void;
}

/** Studies that came back show in the list at the latest after so many files. */
const reportEvery = 50;

/**
 * Takes in again what lies in the store and the database does not name: after an old database was restored, a lost one
 * was replaced by an empty one, its log was lost, or an import was killed between file and row. The files hold every
 * fact, so the list of studies can always be built from them. Nothing is ever deleted. Runs beside everything else,
 * one file after the other.
 */
export class StoreRecovery {
  readonly #options: StoreRecoveryOptions;
  readonly #abort = new AbortController();
  #state: RecoveryState = { running: false, takenIn: 0, refused: [], missing: [], unreadFolders: [] };
  #ended: Promise<void> = Promise.resolve();

  constructor(options: StoreRecoveryOptions) {
    this.#options = options;
  }

  get state(): RecoveryState {
    return this.#state;
  }

  /** Begins; never rejects. */
  start(): void {
    this.#update({ running: true });
    this.#ended = this.#run()
      .catch((error: unknown) => {
        if (!(error instanceof SystolaError)) this.#options.onDefect(error);
      })
      .finally(() => this.#update({ running: false }));
  }

  /** Resolves when everything was looked at. */
  ended(): Promise<void> {
    return this.#ended;
  }

  /** Stops before the next file; the others are taken in at the next start. */
  async close(): Promise<void> {
    this.#abort.abort();
    await this.#ended;
  }

  async #run(): Promise<void> {
    const { library, onStudiesChanged } = this.#options;
    const { unnamed, missing, unreadFolders } = await library.stored.strays().catch((error: unknown) => {
      if (!(error instanceof SystolaError)) throw error;
      return { unnamed: [], missing: [], unreadFolders: [error] };
    });
    if (missing.length + unreadFolders.length > 0) {
      const told = unreadFolders.map(({ file, message }) => ({ path: file ?? '', reason: message }));
      this.#update({ missing, unreadFolders: told });
    }
    let unseen = 0;
    // Outlines belong to the study of their clips, which may lie behind them.
    const waiting: string[] = [];
    const all = function* () {
      for (const sha256 of unnamed) yield { sha256, waits: true };
      for (const sha256 of waiting) yield { sha256, waits: false };
    };
    for (const { sha256, waits } of all()) {
      if (this.#abort.signal.aborted) break;
      if (await this.#takeIn(sha256, waits ? waiting : null)) unseen += 1;
      if (unseen >= reportEvery) {
        unseen = 0;
        onStudiesChanged();
        this.#options.onChange();
      }
      await turn();
    }
    if (unseen > 0) onStudiesChanged();
  }

  /** @param waiting takes what wants another file first; null where none comes any more */
  async #takeIn(sha256: string, waiting: string[] | null): Promise<boolean> {
    const { library, readInstance } = this.#options;
    const path = library.files.path(sha256);
    try {
      const bytes = await library.files.bytes(sha256);
      // The name that it was imported under is not known any more.
      const fileName = `${sha256.slice(0, 12)}.dcm`;
      const read = await readInstance({ path, fileName, sha256, bytes });
      const { added } = await library.intake.takeIn(read, { sha256, bytes });
      if (added) this.#state = { ...this.#state, takenIn: this.#state.takenIn + 1 };
      return added;
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
      if (error.code === 'not-found' && waiting !== null) {
        waiting.push(sha256);
        return false;
      }
      // Every further file would meet the same.
      if (error.code === 'disk-full' || error.code === 'library-damaged' || error.code === 'cancelled')
        throw error;
      this.#state = {
        ...this.#state,
        refused: [...this.#state.refused, { path, reason: error.message }],
      };
      return false;
    }
  }

  #update(change: Partial<RecoveryState>): void {
    this.#state = { ...this.#state, ...change };
    this.#options.onChange();
  }
}
