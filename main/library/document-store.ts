import type { DocumentFacts } from '../../core/document/document-facts.ts';
import type { LibraryDatabase } from './database.ts';
import { documentFactsSchema } from './facts-schema.ts';
import { readerVersion } from './reader-versions.ts';
import { type FactsRow, fileNameColumn, readFacts } from './stored-facts.ts';

export interface StoredDocument {
  readonly facts: DocumentFacts;
  readonly sha256: string;
  readonly bytes: number;
}

interface StoredRow extends FactsRow {
  sha256: string;
  bytes: number;
}

/** Documents of studies: what their files say. Reads validate, so that damage is found where it is. */
export class DocumentStore {
  readonly #database: LibraryDatabase;

  constructor(database: LibraryDatabase) {
    this.#database = database;
  }

  /** Documents of a study in the order in which they came. */
  ofStudy(studyInstanceUid: string): DocumentFacts[] {
    if (!this.#database.hasTable('documents')) return [];
    const sql = 'SELECT facts, reader_version FROM documents WHERE study_instance_uid = ? ORDER BY rowid';
    const rows = this.#database.orWithout(
      () => this.#database.prepare(sql).all(studyInstanceUid) as unknown as FactsRow[],
      [],
    );
    return rows.map((row) => readFacts('document', documentFactsSchema, row, studyInstanceUid));
  }

  /** Documents of a study whose facts an older reader made; all of them where the study's own facts are. */
  outdated(studyInstanceUid: string): StoredDocument[] {
    if (!this.#database.hasTable('documents')) return [];
    const rows = this.#database
      .prepare(
        `SELECT d.facts AS facts, d.reader_version AS reader_version, d.sha256 AS sha256, d.bytes AS bytes
           FROM documents d JOIN studies s ON s.study_instance_uid = d.study_instance_uid
          WHERE d.study_instance_uid = ? AND (d.reader_version < ? OR s.reader_version < ?) ORDER BY d.rowid`,
      )
      .all(studyInstanceUid, readerVersion, readerVersion) as unknown as StoredRow[];
    return rows.map((row) => stored(row, studyInstanceUid));
  }

  document(sopInstanceUid: string): StoredDocument | null {
    if (!this.#database.hasTable('documents')) return null;
    const row = this.#database
      .prepare('SELECT facts, reader_version, sha256, bytes FROM documents WHERE sop_instance_uid = ?')
      .get(sopInstanceUid) as StoredRow | undefined;
    return row === undefined ? null : stored(row, sopInstanceUid);
  }

  /** The document that has exactly these bytes, null when none has. */
  bySha256(sha256: string): { sopInstanceUid: string; studyInstanceUid: string } | null {
    if (!this.#database.hasTable('documents')) return null;
    const row = this.#database
      .prepare('SELECT sop_instance_uid AS sop, study_instance_uid AS study FROM documents WHERE sha256 = ?')
      .get(sha256) as { sop: string; study: string } | undefined;
    return row === undefined ? null : { sopInstanceUid: row.sop, studyInstanceUid: row.study };
  }

  /** Names of all files of documents, as they were imported, by their hashes. */
  files(): Map<string, string> {
    if (!this.#database.hasTable('documents')) return new Map();
    const rows = this.#database.prepare(`SELECT sha256, ${fileNameColumn} AS name FROM documents`).all() as {
      sha256: string;
      name: string | null;
    }[];
    return new Map(rows.map(({ sha256, name }) => [sha256, name ?? `${sha256}.dcm`]));
  }

  /** Adds a document to the study that it went to; its UID and bytes are known to be new. Call inside a transaction. */
  add(document: DocumentFacts, file: { sha256: string; bytes: number }, at: string): void {
    this.#database
      .prepare(
        `INSERT INTO documents (sop_instance_uid, study_instance_uid, sha256, bytes, facts, imported_at, reader_version)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        document.sopInstanceUid,
        document.studyInstanceUid,
        file.sha256,
        file.bytes,
        JSON.stringify(documentFactsSchema.parse(document)),
        at,
        readerVersion,
      );
  }

  /** Replaces the facts of a document by what today's reader makes of its file. */
  renew(document: DocumentFacts): void {
    this.#database
      .prepare('UPDATE documents SET facts = ?, reader_version = ? WHERE sop_instance_uid = ?')
      .run(JSON.stringify(documentFactsSchema.parse(document)), readerVersion, document.sopInstanceUid);
  }
}

function stored(row: StoredRow, what: string): StoredDocument {
  const { sha256, bytes } = row;
  return { facts: readFacts('document', documentFactsSchema, row, what), sha256, bytes };
}
