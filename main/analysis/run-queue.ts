import { inEnglish } from '../../core/language/english.ts';
import { isGoing, type RunState } from '../../core/api/events.ts';
import type { StudyActivity } from '../../core/assessment/study-status.ts';
import type { ProviderName } from '../../core/settings/settings.ts';
import type { ClipFacts } from '../../core/clip/clip.ts';
import { SystolaError } from '../../core/error.ts';
import {
  clipView,
  isOfChosenPicture,
  untraceable,
  untraceableWords,
} from '../../core/measurement/untraceable.ts';
import { isContouredUnrecognised } from '../../core/measurement/wants-recognition.ts';
import type { ClipReview, FrameRange, RunRecord } from '../../core/review/review.ts';
import { isMadeBy, type ContourMaker } from '../../core/review/made-by.ts';
import type { RunTraces } from '../../core/review/run-changes.ts';
import type { TracePlace } from '../../core/review/traces.ts';
import type { StructureId } from '../../core/structure/structure.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { contourHash } from '../models/contour-hash.ts';
import type { LoadedModel } from '../models/registry.ts';
import { clipReview, runOverClip, type ClipRun, type ClipRunServices } from './clip-run.ts';
import { type Lane, type Work, WorkLanes } from './work-lanes.ts';

export interface RunOptions {
  /** null: the model of the settings, else the first usable one. */
  readonly model?: string | null;
  readonly provider?: ProviderName;
  /** First and last frame, inclusive; the whole clip by default. */
  readonly from?: number;
  readonly to?: number;
  /** `reader` unless told: what nobody waits for gives way to it. */
  readonly lane?: Lane;
}

export interface RunQueueOptions extends ClipRunServices {
  readonly models: { load(name: string | null, provider: ProviderName): Promise<LoadedModel> };
  onState(state: RunState, studyInstanceUid: string): void;
  onTrace(place: TracePlace, trace: Trace | null): void;
}

interface Entry {
  state: RunState;
  readonly studyInstanceUid: string;
  readonly abort: AbortController;
  readonly maker: ContourMaker;
  readonly work: Work;
  /** Contours so far, for windows that open while the run is going on. */
  readonly traces: Map<StructureId, Map<number, Trace | null>>;
  ended: Promise<void>;
  failure: SystolaError | null;
}

/**
 * Runs of models over clips, one at a time: those that a reader waits for in the order they were asked for, then those of
 * the background. A finished run is one revision; a cancelled, failed or killed one leaves nothing behind.
 */
export class RunQueue {
  readonly #options: RunQueueOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #lanes: WorkLanes;

  constructor(options: RunQueueOptions) {
    this.#options = options;
    this.#lanes = new WorkLanes(options.onDefect);
  }

  /**
   * Queues a run over a clip. Asking again while it is going on, or after it finished with a model that draws the
   * same contours, gives the state of that run instead of another one.
   *
   * @throws SystolaError `not-found`, `bad-request` for a clip that cannot be traced, and what loading the
   *   model throws
   */
  async start(sopInstanceUid: string, options: RunOptions = {}): Promise<RunState> {
    const { library, models } = this.#options;
    library.refuseWhenDamaged();
    const { facts } = library.clip(sopInstanceUid);
    refuseUntraceable(facts, clipReview(library, facts));
    const range = frameRange(facts, options);
    const settings = library.settings();
    const model = await models.load(options.model ?? settings.model, options.provider ?? settings.provider);
    const maker = makerOf(model);
    const going = this.#entries.get(sopInstanceUid);
    const lane = options.lane ?? 'reader';
    if (going !== undefined && isGoing(going.state)) {
      if (isMadeBy(going.maker, maker)) {
        if (lane === 'reader') this.#lanes.promote(going.work);
        return going.state;
      }
      this.cancel(sopInstanceUid);
    }
    const review = clipReview(library, facts);
    const { run } = review;
    if (run !== null && run.complete && isMadeBy(run, maker) && isOfChosenPicture(facts, review)) {
      return finishedState(sopInstanceUid, run);
    }
    const provider = options.provider ?? settings.provider;
    return this.#enqueue(facts, { sopInstanceUid, model, maker, provider, range }, lane);
  }

  /**
   * Queues asking for the views of a study's clips that no run asks for: those whose file states another view, and those
   * that another recogniser has answered of. A study that somebody has signed is left as it is, and so are numbers from
   * before there was a recogniser.
   *
   * @throws SystolaError `not-found`
   */
  recogniseViews(studyInstanceUid: string, lane: Lane = 'reader'): Promise<void> {
    const { library } = this.#options;
    const uids = library.study(studyInstanceUid).clips.map(({ sopInstanceUid }) => sopInstanceUid);
    return this.#lanes.add({ run: (signal) => this.#recogniseViews(studyInstanceUid, uids, signal) }, lane);
  }

  async #recogniseViews(
    studyInstanceUid: string,
    uids: readonly string[],
    signal: AbortSignal,
  ): Promise<void> {
    const { library, views, onDefect } = this.#options;
    try {
      for (const uid of uids) {
        const { decision, clips } = library.study(studyInstanceUid).review;
        if (signal.aborted || decision.state !== 'pending') return;
        const clip = clips[uid];
        if (clip !== undefined && !isContouredUnrecognised(clip)) await views.recognise(uid, signal);
      }
    } catch (error) {
      if (!(error instanceof SystolaError) && !signal.aborted) onDefect(error);
    }
  }

  /** Stops a run; a clip without one that is going on keeps its state. */
  cancel(sopInstanceUid: string): RunState {
    const entry = this.#entries.get(sopInstanceUid);
    if (entry === undefined) return this.state(sopInstanceUid);
    if (isGoing(entry.state)) {
      entry.abort.abort();
      this.#update(entry, { state: 'cancelled' });
    }
    return entry.state;
  }

  /** Takes back a run that nobody waits for, as if it had not been asked for; one that somebody waits for goes on. */
  withdraw(sopInstanceUid: string): void {
    const entry = this.#entries.get(sopInstanceUid);
    if (entry === undefined || this.#lanes.laneOf(entry.work) !== 'background') return;
    this.cancel(sopInstanceUid);
    this.#entries.delete(sopInstanceUid);
  }

  /** What is done in the background gives way to something else now, and begins anew when nothing is to be done. */
  interruptBackground(quietMs: number): void {
    this.#lanes.interrupt(quietMs);
  }

  /** Whether readers wait for something. */
  get isReaderWaiting(): boolean {
    return this.#lanes.isReaderWaiting;
  }

  /** Resolves when readers wait for nothing. */
  readersServed(): Promise<void> {
    return this.#lanes.idle('reader');
  }

  /** @throws SystolaError `not-found` when the clip never had a run */
  state(sopInstanceUid: string): RunState {
    const entry = this.#entries.get(sopInstanceUid);
    if (entry !== undefined) return entry.state;
    const { library } = this.#options;
    const { run } = clipReview(library, library.clip(sopInstanceUid).facts);
    if (run === null) throw new SystolaError('not-found', 'No run was started on this clip.', sopInstanceUid);
    return finishedState(sopInstanceUid, run);
  }

  /** States of the runs of this launch, for one study or all. */
  states(studyInstanceUid?: string): RunState[] {
    return [...this.#entries.values()]
      .filter((entry) => studyInstanceUid === undefined || entry.studyInstanceUid === studyInstanceUid)
      .map((entry) => entry.state);
  }

  /** What goes on with each study, by study; those with which nothing does are left out. */
  activities(): Map<string, Exclude<StudyActivity, null>> {
    const found = new Map<string, Exclude<StudyActivity, null>>();
    for (const { studyInstanceUid, state } of this.#entries.values()) {
      if (isGoing(state)) found.set(studyInstanceUid, 'measuring');
      else if (state.state === 'failed' && !found.has(studyInstanceUid))
        found.set(studyInstanceUid, 'failed');
    }
    return found;
  }

  /** Runs that are going on, with the contours they have found so far. */
  going(): { state: RunState; traces: RunTraces }[] {
    return [...this.#entries.values()].filter(({ state }) => isGoing(state));
  }

  /** Resolves with the state in which the clip's latest run ended. */
  async ended(sopInstanceUid: string): Promise<RunState> {
    await this.#entries.get(sopInstanceUid)?.ended;
    return this.state(sopInstanceUid);
  }

  /** Resolves when nothing is waiting or going on any more. */
  idle(): Promise<void> {
    return this.#lanes.idle();
  }

  /** Why the clip's latest run failed, null when it did not or for a defect. */
  failure(sopInstanceUid: string): SystolaError | null {
    return this.#entries.get(sopInstanceUid)?.failure ?? null;
  }

  async close(): Promise<void> {
    for (const { abort } of this.#entries.values()) abort.abort();
    await this.#lanes.close();
  }

  #enqueue({ studyInstanceUid }: ClipFacts, run: ClipRun, lane: Lane): RunState {
    const { sopInstanceUid, model, maker, range } = run;
    const entry: Entry = {
      state: {
        sopInstanceUid,
        state: 'queued',
        framesDone: 0,
        framesTotal: range.to - range.from + 1,
        model: model.manifest.name,
        provider: null,
        msPerFrame: null,
        message: null,
      },
      studyInstanceUid,
      abort: new AbortController(),
      maker,
      work: {
        run: (signal) => this.#run(entry, run, signal),
        onInterrupted: () =>
          this.#update(entry, { state: 'queued', framesDone: 0, provider: null, msPerFrame: null }),
      },
      traces: new Map(),
      ended: Promise.resolve(),
      failure: null,
    };
    this.#entries.set(sopInstanceUid, entry);
    this.#options.onState(entry.state, studyInstanceUid);
    entry.ended = this.#lanes.add(entry.work, lane);
    return entry.state;
  }

  async #run(entry: Entry, run: ClipRun, laneSignal: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([entry.abort.signal, laneSignal]);
    try {
      signal.throwIfAborted();
      const result = await runOverClip(
        this.#options,
        run,
        {
          onState: (change) => this.#update(entry, change),
          onProgress: (share) => {
            // Of several passes all count, so that the end comes when it says.
            const framesDone = Math.floor(share * entry.state.framesTotal + 1e-6);
            if (framesDone !== entry.state.framesDone) this.#update(entry, { framesDone });
          },
          onTrace: (place, trace) => {
            const found = entry.traces.get(place.structure);
            if (found === undefined) entry.traces.set(place.structure, new Map([[place.frame, trace]]));
            else found.set(place.frame, trace);
            this.#options.onTrace(place, trace);
          },
          onStored: () => entry.traces.clear(),
        },
        signal,
      );
      this.#update(entry, { state: 'finished', ...result });
    } catch (error) {
      // One that gave way is begun anew.
      if (!laneSignal.aborted || entry.abort.signal.aborted) this.#ended(entry, error);
    } finally {
      // Stored now, or not wanted: memory is for runs that are going on.
      entry.traces.clear();
    }
  }

  #ended(entry: Entry, error: unknown): void {
    if (entry.abort.signal.aborted || (error instanceof SystolaError && error.code === 'cancelled')) {
      if (entry.state.state !== 'cancelled') this.#update(entry, { state: 'cancelled' });
      return;
    }
    if (error instanceof SystolaError) {
      entry.failure = error;
      this.#update(entry, { state: 'failed', message: error.message });
      return;
    }
    this.#options.onDefect(error);
    this.#update(entry, {
      state: 'failed',
      message: 'The analysis stopped because of a defect in Systola. Contours can still be drawn by hand.',
    });
  }

  #update(entry: Entry, change: Partial<RunState>): void {
    // A cancelled run may still hear from frames that were on their way.
    if (!isGoing(entry.state)) return;
    entry.state = { ...entry.state, ...change };
    this.#options.onState(entry.state, entry.studyInstanceUid);
  }
}

function makerOf({ manifest }: LoadedModel): ContourMaker {
  return { sha256: manifest.graph.sha256, contourHash: contourHash(manifest) };
}

/** A picture that an earlier run found frozen may be looked at again: another model or version may see more. */
function refuseUntraceable(facts: ClipFacts, review: ClipReview): void {
  const reason = untraceable(facts, review);
  if (reason !== null && reason !== 'frozen') {
    throw new SystolaError(
      'bad-request',
      inEnglish.say(untraceableWords(reason, clipView(facts, review))),
      facts.fileName,
    );
  }
}

function frameRange(facts: ClipFacts, options: RunOptions): FrameRange {
  const from = options.from ?? 0;
  const to = Math.min(options.to ?? facts.frames - 1, facts.frames - 1);
  if (from > to) {
    throw new SystolaError(
      'bad-request',
      `The clip has ${facts.frames} frame${facts.frames === 1 ? '' : 's'}, none of them from ${from} on.`,
      facts.fileName,
    );
  }
  return { from, to };
}

function finishedState(sopInstanceUid: string, run: RunRecord): RunState {
  return {
    sopInstanceUid,
    state: 'finished',
    framesDone: run.framesDone,
    framesTotal: run.framesDone,
    model: run.model,
    provider: run.provider,
    msPerFrame: run.msPerFrame,
    message: null,
  };
}
