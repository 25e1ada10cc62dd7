import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AuditLog } from '../../main/library/audit.ts';
import { openDatabase } from '../../main/library/database.ts';
import { Fates } from './check-fates.ts';
import type { Promised } from './promised.ts';

export interface CheckedLibrary {
  readonly promised: Promised;
  /** SHA-256 of the files of clips, by clip. */
  readonly hashes: ReadonlyMap<string, string>;
  /** Whether the time of everything that was deleted has come. */
  readonly settled?: boolean;
}

const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex');

/** What is wrong with a library that nobody has open: integrity, references, audit chain, files, and what is gone. */
export function checkLibrary(
  folder: string,
  { promised, hashes, settled = false }: CheckedLibrary,
): string[] {
  const problems: string[] = [];
  const databasePath = join(folder, 'library.sqlite');
  if (!existsSync(databasePath)) return promised.clips.size > 0 ? ['no database'] : [];
  const database = openDatabase(databasePath);
  try {
    if (database.damage !== null) problems.push(`damaged: ${database.damage}`);
    const integrity = database.prepare('PRAGMA integrity_check').get() as { integrity_check: string };
    if (integrity.integrity_check !== 'ok') problems.push(`integrity: ${integrity.integrity_check}`);
    const references = database.prepare('PRAGMA foreign_key_check').all();
    if (references.length > 0) problems.push(`foreign keys: ${JSON.stringify(references)}`);
    const broken = new AuditLog(database).firstBrokenEntry();
    if (broken !== null) problems.push(`audit chain broken at ${broken}`);

    const revisions = database.prepare('SELECT id FROM revisions').all() as { id: number }[];
    const ids = new Set(revisions.map(({ id }) => id));
    const fates = new Fates(folder, database, hashes);
    fates.check(promised, settled);
    problems.push(...fates.problems);
    for (const [id, study] of promised.revisions) {
      const isDeleted = promised.fates.has(`${study} `) && fates.seen(study) === 'gone';
      if (!ids.has(id) && !isDeleted) problems.push(`revision ${id} is lost`);
    }
    const audited = new Set(
      (
        database.prepare(`SELECT json_extract(detail, '$.revision') AS id FROM audit`).all() as {
          id: number;
        }[]
      ).map(({ id }) => id),
    );
    for (const id of ids) if (!audited.has(id)) problems.push(`revision ${id} is not in the audit log`);

    const clips = database.prepare('SELECT sop_instance_uid AS uid, sha256 FROM clips').all() as {
      uid: string;
      sha256: string;
    }[];
    const uids = new Set(clips.map(({ uid }) => uid));
    for (const uid of promised.clips) {
      if (!uids.has(uid) && !fates.isGone(uid, promised)) problems.push(`clip ${uid} is lost`);
    }
    for (const { uid, sha256 } of clips) {
      const path = join(folder, 'files', sha256.slice(0, 2), `${sha256}.dcm`);
      if (!existsSync(path)) {
        if (!fates.mayLack(uid)) problems.push(`the file of clip ${uid} is gone`);
      } else if (hashOf(path) !== sha256) problems.push(`the file of clip ${uid} is not what was taken in`);
    }
  } finally {
    database.close();
  }
  for (const name of promised.models) {
    const model = join(folder, 'models', name);
    try {
      const manifest = JSON.parse(readFileSync(join(model, 'manifest.json'), 'utf8')) as {
        graph: { file: string; sha256: string };
      };
      if (hashOf(join(model, manifest.graph.file)) !== manifest.graph.sha256)
        problems.push(`model ${name} is damaged`);
    } catch {
      problems.push(`model ${name} is lost`);
    }
  }
  return problems;
}

/**
 * What an earlier process left behind in a library that another one has opened. That one may be importing, or adding a
 * model, by the time that it is looked at.
 */
export function checkLeftovers(folder: string, importing = false, processId = 0): string[] {
  const problems: string[] = [];
  const names = (path: string): string[] => (existsSync(path) ? readdirSync(path) : []);
  if (!importing) {
    for (const name of names(join(folder, 'incoming'))) problems.push(`incoming/${name} is left over`);
  }
  for (const name of names(join(folder, 'models'))) {
    if (name.startsWith('.') && !name.includes(`-${processId}-`))
      problems.push(`models/${name} is left over`);
  }
  return problems;
}
