import { SystolaError } from '../../core/error.ts';
import { createComputing } from '../application/computing.ts';
import { dicomObjects, exportFormats } from '../export/exporters.ts';
import { analyzeArchive } from './analyze-archive.ts';
import { analyzeInTemporaryLibrary, defaultModelFolders } from './analyze-in-temporary-library.ts';
import { readCorrections, type GivenCorrections } from './correction-file.ts';
import { analyzeUsage, parseAnalyzeOptions, type AnalyzeOptions } from './analyze-options.ts';
import { optionsOrExitCode, untilStopped } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { prepareOutput } from './output-folder.ts';
import { sweepAnalyses } from './sweep-analyses.ts';

/** `systola analyze`: returns the exit code. */
export async function runAnalyze(argv: readonly string[]): Promise<number> {
  const formats = [dicomObjects, ...exportFormats().map(({ id }) => id)];
  const options = optionsOrExitCode(argv, analyzeUsage(formats), () =>
    parseAnalyzeOptions(argv, defaultModelFolders, formats),
  );
  if (typeof options === 'number') return options;
  const corrections = await correctionsOf(options);
  if (corrections === null) return exitCodes.usage;
  const refused = await prepareOutput(options.out);
  if (refused !== null) return refused;
  await sweepAnalyses();
  const { archive } = options;
  return untilStopped((signal) =>
    archive === null
      ? analyzeFiles(options, corrections, signal)
      : analyzeArchive({ ...options, archive }, signal),
  );
}

/** Read before anything else: what is wrong with them is told before hours of work. null when it was told. */
async function correctionsOf({ correct }: AnalyzeOptions): Promise<GivenCorrections | null> {
  if (correct === null) return { clips: new Map(), leftOut: [] };
  try {
    return await readCorrections(correct);
  } catch (error) {
    if (!(error instanceof SystolaError)) throw error;
    console.error(error.message);
    return null;
  }
}

async function analyzeFiles(
  options: AnalyzeOptions,
  corrections: GivenCorrections,
  signal: AbortSignal,
): Promise<number> {
  const { threads } = options;
  const computing = createComputing(threads === null ? {} : { threads });
  try {
    return (await analyzeInTemporaryLibrary(options, { computing, corrections, signal })).exitCode;
  } catch (error) {
    if (signal.aborted) {
      console.error('Stopped; nothing was written.');
      return exitCodes.interrupted;
    }
    if (!(error instanceof SystolaError)) throw error;
    console.error(error.file === null ? error.message : `${error.file}: ${error.message}`);
    return error.code === 'model-not-found' ? exitCodes.usage : exitCodes.partly;
  } finally {
    await computing.close();
  }
}
