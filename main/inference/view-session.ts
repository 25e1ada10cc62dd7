import './no-telemetry.ts';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import ort, { type InferenceSession } from 'onnxruntime-node';
import { hasExternalData } from './external-data.ts';
import type { FromChild, LoadFailure, RecogniserDescription, ToChild } from './protocol.ts';

type Question = Extract<ToChild, { type: 'recognise' }>;
type Answer = Extract<FromChild, { type: 'recognised' | 'recognise-failed' }>;

/** Probabilities of a clip may add up to something this far from 1. */
const sumTolerance = 1e-2;

/** Why a recogniser gave no answer. */
class RecogniseFailure extends Error {
  readonly failure: LoadFailure;

  constructor(failure: LoadFailure, reason: string) {
    super(reason);
    this.failure = failure;
  }
}

/**
 * The child's recogniser of views, always on the CPU: a clip takes less time there than an accelerator takes to start.
 * Runs in the child process only.
 */
export class ViewSession {
  #held: { readonly key: string; readonly session: InferenceSession } | null = null;

  /** Answers, whatever happens; loads the recogniser first where another or none is held. */
  async recognise({ recogniser, sectors, wholes, threads }: Question): Promise<Answer> {
    try {
      const session = await this.#load(recogniser, threads);
      const started = performance.now();
      const probability = await ask(session, recogniser, sectors, wholes);
      return { type: 'recognised', probability, ms: performance.now() - started };
    } catch (error) {
      const failure = error instanceof RecogniseFailure ? error.failure : 'model-invalid';
      return { type: 'recognise-failed', failure, reason: firstLineOf(error) };
    }
  }

  async #load(recogniser: RecogniserDescription, threads: number): Promise<InferenceSession> {
    const key = `${recogniser.graphPath}\n${recogniser.graph.sha256}`;
    if (this.#held?.key === key) return this.#held.session;
    await this.#held?.session.release();
    this.#held = null;
    const bytes = await readFile(recogniser.graphPath).catch((error: unknown) => {
      throw new RecogniseFailure('model-not-found', firstLineOf(error));
    });
    // The bytes that are checked are the bytes that run: the file is read once.
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (sha256 !== recogniser.graph.sha256) {
      throw new RecogniseFailure('model-hash-mismatch', `its SHA-256 is ${sha256}`);
    }
    if (hasExternalData(bytes)) {
      throw new Error('its graph keeps weights in other files, where no hash covers them');
    }
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: ['cpu'],
      graphOptimizationLevel: 'all',
      executionMode: 'sequential',
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
    try {
      checkTensors(session, recogniser);
    } catch (error) {
      await session.release();
      throw error;
    }
    this.#held = { key, session };
    return session;
  }
}

async function ask(
  session: InferenceSession,
  { graph: { inputs, outputs }, rows, columns, classes }: RecogniserDescription,
  sectors: Float32Array,
  wholes: Float32Array,
): Promise<number[]> {
  const pictures = (values: Float32Array) =>
    new ort.Tensor('float32', values, [values.length / (rows * columns), 1, rows, columns]);
  const results = await session.run({
    [inputs.sectors]: pictures(sectors),
    [inputs.wholes]: pictures(wholes),
  });
  const probability = [...((results[outputs.probability]?.data ?? []) as Float32Array)];
  const sum = probability.reduce((total, value) => total + value, 0);
  const sound = probability.every((value) => value >= -sumTolerance && value <= 1 + sumTolerance);
  if (probability.length !== classes || !sound || !(Math.abs(sum - 1) <= sumTolerance)) {
    throw new Error(`it answered ${probability.join(', ')}, which are no probabilities of ${classes} views`);
  }
  return probability;
}

/** Names, types and shapes of the graph's tensors; the number of pictures is the graph's own to leave open. */
function checkTensors(session: InferenceSession, description: RecogniserDescription): void {
  const { graph, rows, columns, classes } = description;
  const { sectors, wholes } = graph.inputs;
  const named = (side: 'input' | 'output', names: readonly string[], wanted: readonly string[]): void => {
    if ([...names].sort().join() === [...wanted].sort().join()) return;
    throw new Error(`the graph's ${side}s are ${names.join(', ')}, the manifest names ${wanted.join(', ')}`);
  };
  named('input', session.inputNames, [sectors, wholes]);
  named('output', session.outputNames, [graph.outputs.probability]);
  const fits = (value: InferenceSession.ValueMetadata, shape: readonly (number | null)[]): void => {
    if (!value.isTensor || value.type !== 'float32') throw new Error(`"${value.name}" is no float32 tensor`);
    const same =
      value.shape.length === shape.length &&
      value.shape.every(
        (size, axis) => typeof size === 'string' || shape[axis] === null || size === shape[axis],
      );
    // A number of pictures that is fixed would fit one clip and not the next.
    const open = shape[0] !== null || typeof value.shape[0] === 'string';
    if (!same || !open) throw new Error(`"${value.name}" is ${value.shape.join('×')} in the graph`);
  };
  for (const input of session.inputMetadata) fits(input, [null, 1, rows, columns]);
  for (const output of session.outputMetadata) fits(output, [classes]);
}

function firstLineOf(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
  return text.replace(/[.\s]+$/, '').slice(0, 300);
}
