import { join } from 'node:path';
import type { ModelTrial } from '../../core/api/requests.ts';
import { SystolaError } from '../../core/error.ts';
import type { LoadedModel } from '../inference/loaded-model.ts';
import { modelThreads } from '../inference/processor-cores.ts';
import { correctionTrialRun } from '../inference/correction-trial.ts';
import { TrialFailed, trialRun } from '../inference/trial-run.ts';
import { hashFile } from './bounded-file.ts';
import {
  howToMend,
  readModelFolder,
  requireConsistent,
  requireCorrection,
  requireHash,
} from './model-folder.ts';
import { trialPicture } from './trial-picture.ts';

export interface CheckOptions {
  readonly signal: AbortSignal;
  /** The folder as the user knows it, for messages. */
  readonly shownAs?: string;
  /** Whether the network that carries corrections is checked too, without which a model contours all the same. */
  readonly correction?: boolean;
}

/**
 * Everything that must be true of a model folder before it is used: a manifest of the right form that does not
 * contradict itself, the graph that it names, byte for byte, with the tensors that it names, and a trial run that
 * gives finite probabilities, which follow the picture. The same of the correction network, where the manifest names one:
 * it has to give the model's map back while its memory is empty, keep what it was given, and heed it.
 *
 * @throws SystolaError `model-not-found`, `model-is-checkpoint`, `model-invalid`, `model-hash-mismatch`, `not-found`,
 *   `too-large`, `unreadable`, `inference-failed`, `cancelled`
 */
export async function checkModel(
  folder: string,
  { signal, shownAs = folder, correction = true }: CheckOptions,
): Promise<{ readonly model: LoadedModel; readonly trial: ModelTrial }> {
  const model = await readModelFolder(folder, shownAs);
  const { manifest } = model;
  requireConsistent(model, shownAs);
  const graphFile = join(shownAs, manifest.graph.file);
  requireHash(model, await hashFile(model.graphPath, graphFile), graphFile);
  if (correction) await requireCorrection(model, shownAs);
  const options = {
    signal,
    threads: modelThreads(),
    picture: (frame: number) => trialPicture(manifest.input, frame),
  };
  const what = `The model "${manifest.name}"`;
  const msPerFrame = await triedOn(trialRun(model, options), what, graphFile, signal);
  if (correction && manifest.correction !== undefined) {
    const { file, width, height } = manifest.correction;
    const picture = (frame: number) => trialPicture({ ...manifest.input, width, height }, frame);
    const trial = correctionTrialRun(model, { ...options, picture });
    await triedOn(trial, `The correction network of the model "${manifest.name}"`, join(shownAs, file), signal);
  }
  return { model, trial: { name: manifest.name, msPerFrame } };
}

/** @throws SystolaError `model-invalid` naming the file, `inference-failed`, `cancelled` */
async function triedOn<Result>(
  trial: Promise<Result>,
  what: string,
  file: string,
  signal: AbortSignal,
): Promise<Result> {
  try {
    return await trial;
  } catch (error) {
    if (signal.aborted) throw new SystolaError('cancelled', 'The check of the model was cancelled.');
    if (!(error instanceof TrialFailed)) throw error;
    throw new SystolaError('model-invalid', `${what} cannot be used: ${error.message}. ${howToMend}`, file, {
      cause: error,
    });
  }
}
