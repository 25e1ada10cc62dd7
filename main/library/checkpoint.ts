import type { LibraryDatabase } from './database.ts';

/** Quiet after which the log is emptied into the database, ms. */
export const quietMs = 30_000;
/** Longest that a change waits for it while others keep coming, ms. */
export const longestMs = 300_000;

/** What a checkpoint needs of a clock; a test has one of its own. */
export interface Clock {
  nowMs(): number;
  /** Calls back once after so many ms; the function that is returned calls it off. */
  after(ms: number, call: () => void): () => void;
}

const systemClock: Clock = {
  nowMs: () => performance.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms).unref();
    return () => clearTimeout(timer);
  },
};

/**
 * Empties SQLite's write-ahead log into the database file when nothing was written for a while. A commit is safe
 * without it, but only together with the log: whoever copies or loses that one file would lose the corrections in it.
 */
export class Checkpoint {
  readonly #database: LibraryDatabase;
  readonly #clock: Clock;
  #callOff: (() => void) | null = null;
  /** Time of the oldest change that is in the log only. */
  #sinceMs: number | null = null;

  constructor(database: LibraryDatabase, clock: Clock = systemClock) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Something was written. */
  changed(): void {
    const nowMs = this.#clock.nowMs();
    this.#sinceMs ??= nowMs;
    this.#callOff?.();
    const waitMs = Math.max(0, Math.min(quietMs, this.#sinceMs + longestMs - nowMs));
    this.#callOff = this.#clock.after(waitMs, () => this.now());
  }

  /** Empties the log now; a log that cannot be emptied (a full disk) stays, and is tried again after the next change. */
  now(): void {
    this.#callOff?.();
    this.#callOff = null;
    if (this.#sinceMs === null || !this.#database.isOpen || this.#database.damage !== null) return;
    try {
      this.#database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get();
      this.#sinceMs = null;
    } catch {
      // Nothing is lost: the log still holds it.
    }
  }

  stop(): void {
    this.#callOff?.();
    this.#callOff = null;
  }
}
