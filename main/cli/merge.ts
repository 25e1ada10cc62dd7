import { readManifest } from '../archive/manifest.ts';
import { mergedStudies, type MergeProblem } from '../archive/merged-studies.ts';
import { tableFiles, writeTables } from '../archive/write-tables.ts';
import { endedBy, optionsOrExitCode, untilStopped } from './command.ts';
import { parsedCommandLine, wrongUsage } from './command-line.ts';
import { exitCodes } from './exit-codes.ts';
import { prepareOutput } from './output-folder.ts';
import { StagedOutput } from '../files/staged-output.ts';

const mergeUsage = `systola merge <dir>... [options]

Makes one table of the results that "systola analyze --manifest" wrote into folders, by the studies' names: the same bytes
however many shards wrote them and when. Writes ${tableFiles.join(', ')}.

  --out <dir>          where to write (default: the first folder)
  --manifest <file>    names the studies that have to be there

Exit code: 0 everything is in the tables, 1 studies failed, are missing or are there twice, and are named, or nothing was
written and it is said why, 2 there are no results, 64 bad usage.`;

interface MergeOptions {
  readonly folders: readonly string[];
  readonly out: string;
  readonly manifest: string | null;
}

/** `systola merge`: returns the exit code. */
export async function runMerge(argv: readonly string[]): Promise<number> {
  const options = optionsOrExitCode(argv, mergeUsage, () => parse(argv));
  if (typeof options === 'number') return options;
  const refused = await prepareOutput(options.out);
  if (refused !== null) return refused;
  return untilStopped(async (signal) => {
    try {
      return await merge(options, signal);
    } catch (error) {
      return endedBy(error, signal);
    }
  });
}

async function merge({ folders, out, manifest }: MergeOptions, signal: AbortSignal): Promise<number> {
  let problems = 0;
  const tell = ({ study, problem }: MergeProblem): void => {
    problems += 1;
    console.error(`${study}: ${problem}`);
  };
  const wanted = manifest === null ? null : await readManifest(manifest, { number: 1, of: 1 });
  const missing = new Set(wanted?.map(({ id }) => id));
  async function* seen() {
    for await (const study of mergedStudies(folders, tell)) {
      signal.throwIfAborted();
      const { study: id } = study.result;
      if (wanted !== null && !missing.delete(id))
        tell({ study: id, problem: 'The manifest does not name it.' });
      yield study;
    }
  }
  await using staged = await StagedOutput.in(out);
  const counts = await writeTables(seen(), () => [...missing].sort(), staged.path(), tell);
  if (missing.size > 0) console.error(missingLine([...missing].sort()));
  if (counts.studies === 0) {
    console.error(`There are no results in ${folders.join(', ')}.`);
    return exitCodes.nothing;
  }
  signal.throwIfAborted();
  await staged.publish({ replace: true });
  const { studies, failed, rows } = counts;
  console.error(`${studies} studies, ${failed} of which failed: ${rows} rows`);
  return problems === 0 && missing.size === 0 ? exitCodes.done : exitCodes.partly;
}

/** All of them stand in the table of studies. */
function missingLine(ids: readonly string[]): string {
  const shown = ids.slice(0, 10).join(', ');
  const more = ids.length > 10 ? `, and ${ids.length - 10} more` : '';
  return `${ids.length} studies of the manifest have no result: ${shown}${more}`;
}

function parse(argv: readonly string[]): MergeOptions {
  const { values, positionals } = parsedCommandLine(argv, {
    out: { type: 'string' },
    manifest: { type: 'string' },
  });
  const [first] = positionals;
  if (first === undefined) throw wrongUsage('Name at least one folder of results.');
  const { out = first, manifest = null } = values;
  if (out === '') throw wrongUsage('--out is the folder to write into.');
  return { folders: [...new Set(positionals)], out, manifest };
}
