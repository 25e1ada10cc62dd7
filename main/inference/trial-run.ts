import { SystolaError } from '../../core/error.ts';
import type { LoadedModel } from './loaded-model.ts';
import { describeModel } from './describe-model.ts';
import { ChildGone, InferenceChild } from './inference-child.ts';
import { probabilityFlaw } from './probability-check.ts';
import type { GraphDescription, GraphRole, ModelDescription, StepInputs } from './protocol.ts';

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
const longestSilenceMs = 120_000;
/** Two maps that nowhere differ by more are one map, rounded. */
const leastDifference = 1e-5;

/**
 * Loads a model on the processor, in a process of its own that cannot take a running analysis with it, and steps
 * it over a few frames: its graph has to be the one of the manifest, and its numbers finite, probabilities in
 * [0, 1], that are not the same whatever the picture.
 *
 * @returns time of a frame, ms
 * @throws TrialFailed; SystolaError `inference-failed` when the process did not start, which says nothing of the
 *   model; the signal's reason
 */
export async function trialRun(model: LoadedModel, options: TrialRunOptions): Promise<number> {
  const [black] = model.manifest.input.range;
  return inTrialProcess(options, (child) => tryOn(child, describeModel(model), black, options));
}

/**
 * Lets a graph be tried in a process of its own.
 *
 * @throws as {@link trialRun}
 */
export async function inTrialProcess<Result>(
  options: TrialRunOptions,
  work: (child: InferenceChild) => Promise<Result>,
): Promise<Result> {
  const child = InferenceChild.start();
  try {
    await started(child, options);
    return await work(child);
  } catch (error) {
    if (error instanceof ChildGone) throw new TrialFailed(error.message, { cause: error });
    throw error;
  } finally {
    // Deep in a computation when the trial was called off: there is nothing to be tidied up in it.
    if (child.alive) child.kill('the trial has ended');
    await child.gone;
  }
}

/** @returns time of a frame, ms */
export async function loadForTrial(
  child: InferenceChild,
  graph: GraphDescription,
  { signal, threads, withinMs = longestSilenceMs }: TrialRunOptions,
): Promise<number> {
  child.send({ type: 'load', graph, provider: 'cpu', threads });
  const loaded = await child.reply(['loaded', 'load-failed'], withinMs, signal);
  if (loaded.type === 'load-failed') throw new TrialFailed(loaded.reason);
  return loaded.frameMs;
}

/**
 * The maps of a few steps from an empty memory.
 *
 * @param run another number for each
 * @param structures beside the cavity that each step has to draw: in a run one of no numbers is left out of its frame
 */
export async function trialMaps(
  child: InferenceChild,
  role: GraphRole,
  run: number,
  steps: readonly StepInputs[],
  { signal, withinMs = longestSilenceMs }: TrialRunOptions,
  structures: readonly string[] = [],
): Promise<Float32Array[]> {
  const fromEmpty = { state: null, structures: true, checkpointEvery: steps.length + 1, atOnce: 1 } as const;
  child.send({ type: 'start', run, role, provider: 'cpu', ...fromEmpty });
  const maps: Float32Array[] = [];
  for (const [step, inputs] of steps.entries()) {
    child.send({ type: 'frame', run, step, ...inputs });
    const result = await child.reply(['probability', 'frame-failed'], withinMs, signal);
    if (result.type === 'frame-failed') throw new TrialFailed(`${result.reason} (trial run, frame ${step})`);
    const lost = structures.find((one) => !result.structures.has(one));
    if (lost !== undefined) {
      const reason = `as "${lost}" the model returned values that are not numbers`;
      throw new TrialFailed(`${reason} (trial run, frame ${step})`);
    }
    maps.push(result.probability);
  }
  return maps;
}

/** Whether two maps are one, rounded. */
export function isSameMap(a: Float32Array, b: Float32Array): boolean {
  return a.every((value, index) => Math.abs(value - b[index]!) < leastDifference);
}

/** @throws SystolaError `inference-failed`; the signal's reason */
async function started(
  child: InferenceChild,
  { signal, withinMs = longestSilenceMs }: TrialRunOptions,
): Promise<void> {
  try {
    await child.ready(withinMs, signal);
  } catch (error) {
    if (!(error instanceof ChildGone)) throw error;
    throw new SystolaError(
      'inference-failed',
      `The model could not be tried: ${error.message}. Try again; if it stays so, reinstall Systola.`,
      null,
      { cause: error },
    );
  }
}

/** @param black the lowest value of the model's input */
async function tryOn(
  child: InferenceChild,
  model: ModelDescription,
  black: number,
  options: TrialRunOptions,
): Promise<number> {
  const { signal, picture, withinMs = longestSilenceMs } = options;
  const frameMs = await loadForTrial(child, model, options);
  const run = 1;
  const fromEmpty = { state: null, structures: true, checkpointEvery: 1, atOnce: 1 } as const;
  child.send({ type: 'start', run, role: 'contours', provider: 'cpu', ...fromEmpty });
  for (let step = 0; step < trialFrames; step += 1) {
    child.send({ type: 'frame', run, step, image: picture(step), found: null, mask: null });
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
  const empty = new Float32Array(model.rows * model.columns).fill(black);
  const alone = async (image: Float32Array, index: number): Promise<Float32Array> => {
    // As the first frame of a run of its own, so that nothing but the picture differs.
    const [map] = await trialMaps(
      child,
      'contours',
      run + 1 + index,
      [{ image, found: null, mask: null }],
      options,
      Object.keys(model.graph.outputs.structures ?? {}),
    );
    return map!;
  };
  if (isSameMap(await alone(picture(0), 0), await alone(empty, 1))) {
    throw new TrialFailed('it gives the same probabilities for a picture as for none (trial run)');
  }
  return frameMs;
}
