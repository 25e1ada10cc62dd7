import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ownerTag } from '../files/abandoned.ts';
import { fileError } from '../files/file-error.ts';
import { makeFolder } from '../files/make-folder.ts';
import { writeError } from '../files/write-error.ts';

export interface CopiedFile {
  readonly sha256: string;
  readonly bytes: number;
}

/** Only the owner of the library may read what is copied from it. */
const ownersOnly = 0o600;

/**
 * Copies a file, flushed to disk and whole, or not at all; its hash is that of what was written.
 *
 * @throws SystolaError `not-found`, `unreadable` of the source; `disk-full`, `unwritable` of the target
 */
export async function copyFileHashed(from: string, to: string, signal: AbortSignal): Promise<CopiedFile> {
  const beside = `${to}.${ownerTag()}.part`;
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    await makeFolder(dirname(to), 0o700);
  } catch (error) {
    throw writeError(error, to);
  }
  const source = createReadStream(from, { highWaterMark: 1 << 20 });
  let readFailure: unknown = null;
  source.once('error', (error) => (readFailure = error));
  try {
    await pipeline(
      source,
      async function* (chunks: AsyncIterable<Buffer>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          bytes += chunk.length;
          yield chunk;
        }
      },
      createWriteStream(beside, { flags: 'wx', mode: ownersOnly, flush: true }),
      { signal },
    );
    await rename(beside, to);
  } catch (error) {
    await rm(beside, { force: true }).catch(() => undefined);
    signal.throwIfAborted();
    throw readFailure === null ? writeError(error, to) : fileError(readFailure, from);
  }
  return { sha256: hash.digest('hex'), bytes };
}

/**
 * Whether a file of a backup is one, and as long as it has to be: a pipe or a device that stands in its place has no end,
 * and one that is too long would fill the disk.
 *
 * @throws SystolaError `unreadable`, `not-found`
 */
export async function isFileOf(path: string, bytes: number): Promise<boolean> {
  try {
    const found = await stat(path);
    return found.isFile() && found.size === bytes;
  } catch (error) {
    throw fileError(error, path);
  }
}

/** Hash and size of a file; null where there is none. @throws SystolaError `unreadable` */
export async function hashOfFile(path: string, signal: AbortSignal): Promise<CopiedFile | null> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    // Whoever opens a pipe waits for somebody to write into it.
    if (!(await stat(path)).isFile()) return null;
    for await (const chunk of createReadStream(path, {
      highWaterMark: 1 << 20,
      signal,
    }) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
    }
  } catch (error) {
    signal.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw fileError(error, path);
  }
  return { sha256: hash.digest('hex'), bytes };
}
