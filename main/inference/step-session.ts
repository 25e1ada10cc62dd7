import type { Tensor } from 'onnxruntime-node';
import type { DeviceLayout } from './device-layout.ts';
import { GraphSession, type StepMaps, type Tensors } from './graph-session.ts';
import type {
  CorrectionDescription,
  ExecutionProvider,
  GraphDescription,
  ModelDescription,
  StateTensors,
  StepInputs,
} from './protocol.ts';

/** A graph as the host steps it, whatever it is for. */
export interface StepSession extends Pick<
  GraphSession,
  'stateIsFinite' | 'stateOnDevice' | 'readState' | 'close'
> {
  /** Starts a clip (null) or goes on from a checkpoint. */
  begin(state: StateTensors | null): void;
  /** @param structures whether the maps of structures beside the cavity are wanted */
  step(inputs: StepInputs, structures: boolean): Promise<StepMaps>;
  /** Most pictures that {@link steps} takes; 1 where it has nothing over stepping one by one. */
  readonly mostAtOnce: number;
  /** Steps over pictures one after the other, read back together. @returns maps of its own for each */
  steps(images: readonly Float32Array[], structures: boolean): Promise<StepMaps[]>;
  /** Puts a mask that a reader gave into the memory; does nothing where the step itself has written it. */
  give(mask: Float32Array): void;
  /** After numbers that are none: a memory to go on with, or false where there is none. */
  recover(mask: Float32Array | null): boolean;
}

/** @throws as `GraphSession.create` */
export async function createSession(
  bytes: Uint8Array,
  description: GraphDescription,
  provider: ExecutionProvider,
  threads: number,
  layout?: DeviceLayout,
): Promise<StepSession> {
  const graph = await GraphSession.create(bytes, description, provider, threads, layout);
  return description.role === 'contours'
    ? new ModelSession(graph, description)
    : new CorrectionSession(graph, description);
}

/** A model: each step reads its memory and leaves another. */
class ModelSession implements StepSession {
  readonly #graph: GraphSession;
  readonly #shown: Tensors;
  readonly #image: Tensor;
  readonly #firstFrame: Tensor;
  readonly #maskState: string;

  constructor(graph: GraphSession, { graph: { inputs, maskState } }: ModelDescription) {
    this.#graph = graph;
    this.#shown = graph.shownTensors();
    this.#image = this.#shown[inputs.image]!;
    this.#firstFrame = this.#shown[inputs.firstFrame]!;
    this.#maskState = maskState;
  }

  begin(state: StateTensors | null): void {
    this.#graph.begin(state);
    this.#firstFrame.data[0] = state === null ? 1 : 0;
  }

  async step({ image }: StepInputs, structures: boolean): Promise<StepMaps> {
    (this.#image.data as Float32Array).set(image);
    const maps = await this.#graph.step(this.#shown, true, structures);
    this.#firstFrame.data[0] = 0;
    return maps;
  }

  get mostAtOnce(): number {
    return Math.max(1, this.#graph.places);
  }

  async steps(images: readonly Float32Array[], structures: boolean): Promise<StepMaps[]> {
    for (const [place, image] of images.entries()) {
      // Copied to the device before the call returns: one tensor serves all.
      (this.#image.data as Float32Array).set(image);
      await this.#graph.enqueue(this.#shown, place, structures);
      this.#firstFrame.data[0] = 0;
    }
    return this.#graph.collect(images.length, structures);
  }

  /** In place of the mask that the last step left there; the next step reads it. */
  give(mask: Float32Array): void {
    this.#graph.replaceState(this.#maskState, mask);
  }

  /** A memory with NaN in it would spoil every frame to come: begin anew. */
  recover(mask: Float32Array | null): boolean {
    this.begin(null);
    if (mask !== null) this.give(mask);
    return true;
  }

  get stateOnDevice(): boolean {
    return this.#graph.stateOnDevice;
  }

  stateIsFinite = (): boolean => this.#graph.stateIsFinite();
  readState = (): Promise<Float32Array[]> => this.#graph.readState();
  close = (): Promise<void> => this.#graph.close();
}

/** A correction network: only what a reader gave is written into its memory, whatever the graph makes of other steps. */
class CorrectionSession implements StepSession {
  readonly #graph: GraphSession;
  readonly #shown: Tensors;
  readonly #values: Readonly<Record<'image' | 'found' | 'given' | 'isGiven', Float32Array>>;

  constructor(graph: GraphSession, { graph: { inputs } }: CorrectionDescription) {
    this.#graph = graph;
    this.#shown = graph.shownTensors();
    const values = (name: string): Float32Array => this.#shown[name]!.data as Float32Array;
    this.#values = {
      image: values(inputs.image),
      found: values(inputs.found),
      given: values(inputs.given),
      isGiven: values(inputs.isGiven),
    };
  }

  begin(state: StateTensors | null): void {
    this.#graph.begin(state);
  }

  async step({ image, found, mask }: StepInputs): Promise<StepMaps> {
    const values = this.#values;
    values.image.set(image);
    if (found === null) throw new Error('a correction network was not told what the model found');
    values.found.set(found);
    if (mask === null) values.given.fill(0);
    else values.given.set(mask);
    values.isGiven[0] = mask === null ? 0 : 1;
    return this.#graph.step(this.#shown, mask !== null, false);
  }

  /** Few steps are taken through it, and most of them write nothing. */
  readonly mostAtOnce = 1;

  steps(): Promise<StepMaps[]> {
    throw new Error('a correction network is stepped one by one');
  }

  give(): void {
    // The step has written it.
  }

  /** A frame that was only read has changed nothing; without what was given there is nothing to go on with. */
  recover(mask: Float32Array | null): boolean {
    return mask === null;
  }

  get stateOnDevice(): boolean {
    return this.#graph.stateOnDevice;
  }

  stateIsFinite = (): boolean => this.#graph.stateIsFinite();
  readState = (): Promise<Float32Array[]> => this.#graph.readState();
  close = (): Promise<void> => this.#graph.close();
}
