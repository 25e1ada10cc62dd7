import type { LoadedModel } from '../models/registry.ts';
import { describeModel } from './describe-model.ts';
import { ChildGone, InferenceChild } from './inference-child.ts';
import { probabilityFlaw } from './probability-check.ts';
import type { ModelDescription } from './protocol.ts';

/** A model that cannot be run, or whose numbers are no probabilities; the reason is for a person. */
export class TrialFailed extends Error {}

export interface TrialRunOptions {
  readonly signal: AbortSignal;
  readonly threads: number;
  /** height × width of the model's input, in the manifest's range. */
  picture(frame: number): Float32Array;
  /** How long the process may be silent, ms; a model is loaded in a few seconds at most. */
  readonly withinMs?: number;
}

const trialFrames = 4;

/**
 * Loads a model on the processor, in a process of its own that cannot take a running analysis with it, and steps
 * it over a few frames: its graph has to be the one of the manifest, and its numbers finite, probabilities in
 * [0, 1].
 *
 * @returns time of a frame, ms
 * @throws TrialFailed; the signal's reason
 */
export async function trialRun(model: LoadedModel, options: TrialRunOptions): Promise<number> {
  const child = InferenceChild.start();
  try {
    return await tryOn(child, describeModel(model), options);
  } catch (error) {
    if (error instanceof ChildGone) throw new TrialFailed(error.message, { cause: error });
    throw error;
  } finally {
    // Deep in a computation when the trial was called off: there is nothing to be tidied up in it.
    if (child.alive) child.kill('the trial has ended');
    await child.gone;
  }
}

async function tryOn(
  child: InferenceChild,
  model: ModelDescription,
  { signal, threads, picture, withinMs = 120_000 }: TrialRunOptions,
): Promise<number> {
  await child.ready(withinMs, signal);
  child.send({ type: 'load', model, provider: 'cpu', threads });
  const loaded = await child.reply(['loaded', 'load-failed'], withinMs, signal);
  if (loaded.type === 'load-failed') throw new TrialFailed(loaded.reason);
  const run = 1;
  child.send({ type: 'start', run, provider: 'cpu', state: null, checkpointEvery: 1 });
  for (let step = 0; step < trialFrames; step += 1) {
    child.send({ type: 'frame', run, step, image: picture(step) });
    // Each frame ends with a copy of the memory. The child has looked at the numbers of both.
    const result = await child.reply(['checkpoint', 'frame-failed'], withinMs, signal);
    if (result.type === 'frame-failed') throw new TrialFailed(`${result.reason} (trial run, frame ${step})`);
    const { state } = result;
    const mask = model.graph.state.findIndex(({ name }) => name === model.graph.maskState);
    const flaw = probabilityFlaw(state[mask] ?? new Float32Array());
    if (flaw !== null) {
      const reason = flaw.reason.replace('the model', `as "${model.graph.maskState}" the model`);
      throw new TrialFailed(`${reason} (trial run, frame ${step})`);
    }
  }
  return loaded.frameMs;
}
