import { createHash } from 'node:crypto';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { listedResult, type ListedResult } from '../../core/assessment/listed-result.ts';
import { measureClip } from '../../core/assessment/measure-clip.ts';
import { SystolaError } from '../../core/error.ts';
import { type MeasureOptions, measureOptionNames } from '../../core/measurement/measure-options.ts';
import { structures } from '../../core/structure/structure.ts';
import type { Library } from '../library/library.ts';
import { readerVersion } from '../library/reader-versions.ts';
import type { StoredResult } from '../library/result-store.ts';
import { rulesHash } from './rules-hash.ts';

export interface StudyResultsOptions {
  readonly library: Library;
  /** Brings a study to what it would be if it were opened now. */
  prepare(studyInstanceUid: string): Promise<void>;
  /** The result of a study is another than the list said. */
  onResult(studyInstanceUid: string, result: ListedResult): void;
  /** A defect, not an expected failure: the study has no result. */
  onDefect(error: unknown): void;
}

/** After a change, so that a reader who goes on changing is not measured for every step, ms. */
const settleMs = 400;
/** Part of the time that working out results may take from whatever else this process does. */
const share = 1 / 3;

/**
 * What the list says of studies, worked out in the background from the same contours by the same rules as the open study.
 * It rests on the head of the study, the settings and the rules; when one of them changes it does not hold any more, is
 * shown nowhere, and is worked out anew.
 */
export class StudyResults {
  readonly #options: StudyResultsOptions;
  readonly #closing = new AbortController();
  /** Studies to look at first, the one that changed last at the end. */
  readonly #changed = new Set<string>();
  /** Studies that cannot be read or measured, in this launch. */
  readonly #givenUp = new Set<string>();
  #rules: string | null = null;
  #isAllWanted = false;
  #working: Promise<void> | null = null;

  constructor(options: StudyResultsOptions) {
    this.#options = options;
  }

  /** What results are worked out by now: rules, version of the reader of files, settings, structures. */
  get madeBy(): string {
    this.#rules ??= rulesHash();
    const said = JSON.stringify([this.#rules, readerVersion, this.#measureOptions(), structures()]);
    return createHash('sha256').update(said).digest('hex');
  }

  /** Works out every result that does not hold. */
  renewAll(): void {
    this.#isAllWanted = true;
    this.#begin();
  }

  /** Works out the result of a study that has changed, soon. */
  renew(studyInstanceUid: string): void {
    this.#changed.delete(studyInstanceUid);
    this.#changed.add(studyInstanceUid);
    this.#begin();
  }

  all(): Map<string, StoredResult> {
    return this.#options.library.results.all(this.madeBy);
  }

  one(studyInstanceUid: string): StoredResult | null {
    return this.#options.library.results.one(studyInstanceUid, this.madeBy);
  }

  /** Resolves when every result that can be worked out holds. */
  async settled(): Promise<void> {
    while (this.#working !== null) await this.#working;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#working;
  }

  #measureOptions(): MeasureOptions {
    const settings = this.#options.library.settings();
    return Object.fromEntries(measureOptionNames.map((name) => [name, settings[name]])) as MeasureOptions;
  }

  #begin(): void {
    if (this.#closing.signal.aborted || this.#options.library.condition !== 'sound') return;
    this.#working ??= this.#work().finally(() => {
      this.#working = null;
      if (this.#changed.size > 0 || this.#isAllWanted) this.#begin();
    });
  }

  async #work(): Promise<void> {
    const { signal } = this.#closing;
    await pause(settleMs, undefined, { signal, ref: false }).catch(() => undefined);
    while (!signal.aborted && this.#options.library.condition === 'sound') {
      const begun = performance.now();
      const next = this.#next();
      if (next === null) return;
      await this.#workOut(next);
      const took = performance.now() - begun;
      await pause(Math.min(2_000, took * (1 / share - 1)), undefined, { signal, ref: false }).catch(
        () => undefined,
      );
    }
  }

  #waiting: string[] = [];

  #next(): string | null {
    const [changed] = this.#changed;
    if (changed !== undefined) {
      this.#changed.delete(changed);
      return changed;
    }
    if (this.#waiting.length === 0 && this.#isAllWanted) {
      this.#isAllWanted = false;
      this.#waiting = this.#options.library.results
        .wanted(this.madeBy)
        .filter((uid) => !this.#givenUp.has(uid));
    }
    return this.#waiting.shift() ?? null;
  }

  async #workOut(studyInstanceUid: string): Promise<void> {
    const { library, prepare, onResult, onDefect } = this.#options;
    try {
      if (library.results.one(studyInstanceUid, this.madeBy)?.isCurrent === true) return;
      await prepare(studyInstanceUid);
      const before = library.changes;
      const first = library.studyInPassing(studyInstanceUid);
      // One clip after the other, so that nothing waits for all of a long study; the study's numbers find them measured.
      for (const facts of first.clips) {
        const review = first.review.clips[facts.sopInstanceUid];
        if (review !== undefined) measureClip(facts, review, this.#measureOptions());
        await turn();
        if (this.#closing.signal.aborted) return;
      }
      // Where anything was written meanwhile it is read again: from here on nothing comes between.
      const study = library.changes === before ? first : library.studyInPassing(studyInstanceUid);
      const result = listedResult(study, this.#measureOptions());
      library.results.keep(studyInstanceUid, study.head, this.madeBy, result);
      onResult(studyInstanceUid, result);
    } catch (error) {
      // One that was deleted meanwhile may be taken back.
      const isGone = error instanceof SystolaError && error.code === 'not-found';
      if (!isGone) this.#givenUp.add(studyInstanceUid);
      // What cannot be read says so in its row; a full disk is said for the library as a whole.
      if (!(error instanceof SystolaError) && !this.#closing.signal.aborted) onDefect(error);
    }
  }
}
