import { inEnglish } from '../../core/language/english.ts';
import { isGoing, type RunState } from '../../core/api/events.ts';
import type { ProviderName } from '../../core/settings/settings.ts';
import type { ClipFacts } from '../../core/clip/clip.ts';
import { sameBox } from '../../core/clip/pictures.ts';
import { SystolaError } from '../../core/error.ts';
import {
  clipView,
  isOfChosenPicture,
  untraceable,
  untraceableWords,
} from '../../core/measurement/untraceable.ts';
import { isContouredUnrecognised } from '../../core/measurement/wants-recognition.ts';
import type { ClipReview, RunRecord, UnsegmentedFrames } from '../../core/review/review.ts';
import { isMadeBy, type ContourMaker } from '../../core/review/made-by.ts';
import { runChanges, type RunTraces } from '../../core/review/run-changes.ts';
import type { TracePlace } from '../../core/review/traces.ts';
import type { StructureId } from '../../core/structure/structure.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { hasColourOverlay } from '../dicom/colour.ts';
import type { FrameDecoder } from '../dicom/frame-decoder.ts';
import type { InferenceService } from '../inference/inference-service.ts';
import { frameSource } from '../library/frame-source.ts';
import type { Library } from '../library/library.ts';
import { contourHash } from '../models/contour-hash.ts';
import type { LoadedModel } from '../models/registry.ts';
import type { ReviewService } from '../review/review-service.ts';
import { analyseClip } from './analyse-clip.ts';
import type { PropagationService } from './propagation-service.ts';
import { sampleFrames } from './sample-frames.ts';
import type { ViewRecogniser } from './view-recogniser.ts';

export interface RunOptions {
  /** null: the model of the settings, else the first usable one. */
  readonly model?: string | null;
  readonly provider?: ProviderName;
  /** First and last frame, inclusive; the whole clip by default. */
  readonly from?: number;
  readonly to?: number;
}

export interface RunQueueOptions {
  readonly library: Library;
  readonly reviews: Pick<ReviewService, 'record'>;
  readonly propagations: Pick<PropagationService, 'carryOn'>;
  readonly views: Pick<ViewRecogniser, 'recognise'>;
  readonly decoder: Pick<FrameDecoder, 'frame'>;
  readonly inference: Pick<InferenceService, 'run'>;
  readonly models: { load(name: string | null, provider: ProviderName): Promise<LoadedModel> };
  onState(state: RunState): void;
  onTrace(place: TracePlace, trace: Trace | null): void;
  /** A defect, not an expected failure. */
  onDefect(error: unknown): void;
}

interface Entry {
  state: RunState;
  readonly studyInstanceUid: string;
  readonly abort: AbortController;
  readonly maker: ContourMaker;
  /** Contours so far, for windows that open while the run is going on. */
  readonly traces: Map<StructureId, Map<number, Trace | null>>;
  ended: Promise<void>;
  failure: SystolaError | null;
}

const overlaySamples = 3;

/**
 * Runs of models over clips, one at a time in the order they were asked for. A finished run is one revision;
 * a cancelled, failed or killed one leaves nothing behind.
 */
export class RunQueue {
  readonly #options: RunQueueOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #closing = new AbortController();
  #turn: Promise<void> = Promise.resolve();

  constructor(options: RunQueueOptions) {
    this.#options = options;
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
    if (going !== undefined && isGoing(going.state)) {
      if (isMadeBy(going.maker, maker)) return going.state;
      this.cancel(sopInstanceUid);
    }
    const { run } = clipReview(library, facts);
    const review = clipReview(library, facts);
    if (run !== null && run.complete && isMadeBy(run, maker) && isOfChosenPicture(facts, review)) {
      return finishedState(sopInstanceUid, run);
    }
    return this.#enqueue(facts, model, options.provider ?? settings.provider, range);
  }

  /**
   * Queues asking for the views of a study's clips that no run asks for: those whose file states another view, and those
   * that another recogniser has answered of. A study that somebody has signed is left as it is, and so are numbers from
   * before there was a recogniser.
   *
   * @throws SystolaError `not-found`
   */
  recogniseViews(studyInstanceUid: string): void {
    const { library, views, onDefect } = this.#options;
    const uids = library.study(studyInstanceUid).clips.map(({ sopInstanceUid }) => sopInstanceUid);
    const { signal } = this.#closing;
    this.#turn = this.#turn.then(async () => {
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
    });
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
  async idle(): Promise<void> {
    for (let turn = null; turn !== this.#turn;) {
      turn = this.#turn;
      await turn;
    }
  }

  /** Why the clip's latest run failed, null when it did not or for a defect. */
  failure(sopInstanceUid: string): SystolaError | null {
    return this.#entries.get(sopInstanceUid)?.failure ?? null;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const { abort } of this.#entries.values()) abort.abort();
    await this.#turn;
  }

  #enqueue(
    facts: ClipFacts,
    model: LoadedModel,
    provider: ProviderName,
    range: { from: number; to: number },
  ): RunState {
    const entry: Entry = {
      state: {
        sopInstanceUid: facts.sopInstanceUid,
        state: 'queued',
        framesDone: 0,
        framesTotal: range.to - range.from + 1,
        model: model.manifest.name,
        provider: null,
        msPerFrame: null,
        message: null,
      },
      studyInstanceUid: facts.studyInstanceUid,
      abort: new AbortController(),
      maker: makerOf(model),
      traces: new Map(),
      ended: Promise.resolve(),
      failure: null,
    };
    this.#entries.set(facts.sopInstanceUid, entry);
    this.#options.onState(entry.state);
    entry.ended = this.#turn.then(() => this.#run(entry, facts.sopInstanceUid, model, provider, range));
    this.#turn = entry.ended;
    return entry.state;
  }

  async #run(
    entry: Entry,
    sopInstanceUid: string,
    model: LoadedModel,
    provider: ProviderName,
    range: { from: number; to: number },
  ): Promise<void> {
    const { signal } = entry.abort;
    try {
      signal.throwIfAborted();
      const clip = this.#options.library.clip(sopInstanceUid);
      const source = frameSource(clip);
      const frame = (index: number) => this.#options.decoder.frame(source, index, signal);
      const facts = await this.#noteColour(sopInstanceUid, frame, signal);
      await this.#options.views.recognise(sopInstanceUid, signal);
      const review = clipReview(this.#options.library, facts);
      // Told from the pictures to be of another view: there is nothing to contour until the reader says otherwise.
      if (untraceable(facts, review) === 'recognised-other') {
        this.#update(entry, { state: 'finished' });
        return;
      }
      const analysis = await analyseClip({
        facts,
        ruler: review.ruler,
        picture: review.picture,
        fileSha256: clip.sha256,
        frame,
        inference: this.#options.inference,
        model,
        provider,
        ...range,
        signal,
        onState: (state, name) => this.#update(entry, { state, provider: name }),
        onTrace: (structure, index, trace) => {
          const found = entry.traces.get(structure);
          if (found === undefined) entry.traces.set(structure, new Map([[index, trace]]));
          else found.set(index, trace);
          this.#options.onTrace({ sopInstanceUid, structure, frame: index }, trace);
        },
        onProgress: (share) => {
          // Of several passes all count, so that the end comes when it says.
          const framesDone = Math.floor(share * entry.state.framesTotal + 1e-6);
          if (framesDone !== entry.state.framesDone) this.#update(entry, { framesDone });
        },
      });
      signal.throwIfAborted();
      const record: RunRecord = {
        model: model.manifest.name,
        version: model.manifest.version,
        ...entry.maker,
        fileSha256: clip.sha256,
        provider: analysis.provider,
        framesDone: analysis.framesDone,
        complete: analysis.framesDone === facts.frames,
        msPerFrame: analysis.msPerFrame,
        sector: analysis.sector,
        passes: analysis.passes,
        ...(isNone(analysis.unsegmented) ? {} : { unsegmented: analysis.unsegmented }),
        ...(analysis.picture === null ? {} : { picture: analysis.picture }),
        ...(analysis.frozen ? { frozen: true } : {}),
        ...(analysis.framesDone < facts.frames ? { range } : {}),
      };
      this.#store(facts, analysis.traces, record);
      // A model that takes another's place draws under the reader's corrections, and they are carried on over it.
      entry.traces.clear();
      if (isSamePicture(review.run, record)) await this.#carryOn(sopInstanceUid, signal);
      const { framesDone, msPerFrame } = record;
      this.#update(entry, { state: 'finished', provider: record.provider, framesDone, msPerFrame });
    } catch (error) {
      this.#ended(entry, error);
    } finally {
      // Stored now, or not wanted: memory is for runs that are going on.
      entry.traces.clear();
    }
  }

  /** What the run found is stored, whatever becomes of this. */
  async #carryOn(sopInstanceUid: string, signal: AbortSignal): Promise<void> {
    try {
      await this.#options.propagations.carryOn(sopInstanceUid, signal);
    } catch (error) {
      if (!(error instanceof SystolaError) && !signal.aborted) this.#options.onDefect(error);
    }
  }

  /** Looks at a few frames for colour that the attributes do not mention; returns the facts as they are then. */
  async #noteColour(
    sopInstanceUid: string,
    frame: (index: number) => Promise<Awaited<ReturnType<FrameDecoder['frame']>>>,
    signal: AbortSignal,
  ): Promise<ClipFacts> {
    const { library } = this.#options;
    const { facts } = library.clip(sopInstanceUid);
    if (facts.colourOverlay) return facts;
    const frames = await sampleFrames(facts.frames, frame, signal, overlaySamples);
    if (!hasColourOverlay(frames, facts)) return facts;
    library.markColourOverlay(sopInstanceUid);
    return library.clip(sopInstanceUid).facts;
  }

  #store(facts: ClipFacts, traces: RunTraces, run: RunRecord): void {
    const { library, reviews } = this.#options;
    reviews.record(facts.studyInstanceUid, {
      kind: 'run',
      label:
        run.frozen === true
          ? `${run.model}: picture stands still, no contours`
          : `${run.model} contours, ${run.framesDone} frame${run.framesDone === 1 ? '' : 's'}`,
      changes: runChanges(facts.sopInstanceUid, clipReview(library, facts), traces, run),
    });
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
    this.#options.onState(entry.state);
  }
}

function makerOf({ manifest }: LoadedModel): ContourMaker {
  return { sha256: manifest.graph.sha256, contourHash: contourHash(manifest) };
}

/** Whether an earlier run was shown the picture of this one; false where there was none. */
function isSamePicture(earlier: RunRecord | null, { picture }: RunRecord): boolean {
  if (earlier === null) return false;
  if (earlier.picture === undefined || picture === undefined) return earlier.picture === picture;
  return sameBox(earlier.picture, picture);
}

function isNone({ noPicture, notFinite, undecodable = [] }: UnsegmentedFrames): boolean {
  return noPicture.length + notFinite.length + undecodable.length === 0;
}

function clipReview(library: Library, facts: ClipFacts): ClipReview {
  const review = library.study(facts.studyInstanceUid).review.clips[facts.sopInstanceUid];
  if (review === undefined) {
    throw new SystolaError('not-found', 'The library holds no such clip.', facts.sopInstanceUid);
  }
  return review;
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

function frameRange(facts: ClipFacts, options: RunOptions): { from: number; to: number } {
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
