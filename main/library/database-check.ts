import type { DatabaseSync } from 'node:sqlite';

/** Databases up to this size are read whole at the start; of larger ones, what the list and the clips need. */
const wholeBytes = 64 << 20;

/**
 * What is wrong with a database, null when nothing is: its structure (PRAGMA quick_check), rows that refer to rows
 * that are not there (foreign_key_check), and rows whose content is not what was written into them. Reads only.
 *
 * @throws what SQLite throws where the file cannot be read as a database at all
 */
export function findDamage(database: DatabaseSync): string | null {
  const [found] = database.prepare('PRAGMA quick_check(1)').all() as { quick_check: string }[];
  if (found === undefined || found.quick_check !== 'ok')
    return `structure: ${found?.quick_check ?? 'unknown'}`;
  const tables = new Set(
    (database.prepare(`SELECT name FROM sqlite_master WHERE type = 'table'`).all() as { name: string }[]).map(
      ({ name }) => name,
    ),
  );
  // Nothing was ever stored, or this is the database of another application, which migrating will show.
  if (!tables.has('studies') || !tables.has('clips')) return null;
  const [dangling] = database.prepare('PRAGMA foreign_key_check').all() as { table: string }[];
  if (dangling !== undefined) return `a row of ${dangling.table} belongs to nothing`;
  return contentDamage(database, tables);
}

function contentDamage(database: DatabaseSync, tables: ReadonlySet<string>): string | null {
  const first = (sql: string): string | null => {
    const row = database.prepare(`${sql} LIMIT 1`).get() as { name: unknown } | undefined;
    return row === undefined ? null : String(row.name);
  };
  const study = first(`
    SELECT study_instance_uid AS name FROM studies
     WHERE CASE WHEN json_valid(facts) THEN json_extract(facts, '$.studyInstanceUid') IS NOT study_instance_uid ELSE 1 END`);
  if (study !== null) return `the record of study ${study}`;
  const clip = first(`
    SELECT sop_instance_uid AS name FROM clips
     WHERE length(sha256) <> 64 OR sha256 GLOB '*[^0-9a-f]*'
        OR CASE WHEN json_valid(facts) THEN json_extract(facts, '$.sopInstanceUid') IS NOT sop_instance_uid ELSE 1 END`);
  if (clip !== null) return `the record of clip ${clip}`;
  const document = tables.has('documents')
    ? first(`
    SELECT sop_instance_uid AS name FROM documents
     WHERE length(sha256) <> 64 OR sha256 GLOB '*[^0-9a-f]*'
        OR CASE WHEN json_valid(facts) THEN json_extract(facts, '$.sopInstanceUid') IS NOT sop_instance_uid ELSE 1 END`)
    : null;
  if (document !== null) return `the record of document ${document}`;
  const correction = tables.has('patient_corrections')
    ? first(`
    SELECT study_instance_uid AS name FROM patient_corrections
     WHERE CASE WHEN json_valid(correction) THEN json_type(correction) <> 'object' ELSE 1 END`)
    : null;
  if (correction !== null) return `the correction of the patient of study ${correction}`;
  const setting = first('SELECT name FROM settings WHERE NOT json_valid(value)');
  if (setting !== null) return `the setting "${setting}"`;
  const { page_size: pageSize } = database.prepare('PRAGMA page_size').get() as { page_size: number };
  const { page_count: pages } = database.prepare('PRAGMA page_count').get() as { page_count: number };
  if (pages * pageSize > wholeBytes) return null;
  const revision = first('SELECT id AS name FROM revisions WHERE NOT json_valid(changes)');
  if (revision !== null) return `revision ${revision}`;
  const entry = first('SELECT id AS name FROM audit WHERE NOT json_valid(detail)');
  return entry === null ? null : `entry ${entry} of the audit log`;
}
