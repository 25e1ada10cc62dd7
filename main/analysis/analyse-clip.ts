import type { Sector } from '../../core/clip/clip.ts';
import type { Box } from '../../core/geometry/point.ts';
import type { ConfidenceModel } from '../../core/model/confidence.ts';
import { drawnBesideCavity } from '../../core/model/drawn-structures.ts';
import type { ModelPasses } from '../../core/model/manifest.ts';
import type { UnsegmentedFrames } from '../../core/review/review.ts';
import type { RunTraces } from '../../core/review/run-changes.ts';
import type { ProviderName } from '../../core/settings/settings.ts';
import { leftVentricularCavity, type StructureId } from '../../core/structure/structure.ts';
import type { Trace, TraceSource } from '../../core/trace/trace.ts';
import type { InferenceService } from '../inference/inference-service.ts';
import type { LoadedModel } from '../models/registry.ts';
import { ClipConfidence, withConfidence } from './clip-confidence.ts';
import { modelView, type ClipPixels, type StillView } from './model-view.ts';
import type { UnsegmentedReason } from '../inference/step-outcome.ts';

export interface ClipAnalysisRequest extends ClipPixels {
  readonly inference: Pick<InferenceService, 'run'>;
  readonly model: LoadedModel;
  readonly provider: ProviderName;
  /** First and last frame, inclusive. */
  readonly from: number;
  readonly to: number;
  readonly signal: AbortSignal;
  onState(state: 'loading-model' | 'running', provider: string): void;
  /**
   * Each frame in order, the cavity first and then what the model draws beside it; null where there is no contour that can
   * be measured. A model that runs in both directions
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
  const view = await modelView(request, manifest, signal);
  if (view.frozen) return frozenAnalysis(request, view);
  const structureOf = (calibration: ConfidenceModel | undefined): DrawnStructure => {
    const { input, threshold } = manifest;
    const confidence = new ClipConfidence({ input, threshold, confidence: calibration }, from, to - from + 1);
    const { limit } = confidence;
    return {
      confidence,
      source: {
        kind: 'model',
        model: manifest.name,
        sha256: manifest.graph.sha256,
        ...(limit === null ? {} : { leastConfidence: limit }),
      },
      traces: new Map(),
    };
  };
  const cavity = structureOf(manifest.confidence);
  const beside = drawnBesideCavity(manifest).map(
    ({ structure }) => [structure, structureOf(manifest.structureConfidence?.[structure])] as const,
  );
  const drawn: readonly (readonly [StructureId, DrawnStructure])[] = [
    [leftVentricularCavity, cavity],
    ...beside,
  ];
  const unsegmented = new Map<number, UnsegmentedReason | 'undecodable'>();
  const take = <Drawn extends Trace>(
    structure: StructureId,
    { confidence, traces }: DrawnStructure,
    frame: number,
    map: Float32Array | null,
    contour: Drawn | null,
  ): Drawn | null => {
    confidence.note(frame, map);
    const trace = withConfidence(contour, confidence, frame);
    traces.set(frame, trace);
    request.onTrace(structure, frame, trace);
    return trace;
  };
  const result = await request.inference.run({
    model,
    provider: request.provider,
    frameCount: to + 1,
    from,
    clipName: facts.fileName,
    ...(view.picturesKey === undefined ? {} : { picturesKey: view.picturesKey }),
    input: (frame) => view.input(frame),
    onProbability: (frame, probability, _, maps) => {
      const contour = view.trace(probability, cavity.source);
      const inner = take(leftVentricularCavity, cavity, frame, probability, contour);
      for (const [structure, one] of beside) {
        const map = maps.get(structure) ?? null;
        // Without a cavity there is nothing that it would lie beside.
        const outer = map && inner && view.traceBeside(structure, map, inner, one.source);
        take(structure, one, frame, map, outer);
      }
    },
    onUnsegmented: (frame, reason) => {
      unsegmented.set(frame, view.isUndecodable(frame) ? 'undecodable' : reason);
      for (const [structure, one] of drawn) take(structure, one, frame, null, null);
    },
    onStep: (done, total) => request.onProgress(done / total),
    onState: (state, provider) => request.onState(state, provider),
    signal,
  });
  // Now that every area is known, so is how far each frame's stands out.
  for (const [, { confidence, traces }] of drawn) {
    for (const [frame, trace] of traces) traces.set(frame, withConfidence(trace, confidence, frame));
  }
  const { provider, passes, framesDone, msPerFrame } = result;
  return {
    sector: view.sector,
    picture: view.picture,
    frozen: false,
    traces: new Map(drawn.map(([structure, { traces }]) => [structure, traces])),
    unsegmented: byReason(unsegmented),
    provider,
    passes,
    framesDone,
    msPerFrame,
  };
}

/** One structure over a run. */
interface DrawnStructure {
  readonly confidence: ClipConfidence;
  readonly source: TraceSource;
  readonly traces: Map<number, Trace | null>;
}

/** Nothing moves, so nothing is contoured, and what an earlier run drew is taken away. */
function frozenAnalysis(
  { from, to, provider, model }: ClipAnalysisRequest,
  { sector, picture }: StillView,
): ClipAnalysis {
  const framesDone = to - from + 1;
  return {
    sector,
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
