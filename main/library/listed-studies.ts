import type { StudySummary } from '../../core/api/study-summary.ts';
import { SystolaError } from '../../core/error.ts';
import type { LibraryDatabase } from './database.ts';

/** A row of the list of studies as the database has it. */
export interface ListedStudy {
  readonly uid: string;
  /** Null where they cannot be read. */
  readonly facts: string | null;
  readonly reader_version: number;
  readonly clips: number;
  readonly documents: number;
  readonly decision: StudySummary['decision'] | null;
}

const countedDocuments =
  '(SELECT count(*) FROM documents d WHERE d.study_instance_uid = s.study_instance_uid)';

const columns = (database: LibraryDatabase): string => `
  s.study_instance_uid AS uid, s.facts AS facts, s.reader_version AS reader_version,
  (SELECT count(*) FROM clips c WHERE c.study_instance_uid = s.study_instance_uid) AS clips,
  ${database.hasTable('documents') ? countedDocuments : '0'} AS documents,
  (SELECT r.decision FROM revisions r
    WHERE r.study_instance_uid = s.study_instance_uid AND r.decision IS NOT NULL
    ORDER BY r.id DESC LIMIT 1) AS decision`;

/**
 * All studies, newest first. Of a damaged database every one that any way through it still leads to: what lies behind a
 * damaged page in one order may be reached in another, or by the index.
 *
 * @throws SystolaError `library-damaged` when no way leads to anything
 */
export function listedStudies(database: LibraryDatabase): ListedStudy[] {
  try {
    const sql = `SELECT ${columns(database)} FROM studies s ORDER BY s.created_at DESC, s.rowid DESC`;
    return database.prepare(sql).all() as ListedStudy[];
  } catch (error) {
    if (!isDamage(error)) throw error;
    const found = salvagedUids(database).map((uid) => salvaged(database, uid));
    if (found.length === 0) throw error;
    return found;
  }
}

/** The row of one study; null where there is none. @throws SystolaError */
export function listedStudy(database: LibraryDatabase, uid: string): ListedStudy | null {
  const sql = `SELECT ${columns(database)} FROM studies s WHERE s.study_instance_uid = ?`;
  return (database.prepare(sql).get(uid) as ListedStudy | undefined) ?? null;
}

function salvagedUids(database: LibraryDatabase): string[] {
  const ways = [
    'SELECT study_instance_uid AS uid FROM studies NOT INDEXED ORDER BY rowid DESC',
    'SELECT study_instance_uid AS uid FROM studies NOT INDEXED ORDER BY rowid',
    'SELECT study_instance_uid AS uid FROM studies ORDER BY study_instance_uid',
    'SELECT study_instance_uid AS uid FROM studies ORDER BY study_instance_uid DESC',
    'SELECT DISTINCT study_instance_uid AS uid FROM clips ORDER BY study_instance_uid',
    'SELECT DISTINCT study_instance_uid AS uid FROM clips NOT INDEXED',
  ];
  const uids = new Set<string>();
  for (const sql of ways) {
    for (const { uid } of rowsOf(database, sql)) if (typeof uid === 'string' && uid !== '') uids.add(uid);
  }
  return [...uids];
}

function rowsOf(database: LibraryDatabase, sql: string): { uid: unknown }[] {
  try {
    return database.prepare(sql).allReadable() as { uid: unknown }[];
  } catch (error) {
    if (isDamage(error)) return [];
    throw error;
  }
}

function salvaged(database: LibraryDatabase, uid: string): ListedStudy {
  const first = <T>(sql: string, otherwise: T): T => {
    try {
      return ((database.prepare(sql).get(uid) as { value: T } | undefined)?.value ?? otherwise) as T;
    } catch (error) {
      if (isDamage(error)) return otherwise;
      throw error;
    }
  };
  return {
    uid,
    facts: first<string | null>('SELECT facts AS value FROM studies WHERE study_instance_uid = ?', null),
    reader_version: first('SELECT reader_version AS value FROM studies WHERE study_instance_uid = ?', 1),
    clips: first('SELECT count(*) AS value FROM clips WHERE study_instance_uid = ?', 0),
    documents: 0,
    decision: first<ListedStudy['decision']>(
      `SELECT decision AS value FROM revisions
        WHERE study_instance_uid = ? AND decision IS NOT NULL ORDER BY id DESC LIMIT 1`,
      null,
    ),
  };
}

function isDamage(error: unknown): boolean {
  return error instanceof SystolaError && error.code === 'library-damaged';
}
