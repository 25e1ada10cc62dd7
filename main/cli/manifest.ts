import { dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { listStudies, type ListedStudies } from '../archive/list-studies.ts';
import { closeGuardedReader } from '../dicom/guarded-reader.ts';
import { writeAtomically } from '../files/write-atomically.ts';
import { endedBy, failureLine, optionsOrExitCode, untilStopped } from './command.ts';
import { parsedCommandLine, wrongUsage } from './command-line.ts';
import { exitCodes } from './exit-codes.ts';

const manifestUsage = `systola manifest <file or folder>... --out <file>

Lists the studies of ultrasound clips under folders, and reports beside them, by their headers, as "systola analyze --manifest" reads them: a line
of JSON a study, {"study": "<Study Instance UID>", "paths": ["<file>", ...]}, paths from the manifest's folder.

Exit code: 0 done, 1 some files cannot be read, and are named, 2 there is no clip, 64 bad usage.`;

/** `systola manifest`: returns the exit code. */
export async function runManifest(argv: readonly string[]): Promise<number> {
  const options = optionsOrExitCode(argv, manifestUsage, () => {
    const { values, positionals } = parsedCommandLine(argv, { out: { type: 'string' } });
    if (positionals.length === 0) throw wrongUsage('Name at least one file or folder.');
    if (values.out === undefined || values.out === '')
      throw wrongUsage('Say where to write with --out <file>.');
    return { folders: positionals, out: values.out };
  });
  if (typeof options === 'number') return options;
  return untilStopped(async (signal) => {
    try {
      return await writeManifest(options.folders, options.out, signal);
    } catch (error) {
      return endedBy(error, signal);
    } finally {
      await closeGuardedReader();
    }
  });
}

async function writeManifest(folders: readonly string[], out: string, signal: AbortSignal): Promise<number> {
  let unread = 0;
  const listed = await listStudies(folders, signal, (error) => {
    unread += 1;
    console.error(failureLine(error));
  });
  const { studies } = listed;
  console.error(summaryOf(listed));
  if (studies.size === 0) return exitCodes.nothing;
  const from = dirname(resolve(out));
  const lines = [...studies]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([study, paths]) => `${JSON.stringify({ study, paths: paths.map((path) => pathFrom(from, path)) })}\n`,
    );
  await writeAtomically(out, lines.join(''));
  return unread === 0 ? exitCodes.done : exitCodes.partly;
}

/** As short as it can be said, and the same on every system where it can. */
function pathFrom(folder: string, path: string): string {
  const within = relative(folder, resolve(path));
  return isAbsolute(within) || within.startsWith('..') ? resolve(path) : within.split(sep).join('/');
}

function summaryOf({ studies, passedOver }: ListedStudies): string {
  const files = [...studies.values()].reduce((sum, paths) => sum + paths.length, 0);
  const others = [...passedOver].map(([code, count]) => `${count} ${code}`).join(', ');
  return `${studies.size} studies of ${files} files${others === '' ? '' : `; passed over: ${others}`}`;
}
