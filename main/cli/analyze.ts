import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import { installation } from '../application/installation.ts';
import { createServices } from '../application/services.ts';
import { ownerTag } from '../files/abandoned.ts';
import { AnalyzeSession } from './analyze-session.ts';
import { analyzeUsage, parseAnalyzeOptions, type AnalyzeOptions } from './analyze-options.ts';
import { exitCodes } from './exit-codes.ts';
import { userModels } from './models.ts';
import { analysisPrefix, sweepAnalyses } from './sweep-analyses.ts';

/** Folders of the models that come with the application. */
const defaultModelFolders = [join(installation.root, 'models', 'shipped')] as const;

/** `systola analyze`: returns the exit code. */
export async function runAnalyze(argv: readonly string[]): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    console.log(analyzeUsage);
    return exitCodes.done;
  }
  let options: AnalyzeOptions;
  try {
    options = parseAnalyzeOptions(argv, defaultModelFolders);
  } catch (error) {
    if (!(error instanceof SystolaError)) throw error;
    console.error(`${error.message}\n\n${analyzeUsage}`);
    return exitCodes.usage;
  }
  const refused = await prepareOutput(options.out);
  if (refused !== null) return refused;
  return withServices(options);
}

/** Creates the folder to write into; the exit code when that is not possible, else null. */
async function prepareOutput(out: string): Promise<number | null> {
  try {
    await mkdir(out, { recursive: true });
    return null;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    console.error(`${out}: the output folder cannot be created (${code}).`);
    return code === 'EEXIST' || code === 'ENOTDIR' ? exitCodes.usage : exitCodes.partly;
  }
}

/** What ends a command from outside; SIGHUP comes when its terminal is closed. */
const endingSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Runs over a library of its own in a temporary folder, which is gone afterwards whatever happens. */
async function withServices(options: AnalyzeOptions): Promise<number> {
  await sweepAnalyses();
  const abort = new AbortController();
  const stop = (): void => abort.abort();
  // Before there is anything to leave behind, and until it is gone: a second signal must not cut that short.
  for (const signal of endingSignals) process.on(signal, stop);
  const libraryPath = await mkdtemp(join(tmpdir(), `${analysisPrefix}${ownerTag()}-`));
  try {
    const services = await createServices({
      libraryPath,
      modelFolders: options.modelFolders,
      // The user's models can be named; folders named on the command line stand alone.
      ...(options.modelFolders === defaultModelFolders ? { addedModelsFolder: userModels() } : {}),
    });
    try {
      return await new AnalyzeSession(services, options, abort.signal).run();
    } finally {
      await services.close();
    }
  } catch (error) {
    if (abort.signal.aborted) {
      console.error('Stopped; nothing was written.');
      return exitCodes.interrupted;
    }
    if (!(error instanceof SystolaError)) throw error;
    console.error(error.file === null ? error.message : `${error.file}: ${error.message}`);
    return error.code === 'model-not-found' ? exitCodes.usage : exitCodes.partly;
  } finally {
    await rm(libraryPath, { recursive: true, force: true });
    for (const signal of endingSignals) process.off(signal, stop);
  }
}
