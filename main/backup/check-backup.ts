import { dirname, join } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import { databaseName, filesName, othersName, readRecord, type BackupRecord } from './backup-record.ts';
import { hashOfFile } from './copy-file.ts';
import type { BackupProgress } from './write-backup.ts';

/** One file of a backup, where it lies there and where it belongs in a library. */
export interface BackedUpFile {
  readonly path: string;
  readonly place: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** All files of one state of a backup; the database is the last. */
export function filesOfState(state: string, { files, others, database }: BackupRecord): BackedUpFile[] {
  const pool = join(dirname(state), filesName);
  return [
    ...files.map(({ sha256, bytes }) => {
      const name = join(sha256.slice(0, 2), `${sha256}.dcm`);
      return { path: join(pool, name), place: join(filesName, name), sha256, bytes };
    }),
    ...others.map(({ path, sha256, bytes }) => ({
      path: join(state, othersName, ...path.split('/')),
      place: join(...path.split('/')),
      sha256,
      bytes,
    })),
    { path: join(state, databaseName), place: databaseName, ...database },
  ];
}

/** What is wrong with one file of a backup. */
export interface BackupFault {
  readonly path: string;
  readonly fault: 'missing' | 'altered' | 'unreadable';
}

/**
 * Compares every file of a state of a backup with its hash.
 *
 * @throws SystolaError as {@link readRecord}
 */
export async function checkBackup(
  state: string,
  { signal, onProgress }: { readonly signal: AbortSignal; onProgress(progress: BackupProgress): void },
): Promise<{ record: BackupRecord; faults: BackupFault[] }> {
  const record = await readRecord(state);
  const files = filesOfState(state, record);
  const faults: BackupFault[] = [];
  let bytesDone = 0;
  for (const [index, { path, sha256, bytes }] of files.entries()) {
    signal.throwIfAborted();
    try {
      const there = await hashOfFile(path, signal);
      if (there === null) faults.push({ path, fault: 'missing' });
      else if (there.sha256 !== sha256 || there.bytes !== bytes) faults.push({ path, fault: 'altered' });
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
      faults.push({ path, fault: 'unreadable' });
    }
    bytesDone += bytes;
    onProgress({ done: index + 1, total: files.length, bytesDone });
  }
  return { record, faults };
}
