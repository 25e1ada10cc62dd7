import { isAbsolute, join, relative, sep } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import type { FileKind } from './file-kind.ts';
import { notOrdinary } from './paths/operations.ts';
import { LostPathProcess } from './paths/path-process.ts';
import type { FolderEntry, PathReader, Refusal, Sniffed } from './paths/protocol.ts';

/** A file under a chosen path and what its first bytes say it is, or the reason why it cannot be read. */
export type Found =
  | { readonly path: string; readonly kind: FileKind; readonly error: null }
  | { readonly path: string; readonly kind: null; readonly error: SystolaError };

/** Files that are looked at in one go. */
const batchFiles = 200;

/**
 * Files under the given paths, folders recursively and in name order, in batches. A folder is entered once however
 * many links lead to it, so that loops end. A link that leads out of the folder that was chosen is refused: nobody
 * chose what is there. What cannot be read is reported and the rest goes on.
 */
export async function* listPaths(
  paths: readonly string[],
  reader: PathReader,
  signal: AbortSignal,
): AsyncGenerator<readonly Found[]> {
  const visited = new Set<string>();
  let batch: string[] = [];
  // A stack instead of recursion: hostile nesting must not exhaust the call stack. Last in, first out.
  const pending: Pending[] = paths.map((path) => ({ path, root: null, entry: null })).reverse();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    signal.throwIfAborted();
    const { path } = next;
    try {
      const { kind, root } = next.entry === null ? await chosen(path, reader) : inFolder(next);
      if (kind === 'special') throw notOrdinary(path);
      if (kind === 'file') {
        batch.push(path);
        if (batch.length === batchFiles) {
          yield await sniffed(batch, reader, signal);
          batch = [];
        }
        continue;
      }
      const { identity, entries } = await reader.ask('list', { path });
      if (visited.has(identity)) continue;
      visited.add(identity);
      for (const entry of entries.toReversed()) pending.push({ path: join(path, entry.name), root, entry });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof SystolaError)) throw error;
      // In its place: what was found before it comes before it.
      yield [...(await sniffed(batch, reader, signal)), { path, kind: null, error }];
      batch = [];
    }
  }
  yield await sniffed(batch, reader, signal);
}

interface Pending {
  readonly path: string;
  /** Real path of the chosen folder that it lies in, and its entry there; null for what was chosen itself. */
  readonly root: string | null;
  readonly entry: FolderEntry | null;
}

async function chosen(path: string, reader: PathReader) {
  const { kind, real } = await reader.ask('chosen', { path });
  return { kind, root: real };
}

function inFolder({ path, root, entry }: Pending) {
  if (entry === null || root === null) throw new Error('Only what lies in a folder has an entry.');
  if (entry.kind === 'refused') {
    const { refusal } = entry;
    // A link to nowhere is worth a line too: the user may think it was imported.
    if (refusal.code !== 'not-found') throw fromRefusal(refusal);
    throw new SystolaError('not-found', 'It is a link to a file that is not there.', path);
  }
  if (entry.real !== null && !isInside(root, entry.real)) {
    throw new SystolaError(
      'unreadable',
      'It is a link that leads out of the chosen folder, which is not followed. Choose what it leads to itself.',
      path,
    );
  }
  return { kind: entry.kind, root };
}

function isInside(root: string, real: string): boolean {
  const inside = relative(root, real);
  return inside !== '..' && !inside.startsWith(`..${sep}`) && !isAbsolute(inside);
}

/** Looks at the first bytes of files; one of them that never answers costs itself only. */
async function sniffed(
  paths: readonly string[],
  reader: PathReader,
  signal: AbortSignal,
): Promise<readonly Found[]> {
  if (paths.length === 0) return [];
  try {
    const kinds = await reader.ask('sniff', { paths });
    return paths.map((path, index) => found(path, kinds[index]));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof LostPathProcess)) throw error;
    const [only] = paths;
    if (paths.length === 1 && only !== undefined) return [{ path: only, kind: null, error }];
    const each: Found[] = [];
    for (const path of paths) each.push(...(await sniffed([path], reader, signal)));
    return each;
  }
}

function found(path: string, sniff: Sniffed | undefined): Found {
  if (sniff === undefined) throw new Error('An answer is missing.');
  return 'kind' in sniff
    ? { path, kind: sniff.kind, error: null }
    : { path, kind: null, error: fromRefusal(sniff.refusal) };
}

export function fromRefusal({ code, message, file }: Refusal): SystolaError {
  return new SystolaError(code, message, file);
}
