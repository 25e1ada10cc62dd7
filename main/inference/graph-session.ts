import './no-telemetry.ts';
import ort, { type InferenceSession, type Tensor } from 'onnxruntime-node';
import { checkGraph, checkResults } from './graph-check.ts';
import { tensorsOf, type GraphTensors } from './graph-tensors.ts';
import { identityModel } from './onnx-graph.ts';
import { allFinite } from './probability-check.ts';
import type { ExecutionProvider, GraphDescription, StateTensors, StructureMaps } from './protocol.ts';

export type Tensors = Record<string, Tensor>;

/** What a step answers, rows × columns each; may be overwritten by the next one. */
export interface StepMaps {
  readonly probability: Float32Array;
  readonly structures: StructureMaps;
}

/**
 * A graph with a memory on one execution provider, stepped one by one. Runs in the child process only.
 *
 * On the CPU two sets of state tensors are written in turn, so that memory does not grow with the clip. On WebGPU
 * the state stays in GPU buffers: each output is the next input and is disposed once it was read.
 */
export class GraphSession {
  readonly #session: InferenceSession;
  readonly #graph: GraphDescription['graph'];
  readonly #tensors: GraphTensors;
  /** Only the CPU provider writes into tensors that it is given; WebGPU leaves them as they were (measured). */
  readonly #reuseOutputs: boolean;
  /** The tensors that maps are written into where outputs are reused, by name of the graph. */
  readonly #maps: Tensors;
  /** State tensors by name of the manifest; `#spare` are written by the next step on the CPU. */
  #state: Tensors;
  #spare: Tensors;
  #readback: InferenceSession | null = null;

  private constructor(session: InferenceSession, description: GraphDescription, reuseOutputs: boolean) {
    this.#session = session;
    this.#graph = description.graph;
    this.#tensors = tensorsOf(description);
    this.#reuseOutputs = reuseOutputs;
    const maps = [description.graph.outputs.probability, ...this.#tensors.structures.map(({ name }) => name)];
    const picture = [1, 1, description.rows, description.columns];
    this.#maps = Object.fromEntries(maps.map((name) => [name, zeros(picture)]));
    this.#state = this.#zeroState();
    this.#spare = this.#zeroState();
  }

  /**
   * Builds the session from the bytes of an ONNX file.
   * @throws GraphMismatch when the graph is not what the manifest says; whatever onnxruntime throws otherwise.
   */
  static async create(
    bytes: Uint8Array,
    description: GraphDescription,
    provider: ExecutionProvider,
    threads: number,
  ): Promise<GraphSession> {
    const session = await ort.InferenceSession.create(bytes, {
      ...sessionOptions(provider, threads),
      ...(provider === 'webgpu' && { preferredOutputLocation: outputLocations(description) }),
    });
    try {
      checkGraph(session, description);
    } catch (error) {
      await session.release();
      throw error;
    }
    return new GraphSession(session, description, provider === 'cpu');
  }

  /** New tensors for the inputs that are no state, by name of the graph. */
  shownTensors(): Tensors {
    return Object.fromEntries(this.#tensors.shown.map(({ name, shape }) => [name, zeros(shape)]));
  }

  /** Empties the memory (null), or takes one over. */
  begin(state: StateTensors | null): void {
    this.#disposeGpuState();
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
   * @param structures whether the maps of structures beside the cavity are wanted
   */
  async step(shown: Tensors, keeps: boolean, structures: boolean): Promise<StepMaps> {
    const { outputs, state } = this.#graph;
    const feeds: Tensors = { ...shown };
    for (const { name, input } of state) feeds[input] = this.#state[name]!;
    const fetches = this.#fetches(keeps, structures);
    const results = (await this.#session.run(feeds, fetches)) as Tensors;
    checkResults(
      results,
      this.#tensors.outputs.filter(({ name }) => name in fetches),
    );
    if (keeps) {
      this.#disposeGpuState();
      for (const { name, output } of state) {
        if (this.#reuseOutputs) this.#spare[name] = this.#state[name]!;
        this.#state[name] = results[output]!;
      }
    } else {
      for (const { output } of state) disposeOnDevice(results[output]);
    }
    const mapOf = (name: string): Float32Array => results[name]!.data as Float32Array;
    const wanted = structures ? this.#tensors.structures : [];
    return {
      probability: mapOf(outputs.probability),
      structures: new Map(wanted.map(({ structure, name }) => [structure, mapOf(name)])),
    };
  }

  /** Puts values into one tensor of the memory, in place of those of the last step. */
  replaceState(name: string, values: Float32Array): void {
    const tensor = this.#state[name]!;
    if (tensor.location === 'gpu-buffer') {
      // Fed from here; the next step leaves one on the device again.
      this.#state[name] = new ort.Tensor('float32', values.slice(), [...tensor.dims]);
      tensor.dispose();
    } else {
      (tensor.data as Float32Array).set(values);
    }
  }

  /**
   * Tensors to write into, or null for each output that onnxruntime is to allocate. What is not wanted is not asked for, nor
   * a memory that is not kept, but where outputs have places on a device, of which onnxruntime wants all.
   */
  #fetches(keeps: boolean, structures: boolean): Record<string, Tensor | null> {
    const { outputs, state } = this.#graph;
    const reuse = this.#reuseOutputs;
    const fetches: Record<string, Tensor | null> = {
      [outputs.probability]: reuse ? this.#maps[outputs.probability]! : null,
    };
    if (structures || !reuse) {
      for (const { name } of this.#tensors.structures) fetches[name] = reuse ? this.#maps[name]! : null;
    }
    if (keeps || !reuse) {
      for (const { name, output } of state) fetches[output] = reuse ? this.#spare[name]! : null;
    }
    return fetches;
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
    if (!this.stateOnDevice) {
      return state.map(({ name }) => (this.#state[name]!.data as Float32Array).slice());
    }
    // getData() on a GPU tensor aborts the process in this binding; an identity graph with outputs on the CPU
    // brings the values over without it.
    this.#readback ??= await ort.InferenceSession.create(identityModel(state), sessionOptions('webgpu', 1));
    const feeds: Tensors = {};
    for (const { name } of state) feeds[`${name}_in`] = this.#state[name]!;
    const copies = (await this.#readback.run(feeds)) as Tensors;
    return state.map(({ name }) => (copies[`${name}_out`]!.data as Float32Array).slice());
  }

  async close(): Promise<void> {
    this.#disposeGpuState();
    await this.#readback?.release();
    await this.#session.release();
  }

  #zeroState(): Tensors {
    return Object.fromEntries(this.#graph.state.map(({ name, shape }) => [name, zeros(shape)]));
  }

  #disposeGpuState(): void {
    Object.values(this.#state).forEach(disposeOnDevice);
  }
}

function disposeOnDevice(tensor: Tensor | undefined): void {
  if (tensor?.location === 'gpu-buffer') tensor.dispose();
}

function sessionOptions(provider: ExecutionProvider, threads: number): InferenceSession.SessionOptions {
  return {
    // Alone: with the CPU beside it, a provider that this build lacks would be passed over in silence.
    executionProviders: [provider],
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  };
}

function outputLocations(description: GraphDescription): Record<string, Tensor.DataLocation> {
  const { outputs, state } = description.graph;
  const locations: Record<string, Tensor.DataLocation> = { [outputs.probability]: 'cpu' };
  for (const { name } of tensorsOf(description).structures) locations[name] = 'cpu';
  for (const { output } of state) locations[output] = 'gpu-buffer';
  return locations;
}

function zeros(shape: readonly number[]): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return new ort.Tensor('float32', new Float32Array(size), shape);
}
