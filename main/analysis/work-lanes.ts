/** `reader`: somebody waits for it. `background`: nobody does yet; it begins when nothing else is to be done. */
export type Lane = 'reader' | 'background';

/** One piece of work; it holds its lane from when it is added to its end. */
export interface Work {
  /** Does it; ends soon, with whatever it throws, when the signal is aborted. */
  run(signal: AbortSignal): Promise<void>;
  /** Told when it gave way to a reader's work. It begins anew when its turn comes again. */
  onInterrupted?(): void;
}

interface Waiting {
  readonly work: Work;
  lane: Lane;
  readonly ended: PromiseWithResolvers<void>;
}

interface Current extends Waiting {
  readonly abort: AbortController;
  isInterrupted: boolean;
}

/**
 * Does one piece of work at a time: never are two models in memory. A reader's goes before that of the background, which
 * is interrupted for it at once and begins anew afterwards.
 */
export class WorkLanes {
  readonly #waiting: Waiting[] = [];
  #current: Current | null = null;
  #isClosed = false;
  /** The background is left alone until then, ms of the clock of `performance`. */
  #quietUntil = 0;
  readonly #onDefect: (error: unknown) => void;

  /** @param onDefect told of what work throws without having been aborted: work ends in its own way */
  constructor(onDefect: (error: unknown) => void) {
    this.#onDefect = onDefect;
  }

  /** Resolves when the work has ended, has been taken out, or will never be done because the lanes were closed. */
  add(work: Work, lane: Lane): Promise<void> {
    const waiting: Waiting = { work, lane, ended: Promise.withResolvers() };
    if (this.#isClosed) waiting.ended.resolve();
    else {
      this.#waiting.push(waiting);
      if (lane === 'reader') this.interrupt();
      this.#next();
    }
    return waiting.ended.promise;
  }

  /** Somebody waits for this work now. */
  promote(work: Work): void {
    if (this.#current?.work === work) {
      this.#current.lane = 'reader';
      return;
    }
    const waiting = this.#waiting.find((one) => one.work === work);
    if (waiting === undefined || waiting.lane === 'reader') return;
    waiting.lane = 'reader';
    // Behind what readers wait for already.
    this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
    this.#waiting.push(waiting);
    this.interrupt();
  }

  /** Who waits for this work; null where it is not done any more. */
  laneOf(work: Work): Lane | null {
    if (this.#current?.work === work) return this.#current.lane;
    return this.#waiting.find((one) => one.work === work)?.lane ?? null;
  }

  /**
   * What is done in the background gives way now; it is begun anew when its turn comes again.
   *
   * @param quietMs nothing is begun in the background for so long
   */
  interrupt(quietMs = 0): void {
    this.#quietUntil = Math.max(this.#quietUntil, performance.now() + quietMs);
    const current = this.#current;
    if (current?.lane !== 'background' || current.abort.signal.aborted) return;
    current.isInterrupted = true;
    current.abort.abort();
  }

  /** Whether readers wait for something. */
  get isReaderWaiting(): boolean {
    return this.#current?.lane === 'reader' || this.#waiting.some(({ lane }) => lane === 'reader');
  }

  /** Resolves when nothing waits or goes on any more, in one lane or in both. */
  async idle(lane?: Lane): Promise<void> {
    for (;;) {
      const all = this.#current === null ? this.#waiting : [this.#current, ...this.#waiting];
      const one = all.find((other) => lane === undefined || other.lane === lane);
      if (one === undefined) return;
      await one.ended.promise;
    }
  }

  /** Aborts what goes on, drops what waits; resolves when nothing goes on any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { ended } of this.#waiting.splice(0)) ended.resolve();
    this.#current?.abort.abort();
    await this.#current?.ended.promise;
  }

  #next(): void {
    if (this.#current !== null || this.#isClosed) return;
    const next = this.#waiting.find(({ lane }) => lane === 'reader') ?? this.#waiting[0];
    if (next === undefined) return;
    const quiet = this.#quietUntil - performance.now();
    if (next.lane === 'background' && quiet > 0) {
      setTimeout(() => this.#next(), quiet).unref();
      return;
    }
    this.#waiting.splice(this.#waiting.indexOf(next), 1);
    const current: Current = { ...next, abort: new AbortController(), isInterrupted: false };
    this.#current = current;
    void this.#do(current);
  }

  async #do(current: Current): Promise<void> {
    const { work, abort, ended } = current;
    try {
      await work.run(abort.signal);
    } catch (error) {
      if (!abort.signal.aborted) this.#onDefect(error);
    }
    this.#current = null;
    if (current.isInterrupted && !this.#isClosed) {
      // Promoted while it ended: it is next all the same, and for a reader.
      this.#waiting.unshift({ work, lane: current.lane, ended });
      work.onInterrupted?.();
    } else ended.resolve();
    this.#next();
  }
}
