/** How long the inference process may be silent before it is taken for hung, ms. */
export interface WatchdogLimits {
  /** From start of the process to its greeting. */
  readonly startMs: number;
  /** Loading a model on a provider that the user asked for or that is known to work, two test frames included. */
  readonly loadMs: number;
  /** The same while `auto` is still comparing accelerators with the CPU: a slower one is not worth the wait. */
  readonly probeMs: number;
  /** Least time for the first frame of a pass on an accelerator, which may still be compiling kernels. */
  readonly firstFrameMs: number;
  /** Least time for a frame. */
  readonly frameMs: number;
  /** A frame may take this many times the usual one. */
  readonly frameFactor: number;
}

export const defaultWatchdogLimits: WatchdogLimits = {
  startMs: 20_000,
  loadMs: 240_000,
  probeMs: 20_000,
  firstFrameMs: 30_000,
  frameMs: 4_000,
  frameFactor: 20,
};

/**
 * Calls `onSilence` once when nothing was heard for the time allowed. It lives in the parent because the child's
 * thread is blocked while the model runs.
 */
export class Watchdog {
  readonly #onSilence: (silentMs: number) => void;
  #timer: NodeJS.Timeout | null = null;
  #generation = 0;

  constructor(onSilence: (silentMs: number) => void) {
    this.#onSilence = onSilence;
  }

  /** Starts (again) to wait for a sign of life. */
  expectWithin(ms: number): void {
    this.rest();
    const generation = this.#generation;
    this.#timer = setTimeout(() => {
      // If this very process was held up (a busy thread, a laptop asleep), the sign of life may be waiting in
      // the channel: let one turn of the event loop read it before judging.
      setImmediate(() =>
        setImmediate(() => {
          if (this.#generation === generation) this.#onSilence(ms);
        }),
      );
    }, ms);
  }

  /** Nothing is owed: silence is fine. */
  rest(): void {
    this.#generation += 1;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}
