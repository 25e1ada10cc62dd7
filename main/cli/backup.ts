import { join, resolve } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import { installation } from '../application/installation.ts';
import type { BackupRecord } from '../backup/backup-record.ts';
import { checkBackup } from '../backup/check-backup.ts';
import { stageRestore } from '../backup/stage-restore.ts';
import { statesOf, writeBackup, type BackupProgress } from '../backup/write-backup.ts';
import { isFree } from '../library/database.ts';
import { Library } from '../library/library.ts';
import { makeFolder } from '../files/make-folder.ts';
import { optionsOrExitCode, failureLine, untilStopped } from './command.ts';
import { parsedCommandLine, wrongUsage } from './command-line.ts';
import { exitCodes } from './exit-codes.ts';
import { libraryNamed, openedLibrary } from './opened-library.ts';

const usage = `systola backup <folder> [--library <dir>]
systola backup --check <folder of a state>
systola restore <folder of a state> [--library <dir>]

A backup is a folder of states of a library, each named by when it was made; pictures that several have lie in it once.
"backup" adds a state, "--check" compares every file of one with its hash, "restore" puts one in the place of what the
library holds, which is kept beside it as replaced-<date>. Close the workstation first.

  --library <dir>      the library (default: the workstation's own)

Exit code: 0 done, 1 some files could not be kept or are not what was backed up, and are named, also where they were missing
when the backup was written, 2 nothing was done, 64 bad
usage.`;

interface BackupOptions {
  readonly what: 'backup' | 'check' | 'restore';
  readonly folder: string;
  readonly library: string;
}

/** `systola backup` and `systola restore`: returns the exit code. */
export async function runBackup(command: 'backup' | 'restore', argv: readonly string[]): Promise<number> {
  const options = optionsOrExitCode(argv, usage, () => parsed(command, argv));
  if (typeof options === 'number') return options;
  return untilStopped(async (signal) => {
    try {
      const run = { backup: backUp, check, restore }[options.what];
      return await run(options, { signal, onProgress: progressLine() });
    } catch (error) {
      if (signal.aborted) {
        console.error('Stopped; nothing was changed.');
        return exitCodes.interrupted;
      }
      if (!(error instanceof SystolaError)) throw error;
      console.error(failureLine(error));
      return exitCodes.nothing;
    }
  });
}

function parsed(command: 'backup' | 'restore', argv: readonly string[]): BackupOptions {
  const { values, positionals } = parsedCommandLine(argv, {
    library: { type: 'string' },
    check: { type: 'boolean' },
  });
  const [folder, ...more] = positionals;
  if (folder === undefined || more.length > 0) throw wrongUsage('Name one folder.');
  if (command === 'restore' && values.check === true) throw wrongUsage('--check goes with "backup".');
  return {
    what: values.check === true ? 'check' : command,
    folder: resolve(folder),
    library: libraryNamed(values.library ?? null),
  };
}

type Going = Parameters<typeof checkBackup>[1];

async function backUp({ folder, library }: BackupOptions, going: Going): Promise<number> {
  const services = await openedLibrary(library);
  try {
    const { state, record, copied, leftOut } = await writeBackup(
      services.library,
      folder,
      installation.version,
      going,
    );
    for (const { name, reason } of leftOut) console.error(`${name}: ${reason}`);
    console.error(`${record.studies} studies, ${record.files.length} files, ${copied} of them new.`);
    if (leftOut.length > 0) console.error(`The backup is incomplete: ${leftOut.length} files are not in it.`);
    console.log(state);
    return leftOut.length === 0 ? exitCodes.done : exitCodes.partly;
  } finally {
    await services.close();
  }
}

async function check({ folder }: BackupOptions, going: Going): Promise<number> {
  const state = await stateIn(folder);
  const { record, faults } = await checkBackup(state, going);
  for (const { path, fault } of faults) console.error(`${path}: ${fault}`);
  tellMissing(record);
  console.log(`${state}: ${record.files.length} files, ${faults.length} not as they were backed up.`);
  return faults.length + record.missing.length === 0 ? exitCodes.done : exitCodes.partly;
}

async function restore({ folder, library }: BackupOptions, going: Going): Promise<number> {
  const state = await stateIn(folder);
  const database = join(library, 'library.sqlite');
  await makeFolder(library, 0o700);
  if (!isFree(database)) {
    throw new SystolaError(
      'library-locked',
      'The library is open in another Systola. Close that one first.',
      library,
    );
  }
  const record = await stageRestore(library, state, going);
  tellMissing(record);
  // Opening it takes the state over.
  (await Library.open(library)).close();
  console.log(`${record.studies} studies as of ${record.at}. What was there before is kept in ${library}.`);
  return record.missing.length === 0 ? exitCodes.done : exitCodes.partly;
}

/** What could not be kept when the state was written. */
function tellMissing({ missing }: BackupRecord): void {
  for (const name of missing) console.error(`${name}: could not be backed up, and is not in this backup.`);
}

/** The newest state where the folder of the backup is named. */
async function stateIn(folder: string): Promise<string> {
  const [newest] = await statesOf(folder);
  return newest ?? folder;
}

/** On a terminal one line that is rewritten. */
function progressLine(): (progress: BackupProgress) => void {
  return ({ done, total }) => {
    if (!process.stderr.isTTY) return;
    process.stderr.write(`\r\x1b[2K${done} of ${total} files${done === total ? '\n' : ''}`);
  };
}
