import { join } from 'node:path';
import type { ModelTrial } from '../../core/api/requests.ts';
import { SystolaError } from '../../core/error.ts';
import type { LoadedModel } from '../inference/loaded-model.ts';
import { modelThreads } from '../inference/processor-cores.ts';
import { TrialFailed, trialRun } from '../inference/trial-run.ts';
import { hashFile } from './bounded-file.ts';
import {
  howToMend,
  readModelFolder,
  requireConsistent,
  requireHash,
} from './model-folder.ts';
import { trialPicture } from './trial-picture.ts';

export interface CheckOptions {
  readonly signal: AbortSignal;
  /** The folder as the user knows it, for messages. */
  readonly shownAs?: string;
}

/**
 * Everything that must be true of a model folder before it is used: a manifest of the right form that does not
 * contradict itself, the graph that it names, byte for byte, with the tensors that it names, and a trial run that
 * gives finite probabilities, which follow the picture.
 *
 * @throws SystolaError `model-not-found`, `model-is-checkpoint`, `model-invalid`, `model-hash-mismatch`, `not-found`,
 *   `too-large`, `unreadable`, `inference-failed`, `cancelled`
 */
export async function checkModel(
  folder: string,
  { signal, shownAs = folder }: CheckOptions,
): Promise<{ readonly model: LoadedModel; readonly trial: ModelTrial }> {
  const model = await readModelFolder(folder, shownAs);
  const { manifest } = model;
  requireConsistent(model, shownAs);
  const graphFile = join(shownAs, manifest.graph.file);
  requireHash(model, await hashFile(model.graphPath, graphFile), graphFile);
  try {
    const msPerFrame = await trialRun(model, {
      signal,
      threads: modelThreads(),
      picture: (frame) => trialPicture(manifest.input, frame),
    });
    return { model, trial: { name: manifest.name, msPerFrame } };
  } catch (error) {
    if (signal.aborted) throw new SystolaError('cancelled', 'The check of the model was cancelled.');
    if (!(error instanceof TrialFailed)) throw error;
    throw new SystolaError(
      'model-invalid',
      `The model "${manifest.name}" cannot be used: ${error.message}. ${howToMend}`,
      graphFile,
      { cause: error },
    );
  }
}
