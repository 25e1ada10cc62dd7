import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export interface Launch {
  /** Folder of studies; null for the default. */
  readonly library: string | null;
  /** Files and folders to import. */
  readonly paths: readonly string[];
}

/**
 * What the command line asks for. Chromium's own switches are in it too and are passed over.
 * @param argv arguments after the executable
 * @param workingDirectory of the launch, which for a second one is not ours
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
  return {
    library: typeof library === 'string' && library !== '' ? resolve(workingDirectory, library) : null,
    paths: positionals
      .filter((path) => path !== '')
      .map((path) => resolve(workingDirectory, path))
      .filter((path) => path !== applicationFolder),
  };
}
