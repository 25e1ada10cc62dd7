import './no-telemetry.ts';
import ort, { type InferenceSession, type Tensor } from 'onnxruntime-node';
import { checkGraph, checkResults } from './graph-check.ts';
import { DeviceBuffers } from './device-buffers.ts';
import type { DeviceLayout } from './device-layout.ts';
import { mostAtOnce } from './frames-at-once.ts';
import { tensorsOf, type GraphTensors } from './graph-tensors.ts';
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
  /** Written by every step, by name of the graph; null where onnxruntime is to allocate. */
  readonly #maps: Tensors | null;
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
    this.#maps = reuseOutputs ? zeroMaps(description) : null;
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
   * @param structures whether the maps of structures beside the cavity are wanted
   */
  async step(shown: Tensors, keeps: boolean, structures: boolean): Promise<StepMaps> {
    const names = this.#mapNames(structures);
    const maps = names.map((name) => [name, this.#maps?.[name] ?? null] as const);
    const results = await this.#run(shown, keeps, Object.fromEntries(maps));
    return this.#mapsOf(
      names.map((name) => results[name]!.data as Float32Array),
      structures,
    );
  }

  /** Steps that {@link enqueue} takes before {@link collect}; 0 where every step is waited for. */
  get places(): number {
    return this.#device === null ? 0 : mostAtOnce;
  }

  /** A step whose maps stay on the device, at a place, and that keeps the memory. The device may still be at it. */
  async enqueue(shown: Tensors, place: number, structures: boolean): Promise<void> {
    const { tensors } = this.#device!;
    const maps = this.#mapNames(structures).map((name) => [name, tensors[placeName(place, name)]!] as const);
    await this.#run(shown, true, Object.fromEntries(maps));
  }

  /** The maps at the first places; waits for the device. */
  async collect(count: number, structures: boolean): Promise<StepMaps[]> {
    const names = this.#mapNames(structures);
    const places = Array.from({ length: count }, (_, place) => names.map((name) => placeName(place, name)));
    const maps = await this.#device!.read(places.flat());
    return places.map((_, place) =>
      this.#mapsOf(maps.slice(place * names.length, (place + 1) * names.length), structures),
    );
  }

  /** Outputs that are maps and wanted, the cavity's first. */
  #mapNames(structures: boolean): string[] {
    const beside = structures ? this.#tensors.structures : [];
    return [this.#graph.outputs.probability, ...beside.map(({ name }) => name)];
  }

  /** @param maps in the order of {@link #mapNames} */
  #mapsOf(maps: readonly Float32Array[], structures: boolean): StepMaps {
    const beside = structures ? this.#tensors.structures : [];
    return {
      probability: maps[0]!,
      structures: new Map(beside.map(({ structure }, index) => [structure, maps[index + 1]!])),
    };
  }

  /** Puts values into one tensor of the memory, in place of those of the last step. */
  replaceState(name: string, values: Float32Array): void {
    const tensor = this.#state[name]!;
    // One on the device is fed from here; the next step leaves one there again.
    if (tensor.location === 'cpu') (tensor.data as Float32Array).set(values);
    else this.#state[name] = new ort.Tensor('float32', values.slice(), [...tensor.dims]);
  }

  /** @param maps those that are wanted, with the tensor to write each into; null: onnxruntime allocates it on the CPU */
  async #run(
    shown: Tensors,
    keeps: boolean,
    maps: Readonly<Record<string, Tensor | null>>,
  ): Promise<Tensors> {
    const { state } = this.#graph;
    const feeds: Tensors = { ...shown };
    for (const { name, input } of state) feeds[input] = this.#state[name]!;
    const set = this.#sets?.[this.#next] ?? null;
    const fetches: Record<string, Tensor | null> = { ...maps };
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
function buffersOf(description: GraphDescription): Promise<DeviceBuffers> {
  const { graph, rows, columns } = description;
  const sets = ([0, 1] as const).flatMap((set) =>
    graph.state.map(({ name, shape }) => ({ name: stateName(set, name), shape })),
  );
  const places = Array.from({ length: mostAtOnce }, (_, place) =>
    mapsOf(description).map((name) => ({ name: placeName(place, name), shape: [1, 1, rows, columns] })),
  );
  return DeviceBuffers.create([...sets, ...places.flat()]);
}

function stateName(set: 0 | 1, name: string): string {
  return `${name}_${set}`;
}

function placeName(place: number, map: string): string {
  return `place_${place}_${map}`;
}

/** Outputs that are maps. */
function mapsOf(description: GraphDescription): string[] {
  return [
    description.graph.outputs.probability,
    ...tensorsOf(description).structures.map(({ name }) => name),
  ];
}

function zeroMaps(description: GraphDescription): Tensors {
  const picture = [1, 1, description.rows, description.columns];
  return Object.fromEntries(mapsOf(description).map((name) => [name, zeros(picture)]));
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
