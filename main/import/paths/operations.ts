import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  realpathSync,
  rmSync,
  statSync,
  writeSync,
  type Stats,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { SystolaError } from '../../../core/error.ts';
import { fileError } from '../../files/file-error.ts';
import { listDicomdir } from '../dicomdir.ts';
import { fileKind, headBytes } from '../file-kind.ts';
import { tooLarge } from '../limits.ts';
import { isDropping } from '../droppings.ts';
import type {
  ChosenPath,
  CopiedFile,
  FolderEntry,
  FolderListing,
  PathAnswers,
  PathRequest,
  PathRequests,
  Referenced,
  Refusal,
  Sniffed,
} from './protocol.ts';

/*
 * What is done with chosen paths, by calls that block: they are made in a process of their own, which is ended when
 * one of them never comes back.
 */

const chunkBytes = 1 << 20;
/** Opening a pipe waits for its other end unless told not to, and a terminal would become this process's own. */
const openForReading = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOCTTY ?? 0);

export async function answer(
  request: PathRequest,
  onProgress: () => void,
): Promise<PathAnswers[keyof PathAnswers]> {
  switch (request.ask) {
    case 'chosen':
      return chosenPath(request.path);
    case 'list':
      return listFolder(request.path);
    case 'sniff':
      return request.paths.map(sniff);
    case 'copy':
      return copyFile(request, onProgress);
    case 'referenced':
      return referencedFiles(request.path);
  }
}

/** Every failure in words; what the file system has no words for names its code. */
export function refusalOf(error: unknown, file: string): Refusal {
  const named = fileError(error, file);
  if (named instanceof SystolaError) {
    return { code: named.code, message: named.message, file: named.file ?? file };
  }
  const code = (error as NodeJS.ErrnoException | null)?.code ?? 'unknown reason';
  return { code: 'unreadable', message: `It cannot be read (${code}).`, file };
}

function chosenPath(path: string): ChosenPath {
  return { kind: kindOf(statSync(path)), real: realpathSync(path) };
}

function kindOf(stats: Stats): 'file' | 'folder' | 'special' {
  return stats.isDirectory() ? 'folder' : stats.isFile() ? 'file' : 'special';
}

function listFolder(path: string): FolderListing {
  const { dev, ino } = statSync(path, { bigint: true });
  const entries = readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => !isDropping(name))
    .map((entry): FolderEntry => {
      const { name } = entry;
      if (entry.isFile()) return { name, kind: 'file', real: null };
      if (entry.isDirectory()) return { name, kind: 'folder', real: null };
      return resolved(join(path, name), name);
    });
  return {
    identity: `${dev}:${ino}`,
    entries: entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
  };
}

/** Links, and what some file systems do not tell the kind of without being asked. */
function resolved(path: string, name: string): FolderEntry {
  try {
    const itself = lstatSync(path);
    if (!itself.isSymbolicLink()) return { name, kind: kindOf(itself), real: null };
    return { name, kind: kindOf(statSync(path)), real: realpathSync(path) };
  } catch (error) {
    return { name, kind: 'refused', refusal: refusalOf(error, path) };
  }
}

function sniff(path: string): Sniffed {
  try {
    const descriptor = openOrdinary(path);
    try {
      return { kind: fileKind(readHead(descriptor)) };
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    return { refusal: refusalOf(error, path) };
  }
}

/** Opens a file without waiting for anything, and refuses what is none. */
function openOrdinary(path: string): number {
  const descriptor = openSync(path, openForReading);
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw notOrdinary(path);
}

export function notOrdinary(path: string): SystolaError {
  return new SystolaError('unreadable', 'It is not an ordinary file.', path);
}

function readHead(descriptor: number): Buffer {
  const head = Buffer.alloc(headBytes);
  let filled = 0;
  while (filled < head.length) {
    const count = readSync(descriptor, head, filled, head.length - filled, null);
    if (count === 0) break;
    filled += count;
  }
  return head.subarray(0, filled);
}

/** Copies a file to a path that is not there yet, hashes it on the way, and flushes it to disk. */
async function copyFile(
  { path, to, kind, limitBytes }: PathRequests['copy'],
  onProgress: () => void,
): Promise<CopiedFile> {
  const source = openOrdinary(path);
  let target: number | null = null;
  try {
    target = openSync(to, 'wx', 0o600);
    const hash = createHash('sha256');
    const chunk = Buffer.alloc(chunkBytes);
    let bytes = 0;
    for (;;) {
      // The first piece holds all that the kind is told from.
      const count = bytes === 0 ? readFirst(source, chunk) : readSync(source, chunk, 0, chunk.length, null);
      if (count === 0) break;
      const piece = chunk.subarray(0, count);
      if (bytes === 0 && fileKind(piece.subarray(0, headBytes)) !== kind) {
        throw new SystolaError('unreadable', 'It changed while it was read. Import it again.', path);
      }
      bytes += count;
      if (bytes > limitBytes) throw tooLarge(path, limitBytes);
      hash.update(piece);
      writeAll(target, piece);
      onProgress();
      await turn();
    }
    fsyncSync(target);
    return { bytes, sha256: hash.digest('hex') };
  } catch (error) {
    if (target !== null) rmSync(to, { force: true });
    throw error;
  } finally {
    closeSync(source);
    if (target !== null) closeSync(target);
  }
}

function readFirst(descriptor: number, chunk: Buffer): number {
  const head = readHead(descriptor);
  head.copy(chunk);
  return head.length;
}

function writeAll(descriptor: number, piece: Buffer): void {
  for (let written = 0; written < piece.length;) written += writeSync(descriptor, piece, written);
}

async function referencedFiles(path: string): Promise<Referenced[]> {
  const found: Referenced[] = [];
  for await (const item of listDicomdir(path, new AbortController().signal)) {
    if (item.error !== null) found.push({ refusal: refusalOf(item.error, item.error.file ?? path) });
    else if (item.candidate.path !== null) found.push({ path: item.candidate.path });
  }
  return found;
}
