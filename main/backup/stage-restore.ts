import { link } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import { makeFolder } from '../files/make-folder.ts';
import { writeAtomically } from '../files/write-atomically.ts';
import { discardRestore, readyName, restoringName } from '../library/finish-restore.ts';
import { filesOfState } from './check-backup.ts';
import { filesName, readRecord, type BackupRecord } from './backup-record.ts';
import { copyFileHashed, hashOfFile, isFileOf } from './copy-file.ts';
import type { BackupProgress } from './write-backup.ts';

/**
 * Lays one state of a backup ready beside what the library holds, every file compared with its hash on the way. The
 * library takes it over when it is opened next (`main/library/finish-restore.ts`); until then nothing of it has changed.
 *
 * @throws SystolaError `file-altered`, `file-missing` naming the first file of the backup that is not what was backed up;
 *   `disk-full`, `unwritable`; as {@link readRecord}
 */
export async function stageRestore(
  libraryPath: string,
  state: string,
  { signal, onProgress }: { readonly signal: AbortSignal; onProgress(progress: BackupProgress): void },
): Promise<BackupRecord> {
  const record = await readRecord(state);
  const files = filesOfState(state, record);
  const restoring = join(libraryPath, restoringName);
  await discardRestore(libraryPath);
  let bytesDone = 0;
  try {
    // Also where the state has none: pictures that stayed would be taken in again.
    await makeFolder(join(restoring, 'new', filesName), 0o700);
    for (const [index, file] of files.entries()) {
      signal.throwIfAborted();
      const to = join(restoring, 'new', file.place);
      const linked =
        file.place.startsWith(filesName) && (await linkOwn(join(libraryPath, file.place), to, file, signal));
      if (!linked) await copyChecked(file, to, signal);
      bytesDone += file.bytes;
      onProgress({ done: index + 1, total: files.length, bytesDone });
    }
    await writeAtomically(
      join(restoring, readyName),
      JSON.stringify({ state, at: new Date().toISOString(), backedUpAt: record.at }),
      0o600,
    );
  } catch (error) {
    await discardRestore(libraryPath);
    throw error;
  }
  return record;
}

/** A picture that the library still has as it was taken in need not be copied. */
async function linkOwn(
  own: string,
  to: string,
  { sha256 }: { readonly sha256: string },
  signal: AbortSignal,
): Promise<boolean> {
  try {
    if ((await hashOfFile(own, signal))?.sha256 !== sha256) return false;
    await makeFolder(dirname(to), 0o700);
    await link(own, to);
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

async function copyChecked(
  { path, sha256, bytes }: { readonly path: string; readonly sha256: string; readonly bytes: number },
  to: string,
  signal: AbortSignal,
): Promise<void> {
  if (await isFileOf(path, bytes)) {
    const copied = await copyFileHashed(path, to, { signal, followsLinks: true });
    if (copied.sha256 === sha256 && copied.bytes === bytes) return;
  }
  throw new SystolaError(
    'file-altered',
    'This file of the backup is not what was backed up: nothing was restored. Choose another state, or another copy of the backup.',
    path,
  );
}
