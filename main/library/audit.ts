import { createHash } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import type { LibraryDatabase } from './database.ts';
import { storedJson } from './stored-json.ts';

/** Audit event identifiers of DICOM PS3.15 A.5.3 (code values of DCM, CID 400). */
export const auditEvents = {
  applicationActivity: '110100',
  beginTransfer: '110102',
  instancesAccessed: '110103',
  instancesTransferred: '110104',
  studyDeleted: '110105',
  patientRecord: '110110',
  export: '110106',
  import: '110107',
} as const;
export type AuditEvent = (typeof auditEvents)[keyof typeof auditEvents];

/** EventActionCode of PS3.15 A.5: create, read, update, delete, execute. */
export type AuditAction = 'C' | 'R' | 'U' | 'D' | 'E';

/** EventOutcomeIndicator of PS3.15 A.5: success, minor failure, serious failure, major failure. */
export const auditOutcomes = { success: 0, minorFailure: 4, seriousFailure: 8, majorFailure: 12 } as const;
export type AuditOutcome = (typeof auditOutcomes)[keyof typeof auditOutcomes];

export interface AuditRecord {
  readonly event: AuditEvent;
  readonly action: AuditAction;
  readonly outcome: AuditOutcome;
  readonly user: string;
  readonly studyInstanceUid: string | null;
  readonly patientId: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
}

export interface AuditEntry extends AuditRecord {
  readonly id: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly previousHash: string;
  /** SHA-256 over the previous entry's hash and everything in this one. */
  readonly hash: string;
}

interface AuditRow {
  id: number;
  at: string;
  event_id: string;
  action: string;
  outcome: number;
  user: string;
  study_instance_uid: string | null;
  patient_id: string | null;
  detail: string;
  previous_hash: string;
  hash: string;
}

const firstHash = '0'.repeat(64);
/** A part of what an entry says; null in one that is damaged, which keeps no other from being found. */
const detailOf = (name: string): string =>
  `CASE WHEN json_valid(detail) THEN json_extract(detail, '$.${name}') END`;

/** Entries of the chain that are compared in one go. */
const entriesAtOnce = 500;

const entryOf = (row: AuditRow): AuditEntry => ({
  id: row.id,
  at: row.at,
  event: row.event_id as AuditEvent,
  action: row.action as AuditAction,
  outcome: row.outcome as AuditOutcome,
  user: row.user,
  studyInstanceUid: row.study_instance_uid,
  patientId: row.patient_id,
  detail: storedJson(row.detail, `Entry ${row.id} of the audit log`) as Record<string, unknown>,
  previousHash: row.previous_hash,
  hash: row.hash,
});

function entryHash(row: Omit<AuditRow, 'id' | 'hash'>): string {
  const parts = [
    row.previous_hash,
    row.at,
    row.event_id,
    row.action,
    row.outcome,
    row.user,
    row.study_instance_uid,
    row.patient_id,
    row.detail,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/** The append-only list of what was done to which study, each entry chained to the one before by its hash. */
export class AuditLog {
  readonly #database: LibraryDatabase;

  constructor(database: LibraryDatabase) {
    this.#database = database;
  }

  /** Adds one entry; part of the caller's transaction when there is one. */
  append(record: AuditRecord, at = new Date()): void {
    const last = this.#database.prepare('SELECT hash FROM audit ORDER BY id DESC LIMIT 1').get() as
      { hash: string } | undefined;
    const row = {
      previous_hash: last?.hash ?? firstHash,
      at: at.toISOString(),
      event_id: record.event,
      action: record.action,
      outcome: record.outcome,
      user: record.user,
      study_instance_uid: record.studyInstanceUid,
      patient_id: record.patientId,
      detail: JSON.stringify(record.detail),
    };
    this.#database
      .prepare(
        `INSERT INTO audit (at, event_id, action, outcome, user, study_instance_uid, patient_id, detail, previous_hash, hash)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        row.at,
        row.event_id,
        row.action,
        row.outcome,
        row.user,
        row.study_instance_uid,
        row.patient_id,
        row.detail,
        row.previous_hash,
        entryHash(row),
      );
  }

  /** Whether an entry is here that waited in the reserve under this id. */
  holdsReserved(id: string): boolean {
    const sql = `SELECT 1 FROM audit WHERE ${detailOf('reserved')} = ? LIMIT 1`;
    return this.#database.prepare(sql).get(id) !== undefined;
  }

  /** Whether it says that what was laid ready at this time was restored. */
  holdsRestored(laidReadyAt: string): boolean {
    const sql = `SELECT 1 FROM audit WHERE ${detailOf('laidReadyAt')} = ? LIMIT 1`;
    return this.#database.prepare(sql).get(laidReadyAt) !== undefined;
  }

  /** What is recorded of the objects that a node stored, a remark of its own included. */
  storedBy(node: string): readonly Readonly<Record<string, unknown>>[] {
    const sql = `SELECT id, detail FROM audit WHERE event_id = ? AND outcome IN (?, ?)
      AND ${detailOf('node')} = ? AND ${detailOf('direction')} = 'sent'`;
    const { success, minorFailure } = auditOutcomes;
    const rows = this.#database
      .prepare(sql)
      .all(auditEvents.instancesTransferred, success, minorFailure, node) as { id: number; detail: string }[];
    return rows.map(
      ({ id, detail }) => storedJson(detail, `Entry ${id} of the audit log`) as Record<string, unknown>,
    );
  }

  entries(): AuditEntry[] {
    const rows = this.#database.prepare('SELECT * FROM audit ORDER BY id').all() as unknown as AuditRow[];
    return rows.map(entryOf);
  }

  /** What was done of one kind to one study, the earliest first. */
  entriesOf(studyInstanceUid: string, event: AuditEvent): AuditEntry[] {
    const sql = 'SELECT * FROM audit WHERE study_instance_uid = ? AND event_id = ? ORDER BY id';
    const rows = this.#database.prepare(sql).all(studyInstanceUid, event) as unknown as AuditRow[];
    return rows.map(entryOf);
  }

  /** What was done to one study, the latest first, and how many earlier entries there are beside them. */
  newestOf(studyInstanceUid: string, most: number): { entries: AuditEntry[]; older: number } {
    const where = 'FROM audit WHERE study_instance_uid = ?';
    const { count } = this.#database.prepare(`SELECT count(*) AS count ${where}`).get(studyInstanceUid) as {
      count: number;
    };
    const sql = `SELECT * ${where} ORDER BY id DESC LIMIT ?`;
    const rows = this.#database.prepare(sql).all(studyInstanceUid, most) as unknown as AuditRow[];
    return { entries: rows.map(entryOf), older: count - rows.length };
  }

  /** Id of the first entry that does not follow from the one before it, null when the chain is whole. */
  firstBrokenEntry(): number | null {
    let checked: Checked = { id: 0, hash: firstHash, broken: null };
    for (;;) {
      const next = this.#check(checked);
      if (next === checked) return null;
      if (next.broken !== null) return next.broken;
      checked = next;
    }
  }

  /** {@link firstBrokenEntry} of a log of any length, while everything else goes on; null when called off. */
  async findBrokenEntry(signal: AbortSignal): Promise<number | null> {
    let checked: Checked = { id: 0, hash: firstHash, broken: null };
    while (!signal.aborted) {
      const next = this.#check(checked);
      if (next === checked) return null;
      if (next.broken !== null) return next.broken;
      checked = next;
      await turn();
    }
    return null;
  }

  /** Follows the chain over the next entries; the same when there are no more. */
  #check(from: Checked): Checked {
    const rows = this.#database
      .prepare('SELECT * FROM audit WHERE id > ? ORDER BY id LIMIT ?')
      .all(from.id, entriesAtOnce) as unknown as AuditRow[];
    let { id, hash } = from;
    for (const row of rows) {
      if (row.previous_hash !== hash || entryHash(row) !== row.hash) return { id, hash, broken: row.id };
      ({ id, hash } = row);
    }
    return rows.length === 0 ? from : { id, hash, broken: null };
  }
}

interface Checked {
  readonly id: number;
  readonly hash: string;
  readonly broken: number | null;
}
