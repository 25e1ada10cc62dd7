/** Lets one task run at a time, in the order they came. */
export class Turns {
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Runs the task when those before it have ended.
   * @throws the signal's reason when it is aborted while waiting; whatever the task throws.
   */
  async take<Result>(signal: AbortSignal, task: () => Promise<Result>): Promise<Result> {
    const before = this.#last;
    const aborted = Promise.withResolvers<never>();
    const abort = (): void => aborted.reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    const done = Promise.withResolvers<void>();
    this.#last = before.then(() => done.promise);
    try {
      await Promise.race([before, aborted.promise]);
      signal.removeEventListener('abort', abort);
      return await task();
    } finally {
      signal.removeEventListener('abort', abort);
      done.resolve();
    }
  }
}
