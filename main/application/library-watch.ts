import { basename } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { LibraryNotice, LibraryState } from '../../core/api/library-state.ts';
import { SystolaError } from '../../core/error.ts';
import { message, type Message } from '../../core/language/message.ts';
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
  const tell = (code: LibraryNotice['code'], severity: LibraryNotice['severity'], words: Message): void => {
    notices.push({ code, severity, words });
  };
  if (library.condition === 'damaged') {
    tell(
      'database-damaged',
      'warning',
      message(library.standsIn ? 'library.database-damaged.stands-in' : 'library.database-damaged'),
    );
  }
  if (library.condition === 'disk-full') tell('disk-full', 'warning', message('library.disk-full'));
  if (brokenAuditEntry !== null)
    tell('audit-broken', 'warning', message('library.audit-broken', { entry: brokenAuditEntry }));
  const { takenIn, refused, missing, unreadFolders } = recovery;
  if (takenIn > 0)
    tell('files-taken-in', 'information', message('library.files-taken-in', { count: takenIn }));
  if (refused.length > 0) {
    const files = refused.map(({ path, reason }) => `${basename(path).slice(0, 12)}… (${reason})`);
    tell('files-unreadable', 'warning', message('library.files-unreadable', counted(files)));
  }
  if (unreadFolders.length > 0) {
    const folders = counted(unreadFolders.map(({ path }) => path));
    const reason = unreadFolders[0]?.reason ?? '';
    tell('folders-unreadable', 'warning', message('library.folders-unreadable', { ...folders, reason }));
  }
  if (missing.length > 0)
    tell('files-missing', 'warning', message('library.files-missing', counted(missing)));
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

/** The first names, and how many there are. */
const counted = (all: readonly string[]) => ({
  count: all.length,
  names: all.slice(0, named).join(', '),
  more: Math.max(0, all.length - named),
});
