import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SystolaError } from '../../core/error.ts';
import { installation } from '../application/installation.ts';
import { createServices } from '../application/services.ts';
import { ownerTag } from '../files/abandoned.ts';
import { AnalyzeSession } from './analyze-session.ts';
import { readCorrections, type GivenCorrections } from './correction-file.ts';
import { analyzeUsage, parseAnalyzeOptions, type AnalyzeOptions } from './analyze-options.ts';
import { asksForHelp, untilStopped } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { userModels } from './models.ts';
import { prepareOutput } from './output-folder.ts';
import { analysisPrefix, sweepAnalyses } from './sweep-analyses.ts';

/** Folders of the models that come with the application. */
const defaultModelFolders = [join(installation.root, 'models', 'shipped')] as const;

/** Folder of the recogniser of views that comes with it. */
const recogniserFolder = join(installation.root, 'models', 'shipped-views');

/** `systola analyze`: returns the exit code. */
export async function runAnalyze(argv: readonly string[]): Promise<number> {
  if (asksForHelp(argv)) {
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
  const corrections = await correctionsOf(options);
  if (corrections === null) return exitCodes.usage;
  const refused = await prepareOutput(options.out);
  if (refused !== null) return refused;
  await sweepAnalyses();
  return untilStopped((signal) => withServices(options, corrections, signal));
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

/** Runs over a library of its own in a temporary folder, which is gone afterwards whatever happens. */
async function withServices(
  options: AnalyzeOptions,
  corrections: GivenCorrections,
  signal: AbortSignal,
): Promise<number> {
  const libraryPath = await mkdtemp(join(tmpdir(), `${analysisPrefix}${ownerTag()}-`));
  try {
    const services = await createServices({
      libraryPath,
      modelFolders: options.modelFolders,
      recogniserFolders: options.recognise ? [recogniserFolder] : [],
      // The user's models can be named; folders named on the command line stand alone.
      ...(options.modelFolders === defaultModelFolders ? { addedModelsFolder: userModels() } : {}),
    });
    try {
      return await new AnalyzeSession(services, options, corrections, signal).run();
    } finally {
      await services.close();
    }
  } catch (error) {
    if (signal.aborted) {
      console.error('Stopped; nothing was written.');
      return exitCodes.interrupted;
    }
    if (!(error instanceof SystolaError)) throw error;
    console.error(error.file === null ? error.message : `${error.file}: ${error.message}`);
    return error.code === 'model-not-found' ? exitCodes.usage : exitCodes.partly;
  } finally {
    await rm(libraryPath, { recursive: true, force: true });
  }
}
