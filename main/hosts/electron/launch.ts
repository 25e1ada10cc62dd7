import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { message, type Message } from '../../../core/language/message.ts';

export interface Launch {
  /** Folder of studies; null for the default. */
  readonly library: string | null;
  /** Files and folders to import. */
  readonly paths: readonly string[];
}

/**
 * What the command line asks for. Chromium's own switches are in it too and are passed over.
 * @param argv arguments after the executable
 * @param workingDirectory of the launch
 * @param applicationFolder in development one of the arguments, and nothing to import
 */
export function launchOf(
  argv: readonly string[],
  workingDirectory: string,
  applicationFolder: string | null,
): Launch {
  const { values, positionals } = parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    options: { library: { type: 'string' } },
  });
  const library = values['library'];
  const pathOf = (argument: string): string => resolve(workingDirectory, localPath(argument));
  return {
    library: typeof library === 'string' && library !== '' ? pathOf(library) : null,
    paths: positionals
      .filter((path) => path !== '')
      .map(pathOf)
      .filter((path) => path !== applicationFolder),
  };
}

/** Desktops of Linux hand over files as URLs. */
function localPath(argument: string): string {
  if (!/^file:\/\//i.test(argument)) return argument;
  try {
    return fileURLToPath(argument);
  } catch {
    return argument;
  }
}

const launchSchema = z.object({ library: z.string().nullable(), paths: z.array(z.string()).max(100_000) });

/**
 * What a second launch handed over to the first. Its command line as Electron gives it is of no use: Chromium puts
 * the switches first and cuts them from their values.
 * @returns null when it is none of ours, as from another version
 */
export function handedOver(data: unknown): Launch | null {
  return launchSchema.safeParse(data).data ?? null;
}

/**
 * What to tell the reader when a second launch asks for another library than the one that is open; null when it does
 * not. Nothing is imported then: studies would come into a library that they were not meant for.
 * @param open folder of the open library
 */
export function otherLibraryWords(open: string, { library, paths }: Launch): Message | null {
  if (library === null || sameFolder(open, library)) return null;
  const left = paths.length === 0 ? 'other' : 'files';
  return message('desktop.other-library', { asked: library, open, left });
}

function sameFolder(a: string, b: string): boolean {
  return real(a) === real(b);
}

function real(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return resolve(path);
  }
}
