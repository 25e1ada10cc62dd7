import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync } from 'node:fs';
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { thisComputer, thisPlace } from './process-place.ts';

/*
 * Temporary files and folders carry in their name whose they are, so that what a killed process left can be told from
 * what another one is still working on: which computer (the folder may be shared), in which place of it its processes
 * are counted, and which process.
 */
const tagPattern = /([0-9a-f]{8})-(?:p([0-9a-f]{8})-)?(\d+)-([0-9a-f]{12})/;
/**
 * Another place of this computer's name is this computer before it started again, or a container that may be at work:
 * what has not changed for so long is nobody's.
 */
const silentForMs = 24 * 3600 * 1000;
/** Tags of this process; a process of the same number was another one before. */
const own = new Set<string>();

/** A new part of a name, of letters, digits and hyphens. */
export function ownerTag(): string {
  const place = thisPlace === null ? '' : `p${thisPlace}-`;
  const tag = `${thisComputer}-${place}${process.pid}-${randomBytes(6).toString('hex')}`;
  own.add(tag);
  return tag;
}

/**
 * Whether the process that a name tells of has ended; null for a name that tells of none.
 *
 * @param path of what has the name: where its process cannot be asked for, by how long nothing of it changed
 */
export function isAbandoned(name: string, path: string | null = null): boolean | null {
  const [tag, computer, place, pid] = tagPattern.exec(name) ?? [];
  if (tag === undefined) return null;
  if (computer !== thisComputer) return false;
  // Names of before said nothing of places.
  if (place !== undefined && place !== thisPlace) return path !== null && isSilent(path);
  return Number(pid) === process.pid ? !own.has(tag) : !isAlive(Number(pid));
}

/**
 * Deletes what ended processes left in a folder under names that begin with `prefix` and end with `suffix`. Only of
 * this user: where everybody may write, as in the system's temporary folder, others' files are theirs.
 */
export async function removeAbandoned(folder: string, prefix: string, suffix = ''): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    if (!name.startsWith(prefix) || !name.endsWith(suffix) || isAbandoned(name, path) !== true) continue;
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

/** Nothing of it, nor in it, has changed for long. */
function isSilent(path: string): boolean {
  try {
    const whole = lstatSync(path);
    const parts = whole.isDirectory() ? readdirSync(path, { recursive: true, encoding: 'utf8' }) : [];
    const changed = parts.map((part) => lstatSync(join(path, part)).mtimeMs);
    return Date.now() - Math.max(whole.mtimeMs, ...changed) > silentForMs;
  } catch {
    return false;
  }
}
