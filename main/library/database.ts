import { DatabaseSync } from 'node:sqlite';
import { SystolaError } from '../../core/error.ts';
import { migrations as allMigrations } from './migrations/all.ts';
import type { Migration } from './migrations/migration.ts';

const sqliteBusy = 5;
const sqliteFull = 13;
const sqliteNotADatabase = 26;
const sqliteCorrupt = 11;

/**
 * Opens (or creates) the library's database and brings it to today's layout.
 *
 * The connection keeps an exclusive lock for as long as it is open, which the operating system releases even
 * when the process is killed; a second process is told so instead of writing beside the first.
 *
 * @throws SystolaError `library-locked` when another process has it open, `malformed` when it is no database
 *   or was written by a newer version.
 */
export function openDatabase(path: string, migrations: readonly Migration[] = allMigrations): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 500, enableForeignKeyConstraints: true });
  try {
    // Exclusive before the first WAL access: SQLite then needs no shared-memory file beside the database.
    database.exec('PRAGMA locking_mode = EXCLUSIVE');
    database.exec('PRAGMA journal_mode = WAL');
    // FULL, not NORMAL: an acknowledged correction has to survive a power failure too.
    database.exec('PRAGMA synchronous = FULL');
    database.exec('PRAGMA secure_delete = ON');
    migrate(database, path, migrations);
    return database;
  } catch (error) {
    database.close();
    throw databaseError(error, path);
  }
}

function migrate(database: DatabaseSync, path: string, migrations: readonly Migration[]): void {
  transaction(database, () => {
    const row = database.prepare('PRAGMA user_version').get() as { user_version: number };
    const newest = migrations.at(-1)?.version ?? 0;
    if (row.user_version > newest) {
      throw new SystolaError(
        'malformed',
        `The library was written by a newer version of Systola (layout ${row.user_version}, this version knows ${newest}). Update Systola to open it.`,
        path,
      );
    }
    for (const migration of migrations) {
      if (migration.version <= row.user_version) continue;
      database.exec(migration.sql);
      database.exec(`PRAGMA user_version = ${migration.version}`);
    }
  });
}

/** Runs `work` as one transaction: all of it is on disk when this returns, none of it when it throws. */
export function transaction<T>(database: DatabaseSync, work: () => T): T {
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

/** Names SQLite's expected failures; anything else stays what it is, a defect. */
export function databaseError(error: unknown, path: string): unknown {
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
      return new SystolaError(
        'malformed',
        'The library database is damaged. Restore the library folder from a backup.',
        path,
        { cause: error },
      );
    default:
      return error;
  }
}
