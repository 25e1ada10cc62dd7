import type { BackgroundState } from '../../core/api/background.ts';
import { isGoing, type RunState } from '../../core/api/events.ts';
import type { ListedStudy } from '../../core/api/study-summary.ts';
import { measureOptionNames } from '../../core/measurement/measure-options.ts';
import type { Settings } from '../../core/settings/settings.ts';
import type { RunQueue } from '../analysis/run-queue.ts';
import type { Library } from '../library/library.ts';
import { BackgroundMeasuring } from '../worklist/background-measuring.ts';
import { busyPart } from '../worklist/machine-load.ts';
import { StudyResults } from '../worklist/study-results.ts';
import { Worklist } from '../worklist/worklist.ts';

export interface WorklistWatchOptions {
  readonly library: Library;
  readonly runs: RunQueue;
  prepare(studyInstanceUid: string): Promise<void>;
  hasModel(): Promise<boolean>;
  busyPart?(signal: AbortSignal): Promise<number>;
  onStudy(study: ListedStudy): void;
  onStudiesChanged(): void;
  onBackground(state: BackgroundState): void;
  onDefect(error: unknown): void;
}

/** Rows that have changed are told of together, ms. */
const gatherMs = 60;

/** Keeps the worklist as the studies are, and has studies measured that nobody waits for. Nothing of it begins by itself. */
export class WorklistWatch {
  readonly list: Worklist;
  readonly background: BackgroundMeasuring;
  readonly #options: WorklistWatchOptions;
  readonly #results: StudyResults;
  readonly #changed = new Set<string>();
  #telling: NodeJS.Timeout | null = null;
  #isStarted = false;

  constructor(options: WorklistWatchOptions) {
    const { library, runs, prepare, onDefect } = options;
    this.#options = options;
    this.#results = new StudyResults({
      library,
      prepare,
      onResult: (study, { unmeasured }) => {
        if (unmeasured === 0) this.background.done(study);
        this.#tell(study);
      },
      onDefect,
    });
    this.list = new Worklist({ library, results: this.#results, runs });
    this.background = new BackgroundMeasuring({
      library,
      runs,
      prepare,
      hasModel: options.hasModel,
      unmeasured: () => this.list.unmeasured(),
      busyPart: options.busyPart ?? busyPart,
      onState: options.onBackground,
      onDefect,
    });
  }

  /** Begins to work out what the list says, and to measure. */
  start(): void {
    this.#isStarted = true;
    this.#results.renewAll();
    this.background.wake();
  }

  noteRevision(studyInstanceUid: string): void {
    if (!this.#isStarted) return;
    this.#results.renew(studyInstanceUid);
    this.#tell(studyInstanceUid);
  }

  /** Beginnings and ends of runs; how far one has come says no row. */
  noteRun({ state }: RunState, studyInstanceUid: string): void {
    if (this.#isStarted && (!isGoing({ state }) || state === 'queued')) this.#tell(studyInstanceUid);
  }

  /** Opening a study brings it up to today's reader, which may change what the list says of it. */
  noteOpened(studyInstanceUid: string): void {
    if (!this.#isStarted || this.#results.one(studyInstanceUid)?.isCurrent === true) return;
    this.#results.renew(studyInstanceUid);
    this.#tell(studyInstanceUid);
  }

  /** Studies or clips came, went, or are others. */
  noteStudies(): void {
    if (this.#isStarted) this.start();
  }

  noteModels(): void {
    if (this.#isStarted) this.background.wake();
  }

  noteSettings(before: Settings, after: Settings): void {
    if (!this.#isStarted) return;
    if (measureOptionNames.some((name) => before[name] !== after[name])) {
      this.#results.renewAll();
      // No row's numbers hold any more.
      this.#options.onStudiesChanged();
    }
    if (before.measureInBackground !== after.measureInBackground || before.model !== after.model)
      this.background.wake();
  }

  /** Resolves when every row says what holds. */
  settled(): Promise<void> {
    return this.#results.settled();
  }

  async close(): Promise<void> {
    if (this.#telling !== null) clearTimeout(this.#telling);
    this.#isStarted = false;
    await this.background.close();
    await this.#results.close();
  }

  #tell(studyInstanceUid: string): void {
    this.#changed.add(studyInstanceUid);
    this.#telling ??= setTimeout(() => this.#tellNow(), gatherMs);
    this.#telling.unref();
  }

  #tellNow(): void {
    this.#telling = null;
    const uids = [...this.#changed];
    this.#changed.clear();
    try {
      for (const uid of uids) {
        const study = this.list.study(uid);
        if (study !== null) this.#options.onStudy(study);
      }
    } catch (error) {
      this.#options.onDefect(error);
    }
  }
}
