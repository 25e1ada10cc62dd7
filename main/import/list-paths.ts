import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import type { Candidate, Listed } from './candidate.ts';
import { fileError } from '../files/file-error.ts';

/** What operating systems leave in folders and on discs; never part of a study. */
const droppings = new Set(['.ds_store', 'thumbs.db', 'desktop.ini', '__macosx', '.trash', '.spotlight-v100']);

/** True for a name that an operating system put there, not a person or a scanner. */
export function isDropping(name: string): boolean {
  return droppings.has(name.toLowerCase()) || name.startsWith('._');
}

/**
 * Files under the given paths, folders recursively and in name order. A folder is entered once however many
 * links lead to it, so that loops end; what cannot be read is reported and the rest goes on.
 */
export async function* listPaths(paths: readonly string[], signal: AbortSignal): AsyncGenerator<Listed> {
  const visited = new Set<string>();
  // A stack instead of recursion: hostile nesting must not exhaust the call stack. Last in, first out.
  const pending = paths.map((path) => ({ path, chosen: true })).reverse();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    signal.throwIfAborted();
    const { path, chosen } = next;
    try {
      const entry = await stat(path, { bigint: true });
      if (entry.isDirectory()) {
        const identity = `${entry.dev}:${entry.ino}`;
        if (visited.has(identity)) continue;
        visited.add(identity);
        const names = (await readdir(path)).filter((name) => !isDropping(name)).sort();
        for (const name of names.reverse()) pending.push({ path: join(path, name), chosen: false });
      } else if (entry.isFile()) {
        yield { candidate: fileCandidate(path), error: null };
      } else {
        // Opening a pipe or a device could wait forever.
        throw new SystolaError('unreadable', 'It is not an ordinary file.', path);
      }
    } catch (error) {
      const named = fileError(error, path);
      if (!(named instanceof SystolaError)) throw error;
      // A link to nowhere inside a folder is worth a line too: the user may think it was imported.
      yield {
        candidate: null,
        error: chosen || named.code !== 'not-found' ? named : danglingLink(path),
      };
    }
  }
}

/** A file on disk. */
export function fileCandidate(path: string, name = path): Candidate {
  return { name, path, archived: false, open: () => Promise.resolve(createReadStream(path)) };
}

function danglingLink(path: string): SystolaError {
  return new SystolaError('not-found', 'It is a link to a file that is not there.', path);
}
