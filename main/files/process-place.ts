import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/*
 * Where a process runs: a computer by its name, and within it the place where its number counts. Containers of one name
 * have numbers of their own, and so has a computer after it started again.
 */
const hashed = (text: string, digits: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, digits);

export const thisComputer = hashed(hostname(), 8);

/** null where the system does not tell (macOS, Windows): there no two places have one name. */
export const thisPlace = placeOf(bootId(), processNamespace());

/** Of the two things by which Linux tells such places apart (proc(5), namespaces(7)). */
export function placeOf(boot: string | null, namespace: string | null): string | null {
  return boot === null && namespace === null ? null : hashed(`${boot} ${namespace}`, 8);
}

function bootId(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return null;
  }
}

function processNamespace(): string | null {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return null;
  }
}
