import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hasExternalData } from './external-data.ts';
import { GraphMismatch } from './graph-check.ts';
import { allFinite, probabilityFlaw } from './probability-check.ts';
import { ModelSession } from './model-session.ts';
import type {
  ExecutionProvider,
  FrameFailure,
  FromChild,
  LoadFailure,
  ModelDescription,
  ToChild,
} from './protocol.ts';

interface ActiveRun {
  readonly run: number;
  readonly session: ModelSession;
  readonly checkpointEvery: number;
  stepsSinceStart: number;
  readonly waiting: FrameMessage[];
}

type FrameMessage = Extract<ToChild, { type: 'frame' }>;

/**
 * The child's side of the protocol: holds sessions by provider, runs one clip at a time and answers in the order
 * of the frames. Messages are read between frames, so a stop takes effect after the frame at hand.
 */
export class ModelHost {
  readonly #send: (message: FromChild) => void;
  readonly #sessions = new Map<ExecutionProvider, ModelSession>();
  #modelKey = '';
  #active: ActiveRun | null = null;
  /** Resolved when no frame is being worked on. */
  #working: Promise<void> | null = null;
  #handled: Promise<void> = Promise.resolve();

  constructor(send: (message: FromChild) => void) {
    this.#send = send;
  }

  /** Handles messages one after the other, in the order of arrival; work on frames goes on beside it. */
  handle(message: ToChild): Promise<void> {
    this.#handled = this.#handled.then(() => this.#handle(message));
    return this.#handled;
  }

  async #handle(message: ToChild): Promise<void> {
    switch (message.type) {
      case 'load':
        return this.#load(message.model, message.provider, message.threads);
      case 'unload':
        await this.#sessions.get(message.provider)?.close();
        this.#sessions.delete(message.provider);
        return;
      case 'start':
        return this.#start(message);
      case 'frame':
        if (this.#active?.run !== message.run) return;
        this.#active.waiting.push(message);
        this.#wake();
        return;
      case 'stop':
        if (this.#active?.run === message.run) this.#active = null;
        // A step may be under way; its state must not be touched before it has ended.
        await this.#working;
        this.#send({ type: 'stopped', run: message.run });
    }
  }

  async #load(model: ModelDescription, provider: ExecutionProvider, threads: number): Promise<void> {
    const fail = (failure: LoadFailure, error: unknown): void =>
      this.#send({ type: 'load-failed', provider, failure, reason: reasonOf(error) });
    const key = `${model.graphPath}\n${model.graph.sha256}`;
    if (key !== this.#modelKey) {
      for (const session of this.#sessions.values()) await session.close();
      this.#sessions.clear();
      this.#modelKey = key;
    }
    let bytes: Uint8Array;
    try {
      bytes = await readFile(model.graphPath);
    } catch (error) {
      return fail('model-not-found', error);
    }
    // The bytes that are checked are the bytes that run: the file is read once.
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (sha256 !== model.graph.sha256) {
      return fail('model-hash-mismatch', new Error(`its SHA-256 is ${sha256}`));
    }
    if (hasExternalData(bytes)) {
      return fail(
        'model-invalid',
        new Error('its graph keeps weights in other files, where no hash covers them'),
      );
    }
    try {
      await this.#sessions.get(provider)?.close();
      this.#sessions.delete(provider);
      const session = await ModelSession.create(bytes, model, provider, threads);
      try {
        const frameMs = await measureFrame(session, model);
        this.#sessions.set(provider, session);
        this.#send({ type: 'loaded', provider, frameMs });
      } catch (error) {
        await session.close();
        // A graph that passed the check and fails on the CPU is at fault itself; elsewhere it may be the device.
        fail(error instanceof GraphMismatch && provider === 'cpu' ? 'model-invalid' : 'provider', error);
      }
    } catch (error) {
      // Only the CPU provider can say that the graph itself is bad; others may lack an operator or a device.
      fail(error instanceof GraphMismatch || provider === 'cpu' ? 'model-invalid' : 'provider', error);
    }
  }

  #start({ run, provider, state, checkpointEvery }: Extract<ToChild, { type: 'start' }>): void {
    const session = this.#sessions.get(provider);
    if (session === undefined) throw new Error(`no session on ${provider}`);
    session.begin(state);
    this.#active = { run, session, checkpointEvery, stepsSinceStart: 0, waiting: [] };
  }

  #wake(): void {
    if (this.#working !== null || !this.#active?.waiting.length) return;
    this.#working = this.#work().finally(() => {
      this.#working = null;
      this.#wake();
    });
  }

  async #work(): Promise<void> {
    for (;;) {
      const active = this.#active;
      const next = active?.waiting.shift();
      if (active === null || next === undefined) return;
      if (next.image !== null) await this.#segment(active, next.step, next.image, next.mask);
      else if (next.mask !== null) active.session.giveMask(next.mask);
    }
  }

  async #segment(
    active: ActiveRun,
    step: number,
    image: Float32Array,
    mask: Float32Array | null,
  ): Promise<void> {
    const { run, session } = active;
    const fail = (failure: FrameFailure, reason: string): void => {
      if (this.#active !== active) return;
      // A memory with NaN in it would spoil every frame to come: begin anew, the run goes on.
      if (failure === 'not-finite') {
        session.begin(null);
        if (mask !== null) session.giveMask(mask);
      } else {
        this.#active = null;
      }
      this.#send({ type: 'frame-failed', run, step, failure, reason });
    };
    try {
      const started = performance.now();
      const probability = await session.step(image);
      const ms = performance.now() - started;
      const flaw = probabilityFlaw(probability);
      if (flaw !== null) return fail(flaw.failure, flaw.reason);
      if (mask !== null) session.giveMask(mask);
      const checkpoint =
        (active.stepsSinceStart + 1) % active.checkpointEvery === 0 ? await session.readState() : null;
      if (!session.stateIsFinite() || checkpoint?.every(allFinite) === false) {
        return fail('not-finite', "the model's memory holds values that are not numbers");
      }
      active.stepsSinceStart += 1;
      if (this.#active !== active) return;
      this.#send({ type: 'probability', run, step, probability, ms });
      if (checkpoint !== null) this.#send({ type: 'checkpoint', run, step, state: checkpoint });
    } catch (error) {
      fail('threw', reasonOf(error));
    }
  }
}

/**
 * Time of a frame of zeros after a warm-up frame, ms.
 *
 * @throws GraphMismatch when the results are not what the manifest promises; Error when they are not finite
 */
async function measureFrame(session: ModelSession, model: ModelDescription): Promise<number> {
  const image = new Float32Array(model.rows * model.columns);
  session.begin(null);
  let ms = 0;
  for (let frame = 0; frame < 2; frame += 1) {
    const started = performance.now();
    const probability = await session.step(image);
    ms = performance.now() - started;
    const flaw = probabilityFlaw(probability);
    if (flaw?.failure === 'not-probabilities') throw new GraphMismatch(`at a test frame ${flaw.reason}`);
    if (flaw !== null || !session.stateIsFinite()) {
      throw new Error('a test frame gave values that are not numbers');
    }
  }
  return ms;
}

/** The part of an error's text that says something to a person: no C++ signatures, one line, no full stop. */
function reasonOf(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
  return text
    .replace(/^.*\bwas false\. /, '')
    .replace(/^.*\.cc:\d+ /, '')
    .replace(/[.\s]+$/, '')
    .slice(0, 300);
}
