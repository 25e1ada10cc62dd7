import { SvelteSet } from 'svelte/reactivity';
import { library } from '../state/library.svelte.ts';

/** Studies of the list that somebody ticked: a search shows others, and ticks what is ticked stays. */
export class TickedStudies {
  readonly #uids: SvelteSet<string>;
  /** Those that the list shows and that can be opened. */
  readonly shown = $derived(library.studies.filter(({ problem }) => problem === undefined));
  readonly uids: readonly string[] = $derived.by(() =>
    library.all
      .filter(({ studyInstanceUid, problem }) => problem === undefined && this.#uids.has(studyInstanceUid))
      .map(({ studyInstanceUid }) => studyInstanceUid),
  );
  /** Ticked ones that a search hides. */
  readonly hidden = $derived.by(
    () =>
      this.uids.length - this.shown.filter(({ studyInstanceUid }) => this.#uids.has(studyInstanceUid)).length,
  );

  constructor(first: string | null) {
    this.#uids = new SvelteSet(first === null ? [] : [first]);
  }

  has(uid: string): boolean {
    return this.#uids.has(uid);
  }

  tick(uid: string, on: boolean): void {
    if (on) this.#uids.add(uid);
    else this.#uids.delete(uid);
  }

  tickShown(): void {
    for (const { studyInstanceUid } of this.shown) this.#uids.add(studyInstanceUid);
  }

  clear(): void {
    this.#uids.clear();
  }
}
