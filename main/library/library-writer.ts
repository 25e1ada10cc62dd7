import { SystolaError } from '../../core/error.ts';
import type { AuditLog, AuditRecord } from './audit.ts';
import { AuditReserve } from './audit-reserve.ts';
import { Checkpoint, type Clock } from './checkpoint.ts';
import { damaged, transaction, type LibraryDatabase } from './database.ts';

/** Whether changes can be stored: always, not while the disk is full, not any more. */
export type LibraryCondition = 'sound' | 'disk-full' | 'damaged';

/**
 * The one way into the database. Knows whether it can be written, and finds room for an audit entry that it does not
 * take.
 */
export class LibraryWriter {
  readonly #database: LibraryDatabase;
  readonly #audit: AuditLog;
  readonly #checkpoint: Checkpoint;
  readonly #reserve: AuditReserve;
  #full = false;
  #onCondition: (() => void) | null = null;

  /** @param path folder of the library, for the reserve of the audit log */
  constructor(path: string, database: LibraryDatabase, audit: AuditLog, clock?: Clock) {
    this.#database = database;
    this.#audit = audit;
    this.#checkpoint = new Checkpoint(database, clock);
    this.#reserve = new AuditReserve(path);
  }

  /** Empties the log of the database into it, for the last time. */
  close(): void {
    this.#checkpoint.now();
    this.#checkpoint.stop();
  }

  /** Empties the log of the database into it now, so that nothing is left in it of what was there before. */
  emptyLog(): void {
    this.#checkpoint.now();
  }

  /** Whether changes can be stored, as far as is known. */
  get condition(): LibraryCondition {
    if (this.#database.damage !== null) return 'damaged';
    return this.#full ? 'disk-full' : 'sound';
  }

  /** Called when {@link condition} has changed. */
  set onCondition(listener: () => void) {
    this.#onCondition = listener;
    this.#database.onDamage = listener;
  }

  /** @throws SystolaError `library-damaged` when nothing is written any more */
  refuseWhenDamaged(): void {
    if (this.#database.damage !== null) throw damaged(this.#database.path);
  }

  /**
   * Adds an audit entry of its own; revisions and imports write theirs themselves. While the database takes none, the
   * entry goes to the reserve, and from there into the log when it can: nothing is shown or exported without one.
   *
   * @throws SystolaError `disk-full`, `library-damaged` when there is no room for it anywhere
   */
  record(record: AuditRecord): void {
    const at = new Date();
    try {
      this.write(() => this.#audit.append(record, at));
    } catch (error) {
      const takesNone =
        error instanceof SystolaError && (error.code === 'disk-full' || error.code === 'library-damaged');
      if (!takesNone || !this.#reserve.keep(record, at)) throw error;
    }
  }

  /**
   * Runs `work` as one transaction: all of it is on disk when this returns, none of it when it throws.
   *
   * @param standingIn also into a database in memory, which only holds what the stored files say
   * @throws SystolaError `disk-full`, `library-damaged`, `unreadable`
   */
  write<T>(work: () => T, standingIn = false): T {
    if (!standingIn) this.refuseWhenDamaged();
    return this.noting(() => transaction(this.#database, work));
  }

  /** Writes, and remembers whether the disk was full when something was last written. */
  noting<T>(write: () => T): T {
    try {
      const result = write();
      this.#checkpoint.changed();
      if (this.#full) {
        this.#full = false;
        this.settle();
        this.#onCondition?.();
      }
      return result;
    } catch (error) {
      if (error instanceof SystolaError && error.code === 'disk-full' && !this.#full) {
        this.#full = true;
        this.#onCondition?.();
      }
      throw error;
    }
  }

  /** Moves what was recorded while the database took no entries into the audit log. */
  settle(): void {
    this.#reserve.prepare();
    const waiting = this.#reserve.waiting();
    if (waiting.length === 0) return;
    try {
      this.write(() => {
        for (const { id, at, record } of waiting) {
          // A kill between this commit and the emptying of the reserve brings them here twice.
          if (this.#audit.holdsReserved(id)) continue;
          this.#audit.append({ ...record, detail: { ...record.detail, reserved: id } }, at);
        }
      });
      this.#reserve.clear();
    } catch (error) {
      // They wait on.
      if (!(error instanceof SystolaError)) throw error;
    }
  }
}
