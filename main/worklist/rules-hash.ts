import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const core = fileURLToPath(new URL('../../core', import.meta.url));
const isCode = (name: string): boolean => /\.(ts|js)$/.test(name);

let known: string | null = null;

/**
 * SHA-256 of all clinical rules, as they lie in this installation: sources, or what was compiled from them. Numbers that
 * were worked out by others may not be today's, whoever changed them and forgot to say so.
 */
export function rulesHash(folder = core): string {
  if (known !== null && folder === core) return known;
  const hash = createHash('sha256');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(isCode);
  for (const name of names.toSorted()) {
    const bytes = readFileSync(join(folder, name));
    hash.update(`${name}\n${bytes.length}\n`).update(bytes);
  }
  const found = hash.digest('hex');
  if (folder === core) known = found;
  return found;
}
