import { setTimeout as pause } from 'node:timers/promises';
import { isGoing } from '../../core/api/events.ts';
import type { BackgroundState } from '../../core/api/background.ts';
import { SystolaError } from '../../core/error.ts';
import { wantsRun } from '../../core/measurement/untraceable.ts';
import type { RunQueue } from '../analysis/run-queue.ts';
import type { Library } from '../library/library.ts';

export interface BackgroundMeasuringOptions {
  readonly library: Pick<Library, 'settings' | 'study' | 'condition'>;
  readonly runs: Pick<
    RunQueue,
    | 'start'
    | 'ended'
    | 'states'
    | 'activities'
    | 'withdraw'
    | 'recogniseViews'
    | 'isReaderWaiting'
    | 'readersServed'
    | 'interruptBackground'
  >;
  /** Whether there is a model that runs could use. */
  hasModel(): Promise<boolean>;
  /** Studies that are to be measured, the newest first. */
  unmeasured(): string[];
  /** Brings a study to what it would be if it were opened now. */
  prepare(studyInstanceUid: string): Promise<void>;
  /** Part of the processors that is at work, 0…1. */
  busyPart(signal: AbortSignal): Promise<number>;
  onState(state: BackgroundState): void;
  /** A defect, not an expected failure: the study is passed over. */
  onDefect(error: unknown): void;
}

/** Clips that are handed on at once: the next is ready when one ends, and a change of order changes what comes soon. */
const clipsAhead = 2;
/** A machine that does this much beside us is left alone. */
const busyLimit = 0.7;
/** Until a busy machine is looked at again, ms. */
const busyPauseMs = 10_000;
/** Quiet that a reader's work is given before measuring goes on, ms. */
const quietMs = 1_500;
/** Failures in a row that are no single study's. */
const mostFailures = 3;

/**
 * Measures the studies of the list while nobody waits for it: first those that the reader comes to next. One clip at a
 * time, by the model that a reader's run would use, in the same process; a reader's work interrupts it at once.
 */
export class BackgroundMeasuring {
  readonly #options: BackgroundMeasuringOptions;
  readonly #closing = new AbortController();
  #state: BackgroundState = {
    state: 'idle',
    reason: null,
    studiesLeft: 0,
    studiesDone: 0,
    studyInstanceUid: null,
    message: null,
  };
  #expected: readonly string[] = [];
  /** Studies that were looked at since it was last woken. */
  readonly #seen = new Set<string>();
  #left: string[] = [];
  #isLeftKnown = false;
  #onBattery = false;
  /** The reader wants it now, whatever the machine does. */
  #isForced = false;
  #failures = 0;
  #current: { readonly study: string; readonly abort: AbortController; readonly clips: Set<string> } | null =
    null;
  #working: Promise<void> | null = null;
  #wake = new AbortController();

  constructor(options: BackgroundMeasuringOptions) {
    this.#options = options;
  }

  get state(): BackgroundState {
    return this.#state;
  }

  /** Begins, or looks again at what is to be done: studies, settings or models have changed. */
  wake(): void {
    if (this.#closing.signal.aborted) return;
    this.#isLeftKnown = false;
    this.#seen.clear();
    if (!this.#isOn) this.#drop();
    this.#stir();
    this.#begin();
  }

  #begin(): void {
    this.#working ??= this.#work().finally(() => {
      this.#working = null;
      // Woken in the moment in which it ended.
      if (!this.#isLeftKnown && !this.#closing.signal.aborted) this.#begin();
    });
  }

  /** What the reader comes to next goes before the rest. */
  expect(studies: readonly string[]): void {
    this.#expected = studies;
    this.#stir();
  }

  /** Somebody waits for something else: what is measured gives way and goes on when it has been quiet for a while. */
  giveWay(): void {
    this.#options.runs.interruptBackground(quietMs);
  }

  /** Goes on whatever the machine does, until nothing is left to be done. */
  force(): void {
    this.#isForced = true;
    this.#failures = 0;
    this.wake();
  }

  /** A study needs no measuring any more: it was measured for a reader, or decided on. */
  done(study: string): void {
    if (study === this.#current?.study || !this.#left.includes(study)) return;
    this.#left = this.#left.filter((uid) => uid !== study);
    this.#tell({});
  }

  get onBattery(): boolean {
    return this.#onBattery;
  }

  set onBattery(onBattery: boolean) {
    this.#onBattery = onBattery;
    if (onBattery && !this.#isForced) this.#drop();
    this.#stir();
  }

  async close(): Promise<void> {
    this.#closing.abort();
    this.#drop();
    this.#stir();
    await this.#working;
  }

  get #isOn(): boolean {
    return this.#options.library.settings().measureInBackground;
  }

  /** Whatever is slept through is looked at now. */
  #stir(): void {
    this.#wake.abort();
    this.#wake = new AbortController();
  }

  /** Stops the study under way; what it has stored stays. */
  #drop(): void {
    this.#current?.abort.abort();
    for (const clip of this.#current?.clips ?? []) this.#options.runs.withdraw(clip);
  }

  async #work(): Promise<void> {
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const next = (await this.#options.hasModel()) ? this.#next() : null;
      if (next === null) {
        this.#isLeftKnown = true;
        this.#isForced = false;
        this.#tell({ state: 'idle', reason: null, studyInstanceUid: null, studiesDone: 0 });
        // Nothing holds this until it is woken.
        return;
      }
      if (!(await this.#mayGoOn())) {
        if (this.#state.state === 'paused' || this.#state.state === 'stopped') return;
        continue;
      }
      await this.#measure(next);
    }
  }

  /** True when measuring may go on now; false after what stands against it was waited for. */
  async #mayGoOn(): Promise<boolean> {
    if (!this.#isOn) {
      this.#tell({ state: 'paused', reason: null, studyInstanceUid: null });
      return false;
    }
    if (this.#failures >= mostFailures) {
      this.#tell({ state: 'stopped', reason: null, studyInstanceUid: null });
      return false;
    }
    if (this.#onBattery && !this.#isForced) return this.#waitFor('battery', 24 * 3600_000);
    if (this.#options.runs.isReaderWaiting) {
      this.#tell({ state: 'waiting', reason: 'reader', studyInstanceUid: null });
      await this.#options.runs.readersServed();
      return false;
    }
    if (this.#isForced) return true;
    const busy = await this.#options.busyPart(this.#closing.signal).catch(() => 0);
    // A second has gone by: a reader may wait for something now.
    if (this.#options.runs.isReaderWaiting) return false;
    return busy <= busyLimit || this.#isForced || this.#waitFor('busy', busyPauseMs);
  }

  async #waitFor(reason: NonNullable<BackgroundState['reason']>, ms: number): Promise<false> {
    this.#tell({ state: 'waiting', reason, studyInstanceUid: null });
    await this.#sleep(ms);
    return false;
  }

  async #sleep(ms: number): Promise<void> {
    const signal = AbortSignal.any([this.#closing.signal, this.#wake.signal]);
    await pause(ms, undefined, { signal, ref: false }).catch(() => undefined);
  }

  /** The next study that is to be measured; null when none is left, or none can be stored. */
  #next(): string | null {
    if (this.#options.library.condition !== 'sound') return null;
    if (!this.#isLeftKnown) {
      this.#left = this.#options.unmeasured().filter((uid) => !this.#seen.has(uid));
      this.#isLeftKnown = true;
    }
    const left = this.#ahead();
    return this.#expected.find((uid) => left.includes(uid)) ?? left[0] ?? null;
  }

  /** Of the studies that are left those that are not measured for a reader already. */
  #ahead(): string[] {
    const activities = this.#options.runs.activities();
    return this.#left.filter((uid) => uid === this.#current?.study || activities.get(uid) !== 'measuring');
  }

  async #measure(study: string): Promise<void> {
    const { library, prepare, onDefect, runs } = this.#options;
    const abort = new AbortController();
    const current = { study, abort, clips: new Set<string>() };
    this.#current = current;
    let isWhole = true;
    this.#tell({ state: 'measuring', reason: null, studyInstanceUid: study });
    try {
      await prepare(study);
      const { clips, review } = library.study(study);
      const tried = new Set(runs.states(study).map(({ sopInstanceUid }) => sopInstanceUid));
      const wanted = clips.flatMap((facts) => {
        const own = review.clips[facts.sopInstanceUid];
        const isWanted = own !== undefined && wantsRun(facts, own) && !tried.has(facts.sopInstanceUid);
        return isWanted && review.decision.state === 'pending' ? [facts.sopInstanceUid] : [];
      });
      const queue = [...wanted];
      const one = async (): Promise<void> => {
        for (let clip = queue.shift(); clip !== undefined; clip = queue.shift()) {
          // The reader may have gone elsewhere meanwhile: what is left of this study waits.
          if (abort.signal.aborted || this.#next() !== study) return;
          await this.#run(clip, current.clips);
        }
      };
      await Promise.all(Array.from({ length: clipsAhead }, one));
      isWhole = queue.length === 0;
      if (!isWhole || abort.signal.aborted) return;
      await runs.recogniseViews(study, 'background');
      this.#state = { ...this.#state, studiesDone: this.#state.studiesDone + 1 };
    } catch (error) {
      // What cannot be read says so in its row.
      if (!(error instanceof SystolaError) && !this.#closing.signal.aborted) onDefect(error);
    } finally {
      this.#current = null;
      if (isWhole && !abort.signal.aborted) {
        this.#seen.add(study);
        this.#left = this.#left.filter((uid) => uid !== study);
      }
    }
  }

  async #run(clip: string, going: Set<string>): Promise<void> {
    const { runs } = this.#options;
    try {
      const begun = await runs.start(clip, { lane: 'background' });
      if (!isGoing(begun)) return;
      going.add(clip);
      const { state, message } = await runs.ended(clip);
      if (state === 'finished') this.#failures = 0;
      if (state === 'failed') this.#noteFailure(message);
    } catch (error) {
      // Without a model, and with one that cannot be loaded, no clip can be measured.
      if (!(error instanceof SystolaError)) throw error;
      if (error.code !== 'not-found') this.#noteFailure(error.message);
    } finally {
      going.delete(clip);
    }
  }

  #noteFailure(message: string | null): void {
    this.#failures += 1;
    this.#state = { ...this.#state, message };
  }

  #tell(change: Partial<BackgroundState>): void {
    const state = { ...this.#state, ...change, studiesLeft: this.#ahead().length };
    if (state.state !== 'stopped') state.message = null;
    const isSame = JSON.stringify(state) === JSON.stringify(this.#told);
    this.#state = state;
    this.#told = state;
    if (!isSame) this.#options.onState(state);
  }

  #told: BackgroundState | null = null;
}
