/** A page that dies this often within the time is not drawn again by itself. */
const most = 3;
const withinMs = 60_000;

/** Decides whether a page whose process died is drawn again, so that one that dies at once does not do so for ever. */
export class ReloadLimit {
  #deathsMs: number[] = [];

  /** @param atMs time of the death, of a clock that does not go back */
  mayReload(atMs: number): boolean {
    this.#deathsMs = [...this.#deathsMs.filter((earlier) => atMs - earlier < withinMs), atMs];
    return this.#deathsMs.length < most;
  }

  /** A person wants to try again. */
  forgive(): void {
    this.#deathsMs = [];
  }
}
