import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { BigIntStats } from 'node:fs';
import { SystolaError } from '../../core/error.ts';
import { fileError } from '../files/file-error.ts';
import { refusal } from './refusal.ts';

/** A file of the library's store and what was taken in under its name. */
export interface StoredFile {
  readonly path: string;
  /** Name for messages: that of the file it was imported from. */
  readonly fileName: string;
  /** SHA-256 of the bytes that were taken in, hexadecimal. */
  readonly sha256: string;
  /** How many they were; null where only the hash is known. */
  readonly bytes: number | null;
}

/** What a file holds now, and the state of the file that this is true of. */
export interface FileContent {
  readonly stamp: string;
  readonly sha256: string;
}

const chunkBytes = 1 << 20;
/** A file that keeps changing while it is read is not hashed more often than this. */
const attempts = 3;

/**
 * Tells one state of a file from another: size, inode, and both times in nanoseconds. The time of the last change of
 * the inode (ctime) moves with every write, also where the time of modification is set back afterwards.
 */
export function stampOf({ size, ino, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${size} ${ino} ${mtimeNs} ${ctimeNs}`;
}

/** Hashes a file; blocks its thread. The stamp is that of the bytes that were hashed. */
export function hashFile(path: string): FileContent {
  const chunk = new Uint8Array(chunkBytes);
  for (let attempt = 1; ; attempt += 1) {
    const descriptor = openSync(path, 'r');
    try {
      const before = stampOf(fstatSync(descriptor, { bigint: true }));
      const hash = createHash('sha256');
      for (;;) {
        const count = readSync(descriptor, chunk, 0, chunk.length, null);
        if (count === 0) break;
        hash.update(chunk.subarray(0, count));
      }
      const stamp = stampOf(fstatSync(descriptor, { bigint: true }));
      if (stamp === before || attempt === attempts) return { stamp, sha256: hash.digest('hex') };
    } finally {
      closeSync(descriptor);
    }
  }
}

/** The file in the store is not the one that was taken in. */
export function alteredFile(fileName: string): SystolaError {
  return refusal(
    'file-altered',
    fileName,
    'The stored file of this clip is not the one that was imported: it was changed or exchanged on disk. ' +
      'Import the original again, or restore the library folder from a backup.',
  );
}

/** Names why a file of the store could not be looked at: only one that is not there is missing. */
export function storedFileError(fileName: string, error: unknown): unknown {
  const named = fileError(error, fileName);
  if (!(named instanceof SystolaError)) return named;
  return named.code === 'not-found' ? missingFile(fileName, error) : named;
}

/** The file in the store is gone. */
export function missingFile(fileName: string, cause?: unknown): SystolaError {
  return refusal(
    'file-missing',
    fileName,
    'The stored file of this clip is missing. Import the original again, or restore the library folder from a backup.',
    cause,
  );
}
