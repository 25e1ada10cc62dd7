import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openDatabase, transaction } from '../../../main/library/database.ts';
import { migrations } from '../../../main/library/migrations/all.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const version = (database: ReturnType<typeof openDatabase>): number =>
  (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;

describe('migrations', () => {
  it('are numbered from 1 without gaps', () => {
    expect(migrations.map((migration) => migration.version)).toEqual(migrations.map((_, index) => index + 1));
  });

  it('bring a new database to the newest layout, once', () => {
    const path = join(folder(), 'library.sqlite');
    for (let launch = 0; launch < 2; launch += 1) {
      const database = openDatabase(path);
      expect(version(database)).toBe(migrations.length);
      database.close();
    }
  });

  it('go on from the layout that is there and keep what it holds', () => {
    const path = join(folder(), 'library.sqlite');
    const old = openDatabase(path);
    old.exec(`INSERT INTO settings VALUES ('reader', '"A"')`);
    old.close();
    const next = { version: migrations.length + 1, sql: 'ALTER TABLE settings ADD COLUMN extra TEXT' };
    const database = openDatabase(path, [...migrations, next]);
    expect(version(database)).toBe(next.version);
    expect(database.prepare('SELECT name, value, extra FROM settings').all()).toEqual([
      { name: 'reader', value: '"A"', extra: null },
    ]);
    database.close();
  });

  it('leave the database as it was when a step fails', () => {
    const path = join(folder(), 'library.sqlite');
    openDatabase(path).close();
    const broken = {
      version: migrations.length + 1,
      sql: 'CREATE TABLE half (a TEXT); CREATE TABLE nonsense (',
    };
    expect(() => openDatabase(path, [...migrations, broken])).toThrow();
    const database = openDatabase(path);
    expect(version(database)).toBe(migrations.length);
    expect(database.prepare(`SELECT name FROM sqlite_master WHERE name = 'half'`).get()).toBeUndefined();
    database.close();
  });

  it('refuse a database of a newer version', () => {
    const path = join(folder(), 'library.sqlite');
    const newer = openDatabase(path);
    newer.exec('PRAGMA user_version = 999');
    newer.close();
    expect(() => openDatabase(path)).toThrow(
      expect.objectContaining({ code: 'malformed', file: path }) as Error,
    );
  });
});

describe('database', () => {
  it('flushes every commit', () => {
    const database = openDatabase(join(folder(), 'library.sqlite'));
    expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(database.prepare('PRAGMA foreign_keys').get()).toEqual({ foreign_keys: 1 });
    database.close();
  });

  it('is refused to a second user, and free again after the first', () => {
    const path = join(folder(), 'library.sqlite');
    const first = openDatabase(path);
    expect(() => openDatabase(path)).toThrow(expect.objectContaining({ code: 'library-locked' }) as Error);
    first.close();
    openDatabase(path).close();
  });

  it('undoes a transaction that throws', () => {
    const database = openDatabase(join(folder(), 'library.sqlite'));
    expect(() =>
      transaction(database, () => {
        database.exec(`INSERT INTO settings VALUES ('reader', '"A"')`);
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(database.prepare('SELECT * FROM settings').all()).toEqual([]);
    database.close();
  });
});
