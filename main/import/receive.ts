import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { SystolaError } from '../../core/error.ts';
import { fileKind, headBytes, type FileKind } from './file-kind.ts';
import { fileError } from '../files/file-error.ts';
import { tooLarge } from './limits.ts';

export interface Received {
  readonly path: string;
  readonly kind: FileKind;
  readonly bytes: number;
  readonly sha256: string;
}

export interface ReceiveOptions {
  /** As the user knows the file. */
  readonly name: string;
  readonly signal: AbortSignal;
  /** Limit for a file of this kind in bytes; throws to refuse the kind before the rest is read. */
  limit(kind: FileKind): number;
}

/**
 * Streams a file to `path`, hashing it on the way, and flushes it to disk. What the stream's first bytes are
 * decides how much of it is taken. On any failure the file at `path` is gone again.
 *
 * @throws SystolaError `too-large`, `disk-full`, `unreadable`, and whatever `limit` throws
 */
export async function receive(stream: Readable, path: string, options: ReceiveOptions): Promise<Received> {
  const hash = createHash('sha256');
  const arriving = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let broken: unknown = null;
  stream.once('error', (error) => (broken = error));
  // A sender that stalls would otherwise be waited for.
  const stop = (): void => void stream.destroy();
  options.signal.addEventListener('abort', stop, { once: true });
  try {
    const { head, ended } = await firstBytes(arriving, options.signal);
    const kind = fileKind(head.subarray(0, headBytes));
    // What is refused for its kind never gets a file of its own.
    const limit = options.limit(kind);
    let bytes = 0;
    const file = await open(path, 'wx', 0o600);
    try {
      for (let chunk: Buffer | null = head; chunk !== null; chunk = ended ? null : await next(arriving)) {
        options.signal.throwIfAborted();
        bytes += chunk.length;
        if (bytes > limit) throw tooLarge(options.name, limit);
        hash.update(chunk);
        await file.writeFile(chunk);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    return { path, kind, bytes, sha256: hash.digest('hex') };
  } catch (error) {
    stream.destroy();
    await rm(path, { force: true });
    throw error === broken ? sourceError(error, options.name) : fileError(error, options.name);
  } finally {
    options.signal.removeEventListener('abort', stop);
  }
}

async function next(arriving: AsyncIterator<Buffer>): Promise<Buffer | null> {
  const { done, value } = await arriving.next();
  return done === true ? null : value;
}

/** At least the bytes that the kind is told from, or all there are. */
async function firstBytes(
  arriving: AsyncIterator<Buffer>,
  signal: AbortSignal,
): Promise<{ head: Buffer; ended: boolean }> {
  const parts: Buffer[] = [];
  let length = 0;
  while (length < headBytes) {
    const chunk = await next(arriving);
    signal.throwIfAborted();
    if (chunk === null) return { head: Buffer.concat(parts), ended: true };
    parts.push(chunk);
    length += chunk.length;
  }
  return { head: Buffer.concat(parts), ended: false };
}

/** Why the bytes stopped coming: a disk that cannot be read, or an upload that broke off. */
function sourceError(error: unknown, name: string): unknown {
  const named = fileError(error, name);
  if (named instanceof SystolaError) return named;
  return new SystolaError('unreadable', 'It broke off before its end. Import it again.', name, {
    cause: error,
  });
}
