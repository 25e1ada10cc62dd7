import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installation } from '../application/installation.ts';
import type { Computing } from '../application/computing.ts';
import { createServices } from '../application/services.ts';
import { ownerTag } from '../files/abandoned.ts';
import type { AnalyzeOptions } from './analyze-options.ts';
import { AnalyzeSession, type AnalyzeOutcome, type AnalyzeSurroundings } from './analyze-session.ts';
import { userModels } from './models.ts';
import { analysisPrefix } from './sweep-analyses.ts';

/** Folders of the models that come with the application. */
export const defaultModelFolders = [join(installation.root, 'models', 'shipped')] as const;

/** Folder of the recogniser of views that comes with it. */
const recogniserFolder = join(installation.root, 'models', 'shipped-views');

/**
 * Analyses over a library of its own in a temporary folder, which is gone afterwards whatever happens.
 *
 * @throws SystolaError as {@link AnalyzeSession.run}; the signal's reason
 */
export async function analyzeInTemporaryLibrary(
  options: AnalyzeOptions,
  surroundings: AnalyzeSurroundings & { readonly computing: Computing },
): Promise<AnalyzeOutcome> {
  const { computing } = surroundings;
  const libraryPath = await mkdtemp(join(tmpdir(), `${analysisPrefix}${ownerTag()}-`));
  try {
    const services = await createServices({
      libraryPath,
      modelFolders: options.modelFolders,
      recogniserFolders: options.recognise ? [recogniserFolder] : [],
      // The user's models can be named; folders named on the command line stand alone.
      ...(options.modelFolders === defaultModelFolders ? { addedModelsFolder: userModels() } : {}),
      computing,
    });
    try {
      return await new AnalyzeSession(services, options, surroundings).run();
    } finally {
      await services.close();
    }
  } finally {
    await rm(libraryPath, { recursive: true, force: true });
  }
}
