import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const core = fileURLToPath(new URL('../../core', import.meta.url));

let known: string | null = null;

/**
 * SHA-256 of all clinical rules, as they lie in this installation: sources, or what was compiled from them. Numbers that
 * were worked out by others may not be today's, whoever changed them and forgot to say so.
 */
export function rulesHash(): string {
  known ??= hashOfCode(core);
  return known;
}

/** Of the names and bytes of all code in a folder. */
export function hashOfCode(folder: string): string {
  const hash = createHash('sha256');
  for (const path of [...codeIn(folder)].sort()) {
    const bytes = readFileSync(join(folder, path));
    hash.update(`${path}\n${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

/** Folder by folder: an archive of a packaged application is read so, and is not whole at once. */
function* codeIn(folder: string, within = ''): Generator<string> {
  for (const entry of readdirSync(join(folder, within), { withFileTypes: true })) {
    const path = within === '' ? entry.name : `${within}/${entry.name}`;
    if (entry.isDirectory()) yield* codeIn(folder, path);
    else if (/\.(ts|js)$/.test(entry.name)) yield path;
  }
}
