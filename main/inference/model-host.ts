import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { inFasterLayout, type DeviceLayout, type Tried } from './device-layout.ts';
import { hasExternalData } from './external-data.ts';
import { GraphMismatch } from './graph-check.ts';
import { allFinite, probabilityFlaw } from './probability-check.ts';
import type {
  ExecutionProvider,
  FrameFailure,
  FromChild,
  GraphDescription,
  GraphRole,
  LoadFailure,
  StepInputs,
  ToChild,
} from './protocol.ts';
import type { StepMaps } from './graph-session.ts';
import { createSession, type StepSession } from './step-session.ts';
import { ViewSession } from './view-session.ts';

interface ActiveRun {
  readonly run: number;
  readonly session: StepSession;
  readonly structures: boolean;
  readonly checkpointEvery: number;
  readonly atOnce: number;
  stepsSinceStart: number;
  readonly waiting: FrameMessage[];
}

/** Sessions of one graph. */
interface Held {
  key: string;
  readonly sessions: Map<ExecutionProvider, StepSession>;
}

type FrameMessage = Extract<ToChild, { type: 'frame' }>;
type ShownFrame = Extract<FrameMessage, { image: Float32Array }>;

/**
 * The child's side of the protocol: holds sessions by role and provider, runs one clip at a time and answers in the
 * order of the frames. Messages are read between frames, so a stop takes effect after the frame at hand.
 */
export class ModelHost {
  readonly #send: (message: FromChild) => void;
  readonly #held: Readonly<Record<GraphRole, Held>> = {
    contours: { key: '', sessions: new Map() },
    corrections: { key: '', sessions: new Map() },
  };
  readonly #views = new ViewSession();
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
        return this.#load(message.graph, message.provider, message.threads);
      case 'unload':
        return this.#unload(this.#held[message.role], message.provider);
      case 'start':
        return this.#start(message);
      case 'frame':
        if (this.#active?.run !== message.run) return;
        this.#active.waiting.push(message);
        this.#wake();
        return;
      case 'recognise':
        this.#send(await this.#views.recognise(message));
        return;
      case 'stop':
        if (this.#active?.run === message.run) this.#active = null;
        // A step may be under way; its state must not be touched before it has ended.
        await this.#working;
        this.#send({ type: 'stopped', run: message.run });
    }
  }

  async #unload({ sessions }: Held, provider: ExecutionProvider): Promise<void> {
    await sessions.get(provider)?.close();
    sessions.delete(provider);
  }

  async #load(graph: GraphDescription, provider: ExecutionProvider, threads: number): Promise<void> {
    const fail = (failure: LoadFailure, error: unknown): void =>
      this.#send({ type: 'load-failed', provider, failure, reason: reasonOf(error) });
    const held = this.#held[graph.role];
    const key = `${graph.graphPath}\n${graph.graph.sha256}`;
    if (key !== held.key) {
      for (const session of held.sessions.values()) await session.close();
      held.sessions.clear();
      held.key = key;
    }
    let bytes: Uint8Array;
    try {
      bytes = await readFile(graph.graphPath);
    } catch (error) {
      return fail('model-not-found', error);
    }
    // The bytes that are checked are the bytes that run: the file is read once.
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    if (sha256 !== graph.graph.sha256) {
      return fail('model-hash-mismatch', new Error(`its SHA-256 is ${sha256}`));
    }
    if (hasExternalData(bytes)) {
      return fail(
        'model-invalid',
        new Error('its graph keeps weights in other files, where no hash covers them'),
      );
    }
    try {
      await this.#unload(held, provider);
      const build = (layout?: DeviceLayout): Promise<Tried<StepSession>> =>
        tried(bytes, graph, provider, threads, layout);
      const { session, frameMs } = provider === 'webgpu' ? await inFasterLayout(build) : await build();
      held.sessions.set(provider, session);
      this.#send({ type: 'loaded', provider, frameMs });
    } catch (error) {
      fail(failureOf(error, provider), error instanceof TestFrameFailed ? error.why : error);
    }
  }

  #start(message: Extract<ToChild, { type: 'start' }>): void {
    const { run, role, provider, state, structures, checkpointEvery, atOnce } = message;
    const session = this.#held[role].sessions.get(provider);
    if (session === undefined) throw new Error(`no session for ${role} on ${provider}`);
    session.begin(state);
    const begun = { run, session, structures, checkpointEvery, atOnce };
    this.#active = { ...begun, stepsSinceStart: 0, waiting: [] };
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
      if (isShown(next)) await this.#segment(active, [next, ...takeWith(active, next)]);
      else if (next.mask !== null) active.session.give(next.mask);
    }
  }

  /** One frame, or several that are read back together, of which the last alone may have a mask. */
  async #segment(active: ActiveRun, frames: readonly ShownFrame[]): Promise<void> {
    const { run, session, structures } = active;
    let at = 0;
    const fail = (failure: FrameFailure, reason: string): void => {
      if (this.#active !== active) return;
      const { step, mask } = frames[at]!;
      const goesOn = failure === 'not-finite' && session.recover(mask);
      if (goesOn) active.waiting.unshift(...frames.slice(at + 1));
      else this.#active = null;
      const told = failure === 'not-finite' && !goesOn ? 'threw' : failure;
      this.#send({ type: 'frame-failed', run, step, failure: told, reason });
    };
    try {
      const started = performance.now();
      const maps =
        frames.length === 1
          ? [await session.step(frames[0]!, structures)]
          : await session.steps(
              frames.map(({ image }) => image),
              structures,
            );
      const ms = (performance.now() - started) / frames.length;
      for (const [index, found] of maps.entries()) {
        at = index;
        const { step, mask } = frames[index]!;
        const flaw = mapFlaw(found);
        if (flaw !== null) return fail(flaw.failure, flaw.reason);
        const isLast = index === frames.length - 1;
        if (mask !== null) session.give(mask);
        const isDue = (active.stepsSinceStart + 1) % active.checkpointEvery === 0;
        const checkpoint = isDue ? await session.readState() : null;
        if (isLast && (!session.stateIsFinite() || checkpoint?.every(allFinite) === false)) {
          return fail('not-finite', "the model's memory holds values that are not numbers");
        }
        active.stepsSinceStart += 1;
        if (this.#active !== active) return;
        const { probability, structures } = found;
        this.#send({ type: 'probability', run, step, probability, structures: finite(structures), ms });
        if (checkpoint !== null) this.#send({ type: 'checkpoint', run, step, state: checkpoint });
      }
    } catch (error) {
      fail('threw', reasonOf(error));
    }
  }
}

function isShown(frame: FrameMessage): frame is ShownFrame {
  return frame.image !== null;
}

/** Takes frames that wait and can go with one: up to a mask, which its step has to be over for, or a checkpoint. */
function takeWith(active: ActiveRun, first: ShownFrame): ShownFrame[] {
  const { session, atOnce, checkpointEvery, stepsSinceStart, waiting } = active;
  const untilCheckpoint = checkpointEvery - (stepsSinceStart % checkpointEvery);
  const room = Math.min(atOnce, session.mostAtOnce, untilCheckpoint) - 1;
  const taken: ShownFrame[] = [];
  let last = first;
  while (taken.length < room && last.mask === null) {
    const next = waiting[0];
    if (next === undefined || !isShown(next)) break;
    waiting.shift();
    taken.push(next);
    last = next;
  }
  return taken;
}

/** A graph that was built but gave no usable numbers at a test frame. */
class TestFrameFailed extends Error {
  readonly why: unknown;

  constructor(why: unknown) {
    super('a test frame failed');
    this.why = why;
  }
}

/** @throws TestFrameFailed when only the test frame failed; whatever `createSession` throws */
async function tried(
  bytes: Uint8Array,
  graph: GraphDescription,
  provider: ExecutionProvider,
  threads: number,
  layout?: DeviceLayout,
): Promise<Tried<StepSession>> {
  const session = await createSession(bytes, graph, provider, threads, layout);
  try {
    return { session, frameMs: await measureFrame(session, graph) };
  } catch (error) {
    await session.close();
    throw new TestFrameFailed(error);
  }
}

function failureOf(error: unknown, provider: ExecutionProvider): LoadFailure {
  // A graph that passed the check and fails on the CPU is at fault itself; elsewhere it may be the device.
  if (error instanceof TestFrameFailed) {
    return error.why instanceof GraphMismatch && provider === 'cpu' ? 'model-invalid' : 'provider';
  }
  // Only the CPU provider can say that the graph itself is bad; others may lack an operator or a device.
  return error instanceof GraphMismatch || provider === 'cpu' ? 'model-invalid' : 'provider';
}

/**
 * Time of a frame of zeros after a warm-up frame, ms.
 *
 * @throws GraphMismatch when the results are not what the manifest promises; Error when they are not finite
 */
async function measureFrame(
  session: StepSession,
  { role, rows, columns }: GraphDescription,
): Promise<number> {
  const empty = new Float32Array(rows * columns);
  const image = empty;
  // A correction network is tried both ways: it is given a mask, and then reads.
  const frames: readonly StepInputs[] =
    role === 'corrections'
      ? [
          { image, found: empty, mask: empty },
          { image, found: empty, mask: null },
        ]
      : Array.from({ length: 2 }, () => ({ image, found: null, mask: null }));
  session.begin(null);
  let ms = 0;
  for (const frame of frames) {
    const started = performance.now();
    const maps = await session.step(frame, true);
    ms = performance.now() - started;
    const flaw = mapFlaw(maps);
    if (flaw?.failure === 'not-probabilities') throw new GraphMismatch(`at a test frame ${flaw.reason}`);
    if (flaw !== null || !session.stateIsFinite() || finite(maps.structures).size < maps.structures.size) {
      throw new Error('a test frame gave values that are not numbers');
    }
  }
  return ms;
}

/**
 * Why the maps of a step are none; null when they are. A structure beside the cavity whose values are not numbers is not
 * among the reasons: it costs its own map alone.
 */
function mapFlaw({ probability, structures }: StepMaps): ReturnType<typeof probabilityFlaw> {
  const flaw = probabilityFlaw(probability);
  if (flaw !== null) return flaw;
  for (const [structure, map] of structures) {
    const own = probabilityFlaw(map);
    if (own?.failure === 'not-probabilities')
      return { ...own, reason: own.reason.replace('the model', `as "${structure}" the model`) };
  }
  return null;
}

/** The structures whose maps are numbers: the others have none on this frame. */
const finite = (structures: StepMaps['structures']): StepMaps['structures'] =>
  new Map([...structures].filter(([, map]) => allFinite(map)));

/** The part of an error's text that says something to a person: no C++ signatures, one line, no full stop. */
function reasonOf(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
  return text
    .replace(/^.*\bwas false\. /, '')
    .replace(/^.*\.cc:\d+ /, '')
    .replace(/[.\s]+$/, '')
    .slice(0, 300);
}
