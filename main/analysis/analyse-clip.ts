import type { ProviderName } from '../../core/api/requests.ts';
import { calibrateContour } from '../../core/clip/calibrate.ts';
import type { ClipFacts, FramePixels, Sector } from '../../core/clip/clip.ts';
import type { Point } from '../../core/geometry/point.ts';
import type { RulerCalibration } from '../../core/clip/calibration.ts';
import { findSector } from '../../core/sector/find-sector.ts';
import { inputTransform } from '../../core/sector/input-transform.ts';
import { traceFromProbability } from '../../core/trace/from-probability.ts';
import type { Trace, TraceSource } from '../../core/trace/trace.ts';
import type { InferenceService } from '../inference/inference-service.ts';
import type { LoadedModel } from '../models/registry.ts';

/** Decoded frames that the sector is found from; enough to see what moves, few enough to start at once. */
const sectorSamples = 12;

export interface ClipAnalysisRequest {
  readonly facts: ClipFacts;
  readonly ruler: RulerCalibration | null;
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
  /** Each frame in order; null where the model found no contour that can be measured. */
  onTrace(frame: number, trace: Trace | null): void;
}

export interface ClipAnalysis {
  readonly sector: Sector;
  readonly traces: ReadonlyMap<number, Trace | null>;
  readonly provider: string;
  readonly framesDone: number;
  readonly msPerFrame: number;
}

/** One pass of a model over a clip: decoded frames, the sector, the model's input, probabilities, traces. */
export async function analyseClip(request: ClipAnalysisRequest): Promise<ClipAnalysis> {
  const { facts, model, from, to, signal } = request;
  const sector = await sectorOf(request);
  const transform = inputTransform(model.manifest.input, sector, facts.rows, facts.columns);
  const source: TraceSource = {
    kind: 'model',
    model: model.manifest.name,
    sha256: model.manifest.graph.sha256,
  };
  const { calibration } = calibrateContour(facts, request.ruler, cornersOf(sector));
  const traces = new Map<number, Trace | null>();
  const result = await request.inference.run({
    model,
    provider: request.provider,
    frameCount: to + 1,
    from,
    clipName: facts.fileName,
    input: async (frame) => transform.toInput(await request.frame(frame)),
    onProbability: (frame, probability) => {
      const { trace } = traceFromProbability(transform.toImage(probability), facts.rows, facts.columns, {
        threshold: model.manifest.threshold,
        source,
        ...(calibration === null ? {} : { spacing: calibration }),
      });
      traces.set(frame, trace);
      request.onTrace(frame, trace);
    },
    onState: (state, provider) => request.onState(state, provider),
    signal,
  });
  const { provider, framesDone, msPerFrame } = result;
  return { sector, traces, provider, framesDone, msPerFrame };
}

/** Frames spread evenly over a clip, for questions that one frame cannot answer. */
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
    pixels.push(await frame(count === 1 ? 0 : Math.round((index * (frames - 1)) / (count - 1))));
  }
  return pixels;
}

async function sectorOf({ facts, frame, signal }: ClipAnalysisRequest): Promise<Sector> {
  return findSector(await sampleFrames(facts.frames, frame, signal), facts);
}

function cornersOf({ box }: Sector): Point[] {
  return [
    [box.minX, box.minY],
    [box.maxX, box.maxY],
  ];
}
