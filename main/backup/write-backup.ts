import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import { ownerTag, removeAbandoned } from '../files/abandoned.ts';
import { makeFolder } from '../files/make-folder.ts';
import { writeAtomically } from '../files/write-atomically.ts';
import { writeError } from '../files/write-error.ts';
import { auditEvents, auditOutcomes } from '../library/audit.ts';
import type { Library } from '../library/library.ts';
import { databaseName, filesName, othersName, recordName, type BackupRecord } from './backup-record.ts';
import { copyFileHashed, hashOfFile, type CopiedFile } from './copy-file.ts';
import { otherFiles } from './other-files.ts';

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
  /** Files that are not in it, by their names, with why; without any the state is whole. */
  readonly leftOut: readonly LeftOut[];
}

export interface LeftOut {
  readonly name: string;
  readonly reason: string;
}

/**
 * Writes the library as it is now into a backup: files that the backup has already are compared by their hash and not
 * copied again, the state as a whole appears when everything of it is there. Work goes on meanwhile: what is stored after
 * the database was copied is part of the next state, and what is deleted goes when this one is written. A file that cannot
 * be kept keeps no other from it: the state is written without it, and says so.
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
    return await library.care.whileNothingLeaves(() =>
      writeState(library, { folder, state, beside, at, software }, { signal, onProgress }),
    );
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

interface StateInMaking {
  readonly folder: string;
  /** What the state will be called, and is called until it is whole. */
  readonly state: string;
  readonly beside: string;
  readonly at: string;
  readonly software: string;
}

async function writeState(
  library: Library,
  { folder, state, beside, at, software }: StateInMaking,
  { signal, onProgress }: { readonly signal: AbortSignal; onProgress(progress: BackupProgress): void },
): Promise<WrittenBackup> {
  await library.copyDatabase(join(beside, databaseName));
  const database = (await hashOfFile(join(beside, databaseName), signal))!;
  const wanted = library.stored.named();
  const { paths, leftOut } = await otherFiles(library.path);
  const progress = { done: 0, total: wanted.length + paths.length, bytesDone: 0 };
  const told = (bytes: number): void => {
    progress.done += 1;
    progress.bytesDone += bytes;
    onProgress({ ...progress });
  };
  /** Null for what cannot be kept. */
  const kept = async (name: string, from: string, copy: () => Promise<CopiedFile>) => {
    signal.throwIfAborted();
    try {
      return await copy();
    } catch (error) {
      if (!(error instanceof SystolaError) || error.file !== from) throw error;
      leftOut.push({ name, reason: error.message });
      return null;
    }
  };
  const files: BackupRecord['files'] = [];
  let copied = 0;
  for (const { sha256, name } of wanted) {
    const from = library.files.path(sha256);
    const file = await kept(name, from, async () => {
      const to = join(folder, filesName, sha256.slice(0, 2), `${sha256}.dcm`);
      const there = await hashOfFile(to, signal);
      if (there?.sha256 === sha256) return there;
      const copy = await copyFileHashed(from, to, { signal, followsLinks: true });
      if (copy.sha256 === sha256) {
        copied += 1;
        return copy;
      }
      await rm(to, { force: true });
      throw new SystolaError('file-altered', 'It is not what was imported.', from);
    });
    if (file !== null) files.push({ sha256, bytes: file.bytes });
    told(file?.bytes ?? 0);
  }
  const others: BackupRecord['others'] = [];
  for (const path of paths) {
    const from = join(library.path, path);
    const to = join(beside, othersName, path);
    const file = await kept(path, from, () => copyFileHashed(from, to, { signal }));
    if (file !== null) others.push({ path, ...file });
    told(file?.bytes ?? 0);
  }
  const missing = leftOut.map(({ name }) => name);
  const record: BackupRecord = {
    ...{ format: 1, software, at, studies: library.summaries().length },
    ...{ database, files, others, missing },
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
  return { state, record, copied, leftOut };
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
