import { createHash } from 'node:crypto';
import type { HistoryEntry } from '../../core/review/history-entry.ts';
import type { StudyReview } from '../../core/review/review.ts';
import { revisionFormat } from '../../core/review/upcast.ts';
import type { LibraryDatabase } from './database.ts';

/** Raise it with every change of how revisions are folded or of what an entry of the history holds. */
const snapshotFormat = 3;

/** A folded review with the history that led to it. */
export interface Snapshot {
  /** The last revision that is in it. */
  readonly head: number;
  readonly review: StudyReview;
  readonly history: readonly HistoryEntry[];
}

interface SnapshotRow {
  revision: number;
  made_from: string;
  content: string;
  sha256: string;
}

/** Folded reviews. One is used only where it is whole and was made from just these revisions and facts. */
export class SnapshotStore {
  readonly #database: LibraryDatabase;

  constructor(database: LibraryDatabase) {
    this.#database = database;
  }

  /**
   * The snapshot of a study; null where there is none that can be relied on.
   *
   * @param initial the study's review before its first revision, as its files say now
   */
  read(studyInstanceUid: string, initial: StudyReview): Snapshot | null {
    // Of a damaged database only the revisions are believed; it may have no such table.
    if (this.#database.damage !== null) return null;
    const row = this.#database
      .prepare('SELECT revision, made_from, content, sha256 FROM snapshots WHERE study_instance_uid = ?')
      .get(studyInstanceUid) as SnapshotRow | undefined;
    if (row === undefined || sha256(row.content) !== row.sha256) return null;
    if (this.#madeFrom(studyInstanceUid, row.revision, initial) !== row.made_from) return null;
    const { review, history } = JSON.parse(row.content) as Omit<Snapshot, 'head'>;
    return { head: row.revision, review, history };
  }

  /** Takes the place of the study's snapshot; call inside a transaction. */
  write(studyInstanceUid: string, initial: StudyReview, { head, review, history }: Snapshot): void {
    const content = JSON.stringify({ review, history });
    this.#database
      .prepare(
        `INSERT INTO snapshots (study_instance_uid, revision, made_from, content, sha256) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (study_instance_uid) DO UPDATE SET revision = excluded.revision,
           made_from = excluded.made_from, content = excluded.content, sha256 = excluded.sha256`,
      )
      .run(studyInstanceUid, head, this.#madeFrom(studyInstanceUid, head, initial), content, sha256(content));
  }

  /** Bytes of the revisions of a study that came after one. */
  bytesSince(studyInstanceUid: string, revision: number): number {
    const { bytes } = this.#database
      .prepare(
        `SELECT coalesce(sum(octet_length(changes)), 0) AS bytes FROM revisions
          WHERE study_instance_uid = ? AND id > ?`,
      )
      .get(studyInstanceUid, revision) as { bytes: number };
    return bytes;
  }

  /** A hash of the revisions up to `head`, byte for byte, of the review that they begin from, and of the formats. */
  #madeFrom(studyInstanceUid: string, head: number, initial: StudyReview): string {
    const hash = createHash('sha256');
    hash.update(JSON.stringify([snapshotFormat, revisionFormat, head, initial]));
    const rows = this.#database
      .prepare(
        `SELECT json_array(id, at, author, kind, label, target, format) AS said, CAST(changes AS BLOB) AS changes
           FROM revisions WHERE study_instance_uid = ? AND id <= ? ORDER BY id`,
      )
      .all(studyInstanceUid, head) as { said: string; changes: Uint8Array }[];
    for (const { said, changes } of rows) hash.update(said).update(changes);
    return hash.digest('hex');
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
