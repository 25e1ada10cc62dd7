import { createHash } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { SystolaError } from '../../core/error.ts';
import { fileKind, headBytes, type FileKind } from './file-kind.ts';
import { fileError } from '../files/file-error.ts';

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
  let head = Buffer.alloc(0);
  let kind: FileKind | null = null;
  let bytes = 0;
  let limit = 0;
  let broken: unknown = null;
  stream.once('error', (error) => (broken = error));
  try {
    const file = await open(path, 'wx', 0o600);
    try {
      for await (const part of stream) {
        options.signal.throwIfAborted();
        const chunk = part as Buffer;
        if (kind === null) {
          head = Buffer.concat([head, chunk.subarray(0, headBytes - head.length)]);
          if (head.length === headBytes) {
            kind = fileKind(head);
            limit = options.limit(kind);
          }
        }
        bytes += chunk.length;
        if (kind !== null && bytes > limit) throw tooLarge(options.name, limit);
        hash.update(chunk);
        await file.writeFile(chunk);
      }
      if (kind === null) {
        kind = fileKind(head);
        limit = options.limit(kind);
        if (bytes > limit) throw tooLarge(options.name, limit);
      }
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    stream.destroy();
    await rm(path, { force: true });
    throw error === broken ? sourceError(error, options.name) : fileError(error, options.name);
  }
  return { path, kind, bytes, sha256: hash.digest('hex') };
}

/** Why the bytes stopped coming: a disk that cannot be read, or an upload that broke off. */
function sourceError(error: unknown, name: string): unknown {
  const named = fileError(error, name);
  if (named instanceof SystolaError) return named;
  return new SystolaError('unreadable', 'It broke off before its end. Import it again.', name, {
    cause: error,
  });
}

function tooLarge(name: string, limit: number): SystolaError {
  return new SystolaError(
    'too-large',
    `It is larger than the ${Math.floor(limit / (1024 * 1024))} MiB that are taken for one file.`,
    name,
  );
}
