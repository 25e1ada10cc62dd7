import { createHash } from 'node:crypto';
import { constants, createReadStream, createWriteStream } from 'node:fs';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { SystolaError } from '../../core/error.ts';
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

export interface CopyOptions {
  readonly signal: AbortSignal;
  /** Whether a link is as good as the file that it leads to; not unless told. */
  readonly followsLinks?: boolean;
}

/** A file that keeps changing is not copied more often than this. */
const attempts = 3;

/**
 * Copies a file, flushed to disk and whole, or not at all; its hash is that of what was written.
 *
 * @throws SystolaError `not-found`, `unreadable`, `file-altered` naming the source, the last where it changed again and
 *   again meanwhile; `disk-full`, `unwritable` of the target
 */
export async function copyFileHashed(from: string, to: string, options: CopyOptions): Promise<CopiedFile> {
  for (let attempt = 1; ; attempt += 1) {
    const source = await openFile(from, options.followsLinks === true);
    try {
      const before = await stampOf(source);
      const copied = await copyOpened(source, from, to, options.signal);
      if (before === (await stampOf(source))) return copied;
    } finally {
      await source.close();
    }
    // What was copied was never the file.
    await rm(to, { force: true });
    if (attempt < attempts) continue;
    throw new SystolaError(
      'file-altered',
      'It changed while it was copied. Close what is writing to it, and try again.',
      from,
    );
  }
}

/** Never waits for somebody to write into a pipe. */
async function openFile(path: string, followsLinks: boolean): Promise<FileHandle> {
  const noLinks = followsLinks ? 0 : (constants.O_NOFOLLOW ?? 0);
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | noLinks;
  let file: FileHandle;
  try {
    file = await open(path, flags);
  } catch (error) {
    throw fileError(error, path);
  }
  if ((await file.stat()).isFile()) return file;
  await file.close();
  throw new SystolaError('unreadable', 'It is no file. Only files are backed up.', path);
}

async function stampOf(file: FileHandle): Promise<string> {
  const { size, mtimeNs } = await file.stat({ bigint: true });
  return `${size} ${mtimeNs}`;
}

async function copyOpened(
  opened: FileHandle,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<CopiedFile> {
  const beside = `${to}.${ownerTag()}.part`;
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    await makeFolder(dirname(to), 0o700);
  } catch (error) {
    throw writeError(error, to);
  }
  // One that grows as fast as it is read has no end.
  const end = Math.max(0, (await opened.stat()).size - 1);
  const source = opened.createReadStream({ highWaterMark: 1 << 20, autoClose: false, start: 0, end });
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
