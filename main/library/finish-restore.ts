import { lstat, readFile, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolder } from '../files/make-folder.ts';
import { isFree } from './database.ts';

/** In the library's folder: a state of a backup that is to take the place of what the library holds. */
export const restoringName = 'restoring';
/** In it, when all of it is there. */
export const readyName = 'ready.json';
/** What it is called once everything was exchanged, until that is in the audit log. */
const exchangedName = 'exchanged.json';
const newName = 'new';

const readySchema = z.object({ state: z.string(), at: z.string(), backedUpAt: z.string() });

/** What was restored, and where what was there before lies now. */
export interface Restored extends z.infer<typeof readySchema> {
  readonly replaced: string;
}

/** Throws away what was laid ready, or a part of it. Whatever ends the process, none of it is restored. */
export async function discardRestore(libraryPath: string): Promise<void> {
  const restoring = join(libraryPath, restoringName);
  // First: without it nothing is restored.
  for (const name of [readyName, exchangedName]) await rm(join(restoring, name), { force: true });
  await rm(restoring, { recursive: true, force: true });
}

/**
 * Before the library is opened: puts a restored state in the place of what is there, which is kept beside it. Every step
 * is a rename that is made or not, so that whatever ends the process, the next start goes on.
 *
 * @returns null where nothing was to be restored; the same at every start until {@link discardRestore} was called
 */
export async function finishRestore(libraryPath: string): Promise<Restored | null> {
  const restoring = join(libraryPath, restoringName);
  const ready = await read(join(restoring, readyName));
  if (ready === null) {
    const exchanged = await read(join(restoring, exchangedName));
    return exchanged === null ? null : { ...exchanged, replaced: replacedBy(libraryPath, exchanged) };
  }
  // Another Systola has the library open: this one will be refused. Looking at a database that is not there makes one.
  const database = join(libraryPath, 'library.sqlite');
  if ((await isThere(database)) && !isFree(database)) return null;
  const replaced = replacedBy(libraryPath, ready);
  await makeFolder(replaced, 0o700);
  // None where the process ended while what is left of it was removed.
  const coming = await namesIn(join(restoring, newName));
  // The log of the old database must never stand beside the new one.
  for (const name of ['library.sqlite-wal', 'library.sqlite-shm', 'library.sqlite-journal'])
    await moveAside(libraryPath, replaced, name);
  for (const name of coming) {
    await moveAside(libraryPath, replaced, name);
    await rename(join(restoring, newName, name), join(libraryPath, name));
  }
  // From here on the library is written to, and nothing of it may be moved aside again.
  await rename(join(restoring, readyName), join(restoring, exchangedName));
  return { ...ready, replaced };
}

const replacedBy = (libraryPath: string, { at }: z.infer<typeof readySchema>): string =>
  join(libraryPath, `replaced-${at.replace(/\..*$/, '').replaceAll(':', '-')}`);

async function read(path: string): Promise<z.infer<typeof readySchema> | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return null;
  const parsed = readySchema.safeParse(parsedJson(text));
  return parsed.success ? parsed.data : null;
}

/** What was moved aside before stays: whatever stands in its place since then is nobody's. */
async function moveAside(libraryPath: string, replaced: string, name: string): Promise<void> {
  if (!(await isThere(join(libraryPath, name)))) return;
  for (let turn = 1; ; turn += 1) {
    const to = join(replaced, turn === 1 ? name : `${name}.${turn}`);
    if (await isThere(to)) continue;
    await rename(join(libraryPath, name), to);
    return;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  });
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
