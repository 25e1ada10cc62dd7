import type { ProviderName } from '../../core/settings/settings.ts';
import { calibrateClip } from '../../core/clip/calibrate.ts';
import type { ClipFacts, FramePixels, Sector } from '../../core/clip/clip.ts';
import { governingPicture } from '../../core/clip/pictures.ts';
import { pixelAspect } from '../../core/clip/pixel-aspect.ts';
import type { Box } from '../../core/geometry/point.ts';
import type { RulerCalibration } from '../../core/clip/calibration.ts';
import type { ModelPasses } from '../../core/model/manifest.ts';
import type { UnsegmentedFrames } from '../../core/review/review.ts';
import { SystolaError } from '../../core/error.ts';
import type { RunTraces } from '../../core/review/run-changes.ts';
import { leftVentricularCavity, type StructureId } from '../../core/structure/structure.ts';
import { findSector } from '../../core/sector/find-sector.ts';
import { clearOutside, maskOutside } from '../../core/sector/mask-outside.ts';
import { standsStill } from '../../core/sector/stillness.ts';
import { inputTransform } from '../../core/sector/input-transform.ts';
import { traceFromProbability } from '../../core/trace/from-probability.ts';
import type { Trace, TraceSource } from '../../core/trace/trace.ts';
import type { UnsegmentedReason } from '../inference/clip-stream.ts';
import type { InferenceService } from '../inference/inference-service.ts';
import type { LoadedModel } from '../models/registry.ts';
import { ClipConfidence } from './clip-confidence.ts';
import { ClipPictures, litFrames, sectorFor } from './clip-pictures.ts';

/** Decoded frames that the sector is found from; enough to see what moves, few enough to start at once. */
const sectorSamples = 12;

export interface ClipAnalysisRequest {
  readonly facts: ClipFacts;
  readonly ruler: RulerCalibration | null;
  /** Box of the picture that the reader chose where the clip shows several. */
  readonly picture: Box | null;
  /** Displayed pixels of a frame: the same that the screen shows. */
  frame(frame: number): Promise<FramePixels>;
  readonly inference: Pick<InferenceService, 'run'>;
  readonly model: LoadedModel;
  readonly provider: ProviderName;
  /** First and last frame, inclusive. */
  readonly from: number;
  readonly to: number;
  readonly signal: AbortSignal;
  onState(state: 'loading-model' | 'running', provider: string): void;
  /**
   * Each frame in order; null where there is no contour that can be measured. A model that runs in both directions
   * gives every frame a second time, from the last to the first. Confidences are by what was known at the time.
   */
  onTrace(structure: StructureId, frame: number, trace: Trace | null): void;
  /** Share of the work that is done, 0…1. */
  onProgress(share: number): void;
}

export interface ClipAnalysis {
  readonly sector: Sector;
  /** The two-dimensional picture that the model was shown; null for the whole image. */
  readonly picture: Box | null;
  /** The picture stands still in all frames: the model was not run. */
  readonly frozen: boolean;
  /** Final contours. */
  readonly traces: RunTraces;
  readonly unsegmented: UnsegmentedFrames;
  readonly provider: string;
  readonly passes: ModelPasses;
  readonly framesDone: number;
  readonly msPerFrame: number;
}

/**
 * One run of a model over a clip: decoded frames, the sector, the model's input, probabilities, traces. The model is
 * shown only the two-dimensional picture that governs the clip, and draws nothing outside of it; a picture that stands
 * still is not shown to it.
 */
export async function analyseClip(request: ClipAnalysisRequest): Promise<ClipAnalysis> {
  const { facts, model, from, to, signal } = request;
  const { manifest } = model;
  const picture = governingPicture(facts, request.picture)?.box ?? null;
  const shown = async (frame: number): Promise<FramePixels> =>
    maskOutside(await request.frame(frame), picture);
  const samples = litFrames(await sampleFrames(facts.frames, shown, signal));
  const found = findSector(samples, facts, request.picture);
  if (await isFrozen(samples, picture ?? found.box, facts.frames, shown, signal)) {
    return frozenAnalysis(request, found, picture);
  }
  const sector = sectorFor(manifest.input.geometry, found);
  const transform = inputTransform(manifest.input, sector, facts.rows, facts.columns);
  const pictures = new ClipPictures(manifest.input, transform, samples);
  const confidence = new ClipConfidence(manifest, from, to - from + 1);
  const spacing = calibrateClip(facts, request.ruler, request.picture).calibration ?? {
    mmPerPixelX: pixelAspect(facts, request.picture),
    mmPerPixelY: 1,
  };
  const source: TraceSource = {
    kind: 'model',
    model: manifest.name,
    sha256: manifest.graph.sha256,
    ...(confidence.limit === null ? {} : { leastConfidence: confidence.limit }),
  };
  const traces = new Map<number, Trace | null>();
  const unsegmented = new Map<number, UnsegmentedReason | 'undecodable'>();
  const undecodable = new Set<number>();
  const take = (frame: number, probability: Float32Array | null, drawn: Trace | null): void => {
    confidence.note(frame, probability);
    const trace = withConfidence(drawn, confidence, frame);
    traces.set(frame, trace);
    request.onTrace(leftVentricularCavity, frame, trace);
  };
  const result = await request.inference.run({
    model,
    provider: request.provider,
    frameCount: to + 1,
    from,
    clipName: facts.fileName,
    input: async (frame) => {
      const pixels = await decodable(shown(frame));
      if (pixels === null) undecodable.add(frame);
      return pixels === null ? null : pictures.toInput(pixels);
    },
    onProbability: (frame, probability) => {
      const image = transform.toImage(probability);
      clearOutside(image, facts.rows, facts.columns, picture);
      const { trace } = traceFromProbability(image, facts.rows, facts.columns, {
        threshold: manifest.threshold,
        source,
        spacing,
      });
      take(frame, probability, trace);
    },
    onUnsegmented: (frame, reason) => {
      unsegmented.set(frame, undecodable.has(frame) ? 'undecodable' : reason);
      take(frame, null, null);
    },
    onStep: (done, total) => request.onProgress(done / total),
    onState: (state, provider) => request.onState(state, provider),
    signal,
  });
  // Now that every area is known, so is how far each frame's stands out.
  for (const [frame, trace] of traces) traces.set(frame, withConfidence(trace, confidence, frame));
  const { provider, passes, framesDone, msPerFrame } = result;
  return {
    sector,
    picture,
    frozen: false,
    traces: new Map([[leftVentricularCavity, traces]]),
    unsegmented: byReason(unsegmented),
    provider,
    passes,
    framesDone,
    msPerFrame,
  };
}

/** Neighbouring frames that are looked at before a picture is called frozen. */
const neighboursLookedAt = 32;

/** Samples far apart may all fall on one phase of a loop that repeats itself, so neighbours are asked too. */
async function isFrozen(
  samples: readonly FramePixels[],
  box: Box,
  frames: number,
  frame: (frame: number) => Promise<FramePixels>,
  signal: AbortSignal,
): Promise<boolean> {
  if (frames < 2 || samples.length < 2 || !standsStill(samples, box)) return false;
  const neighbours = Math.min(frames, neighboursLookedAt);
  return standsStill(await sampleFrames(neighbours, frame, signal, neighbours), box);
}

/** Nothing moves, so nothing is contoured, and what an earlier run drew is taken away. */
function frozenAnalysis(
  { from, to, provider, model }: ClipAnalysisRequest,
  { box, source }: Sector,
  picture: Box | null,
): ClipAnalysis {
  const framesDone = to - from + 1;
  return {
    sector: { box, source },
    picture,
    frozen: true,
    traces: new Map([
      [
        leftVentricularCavity,
        new Map(Array.from({ length: framesDone }, (_, index) => [from + index, null])),
      ],
    ]),
    unsegmented: { noPicture: [], notFinite: [] },
    provider,
    passes: model.manifest.passes ?? 'forward',
    framesDone,
    msPerFrame: 0,
  };
}

/** The trace with its calibrated confidence; as it is where the model has no calibration. */
function withConfidence(trace: Trace | null, confidence: ClipConfidence, frame: number): Trace | null {
  const value = trace === null ? null : confidence.of(frame);
  return trace === null || value === null ? trace : { ...trace, confidence: value };
}

type Reasons = ReadonlyMap<number, UnsegmentedReason | 'undecodable'>;

function byReason(unsegmented: Reasons): UnsegmentedFrames {
  const framesOf = (wanted: UnsegmentedReason | 'undecodable'): number[] =>
    [...unsegmented].flatMap(([frame, reason]) => (reason === wanted ? [frame] : [])).sort((a, b) => a - b);
  const undecodable = framesOf('undecodable');
  return {
    noPicture: framesOf('no-picture'),
    notFinite: framesOf('not-finite'),
    ...(undecodable.length === 0 ? {} : { undecodable }),
  };
}

/** The pixels of a frame; null when its data are damaged, which costs that frame and no other. */
async function decodable(frame: Promise<FramePixels>): Promise<FramePixels | null> {
  try {
    return await frame;
  } catch (error) {
    if (error instanceof SystolaError && error.code === 'decode-failed') return null;
    throw error;
  }
}

/**
 * Frames spread evenly over a clip, for questions that one frame cannot answer; without those that cannot be decoded.
 *
 * @throws SystolaError `decode-failed` when no frame of the clip can be
 */
export async function sampleFrames(
  frames: number,
  frame: (frame: number) => Promise<FramePixels>,
  signal: AbortSignal,
  samples = sectorSamples,
): Promise<FramePixels[]> {
  const count = Math.min(samples, frames);
  const pixels: FramePixels[] = [];
  for (let index = 0; index < count; index += 1) {
    signal.throwIfAborted();
    const found = await decodable(frame(count === 1 ? 0 : Math.round((index * (frames - 1)) / (count - 1))));
    if (found !== null) pixels.push(found);
  }
  for (let index = 0; pixels.length === 0 && index < frames; index += 1) {
    signal.throwIfAborted();
    const last = index === frames - 1;
    const found = last ? await frame(index) : await decodable(frame(index));
    if (found !== null) pixels.push(found);
  }
  return pixels;
}
