import type { RunState } from '../../core/api/events.ts';
import type { ClipFacts } from '../../core/clip/clip.ts';
import { sameBox } from '../../core/clip/pictures.ts';
import { SystolaError } from '../../core/error.ts';
import { untraceable } from '../../core/measurement/untraceable.ts';
import { type ContourMaker } from '../../core/review/made-by.ts';
import type { ClipReview, FrameRange, RunRecord, UnsegmentedFrames } from '../../core/review/review.ts';
import { runChanges, type RunTraces } from '../../core/review/run-changes.ts';
import type { TracePlace } from '../../core/review/traces.ts';
import type { ProviderName } from '../../core/settings/settings.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { hasColourOverlay } from '../dicom/colour.ts';
import type { FrameDecoder } from '../dicom/frame-decoder.ts';
import type { InferenceService } from '../inference/inference-service.ts';
import type { LoadedModel } from '../inference/loaded-model.ts';
import { frameSource } from '../library/frame-source.ts';
import type { Library } from '../library/library.ts';
import type { ReviewService } from '../review/review-service.ts';
import { analyseClip } from './analyse-clip.ts';
import type { PropagationService } from './propagation-service.ts';
import { sampleFrames } from './sample-frames.ts';
import type { ViewRecogniser } from './view-recogniser.ts';

/** What a run takes. */
export interface ClipRunServices {
  readonly library: Library;
  readonly reviews: Pick<ReviewService, 'record'>;
  readonly propagations: Pick<PropagationService, 'carryOn'>;
  readonly views: Pick<ViewRecogniser, 'recognise'>;
  readonly decoder: Pick<FrameDecoder, 'frame'>;
  readonly inference: Pick<InferenceService, 'run'>;
  /** A defect, not an expected failure. */
  onDefect(error: unknown): void;
}

/** A model over frames of a clip. */
export interface ClipRun {
  readonly sopInstanceUid: string;
  readonly model: LoadedModel;
  readonly maker: ContourMaker;
  readonly provider: ProviderName;
  /** First and last frame, inclusive. */
  readonly range: FrameRange;
}

export interface ClipRunListener {
  /** What has become of the run: loading, running, on what. */
  onState(change: Partial<RunState>): void;
  /** Which part of the work is done, 0…1. */
  onProgress(share: number): void;
  onTrace(place: TracePlace, trace: Trace | null): void;
  /** All contours are stored, as one revision. */
  onStored(): void;
}

const overlaySamples = 3;

/**
 * Contours a clip and stores what was found as one revision; stopped before, it stores nothing.
 *
 * @returns what a run that has ended says of itself
 * @throws SystolaError, the signal's reason, or a defect
 */
export async function runOverClip(
  services: ClipRunServices,
  { sopInstanceUid, model, maker, provider, range }: ClipRun,
  listener: ClipRunListener,
  signal: AbortSignal,
): Promise<Partial<RunState>> {
  const { library, decoder } = services;
  const clip = library.clip(sopInstanceUid);
  const source = frameSource(clip);
  const frame = (index: number) => decoder.frame(source, index, signal);
  const facts = await noteColour(services, sopInstanceUid, frame, signal);
  await services.views.recognise(sopInstanceUid, signal);
  const review = clipReview(library, facts);
  // Told from the pictures to be of another view: there is nothing to contour until the reader says otherwise.
  if (untraceable(facts, review) === 'recognised-other') return {};
  const analysis = await analyseClip({
    facts,
    ruler: review.ruler,
    picture: review.picture,
    fileSha256: clip.sha256,
    frame,
    inference: services.inference,
    model,
    provider,
    ...range,
    signal,
    onState: (state, name) => listener.onState({ state, provider: name }),
    onTrace: (structure, index, trace) =>
      listener.onTrace({ sopInstanceUid, structure, frame: index }, trace),
    onProgress: (share) => listener.onProgress(share),
  });
  signal.throwIfAborted();
  const record: RunRecord = {
    model: model.manifest.name,
    version: model.manifest.version,
    ...maker,
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
  store(services, facts, analysis.traces, record);
  listener.onStored();
  // A model that takes another's place draws under the reader's corrections, and they are carried on over it.
  if (isSamePicture(review.run, record)) await carryOn(services, sopInstanceUid, signal);
  return { provider: record.provider, framesDone: record.framesDone, msPerFrame: record.msPerFrame };
}

/** @throws SystolaError `not-found` */
export function clipReview(library: Library, facts: ClipFacts): ClipReview {
  const review = library.study(facts.studyInstanceUid).review.clips[facts.sopInstanceUid];
  if (review === undefined) {
    throw new SystolaError('not-found', 'The library holds no such clip.', facts.sopInstanceUid);
  }
  return review;
}

/** What the run found is stored, whatever becomes of this. */
async function carryOn(
  { propagations, onDefect }: ClipRunServices,
  sopInstanceUid: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await propagations.carryOn(sopInstanceUid, signal);
  } catch (error) {
    if (!(error instanceof SystolaError) && !signal.aborted) onDefect(error);
  }
}

/** Looks at a few frames for colour that the attributes do not mention; returns the facts as they are then. */
async function noteColour(
  { library }: ClipRunServices,
  sopInstanceUid: string,
  frame: (index: number) => Promise<Awaited<ReturnType<FrameDecoder['frame']>>>,
  signal: AbortSignal,
): Promise<ClipFacts> {
  const { facts } = library.clip(sopInstanceUid);
  if (facts.colourOverlay) return facts;
  const frames = await sampleFrames(facts.frames, frame, signal, overlaySamples);
  if (!hasColourOverlay(frames, facts)) return facts;
  library.facts.markColourOverlay(sopInstanceUid);
  return library.clip(sopInstanceUid).facts;
}

function store(
  { library, reviews }: ClipRunServices,
  facts: ClipFacts,
  traces: RunTraces,
  run: RunRecord,
): void {
  reviews.record(facts.studyInstanceUid, {
    kind: 'run',
    label:
      run.frozen === true
        ? `${run.model}: picture stands still, no contours`
        : `${run.model} contours, ${run.framesDone} frame${run.framesDone === 1 ? '' : 's'}`,
    changes: runChanges(facts.sopInstanceUid, clipReview(library, facts), traces, run),
  });
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
