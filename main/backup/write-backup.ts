import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import { ownerTag, removeAbandoned } from '../files/abandoned.ts';
import { makeFolder } from '../files/make-folder.ts';
import { writeAtomically } from '../files/write-atomically.ts';
import { writeError } from '../files/write-error.ts';
import { auditEvents, auditOutcomes } from '../library/audit.ts';
import type { Library } from '../library/library.ts';
import {
  databaseName,
  filesName,
  isPassing,
  othersName,
  recordName,
  type BackupRecord,
} from './backup-record.ts';
import { copyFileHashed, hashOfFile } from './copy-file.ts';

/** How far a backup, or the check of one, has come. */
export interface BackupProgress {
  readonly done: number;
  readonly total: number;
  readonly bytesDone: number;
}

export interface WrittenBackup {
  /** Folder of this state of the library. */
  readonly state: string;
  readonly record: BackupRecord;
  /** Files that had to be copied; the others were there from an earlier one. */
  readonly copied: number;
}

/**
 * Writes the library as it is now into a backup: files that the backup has already are compared by their hash and not
 * copied again, the state as a whole appears when everything of it is there. Work goes on meanwhile: what is stored after
 * the database was copied is part of the next state.
 *
 * @param folder of the backup; a new or an empty one, or that of earlier states
 * @throws SystolaError `bad-request` for a folder in the library itself; `disk-full`, `unwritable`, `library-damaged`
 */
export async function writeBackup(
  library: Library,
  folder: string,
  software: string,
  { signal, onProgress }: { readonly signal: AbortSignal; onProgress(progress: BackupProgress): void },
): Promise<WrittenBackup> {
  library.refuseWhenDamaged();
  refuseInside(library.path, folder);
  const at = new Date().toISOString();
  const state = join(folder, at.replace(/[:.]/g, '-').replace('Z', ''));
  const beside = join(folder, `.systola-${ownerTag()}`);
  try {
    await makeFolder(folder, 0o700);
    await removeAbandoned(folder, '.systola-');
    await mkdir(beside, { mode: 0o700 });
  } catch (error) {
    throw writeError(error, folder);
  }
  try {
    await library.copyDatabase(join(beside, databaseName));
    const database = (await hashOfFile(join(beside, databaseName), signal))!;
    const wanted = library.stored.named();
    const others = await otherFiles(library.path);
    const progress = { done: 0, total: wanted.length + others.length, bytesDone: 0 };
    const told = (bytes: number): void => {
      progress.done += 1;
      progress.bytesDone += bytes;
      onProgress({ ...progress });
    };
    const files: BackupRecord['files'] = [];
    const missing: string[] = [];
    let copied = 0;
    for (const { sha256, name } of wanted) {
      signal.throwIfAborted();
      const kept = join(folder, filesName, sha256.slice(0, 2), `${sha256}.dcm`);
      let there = await hashOfFile(kept, signal);
      if (there?.sha256 !== sha256) {
        there = await copyFileHashed(library.files.path(sha256), kept, signal).catch((error: unknown) => {
          // One that the library has lost or that rots there keeps no other from being kept.
          if (error instanceof SystolaError && isOfSource(error)) return null;
          throw error;
        });
        if (there !== null) copied += 1;
      }
      if (there?.sha256 === sha256) files.push({ sha256, bytes: there.bytes });
      else {
        if (there !== null) await rm(kept, { force: true });
        missing.push(name);
      }
      told(there?.bytes ?? 0);
    }
    const kept: BackupRecord['others'] = [];
    for (const path of others) {
      const file = await copyFileHashed(join(library.path, path), join(beside, othersName, path), signal);
      kept.push({ path: path.split(sep).join('/'), ...file });
      told(file.bytes);
    }
    const record: BackupRecord = {
      ...{ format: 1, software, at, studies: library.summaries().length },
      ...{ database, files, others: kept, missing },
    };
    await writeAtomically(join(beside, recordName), JSON.stringify(record), 0o600);
    library.record({
      event: auditEvents.export,
      action: 'R',
      outcome: missing.length === 0 ? auditOutcomes.success : auditOutcomes.minorFailure,
      user: library.user(),
      studyInstanceUid: null,
      patientId: null,
      detail: { backup: state, studies: record.studies, files: files.length, missing: missing.slice(0, 200) },
    });
    await rename(beside, state).catch((error: unknown) => {
      throw writeError(error, state);
    });
    return { state, record, copied };
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

const isOfSource = ({ code }: SystolaError): boolean =>
  code === 'not-found' || code === 'unreadable' || code === 'file-missing';

/** Files beside the database: languages, templates, models, masks, keys. Links stay what they are: elsewhere. */
async function otherFiles(libraryPath: string): Promise<string[]> {
  const found: string[] = [];
  const look = async (folder: string): Promise<void> => {
    for (const entry of await readdir(folder, { withFileTypes: true })) {
      if (folder === libraryPath && isPassing(entry.name)) continue;
      const path = join(folder, entry.name);
      if (entry.isDirectory()) await look(path);
      else if (entry.isFile()) found.push(relative(libraryPath, path));
    }
  };
  await look(libraryPath);
  return found.sort();
}

function refuseInside(libraryPath: string, folder: string): void {
  const from = relative(libraryPath, folder);
  if (from !== '' && (from.startsWith('..') || from.includes(':'))) return;
  throw new SystolaError(
    'bad-request',
    'A backup inside of the library would go with it. Choose a folder elsewhere, best on another disk.',
    folder,
  );
}

/** States of a backup, the newest first; none where the folder is no backup. */
export async function statesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  const states: string[] = [];
  for (const name of names
    .filter((one) => /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}$/.test(one))
    .sort()
    .reverse()) {
    const record = await lstat(join(folder, name, recordName)).catch(() => null);
    if (record?.isFile()) states.push(join(folder, name));
  }
  return states;
}
