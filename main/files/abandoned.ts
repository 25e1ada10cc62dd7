import { createHash, randomBytes } from 'node:crypto';
import { lstat, readdir, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

/*
 * Temporary files and folders carry in their name whose they are, so that what a killed process left can be told from
 * what another one is still working on: which computer (the folder may be shared), and which process of it.
 */
const thisComputer = createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
const tagPattern = /([0-9a-f]{8})-(\d+)-([0-9a-f]{12})/;
/** Tags of this process; a process of the same number was another one before. */
const own = new Set<string>();

/** A new part of a name, of letters, digits and hyphens. */
export function ownerTag(): string {
  const tag = `${thisComputer}-${process.pid}-${randomBytes(6).toString('hex')}`;
  own.add(tag);
  return tag;
}

/** Whether the process that a name tells of has ended; null for a name that tells of none. */
export function isAbandoned(name: string): boolean | null {
  const [tag, computer, pid] = tagPattern.exec(name) ?? [];
  if (tag === undefined) return null;
  if (computer !== thisComputer) return false;
  return Number(pid) === process.pid ? !own.has(tag) : !isAlive(Number(pid));
}

/**
 * Deletes what ended processes left in a folder under names that begin with `prefix` and end with `suffix`. Only of
 * this user: where everybody may write, as in the system's temporary folder, others' files are theirs.
 */
export async function removeAbandoned(folder: string, prefix: string, suffix = ''): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    if (!name.startsWith(prefix) || !name.endsWith(suffix) || isAbandoned(name) !== true) continue;
    const path = join(folder, name);
    const found = await lstat(path).catch(() => null);
    if (found === null || found.isSymbolicLink()) continue;
    if (process.getuid !== undefined && found.uid !== process.getuid()) continue;
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It is there and is another user's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
