import { type ListedResult, listedResultSchema } from '../../core/assessment/listed-result.ts';
import type { LibraryDatabase } from './database.ts';
import { SystolaError } from '../../core/error.ts';

/** A result with whether it holds of the study as it is now, under today's rules. */
export interface StoredResult {
  readonly result: ListedResult;
  readonly isCurrent: boolean;
}

interface ResultRow {
  uid: string;
  content: string;
  current: 0 | 1;
}

const isCurrent = `(r.stale = 0 AND r.made_by = ? AND r.head = coalesce(
  (SELECT max(v.id) FROM revisions v WHERE v.study_instance_uid = r.study_instance_uid), 0))`;

/** What the list says of studies, kept beside them. One is believed only where nothing that it rests on has changed. */
export class ResultStore {
  readonly #database: LibraryDatabase;

  constructor(database: LibraryDatabase) {
    this.#database = database;
  }

  /** Of a damaged database only the revisions are. */
  get #isBelieved(): boolean {
    return this.#database.damage === null || this.#database.inMemory;
  }

  /** By study. None of a damaged database: nothing in it is believed but the revisions. */
  all(madeBy: string): Map<string, StoredResult> {
    return this.#read(
      `SELECT r.study_instance_uid AS uid, r.content AS content, ${isCurrent} AS current FROM study_results r`,
      madeBy,
    );
  }

  /** Null where there is none. */
  one(studyInstanceUid: string, madeBy: string): StoredResult | null {
    const found = this.#read(
      `SELECT r.study_instance_uid AS uid, r.content AS content, ${isCurrent} AS current FROM study_results r
        WHERE r.study_instance_uid = ?`,
      madeBy,
      studyInstanceUid,
    );
    return found.get(studyInstanceUid) ?? null;
  }

  /** Studies without a result that holds, the newest first. */
  wanted(madeBy: string): string[] {
    if (!this.#isBelieved) return [];
    const rows = this.#database
      .prepare(
        `SELECT s.study_instance_uid AS uid FROM studies s
          WHERE NOT EXISTS (SELECT 1 FROM study_results r
                             WHERE r.study_instance_uid = s.study_instance_uid AND ${isCurrent})
          ORDER BY s.created_at DESC, s.rowid DESC`,
      )
      .all(madeBy) as { uid: string }[];
    return rows.map(({ uid }) => uid);
  }

  /** Takes the place of the study's result; call inside a transaction. */
  write(studyInstanceUid: string, head: number, madeBy: string, result: ListedResult): void {
    this.#database
      .prepare(
        `INSERT INTO study_results (study_instance_uid, head, made_by, stale, content) VALUES (?, ?, ?, 0, ?)
         ON CONFLICT (study_instance_uid) DO UPDATE SET head = excluded.head, made_by = excluded.made_by,
           stale = 0, content = excluded.content`,
      )
      .run(studyInstanceUid, head, madeBy, JSON.stringify(listedResultSchema.parse(result)));
  }

  #read(sql: string, ...values: string[]): Map<string, StoredResult> {
    if (!this.#isBelieved) return new Map();
    try {
      const rows = this.#database.prepare(sql).all(...values) as ResultRow[];
      return new Map(
        rows.flatMap(({ uid, content, current }) => {
          const result = parsed(content);
          return result === null ? [] : [[uid, { result, isCurrent: current === 1 }] as const];
        }),
      );
    } catch (error) {
      // Damage that shows here: the list does without.
      if (error instanceof SystolaError && error.code === 'library-damaged') return new Map();
      throw error;
    }
  }
}

/** Null for what is no result of today's shape, which is worked out again. */
function parsed(content: string): ListedResult | null {
  try {
    return listedResultSchema.parse(JSON.parse(content));
  } catch {
    return null;
  }
}
