import { SystolaError } from '../../core/error.ts';
import type { Change, Revision, RevisionKind } from '../../core/review/review.ts';
import { changesSchema, revisionSchema } from '../../core/review/schema.ts';
import { revisionFormat, upcastChanges } from '../../core/review/upcast.ts';
import type { LibraryDatabase } from './database.ts';
import { storedJson } from './stored-json.ts';

export interface NewRevision {
  readonly author: string;
  readonly kind: RevisionKind;
  readonly label: string;
  readonly changes: readonly Change[];
  readonly target: number | null;
  /** Now, when left out. */
  readonly at?: Date;
}

interface RevisionRow {
  id: number;
  study_instance_uid: string;
  at: string;
  author: string;
  kind: RevisionKind;
  label: string;
  changes: string;
  target: number | null;
  format: number;
}

/** The append-only list of revisions. The head of a study is the id of its last one, 0 before the first. */
export class RevisionStore {
  readonly #database: LibraryDatabase;

  constructor(database: LibraryDatabase) {
    this.#database = database;
  }

  /** Revisions of a study that came after one, oldest first; all of them where none is given. */
  list(studyInstanceUid: string, after = 0): Revision[] {
    const rows = this.#database
      .prepare(
        `SELECT id, study_instance_uid, at, author, kind, label, changes, target, format
           FROM revisions WHERE study_instance_uid = ? AND id > ? ORDER BY id`,
      )
      .all(studyInstanceUid, after) as unknown as RevisionRow[];
    return rows.map(read);
  }

  /** @throws SystolaError `not-found` */
  one(studyInstanceUid: string, id: number): Revision {
    const row = this.#database
      .prepare(
        `SELECT id, study_instance_uid, at, author, kind, label, changes, target, format
           FROM revisions WHERE study_instance_uid = ? AND id = ?`,
      )
      .get(studyInstanceUid, id) as RevisionRow | undefined;
    if (row === undefined) {
      throw new SystolaError('not-found', `The study has no revision ${id}.`, studyInstanceUid);
    }
    return read(row);
  }

  /** Adds a revision; call inside a transaction, which is on disk when it has committed. */
  append(studyInstanceUid: string, revision: NewRevision): Revision {
    const { at = new Date() } = revision;
    const changes = JSON.stringify(revision.changes);
    // What is stored can be read again, or is not stored.
    changesSchema.parse(JSON.parse(changes));
    const decision = revision.changes.findLast((change) => change.slot === 'decision')?.after.state ?? null;
    const label = revision.label.slice(0, 200);
    const result = this.#database
      .prepare(
        `INSERT INTO revisions (study_instance_uid, at, author, kind, label, changes, target, decision, format)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        studyInstanceUid,
        at.toISOString(),
        revision.author,
        revision.kind,
        label,
        changes,
        revision.target,
        decision,
        revisionFormat,
      );
    return {
      id: Number(result.lastInsertRowid),
      studyInstanceUid,
      at: at.toISOString(),
      author: revision.author,
      kind: revision.kind,
      label,
      changes: revision.changes,
      target: revision.target,
    };
  }
}

/** Said in a revision's label when upcasting brought a value to a limit. */
const limitedWords = ' (values beyond the limits of today were brought to them)';

function read(row: RevisionRow): Revision {
  const stored = storedJson(row.changes, `Revision ${row.id}`, row.study_instance_uid);
  const { changes, limited } = upcastChanges(row.format, stored, row.study_instance_uid);
  const parsed = revisionSchema.safeParse({
    id: row.id,
    studyInstanceUid: row.study_instance_uid,
    at: row.at,
    author: row.author,
    kind: row.kind,
    label: limited ? row.label.slice(0, 200 - limitedWords.length) + limitedWords : row.label,
    changes,
    target: row.target,
  });
  if (!parsed.success) {
    throw new SystolaError(
      'malformed',
      `Revision ${row.id} in the library is damaged. Restore the library folder from a backup.`,
      row.study_instance_uid,
      { cause: parsed.error },
    );
  }
  return parsed.data;
}
