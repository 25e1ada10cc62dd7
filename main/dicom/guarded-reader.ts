import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { EcgTrace } from '../../core/clip/ecg.ts';
import type { ContourReading } from '../../core/document/contour-reading.ts';
import { fileError } from '../files/file-error.ts';
import type { Instance } from './instance.ts';
import { hashLimit, readLimitMs } from './limits.ts';
import type { AnyDocument, ReadObject } from './read-object.ts';
import { alteredFile, storedFileError, type FileContent, type StoredFile } from './stored-file.ts';
import { reportLimitMs } from './structured-report/limits.ts';
import type { HashedObject } from './worker-messages.ts';
import { WorkerPool } from './worker-pool.ts';

let pool: WorkerPool | null = null;

/**
 * Reads an instance by path in a worker thread that is ended when the file takes two seconds of the processor or more
 * memory than any real file: for files from outside. Throws what `readInstance` throws, and unreadable, not-found.
 */
export function readInstanceGuarded(path: string, fileName = basename(path)): Promise<Instance> {
  pool ??= new WorkerPool(1);
  return pool.run({ kind: 'instance', path, fileName }, readLimitMs);
}

/** {@link readInstanceGuarded} for whatever the library takes: clips without their pixels, and documents. */
export async function readObjectGuarded(path: string, fileName = basename(path)): Promise<ReadObject> {
  pool ??= new WorkerPool(1);
  const read = await pool.run({ kind: 'clip-or-report', path, fileName }, readLimitMs);
  if (read !== 'report') return read;
  const { size } = await stat(path).catch((error: unknown) => {
    throw fileError(error, fileName);
  });
  return pool.run({ kind: 'report', path, fileName }, reportLimitMs(size));
}

/**
 * Reads an instance of the library's store, after its content was compared with what was taken in. Throws what
 * {@link readInstanceGuarded} throws, and file-altered, file-missing, unreadable.
 */
export async function readStoredInstance(file: StoredFile): Promise<Instance> {
  const { path, fileName, sha256 } = file;
  pool ??= new WorkerPool(1);
  const size = await sizeOf(file);
  return pool.run({ kind: 'instance', path, fileName, sha256 }, readLimitMs + hashLimit(size));
}

/** {@link readStoredInstance} for whatever the library takes. */
export async function readStoredObject(file: StoredFile): Promise<ReadObject> {
  const { path, fileName, sha256 } = file;
  pool ??= new WorkerPool(1);
  const size = await sizeOf(file);
  const read = await pool.run(
    { kind: 'clip-or-report', path, fileName, sha256 },
    readLimitMs + hashLimit(size),
  );
  return read === 'report' ? readStoredReport(file) : read;
}

/** A document of the library's store; throws as {@link readStoredInstance} does. */
export async function readStoredReport(file: StoredFile): Promise<AnyDocument> {
  const { path, fileName, sha256 } = file;
  pool ??= new WorkerPool(1);
  const size = await sizeOf(file);
  return pool.run({ kind: 'report', path, fileName, sha256 }, reportLimitMs(size) + hashLimit(size));
}

/** The ECG that a clip of the library's store brings along; throws as {@link readStoredInstance} does. */
export async function readStoredEcg(file: StoredFile): Promise<EcgTrace | null> {
  const { path, fileName, sha256 } = file;
  pool ??= new WorkerPool(1);
  const size = await sizeOf(file);
  return pool.run({ kind: 'ecg', path, fileName, sha256 }, readLimitMs + hashLimit(size));
}

/** The contours of a document of the library's store; throws as {@link readStoredInstance} does. */
export async function readStoredContours(file: StoredFile): Promise<ContourReading | null> {
  const { path, fileName, sha256 } = file;
  pool ??= new WorkerPool(1);
  const size = await sizeOf(file);
  return pool.run({ kind: 'contours', path, fileName, sha256 }, reportLimitMs(size) + hashLimit(size));
}

async function sizeOf({ path, fileName, bytes }: StoredFile): Promise<number> {
  const { size } = await stat(path).catch((error: unknown) => {
    throw storedFileError(fileName, error);
  });
  if (bytes !== null && size !== bytes) throw alteredFile(fileName);
  return size;
}

/**
 * Reads what any object says of itself, and its hash, in the worker thread; compares the hash where one is given. Throws
 * what `objectFacts` throws, file-altered, unreadable, not-found.
 */
export async function readHashedObject(
  path: string,
  fileName = basename(path),
  sha256?: string,
): Promise<HashedObject> {
  pool ??= new WorkerPool(1);
  const { size } = await stat(path).catch((error: unknown) => {
    throw sha256 === undefined ? fileError(error, fileName) : storedFileError(fileName, error);
  });
  const request = { kind: 'object', path, fileName, ...(sha256 === undefined ? {} : { sha256 }) } as const;
  return pool.run(request, readLimitMs + hashLimit(size));
}

/** Hashes a file in the worker thread. Throws unreadable, not-found. */
export async function hashGuarded({ path, fileName }: StoredFile, bytes: number): Promise<FileContent> {
  pool ??= new WorkerPool(1);
  return pool.run({ kind: 'hash', path, fileName }, hashLimit(bytes));
}

/** Starts the worker thread, so that the first file does not wait for it. */
export async function warmUpGuardedReader(): Promise<void> {
  pool ??= new WorkerPool(1);
  await pool.run({ kind: 'load' }, 30_000);
}

/** Ends the worker thread; the next read starts a new one. */
export async function closeGuardedReader(): Promise<void> {
  const closing = pool;
  pool = null;
  await closing?.close();
}
