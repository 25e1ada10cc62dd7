import * as sqlite from 'node:sqlite';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { SystolaError } from '../../core/error.ts';
import { findDamage } from './database-check.ts';
import { migrations as allMigrations } from './migrations/all.ts';
import type { Migration } from './migrations/migration.ts';

// SQLite's primary result codes (sqlite.org/rescode.html).
const sqliteBusy = 5;
const sqliteReadOnly = 8;
const sqliteIoError = 10;
const sqliteCorrupt = 11;
const sqliteFull = 13;
const sqliteCannotOpen = 14;
const sqliteNotADatabase = 26;
const sqliteError = 1;

/**
 * The library's database. Every failure that SQLite can have leaves it as a `SystolaError`; what shows damage is
 * remembered, and from then on nothing is written.
 */
export class LibraryDatabase {
  readonly path: string;
  /** Holds nothing of the file at `path`, which could not be read at all, and is gone when it is closed. */
  readonly inMemory: boolean;
  readonly #database: DatabaseSync;
  #open = true;
  #damage: string | null = null;
  #onDamage: (() => void) | null = null;

  constructor(database: DatabaseSync, path: string, inMemory = false) {
    this.#database = database;
    this.path = path;
    this.inMemory = inMemory;
  }

  get isOpen(): boolean {
    return this.#open;
  }

  get isTransaction(): boolean {
    return this.#database.isTransaction;
  }

  /** Rows that this process has written since it opened the database. */
  get changes(): number {
    return (this.prepare('SELECT total_changes() AS n').get() as { n: number }).n;
  }

  /** What is wrong with the database, null while nothing is known to be. */
  get damage(): string | null {
    return this.#damage;
  }

  /** Called once when damage is found. */
  set onDamage(listener: () => void) {
    this.#onDamage = listener;
  }

  noteDamage(what: string): void {
    if (this.#damage !== null) return;
    this.#damage = what;
    this.#onDamage?.();
  }

  /** Whether there is such a table: a damaged database is not brought to today's layout, nor can all of it be read. */
  hasTable(name: string): boolean {
    const sql = `SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?`;
    return this.#damage === null || this.orWithout(() => this.prepare(sql).get(name) !== undefined, false);
  }

  /** What `read` gives, or `otherwise` where that part of a damaged database gives nothing. @throws SystolaError */
  orWithout<T>(read: () => T, otherwise: T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof SystolaError && error.code === 'library-damaged') return otherwise;
      throw error;
    }
  }

  /** @throws SystolaError */
  prepare(sql: string): LibraryStatement {
    return this.guarded(() => new LibraryStatement(this, this.#database.prepare(sql)));
  }

  /** @throws SystolaError */
  exec(sql: string): void {
    this.guarded(() => this.#database.exec(sql));
  }

  /** Runs what may fail in SQLite. @throws SystolaError */
  guarded<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      const named = databaseError(error, this.path, this.#damage !== null);
      if (named instanceof SystolaError && named.code === 'library-damaged') this.noteDamage(named.message);
      throw named;
    }
  }

  /** Writes the database as it is now, with what lies in its log, to a new file; others write meanwhile. */
  async copyTo(path: string): Promise<void> {
    // Not every Node that has SQLite has this; without it others wait meanwhile.
    const { backup } = sqlite as Partial<typeof sqlite>;
    try {
      if (backup) await backup(this.#database, path);
      else this.#database.prepare('VACUUM INTO ?').run(path);
    } catch (error) {
      throw databaseError(error, path, this.#damage !== null);
    }
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#database.close();
  }
}

/** A prepared statement whose failures are `SystolaError`s. */
export class LibraryStatement {
  readonly #database: LibraryDatabase;
  readonly #statement: StatementSync;

  constructor(database: LibraryDatabase, statement: StatementSync) {
    this.#database = database;
    this.#statement = statement;
  }

  get(...values: SQLInputValue[]): unknown {
    return this.#database.guarded(() => this.#statement.get(...values));
  }

  all(...values: SQLInputValue[]): unknown[] {
    return this.#database.guarded(() => this.#statement.all(...values));
  }

  /** Rows up to the first that cannot be read. */
  allReadable(...values: SQLInputValue[]): unknown[] {
    const rows: unknown[] = [];
    try {
      this.#database.guarded(() => {
        for (const row of this.#statement.iterate(...values)) rows.push(row);
      });
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
    }
    return rows;
  }

  run(...values: SQLInputValue[]): { changes: number | bigint; lastInsertRowid: number | bigint } {
    return this.#database.guarded(() => this.#statement.run(...values));
  }
}

/**
 * Opens (or creates) the library's database, looks for damage, and brings it to today's layout.
 *
 * The connection keeps an exclusive lock for as long as it is open, which the operating system releases even
 * when the process is killed; a second process is told so instead of writing beside the first. A damaged database
 * is opened for reading: `damage` says what is wrong with it.
 *
 * @throws SystolaError `library-locked` when another process has it open, `library-damaged` when nothing of it can be
 *   read, `malformed` when it was written by a newer version, `unreadable`, `disk-full`
 */
export function openDatabase(
  path: string,
  migrations: readonly Migration[] = allMigrations,
): LibraryDatabase {
  let raw: DatabaseSync;
  try {
    raw = new DatabaseSync(path, { timeout: 500, enableForeignKeyConstraints: true });
  } catch (error) {
    throw databaseError(error, path);
  }
  const database = new LibraryDatabase(raw, path);
  try {
    // Exclusive before the first WAL access: SQLite then needs no shared-memory file beside the database.
    raw.exec('PRAGMA locking_mode = EXCLUSIVE');
    raw.exec('PRAGMA journal_mode = WAL');
    // FULL, not NORMAL: an acknowledged correction has to survive a power failure too.
    raw.exec('PRAGMA synchronous = FULL');
    raw.exec('PRAGMA secure_delete = ON');
    const damage = findDamage(raw);
    if (damage === null) migrate(database, migrations);
    else openForReading(database, damage, migrations);
    return database;
  } catch (error) {
    raw.close();
    throw databaseError(error, path);
  }
}

/** Whether no process has the database at `path` open. */
export function isFree(path: string): boolean {
  try {
    const database = new DatabaseSync(path, { timeout: 0 });
    try {
      database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; ROLLBACK');
    } finally {
      database.close();
    }
    return true;
  } catch (error) {
    const named = databaseError(error, path);
    return !(named instanceof SystolaError) || named.code !== 'library-locked';
  }
}

/** A database of today's layout that stands in for one that cannot be read. */
export function memoryDatabase(path: string, damage: string): LibraryDatabase {
  const raw = new DatabaseSync(':memory:', { enableForeignKeyConstraints: true });
  const database = new LibraryDatabase(raw, path, true);
  migrate(database, allMigrations);
  database.noteDamage(damage);
  return database;
}

function openForReading(database: LibraryDatabase, damage: string, migrations: readonly Migration[]): void {
  // An older layout is brought up to today's in a transaction that is never committed.
  try {
    if (userVersion(database) < newestVersion(migrations)) {
      database.exec('PRAGMA cache_spill = OFF');
      database.exec('BEGIN');
      applyMigrations(database, migrations);
    }
  } catch {
    if (database.isTransaction) database.exec('ROLLBACK');
  }
  database.exec('PRAGMA query_only = ON');
  database.noteDamage(damage);
}

function migrate(database: LibraryDatabase, migrations: readonly Migration[]): void {
  const version = userVersion(database);
  const newest = newestVersion(migrations);
  if (version > newest) {
    throw new SystolaError(
      'malformed',
      `The library was written by a newer version of Systola (layout ${version}, this version knows ${newest}). Update Systola to open it.`,
      database.path,
    );
  }
  // Nothing to bring up to date writes nothing: a library on a full disk opens.
  if (version < newest) transaction(database, () => applyMigrations(database, migrations));
}

function applyMigrations(database: LibraryDatabase, migrations: readonly Migration[]): void {
  const version = userVersion(database);
  for (const migration of migrations) {
    if (migration.version <= version) continue;
    database.exec(migration.sql);
    database.exec(`PRAGMA user_version = ${migration.version}`);
  }
}

function userVersion(database: LibraryDatabase): number {
  return (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
}

function newestVersion(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0;
}

/**
 * Runs `work` as one transaction: all of it is on disk when this returns, none of it when it throws.
 *
 * @throws SystolaError `library-damaged` without running it when the database is damaged
 */
export function transaction<T>(database: LibraryDatabase, work: () => T): T {
  if (database.damage !== null && !database.inMemory) throw damaged(database.path);
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // After a full disk SQLite may have rolled back by itself.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Why nothing is written to a damaged library, and what to do. */
export function damaged(path: string, cause?: unknown): SystolaError {
  return new SystolaError(
    'library-damaged',
    'The library database is damaged. What can still be read of it is shown; nothing is written to it. ' +
      'Close Systola and restore library.sqlite, or the whole library folder, from a backup.',
    path,
    cause === undefined ? undefined : { cause },
  );
}

/** Names SQLite's expected failures; anything else stays what it is, a defect. */
function databaseError(error: unknown, path: string, isDamaged = false): unknown {
  if (!(error instanceof Error) || !('errcode' in error)) return error;
  switch (Number(error.errcode) & 0xff) {
    case sqliteBusy:
      return new SystolaError(
        'library-locked',
        'The library is open in another Systola. Close that one first, or choose another library folder.',
        path,
        { cause: error },
      );
    case sqliteFull:
      return new SystolaError('disk-full', 'The disk is full: nothing was saved. Free some space.', path, {
        cause: error,
      });
    case sqliteNotADatabase:
    case sqliteCorrupt:
      return damaged(path, error);
    case sqliteReadOnly:
    case sqliteIoError:
    case sqliteCannotOpen:
      return new SystolaError(
        'unreadable',
        'The library database cannot be read and written. Check the permissions of the library folder and of the ' +
          'files in it, the disk that it is on, and how many files may be open at once (ulimit -n).',
        path,
        { cause: error },
      );
    case sqliteError:
      // Of a sound database no statement of ours is refused; a damaged one may lack tables and columns.
      return isDamaged ? damaged(path, error) : error;
    default:
      return error;
  }
}
