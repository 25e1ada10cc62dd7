import { basename } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { LibraryNotice, LibraryState } from '../../core/api/library-state.ts';
import { SystolaError } from '../../core/error.ts';
import { auditEvents, auditOutcomes } from '../library/audit.ts';
import type { Library } from '../library/library.ts';
import { StoreRecovery, type RecoveryState, type StoreRecoveryOptions } from '../library/store-recovery.ts';

/** Names in one notice. */
const named = 5;

export interface LibraryWatchOptions extends Omit<StoreRecoveryOptions, 'library' | 'onChange'> {
  readonly library: Library;
  onState(state: LibraryState): void;
}

/** Looks after the library while it is open: what is stored and not listed, the audit log, a disk that is full. */
export class LibraryWatch {
  readonly #options: LibraryWatchOptions;
  readonly #recovery: StoreRecovery;
  readonly #abort = new AbortController();
  #brokenAuditEntry: number | null = null;
  #ended: Promise<void> = Promise.resolve();

  constructor(options: LibraryWatchOptions) {
    this.#options = options;
    this.#recovery = new StoreRecovery({ ...options, onChange: () => this.#tell() });
    options.library.onCondition = () => this.#tell();
  }

  get state(): LibraryState {
    return libraryState(this.#options.library, this.#recovery.state, this.#brokenAuditEntry);
  }

  /** Begins; never rejects. */
  start(): void {
    const { library, onDefect } = this.#options;
    // Beside a database that is only read in part nothing can be taken in; one in memory is filled anew.
    if (library.condition !== 'damaged' || library.standsIn) this.#recovery.start();
    this.#ended = this.#look().catch((error: unknown) => {
      if (!(error instanceof SystolaError)) onDefect(error);
    });
  }

  /** Resolves when everything was looked at. */
  ended(): Promise<void> {
    return this.#ended;
  }

  async close(): Promise<void> {
    this.#abort.abort();
    await this.#recovery.close();
    await this.#ended;
  }

  async #look(): Promise<void> {
    const { library } = this.#options;
    const { signal } = this.#abort;
    await turn();
    this.#brokenAuditEntry = await library.audit.findBrokenEntry(signal);
    if (this.#brokenAuditEntry !== null) this.#tell();
    await this.#recovery.ended();
    if (!signal.aborted) recordRecovery(library, this.#recovery.state);
  }

  #tell(): void {
    this.#options.onState(this.state);
  }
}

/** What the window and the command line say of the library. */
function libraryState(
  library: Pick<Library, 'condition' | 'standsIn' | 'path'>,
  recovery: RecoveryState,
  brokenAuditEntry: number | null,
): LibraryState {
  const notices: LibraryNotice[] = [];
  const say = (code: LibraryNotice['code'], severity: LibraryNotice['severity'], words: string): void => {
    notices.push({ code, severity, words });
  };
  if (library.condition === 'damaged') say('database-damaged', 'warning', damageWords(library.standsIn));
  if (library.condition === 'disk-full') {
    say(
      'disk-full',
      'warning',
      'The disk is full: studies are shown, changes and imports are refused. Free some space on the disk of the library.',
    );
  }
  if (brokenAuditEntry !== null) {
    say(
      'audit-broken',
      'warning',
      `The audit log does not hold together from entry ${brokenAuditEntry} on: an entry was changed or taken out behind Systola's back. Compare it with a backup.`,
    );
  }
  const { takenIn, refused, missing, unreadFolders } = recovery;
  if (takenIn > 0) {
    const words = takenIn === 1 ? 'One stored file was' : `${takenIn} stored files were`;
    say(
      'files-taken-in',
      'information',
      `${words} not named by the library database and taken in again. Contours and decisions on these clips come back only with a newer database from a backup.`,
    );
  }
  if (refused.length > 0) {
    const list = names(refused.map(({ path, reason }) => `${basename(path).slice(0, 12)}… (${reason})`));
    say(
      'files-unreadable',
      'warning',
      `${count(refused.length)} in the library folder could not be taken in and stay${refused.length === 1 ? 's' : ''} where ${refused.length === 1 ? 'it is' : 'they are'}: ${list}`,
    );
  }
  if (unreadFolders.length > 0) {
    const [first] = unreadFolders;
    say(
      'folders-unreadable',
      'warning',
      `${unreadFolders.length === 1 ? 'One folder' : `${unreadFolders.length} folders`} of the library cannot be read: ${names(unreadFolders.map(({ path }) => path))}. Clips whose files are there are not shown for now; nothing is known to be lost. ${first?.reason ?? ''}`,
    );
  }
  if (missing.length > 0) {
    say(
      'files-missing',
      'warning',
      `${count(missing.length)} ${missing.length === 1 ? 'is' : 'are'} missing from the library folder: ${names(missing)}. Import the originals again, or restore the library folder from a backup.`,
    );
  }
  return { writable: library.condition === 'sound', recovering: recovery.running, notices };
}

/** Puts what a start found in the store into the audit log. */
function recordRecovery(library: Library, { takenIn, refused, missing, unreadFolders }: RecoveryState): void {
  const notSound = refused.length + missing.length + unreadFolders.length;
  if (takenIn + notSound === 0) return;
  library.record({
    event: auditEvents.applicationActivity,
    action: 'E',
    outcome: notSound === 0 ? auditOutcomes.success : auditOutcomes.minorFailure,
    user: library.user(),
    studyInstanceUid: null,
    patientId: null,
    detail: {
      storeCompared: true,
      takenIn,
      unreadable: refused.length,
      missing: missing.length,
      unreadFolders: unreadFolders.length,
    },
  });
}

function damageWords(standsIn: boolean): string {
  const first = standsIn
    ? 'The library database is damaged and cannot be read. The studies in the list were read from the stored files; contours and decisions are not shown.'
    : 'The library database is damaged. What can still be read of it is shown.';
  return `${first} Nothing is written: changes and imports are refused. Close Systola and restore library.sqlite from a backup; without one, move it out of the library folder, and the list is built again from the stored files.`;
}

function count(files: number): string {
  return files === 1 ? 'One file' : `${files} files`;
}

function names(all: readonly string[]): string {
  const more = all.length - named;
  return all.slice(0, named).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
