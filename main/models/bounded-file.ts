import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { lstat, open, type FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { SystolaError } from '../../core/error.ts';
import { fileError } from '../files/file-error.ts';

/** Largest files of a model folder, in bytes. */
export const modelFileLimits = { manifest: 1_000_000, card: 1_000_000, graph: 500_000_000 } as const;

/**
 * Opens a file for reading if it is a file: not a link, which may lead out of its folder, and nothing that blocks.
 * @param limit bytes; a larger file is refused unread
 * @returns null when there is nothing of that name
 * @throws SystolaError `model-invalid`, `too-large`, `unreadable`
 */
export async function openBounded(path: string, limit: number): Promise<FileHandle | null> {
  const found = await lstat(path).catch(() => null);
  if (found === null) return null;
  if (!found.isFile()) throw notAFile(path);
  let file: FileHandle;
  try {
    // Windows has neither; there the look above has to do.
    file = await open(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ELOOP') throw notAFile(path);
    throw new SystolaError('unreadable', `It cannot be read (${code}). Change its permissions.`, path);
  }
  try {
    const opened = await file.stat();
    if (!opened.isFile()) throw notAFile(path);
    if (opened.size > limit) throw tooLarge(path, limit);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Text of a small file; null when there is none. @throws as {@link openBounded} */
export async function boundedText(path: string, limit: number): Promise<string | null> {
  const file = await openBounded(path, limit);
  if (file === null) return null;
  try {
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}

/**
 * SHA-256 of a file as lower-case hex.
 * @param shownAs the file as the user knows it
 * @throws SystolaError `not-found`, `unreadable`
 */
export async function hashFile(path: string, shownAs = path): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
  } catch (error) {
    throw fileError(error, shownAs);
  }
  return hash.digest('hex');
}

export function tooLarge(file: string, limit: number): SystolaError {
  const message = `It is larger than the ${limit / 1_000_000} MB that such a file of a model may have.`;
  return new SystolaError('too-large', message, file);
}

function notAFile(path: string): SystolaError {
  const message =
    'It is a link or a folder where a model folder has a file. Copy the file itself into the folder.';
  return new SystolaError('model-invalid', message, path);
}
