import './no-telemetry.ts';
import ort, { type InferenceSession, type Tensor } from 'onnxruntime-node';
import { checkGraph, checkResults } from './graph-check.ts';
import { DeviceBuffers } from './device-buffers.ts';
import type { DeviceLayout } from './device-layout.ts';
import { mostAtOnce } from './frames-at-once.ts';
import { tensorsOf, type GraphTensors } from './graph-tensors.ts';
import { allFinite } from './probability-check.ts';
import type { ExecutionProvider, GraphDescription, StateTensors } from './protocol.ts';

export type Tensors = Record<string, Tensor>;

/**
 * A graph with a memory on one execution provider, stepped one by one. Runs in the child process only.
 *
 * On the CPU and on WebGPU two sets of state tensors are written in turn, so that memory does not grow with the clip.
 * On WebGPU they lie in GPU buffers; with nothing to be read back a run returns before the device has computed it.
 */
export class GraphSession {
  readonly #session: InferenceSession;
  readonly #graph: GraphDescription['graph'];
  readonly #tensors: GraphTensors;
  readonly #device: DeviceBuffers | null;
  /** Written by every second step each; null where onnxruntime is to allocate. */
  readonly #sets: readonly [Tensors, Tensors] | null;
  readonly #probability: Tensor | null;
  /** State tensors by name of the manifest. */
  #state: Tensors;
  #next: 0 | 1 = 0;

  private constructor(
    session: InferenceSession,
    description: GraphDescription,
    reuseOutputs: boolean,
    device: DeviceBuffers | null,
  ) {
    this.#session = session;
    this.#graph = description.graph;
    this.#tensors = tensorsOf(description);
    this.#device = device;
    this.#probability = reuseOutputs ? zeros([1, 1, description.rows, description.columns]) : null;
    this.#state = this.#zeroState();
    if (device !== null) this.#sets = [this.#stateOn(device, 0), this.#stateOn(device, 1)];
    else this.#sets = reuseOutputs ? [this.#zeroState(), this.#zeroState()] : null;
  }

  /**
   * Builds the session from the bytes of an ONNX file.
   * @param layout of pictures, where the provider has a choice
   * @throws GraphMismatch when the graph is not what the manifest says; whatever onnxruntime throws otherwise.
   */
  static async create(
    bytes: Uint8Array,
    description: GraphDescription,
    provider: ExecutionProvider,
    threads: number,
    layout: DeviceLayout = 'NCHW',
  ): Promise<GraphSession> {
    const session = await ort.InferenceSession.create(bytes, sessionOptions(provider, threads, layout));
    try {
      checkGraph(session, description);
      const device = provider === 'webgpu' ? await buffersOf(description) : null;
      return new GraphSession(session, description, provider === 'cpu', device);
    } catch (error) {
      await session.release();
      throw error;
    }
  }

  /** New tensors for the inputs that are no state, by name of the graph. */
  shownTensors(): Tensors {
    return Object.fromEntries(this.#tensors.shown.map(({ name, shape }) => [name, zeros(shape)]));
  }

  /** Empties the memory (null), or takes one over. */
  begin(state: StateTensors | null): void {
    this.#state = this.#zeroState();
    state?.forEach((values, index) => {
      const { name } = this.#graph.state[index]!;
      (this.#state[name]!.data as Float32Array).set(values);
    });
  }

  /**
   * One step from the memory.
   * @param shown the inputs that are no state, by name of the graph
   * @param keeps whether the memory is afterwards what the graph made of it, else what it was
   * @returns rows × columns of probabilities; may be overwritten by the next step
   */
  async step(shown: Tensors, keeps: boolean): Promise<Float32Array> {
    const results = await this.#run(shown, keeps, this.#probability);
    return results[this.#graph.outputs.probability]!.data as Float32Array;
  }

  /** Steps that {@link enqueue} takes before {@link collect}; 0 where every step is waited for. */
  get places(): number {
    return this.#device === null ? 0 : mostAtOnce;
  }

  /** A step whose probabilities stay on the device, at a place, and that keeps the memory. The device may still be at it. */
  async enqueue(shown: Tensors, place: number): Promise<void> {
    await this.#run(shown, true, this.#device!.tensors[placeName(place)]!);
  }

  /** The probabilities at the first places; waits for the device. */
  async collect(count: number): Promise<Float32Array[]> {
    return this.#device!.read(Array.from({ length: count }, (_, place) => placeName(place)));
  }

  /** Puts values into one tensor of the memory, in place of those of the last step. */
  replaceState(name: string, values: Float32Array): void {
    const tensor = this.#state[name]!;
    // One on the device is fed from here; the next step leaves one there again.
    if (tensor.location === 'cpu') (tensor.data as Float32Array).set(values);
    else this.#state[name] = new ort.Tensor('float32', values.slice(), [...tensor.dims]);
  }

  async #run(shown: Tensors, keeps: boolean, probability: Tensor | null): Promise<Tensors> {
    const { outputs, state } = this.#graph;
    const feeds: Tensors = { ...shown };
    for (const { name, input } of state) feeds[input] = this.#state[name]!;
    const set = this.#sets?.[this.#next] ?? null;
    // Tensors to write into, or null for each output that onnxruntime is to allocate on the CPU.
    const fetches: Record<string, Tensor | null> = { [outputs.probability]: probability };
    if (keeps) for (const { name, output } of state) fetches[output] = set?.[name] ?? null;
    const results = (await this.#session.run(feeds, fetches)) as Tensors;
    checkResults(
      results,
      this.#tensors.outputs.filter(({ name }) => name in fetches),
    );
    if (keeps) {
      this.#state = set === null ? {} : { ...set };
      if (set === null) for (const { name, output } of state) this.#state[name] = results[output]!;
      this.#next = this.#next === 0 ? 1 : 0;
    }
    return results;
  }

  /** False when the memory holds NaN or Inf. What lies in GPU buffers is taken for sound until it is read. */
  stateIsFinite(): boolean {
    return Object.values(this.#state).every(
      (tensor) => tensor.location === 'gpu-buffer' || allFinite(tensor.data as Float32Array),
    );
  }

  /** True when the memory lies in GPU buffers: after a first step on WebGPU. */
  get stateOnDevice(): boolean {
    return Object.values(this.#state).some(({ location }) => location === 'gpu-buffer');
  }

  /** Copies of the state tensors, in the manifest's order. */
  async readState(): Promise<Float32Array[]> {
    const { state } = this.#graph;
    const written = this.#next === 0 ? 1 : 0;
    const names = state.map(({ name }) => stateName(written, name));
    const copies = this.stateOnDevice ? await this.#device!.read(names) : null;
    return state.map(({ name }, index) => {
      const tensor = this.#state[name]!;
      return tensor.location === 'cpu' ? (tensor.data as Float32Array).slice() : copies![index]!;
    });
  }

  async close(): Promise<void> {
    await this.#session.release();
    await this.#device?.close();
  }

  #stateOn({ tensors }: DeviceBuffers, set: 0 | 1): Tensors {
    return Object.fromEntries(this.#graph.state.map(({ name }) => [name, tensors[stateName(set, name)]!]));
  }

  #zeroState(): Tensors {
    return Object.fromEntries(this.#graph.state.map(({ name, shape }) => [name, zeros(shape)]));
  }
}

/** Two sets of state tensors, written in turn, and what several frames leave for being read together. */
function buffersOf({ graph, rows, columns }: GraphDescription): Promise<DeviceBuffers> {
  const sets = ([0, 1] as const).flatMap((set) =>
    graph.state.map(({ name, shape }) => ({ name: stateName(set, name), shape })),
  );
  const places = Array.from({ length: mostAtOnce }, (_, place) => ({
    name: placeName(place),
    shape: [1, 1, rows, columns],
  }));
  return DeviceBuffers.create([...sets, ...places]);
}

function stateName(set: 0 | 1, name: string): string {
  return `${name}_${set}`;
}

function placeName(place: number): string {
  return `place_${place}`;
}

function sessionOptions(
  provider: ExecutionProvider,
  threads: number,
  layout: DeviceLayout,
): InferenceSession.SessionOptions {
  return {
    // Alone: with the CPU beside it, a provider that this build lacks would be passed over in silence.
    executionProviders: [provider === 'webgpu' ? { name: provider, preferredLayout: layout } : provider],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  };
}

function zeros(shape: readonly number[]): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return new ort.Tensor('float32', new Float32Array(size), shape);
}
