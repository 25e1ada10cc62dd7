import { inEnglish } from '../../core/language/english.ts';
import { SystolaError } from '../../core/error.ts';
import { frameNumber, frameRanges } from '../../core/wording/frame-number.ts';
import type { ChildGone, InferenceChild } from './inference-child.ts';
import type { Pass } from './passes.ts';
import type { ExecutionProvider, FromChild, GraphRole, StateTensors, StructureMaps } from './protocol.ts';
import type { StepOutcome } from './step-outcome.ts';
import { Watchdog, type WatchdogLimits } from './watchdog.ts';

/** Steps under way: asked for and not yet taken by the caller; where several are read back together two such groups. */
const inFlightLimit = 4;
/** How long a child may take to stop between frames before it is killed, ms. */
const softStopMs = 150;
/** Frames in a row without usable numbers after which the model, not the frame, is at fault. */
const unusableInARow = 3;

/** What is known of a pass so far; survives the processes that worked on it. */
export interface PassProgress extends Pass {
  /** Steps below this have been given to the caller. */
  delivered: number;
  /** State after `step`, to go on from; null before the first checkpoint. */
  checkpoint: { readonly step: number; readonly state: StateTensors } | null;
  /** Time of the model, summed over `timedSteps`, recomputed steps included. */
  modelMs: number;
  timedSteps: number;
}

export interface ClipStreamOptions {
  readonly child: InferenceChild;
  readonly run: number;
  readonly role: GraphRole;
  readonly provider: ExecutionProvider;
  readonly progress: PassProgress;
  readonly pixelsPerFrame: number;
  /** Whether the maps of structures beside the cavity are wanted, where the graph draws any. */
  readonly structures: boolean;
  readonly checkpointEvery: number;
  /** Frames that may be with a device before the first of them is read back. */
  readonly atOnce: number;
  readonly limits: WatchdogLimits;
  /** Time of a frame measured when the model was loaded, ms. */
  readonly expectedFrameMs: number;
  readonly clipName: string | null;
  readonly graphFile: string;
  /** A frame without usable numbers is an outcome like others, unless three come in a row; else it ends the pass. */
  readonly tolerant: boolean;
  readonly signal: AbortSignal;
  /** null where a frame holds nothing to segment. */
  input(frame: number): Promise<Float32Array | null>;
  /** The model's own map of a frame, for a network that corrects it. */
  found?(frame: number): Float32Array | null;
  /** Mask that is in the memory after a step in place of the model's own, rows × columns; null: the model's own. */
  given?(step: number): Float32Array | null;
  /** A copy of the memory, which nobody changes, after a step. */
  onCheckpoint?(step: number, state: StateTensors): void;
  /** Each step in order, silent ones included; the next call waits for it. */
  onStep(step: number, outcome: StepOutcome, structures: StructureMaps): void | Promise<void>;
}

/** What came of a step. */
interface Arrival {
  readonly outcome: StepOutcome;
  readonly structures: StructureMaps;
}

const noMaps: StructureMaps = new Map();

/**
 * Streams a pass, or what is left of it, through one child: a few steps are under way at most, and results are
 * given to the caller one by one in order. Resolves when the last was taken.
 *
 * @throws ChildGone when the process ended or hung (go on from `progress` with another one); SystolaError
 *   `inference-failed` when the model's numbers are unusable, `model-invalid` when they are no probabilities,
 *   `cancelled` when the signal was aborted; whatever `input` and `onStep` throw. In every case the child is left
 *   idle or dead, and no callback is called any more.
 */
export async function streamClip(options: ClipStreamOptions): Promise<void> {
  await new ClipStream(options).flow();
}

class ClipStream {
  readonly #options: ClipStreamOptions;
  readonly #watchdog: Watchdog;
  readonly #outcome = Promise.withResolvers<void>();
  #ended = false;
  #childGone: ChildGone | null = null;
  #nextToAsk: number;
  /** Step whose outcome is handed on next; those that came before their turn wait. */
  #nextOutcome: number;
  readonly #early = new Map<number, Arrival>();
  /** Frames that the child has not answered yet. */
  #owed = 0;
  readonly #unusable: number[] = [];
  #pumping = false;
  #firstResult = true;
  #deliveries: Promise<void> = Promise.resolve();

  constructor(options: ClipStreamOptions) {
    this.#options = options;
    const { progress, child } = options;
    this.#nextToAsk = progress.checkpoint === null ? 0 : progress.checkpoint.step + 1;
    this.#nextOutcome = this.#nextToAsk;
    this.#watchdog = new Watchdog((silentMs) =>
      child.kill(`the inference process gave no sign of life for ${Math.round(silentMs / 100) / 10} s`),
    );
  }

  async flow(): Promise<void> {
    const { child, run, role, provider, progress, structures, signal } = this.#options;
    const { checkpointEvery, atOnce } = this.#options;
    const abort = (): void => this.#end(cancelled());
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    const deaf = child.onGone((gone) => {
      this.#childGone = gone;
      this.#watchdog.rest();
      // What came before the end is sound: hand it over first, then let the supervisor go on from there.
      void this.#deliveries.then(() => this.#end(gone));
    });
    child.listen((message) => this.#receive(message));
    const state = progress.checkpoint?.state ?? null;
    child.send({ type: 'start', run, role, provider, state, structures, checkpointEvery, atOnce });
    this.#finishWhenDone();
    void this.#pump();
    try {
      await this.#outcome.promise;
    } catch (error) {
      await this.#quietChild();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
      deaf();
      child.listen(null);
      this.#watchdog.rest();
    }
  }

  /** Asks for frames and sends them while there is room. */
  async #pump(): Promise<void> {
    const { child, run, progress, pixelsPerFrame, clipName } = this.#options;
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      while (!this.#ended && this.#nextToAsk < progress.frames.length && this.#hasRoom()) {
        const step = this.#nextToAsk;
        const frame = progress.frames[step]!;
        const image = await this.#options.input(frame);
        if (this.#ended) return;
        this.#nextToAsk += 1;
        const mask = this.#options.given?.(step) ?? null;
        if (image === null) {
          // What a person drew counts also where the model saw nothing.
          if (mask !== null) child.send({ type: 'frame', run, step, image, mask });
          this.#arrive(step, 'no-picture');
          continue;
        }
        if (image.length !== pixelsPerFrame) {
          const message = `Frame ${frame} has ${image.length} values, the model wants ${pixelsPerFrame}.`;
          throw new SystolaError('inference-failed', message, clipName);
        }
        const found = this.#options.found?.(frame) ?? null;
        child.send({ type: 'frame', run, step, image, found, mask });
        this.#owed += 1;
        if (this.#owed === 1) this.#watch();
      }
    } catch (error) {
      this.#end(error);
    } finally {
      this.#pumping = false;
    }
  }

  #hasRoom(): boolean {
    // While steps since the checkpoint are recomputed nothing is delivered; then the child's pace counts.
    const taken = Math.min(this.#nextOutcome, this.#options.progress.delivered);
    return this.#nextToAsk - taken < Math.max(inFlightLimit, 2 * this.#options.atOnce);
  }

  #receive(message: FromChild): void {
    const { run, progress } = this.#options;
    if (this.#ended || !('run' in message) || message.run !== run) return;
    switch (message.type) {
      case 'checkpoint':
        progress.checkpoint = { step: message.step, state: message.state.map((tensor) => tensor.slice()) };
        this.#options.onCheckpoint?.(message.step, progress.checkpoint.state);
        break;
      case 'probability':
        progress.modelMs += message.ms;
        progress.timedSteps += 1;
        this.#unusable.length = 0;
        this.#answered();
        this.#arrive(message.step, message.probability, message.structures);
        break;
      case 'frame-failed':
        this.#failed(message);
    }
  }

  #failed({ step, failure, reason }: Extract<FromChild, { type: 'frame-failed' }>): void {
    const { child, provider, progress, clipName, role, graphFile, tolerant } = this.#options;
    const what = role === 'contours' ? 'the model' : 'the network that carries corrections';
    const cause = `${what} failed at frame ${frameNumber(progress.frames[step]!)}: ${reason}`;
    // A graphics device can be lost and come back; the supervisor tries again with a new process.
    if (failure === 'threw' && provider !== 'cpu') return child.kill(cause);
    if (failure === 'not-finite' && tolerant) {
      this.#unusable.push(progress.frames[step]!);
      if (this.#unusable.length < unusableInARow) {
        this.#answered();
        this.#arrive(step, 'not-finite');
        return;
      }
      const advice = 'Try the CPU provider or another model, or draw contours by hand';
      const several = `the model gave no usable numbers for ${inEnglish.say(frameRanges(this.#unusable))}: ${reason}. ${advice}`;
      return this.#endAfterDeliveries(new SystolaError('inference-failed', sentence(several), clipName));
    }
    const error =
      failure === 'not-probabilities'
        ? new SystolaError('model-invalid', sentence(`${cause}. Use another model`), graphFile)
        : new SystolaError('inference-failed', sentence(cause), clipName);
    this.#endAfterDeliveries(error);
  }

  /** The frames before a failed one are sound and may still be on their way to the caller. */
  #endAfterDeliveries(error: SystolaError): void {
    void this.#deliveries.then(() => this.#end(error));
  }

  #answered(): void {
    this.#firstResult = false;
    this.#owed -= 1;
    if (this.#owed > 0) this.#watch();
    else this.#watchdog.rest();
  }

  /** Takes an outcome and hands on those whose turn it is: skipped frames overtake frames that are with the child. */
  #arrive(step: number, outcome: StepOutcome, structures: StructureMaps = noMaps): void {
    this.#early.set(step, { outcome, structures });
    for (;;) {
      const next = this.#early.get(this.#nextOutcome);
      if (next === undefined) break;
      this.#early.delete(this.#nextOutcome);
      if (this.#nextOutcome >= this.#options.progress.delivered) this.#deliver(this.#nextOutcome, next);
      this.#nextOutcome += 1;
    }
    void this.#pump();
  }

  #deliver(step: number, { outcome, structures }: Arrival): void {
    const { progress, onStep } = this.#options;
    this.#deliveries = this.#deliveries.then(async () => {
      if (this.#ended) return;
      try {
        const own = new Map([...structures].map(([structure, map]) => [structure, map.slice()]));
        await onStep(step, outcome instanceof Float32Array ? outcome.slice() : outcome, own);
      } catch (error) {
        this.#end(error);
        return;
      }
      if (this.#ended) return;
      progress.delivered = step + 1;
      this.#finishWhenDone();
      void this.#pump();
    });
  }

  #finishWhenDone(): void {
    if (this.#options.progress.delivered >= this.#options.progress.frames.length) this.#end(null);
  }

  /** Expects the next result in a time that fits the machine. */
  #watch(): void {
    const { limits, progress, provider, expectedFrameMs } = this.#options;
    const usualMs =
      progress.timedSteps > 0
        ? Math.max(expectedFrameMs, progress.modelMs / progress.timedSteps)
        : expectedFrameMs;
    const leastMs =
      this.#firstResult && provider !== 'cpu'
        ? Math.max(limits.firstFrameMs, limits.frameMs)
        : limits.frameMs;
    this.#watchdog.expectWithin(Math.max(leastMs, limits.frameFactor * usualMs));
  }

  #end(error: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#watchdog.rest();
    if (error === null) this.#outcome.resolve();
    else this.#outcome.reject(error);
  }

  /** Leaves the child with nothing to do: asked first, killed when it is deep in a computation. */
  async #quietChild(): Promise<void> {
    const { child, run } = this.#options;
    if (this.#childGone !== null) return;
    const stopped = Promise.withResolvers<void>();
    child.listen((message) => {
      if (message.type === 'stopped' && message.run === run) stopped.resolve();
    });
    child.send({ type: 'stop', run });
    const timer = setTimeout(() => child.kill('the run was cancelled'), softStopMs);
    const deaf = child.onGone(() => stopped.resolve());
    await stopped.promise;
    deaf();
    clearTimeout(timer);
  }
}

export function cancelled(): SystolaError {
  return new SystolaError('cancelled', 'The analysis was cancelled.');
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
