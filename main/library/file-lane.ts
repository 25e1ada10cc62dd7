/**
 * Work that takes files of the store and their rows together, one after the other: two imports may bring the same bytes,
 * of which only one may own the file, and what is being deleted may be imported again.
 */
export class FileLane {
  #last: Promise<void> = Promise.resolve();

  /** Begins when everything before it has ended, however. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work);
    this.#last = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }
}
