import { lstat, readdir, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { LibrarySize } from '../../core/api/care.ts';
import type { Library } from '../library/library.ts';

/** What a library takes of its disk; what cannot be known is null. */
export async function librarySize(library: Library): Promise<LibrarySize> {
  const { path } = library;
  const names = await readdir(path).catch(() => []);
  const sizeOf = (name: string): Promise<number> =>
    lstat(join(path, name)).then(
      ({ size }) => size,
      () => 0,
    );
  const database = await Promise.all(names.filter((name) => name.startsWith('library.sqlite')).map(sizeOf));
  const free = await statfs(path).catch(() => null);
  const { files, bytes } = library.stored.size();
  return {
    studies: library.summaries().length,
    files,
    fileBytes: bytes,
    databaseBytes: database.reduce((sum, size) => sum + size, 0),
    replacedBytes: await bytesUnder(
      path,
      names.filter((name) => name.startsWith('replaced-')),
    ),
    freeBytes: free === null ? null : free.bavail * free.bsize,
  };
}

async function bytesUnder(path: string, folders: readonly string[]): Promise<number | null> {
  let bytes = 0;
  try {
    for (const folder of folders) {
      const entries = await readdir(join(path, folder), { recursive: true, withFileTypes: true });
      for (const entry of entries) {
        if (entry.isFile()) bytes += (await lstat(join(entry.parentPath, entry.name))).size;
      }
    }
    return bytes;
  } catch {
    return null;
  }
}
