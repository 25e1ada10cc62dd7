import { SystolaError } from '../../core/error.ts';
import type { ChildGone, InferenceChild } from './inference-child.ts';
import type { ExecutionProvider, FromChild, StateTensors } from './protocol.ts';
import { Watchdog, type WatchdogLimits } from './watchdog.ts';

/** Frames sent to the child and not yet taken by the caller. */
const inFlightLimit = 4;
/** How long a child may take to stop between frames before it is killed, ms. */
const softStopMs = 150;

/** What is known of a clip so far; survives the processes that worked on it. */
export interface ClipProgress {
  /** First frame to be segmented, and one past the last. */
  readonly from: number;
  readonly to: number;
  /** Frames below this have been given to the caller. */
  delivered: number;
  /** State after `frame`, to go on from; null before the first checkpoint. */
  checkpoint: { readonly frame: number; readonly state: StateTensors } | null;
  /** Time of the model, summed over `timedFrames`, recomputed frames included. */
  modelMs: number;
  timedFrames: number;
}

export interface ClipStreamOptions {
  readonly child: InferenceChild;
  readonly run: number;
  readonly provider: ExecutionProvider;
  readonly progress: ClipProgress;
  readonly pixelsPerFrame: number;
  readonly checkpointEvery: number;
  readonly limits: WatchdogLimits;
  /** Time of a frame measured when the model was loaded, ms. */
  readonly expectedFrameMs: number;
  readonly clipName: string | null;
  readonly signal: AbortSignal;
  input(frame: number): Promise<Float32Array>;
  onProbability(frame: number, probability: Float32Array): void | Promise<void>;
}

/**
 * Streams a clip, or what is left of it, through one child: at most four frames are under way, and results are
 * given to the caller one by one in the order of the frames. Resolves when the last was taken.
 *
 * @throws ChildGone when the process ended or hung (go on from `progress` with another one); SystolaError
 *   `inference-failed` when the model's numbers are unusable, `cancelled` when the signal was aborted; whatever
 *   `input` and `onProbability` throw. In every case the child is left idle or dead, and no callback is called any more.
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
  #nextToSend: number;
  #nextFromChild: number;
  #sending = false;
  #firstResult = true;
  #deliveries: Promise<void> = Promise.resolve();

  constructor(options: ClipStreamOptions) {
    this.#options = options;
    const { progress, child } = options;
    this.#nextToSend = progress.checkpoint === null ? progress.from : progress.checkpoint.frame + 1;
    this.#nextFromChild = this.#nextToSend;
    this.#watchdog = new Watchdog((silentMs) =>
      child.kill(`the inference process gave no sign of life for ${Math.round(silentMs / 100) / 10} s`),
    );
  }

  async flow(): Promise<void> {
    const { child, run, provider, progress, checkpointEvery, signal } = this.#options;
    const abort = (): void => this.#end(cancelled());
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    void child.gone.then((gone) => {
      this.#childGone = gone;
      this.#watchdog.rest();
      // What came before the end is sound: hand it over first, then let the supervisor go on from there.
      void this.#deliveries.then(() => this.#end(gone));
    });
    child.listen((message) => this.#receive(message));
    const state = progress.checkpoint?.state ?? null;
    child.send({ type: 'start', run, provider, state, checkpointEvery });
    this.#finishWhenDone();
    void this.#pump();
    try {
      await this.#outcome.promise;
    } catch (error) {
      await this.#quietChild();
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
      child.listen(null);
      this.#watchdog.rest();
    }
  }

  /** Sends frames while there is room. */
  async #pump(): Promise<void> {
    const { child, run, progress, pixelsPerFrame, clipName } = this.#options;
    if (this.#sending) return;
    this.#sending = true;
    try {
      while (!this.#ended && this.#nextToSend < progress.to && this.#hasRoom()) {
        const frame = this.#nextToSend;
        const image = await this.#options.input(frame);
        if (this.#ended) return;
        if (image.length !== pixelsPerFrame) {
          const message = `Frame ${frame} has ${image.length} values, the model wants ${pixelsPerFrame}.`;
          throw new SystolaError('inference-failed', message, clipName);
        }
        child.send({ type: 'frame', run, frame, image });
        if (this.#nextToSend === this.#nextFromChild) this.#watch();
        this.#nextToSend += 1;
      }
    } catch (error) {
      this.#end(error);
    } finally {
      this.#sending = false;
    }
  }

  #hasRoom(): boolean {
    // While frames since the checkpoint are recomputed nothing is delivered; then the child's pace counts.
    const taken = Math.min(this.#nextFromChild, this.#options.progress.delivered);
    return this.#nextToSend - taken < inFlightLimit;
  }

  #receive(message: FromChild): void {
    const { child, run, provider, progress, clipName } = this.#options;
    if (this.#ended || !('run' in message) || message.run !== run) return;
    if (message.type === 'checkpoint') {
      progress.checkpoint = { frame: message.frame, state: message.state.map((tensor) => tensor.slice()) };
    } else if (message.type === 'frame-failed') {
      const cause = `the model failed at frame ${message.frame}: ${message.reason}`;
      // A graphics device can be lost and come back; the supervisor tries again with a new process.
      if (message.failure === 'threw' && provider !== 'cpu') child.kill(cause);
      else {
        // The frames before it are sound and may still be on their way to the caller.
        const failure = new SystolaError('inference-failed', `${capitalised(cause)}.`, clipName);
        void this.#deliveries.then(() => this.#end(failure));
      }
    } else if (message.type === 'probability') {
      this.#nextFromChild = message.frame + 1;
      progress.modelMs += message.ms;
      progress.timedFrames += 1;
      this.#firstResult = false;
      if (this.#nextFromChild < this.#nextToSend) this.#watch();
      else this.#watchdog.rest();
      if (message.frame >= progress.delivered) this.#deliver(message.frame, message.probability);
      void this.#pump();
    }
  }

  #deliver(frame: number, probability: Float32Array): void {
    const { progress, onProbability } = this.#options;
    this.#deliveries = this.#deliveries.then(async () => {
      if (this.#ended) return;
      try {
        await onProbability(frame, probability.slice());
      } catch (error) {
        this.#end(error);
        return;
      }
      if (this.#ended) return;
      progress.delivered = frame + 1;
      this.#finishWhenDone();
      void this.#pump();
    });
  }

  #finishWhenDone(): void {
    if (this.#options.progress.delivered >= this.#options.progress.to) this.#end(null);
  }

  /** Expects the next result in a time that fits the machine. */
  #watch(): void {
    const { limits, progress, provider, expectedFrameMs } = this.#options;
    const usualMs =
      progress.timedFrames > 0
        ? Math.max(expectedFrameMs, progress.modelMs / progress.timedFrames)
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
    await Promise.race([stopped.promise, child.gone]);
    clearTimeout(timer);
  }
}

export function cancelled(): SystolaError {
  return new SystolaError('cancelled', 'The analysis was cancelled.');
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
