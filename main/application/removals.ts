import type { RemovalState } from '../../core/api/care.ts';
import { SystolaError } from '../../core/error.ts';
import type { RunQueue } from '../analysis/run-queue.ts';
import type { Library } from '../library/library.ts';
import type { PendingRemoval } from '../library/removal-store.ts';

/** How long what was deleted can be taken back, ms. */
const takeBackMs = 30_000;

export interface RemovalsOptions {
  readonly library: Library;
  readonly runs: Pick<RunQueue, 'states' | 'cancel'>;
  /** Called when something was deleted, taken back, or is gone. */
  onChange(removals: readonly RemovalState[]): void;
  onDefect(error: unknown): void;
  /** For tests: how long it can be taken back. */
  readonly takeBackMs?: number;
}

/** Deletes at a person's word, and for good when nobody took it back in time. */
export class Removals {
  readonly #options: RemovalsOptions;
  readonly #timers = new Map<number, NodeJS.Timeout>();
  #carryingOut: Promise<void> = Promise.resolve();

  constructor(options: RemovalsOptions) {
    this.#options = options;
  }

  /** Goes on with what an earlier launch left; never throws. */
  start(): void {
    if (this.#options.library.condition === 'damaged') return;
    for (const removal of this.#options.library.care.pending()) this.#schedule(removal);
  }

  state(): RemovalState[] {
    const { library } = this.#options;
    // What is leaving cannot be taken back.
    const pending = library.care.pending().filter(({ leaving }) => !leaving);
    return pending.map((removal) => this.#stateOf(removal));
  }

  /**
   * Deletes a study, or one of its clips or documents; runs over what goes are called off.
   *
   * @throws SystolaError `not-found`, `disk-full`, `library-damaged`
   */
  remove(studyInstanceUid: string, sopInstanceUid: string | null): RemovalState {
    const { library, runs } = this.#options;
    const removal = library.care.remove(studyInstanceUid, sopInstanceUid);
    for (const run of runs.states(studyInstanceUid)) {
      if ((removal.sopInstanceUid ?? run.sopInstanceUid) === run.sopInstanceUid)
        runs.cancel(run.sopInstanceUid);
    }
    this.#schedule(removal);
    this.#told();
    return this.#stateOf(removal);
  }

  /** @throws SystolaError `not-found` when it is gone */
  takeBack(id: number): void {
    this.#options.library.care.takeBack(id);
    clearTimeout(this.#timers.get(id));
    this.#timers.delete(id);
    this.#told();
  }

  /** What can still be taken back waits for the next launch. */
  async close(): Promise<void> {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    await this.#carryingOut;
  }

  #stateOf({ leaving: _, ...removal }: PendingRemoval): RemovalState {
    return { ...removal, leftMs: this.#leftMs(removal) };
  }

  /** Never longer than it may be, wherever the clock was set meanwhile. */
  #leftMs({ at }: Pick<PendingRemoval, 'at'>): number {
    const whole = this.#options.takeBackMs ?? takeBackMs;
    const left = Date.parse(at) + whole - Date.now();
    // A time that is none is as good as now.
    return Number.isFinite(left) ? Math.max(0, Math.min(whole, left)) : whole;
  }

  #schedule(removal: PendingRemoval): void {
    if (this.#timers.has(removal.id)) return;
    const timer = setTimeout(
      () => {
        this.#timers.delete(removal.id);
        this.#carryingOut = this.#carryingOut.then(() => this.#carryOut(removal.id));
      },
      removal.leaving ? 0 : this.#leftMs(removal),
    );
    this.#timers.set(removal.id, timer.unref());
  }

  async #carryOut(id: number): Promise<void> {
    try {
      await this.#options.library.care.carryOut(id);
    } catch (error) {
      // What cannot be deleted now, as on a disk that does not answer, is at the next start.
      if (!(error instanceof SystolaError)) this.#options.onDefect(error);
    } finally {
      this.#told();
    }
  }

  #told(): void {
    this.#options.onChange(this.state());
  }
}
