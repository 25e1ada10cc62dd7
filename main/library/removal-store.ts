import type { LibraryDatabase } from './database.ts';

/** What was deleted and is still there, to be taken back. */
export interface PendingRemoval {
  readonly id: number;
  readonly studyInstanceUid: string;
  /** The clip or document that goes; null where the whole study does. */
  readonly sopInstanceUid: string | null;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly author: string;
  /** Its files may be gone: nobody can take it back any more. */
  readonly leaving: boolean;
}

/** Studies, clips and documents that were deleted and can still be taken back. */
export class RemovalStore {
  readonly #database: LibraryDatabase;

  constructor(database: LibraryDatabase) {
    this.#database = database;
  }

  /** The oldest first. */
  pending(): PendingRemoval[] {
    if (!this.#database.hasTable('removals')) return [];
    const sql = `SELECT id, study_instance_uid AS studyInstanceUid, nullif(sop_instance_uid, '') AS sopInstanceUid, at,
                        author, leaving FROM removals ORDER BY id`;
    const rows = this.#database.orWithout(
      () =>
        this.#database.prepare(sql).all() as unknown as (Omit<PendingRemoval, 'leaving'> & {
          leaving: 0 | 1;
        })[],
      [],
    );
    return rows.map((row) => ({ ...row, leaving: row.leaving === 1 }));
  }

  ofStudy(studyInstanceUid: string): PendingRemoval[] {
    return this.pending().filter((removal) => removal.studyInstanceUid === studyInstanceUid);
  }

  /** Studies that were deleted as a whole. */
  wholeStudies(): ReadonlySet<string> {
    const whole = this.pending().filter(({ sopInstanceUid }) => sopInstanceUid === null);
    return new Set(whole.map(({ studyInstanceUid }) => studyInstanceUid));
  }

  one(id: number): PendingRemoval | null {
    return this.pending().find((removal) => removal.id === id) ?? null;
  }

  /** Call inside a transaction. */
  add(removal: Omit<PendingRemoval, 'id' | 'leaving'>): PendingRemoval {
    const { studyInstanceUid, sopInstanceUid, at, author } = removal;
    const { lastInsertRowid } = this.#database
      .prepare('INSERT INTO removals (study_instance_uid, sop_instance_uid, at, author) VALUES (?, ?, ?, ?)')
      .run(studyInstanceUid, sopInstanceUid ?? '', at, author);
    return { id: Number(lastInsertRowid), ...removal, leaving: false };
  }

  /** From now on it goes, whatever ends the process. Call inside a transaction. */
  leave(id: number): void {
    this.#database.prepare('UPDATE removals SET leaving = 1 WHERE id = ?').run(id);
  }

  /** Call inside a transaction. */
  forget(id: number): void {
    this.#database.prepare('DELETE FROM removals WHERE id = ?').run(id);
  }

  /** SHA-256 of the stored files that go with it. */
  files({
    studyInstanceUid,
    sopInstanceUid,
  }: Pick<PendingRemoval, 'studyInstanceUid' | 'sopInstanceUid'>): string[] {
    const rows = this.#database
      .prepare(
        `SELECT sha256 FROM clips WHERE study_instance_uid = ?1 AND (?2 IS NULL OR sop_instance_uid = ?2)
          UNION ALL
         SELECT sha256 FROM documents WHERE study_instance_uid = ?1 AND (?2 IS NULL OR sop_instance_uid = ?2)`,
      )
      .all(studyInstanceUid, sopInstanceUid) as { sha256: string }[];
    return rows.map(({ sha256 }) => sha256);
  }

  /** Of all clips and documents. */
  storedBytes(): { readonly files: number; readonly bytes: number } {
    const documents = this.#database.hasTable('documents') ? 'UNION ALL SELECT bytes FROM documents' : '';
    const sql = `SELECT count(*) AS files, coalesce(sum(bytes), 0) AS bytes FROM (SELECT bytes FROM clips ${documents})`;
    return { ...(this.#database.prepare(sql).get() as { files: number; bytes: number }) };
  }

  /** Clips and documents of a study. */
  count(studyInstanceUid: string): number {
    const { n } = this.#database
      .prepare(
        `SELECT (SELECT count(*) FROM clips WHERE study_instance_uid = ?1)
              + (SELECT count(*) FROM documents WHERE study_instance_uid = ?1) AS n`,
      )
      .get(studyInstanceUid) as { n: number };
    return n;
  }

  /**
   * Takes every row away that the removal is about, itself included; pages that they lay on are overwritten
   * (`secure_delete`). Call inside a transaction.
   */
  carryOut({ id, studyInstanceUid, sopInstanceUid }: PendingRemoval): void {
    this.#run('DELETE FROM snapshots WHERE study_instance_uid = ?', studyInstanceUid);
    if (sopInstanceUid === null) this.#takeStudy(studyInstanceUid);
    else this.#takeInstance(id, studyInstanceUid, sopInstanceUid);
  }

  #takeStudy(studyInstanceUid: string): void {
    const { patient } = this.#database
      .prepare('SELECT patient FROM studies WHERE study_instance_uid = ?')
      .get(studyInstanceUid) as { patient: number };
    // The removal last but one: while it stands, revisions may go.
    for (const table of ['revisions', 'clips', 'documents', 'patient_corrections', 'removals', 'studies'])
      this.#run(`DELETE FROM ${table} WHERE study_instance_uid = ?`, studyInstanceUid);
    this.#run(
      'DELETE FROM patients WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM studies WHERE patient = ?1)',
      patient,
    );
  }

  /** Revisions keep what they say of other clips, and their places: undone ones are named by those that undid them. */
  #takeInstance(id: number, studyInstanceUid: string, sopInstanceUid: string): void {
    const rows = this.#database
      .prepare('SELECT id, changes FROM revisions WHERE study_instance_uid = ? AND instr(changes, ?) > 0')
      .all(studyInstanceUid, JSON.stringify(sopInstanceUid)) as { id: number; changes: string }[];
    for (const row of rows) {
      const changes = JSON.parse(row.changes) as { sopInstanceUid?: string }[];
      const kept = changes.filter((change) => change.sopInstanceUid !== sopInstanceUid);
      this.#run('UPDATE revisions SET changes = ? WHERE id = ?', JSON.stringify(kept), row.id);
    }
    this.#run('DELETE FROM clips WHERE sop_instance_uid = ?', sopInstanceUid);
    this.#run('DELETE FROM documents WHERE sop_instance_uid = ?', sopInstanceUid);
    this.forget(id);
  }

  #run(sql: string, ...values: (string | number)[]): void {
    this.#database.prepare(sql).run(...values);
  }
}
