import './no-telemetry.ts';
import ort, { type InferenceSession, type Tensor } from 'onnxruntime-node';
import { checkGraph, checkResults } from './graph-check.ts';
import { identityModel } from './onnx-graph.ts';
import { allFinite } from './probability-check.ts';
import type { ExecutionProvider, ModelDescription, StateTensors } from './protocol.ts';

type Tensors = Record<string, Tensor>;

/**
 * One model on one execution provider, stepped frame by frame. Runs in the child process only.
 *
 * On the CPU two sets of state tensors are written in turn, so that memory does not grow with the clip. On WebGPU
 * the state stays in GPU buffers: each output is the next input and is disposed once it was read.
 */
export class ModelSession {
  readonly #session: InferenceSession;
  readonly #model: ModelDescription;
  /** Only the CPU provider writes into tensors that it is given; WebGPU leaves them as they were (measured). */
  readonly #reuseOutputs: boolean;
  readonly #image: Tensor;
  readonly #firstFrame: Tensor;
  readonly #probability: Tensor;
  /** State tensors by name of the manifest; `#spare` are written by the next step on the CPU. */
  #state: Tensors;
  #spare: Tensors;
  #readback: InferenceSession | null = null;

  private constructor(session: InferenceSession, model: ModelDescription, reuseOutputs: boolean) {
    this.#session = session;
    this.#model = model;
    this.#reuseOutputs = reuseOutputs;
    const picture = [1, 1, model.rows, model.columns];
    this.#image = zeros(picture);
    this.#firstFrame = zeros([1]);
    this.#probability = zeros(picture);
    this.#state = zeroState(model);
    this.#spare = zeroState(model);
  }

  /**
   * Builds the session from the bytes of `model.onnx`.
   * @throws GraphMismatch when the graph is not what the manifest says; whatever onnxruntime throws otherwise.
   */
  static async create(
    bytes: Uint8Array,
    model: ModelDescription,
    provider: ExecutionProvider,
    threads: number,
  ): Promise<ModelSession> {
    const session = await ort.InferenceSession.create(bytes, {
      ...sessionOptions(provider, threads),
      ...(provider === 'webgpu' && { preferredOutputLocation: outputLocations(model) }),
    });
    try {
      checkGraph(session, model);
    } catch (error) {
      await session.release();
      throw error;
    }
    return new ModelSession(session, model, provider === 'cpu');
  }

  /** Starts a clip (null) or goes on from a checkpoint. */
  begin(state: StateTensors | null): void {
    this.#disposeGpuState();
    this.#state = zeroState(this.#model);
    this.#firstFrame.data[0] = state === null ? 1 : 0;
    state?.forEach((values, index) => {
      const { name } = this.#model.graph.state[index]!;
      (this.#state[name]!.data as Float32Array).set(values);
    });
  }

  /**
   * Segments the next frame.
   * @param image rows × columns of the model's input, row-major
   * @returns rows × columns of probabilities; may be overwritten by the next step
   */
  async step(image: Float32Array): Promise<Float32Array> {
    const { graph } = this.#model;
    (this.#image.data as Float32Array).set(image);
    const feeds: Tensors = {
      [graph.inputs.image]: this.#image,
      [graph.inputs.firstFrame]: this.#firstFrame,
    };
    for (const { name, input } of graph.state) feeds[input] = this.#state[name]!;
    const results = (await this.#session.run(feeds, this.#fetches())) as Tensors;
    checkResults(results, this.#model);
    this.#firstFrame.data[0] = 0;
    this.#disposeGpuState();
    for (const { name, output } of graph.state) {
      if (this.#reuseOutputs) this.#spare[name] = this.#state[name]!;
      this.#state[name] = results[output]!;
    }
    return results[graph.outputs.probability]!.data as Float32Array;
  }

  /**
   * Puts a mask into the memory, in place of the one that the last step left there; the next step reads it.
   * @param mask rows × columns, row-major, 0…1
   */
  giveMask(mask: Float32Array): void {
    const { maskState } = this.#model.graph;
    const tensor = this.#state[maskState]!;
    if (tensor.location === 'gpu-buffer') {
      // Fed from here; the next step leaves one on the device again.
      this.#state[maskState] = new ort.Tensor('float32', mask.slice(), [...tensor.dims]);
      tensor.dispose();
    } else {
      (tensor.data as Float32Array).set(mask);
    }
  }

  /** Tensors to write into, or null for each output that onnxruntime is to allocate. */
  #fetches(): Record<string, Tensor | null> {
    const { graph } = this.#model;
    const reuse = this.#reuseOutputs;
    const fetches: Record<string, Tensor | null> = {
      [graph.outputs.probability]: reuse ? this.#probability : null,
    };
    for (const { name, output } of graph.state) fetches[output] = reuse ? this.#spare[name]! : null;
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
    const { state } = this.#model.graph;
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

  #disposeGpuState(): void {
    for (const tensor of Object.values(this.#state)) {
      if (tensor.location === 'gpu-buffer') tensor.dispose();
    }
  }
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

function outputLocations(model: ModelDescription): Record<string, Tensor.DataLocation> {
  const locations: Record<string, Tensor.DataLocation> = { [model.graph.outputs.probability]: 'cpu' };
  for (const { output } of model.graph.state) locations[output] = 'gpu-buffer';
  return locations;
}

function zeroState(model: ModelDescription): Tensors {
  return Object.fromEntries(model.graph.state.map(({ name, shape }) => [name, zeros(shape)]));
}

function zeros(shape: readonly number[]): Tensor {
  const size = shape.reduce((product, length) => product * length, 1);
  return new ort.Tensor('float32', new Float32Array(size), shape);
}
