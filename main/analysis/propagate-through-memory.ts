import type { ProviderName } from '../../core/settings/settings.ts';
import { ClipCourse } from '../../core/propagation/clip-course.ts';
import type { Trace, TraceSource } from '../../core/trace/trace.ts';
import type { CorrectedFrames } from '../inference/carry-corrections.ts';
import type { InferenceService } from '../inference/inference-service.ts';
import type { LoadedModel } from '../inference/loaded-model.ts';
import { ClipConfidence, withConfidence } from './clip-confidence.ts';
import { modelView, type ClipPixels, type CorrectionView, type MovingView } from './model-view.ts';

export interface MemoryPropagationRequest extends ClipPixels {
  readonly inference: Pick<InferenceService, 'propagate' | 'correct'>;
  readonly model: LoadedModel;
  readonly provider: ProviderName;
  /** Corrected contours of the left-ventricular cavity by frame; they count also where they lie outside the range. */
  readonly anchors: ReadonlyMap<number, Trace>;
  /** Areas of that cavity as the model found it, by frame, in any unit; null where it found none. */
  readonly areas: readonly (number | null)[];
  /** First and last frame whose contours are wanted, inclusive. */
  readonly range: { readonly from: number; readonly to: number };
  readonly signal: AbortSignal;
  /** Each frame once, with the confidence by what was known at the time; null where there is no contour. */
  onTrace(frame: number, trace: Trace | null): void;
  onState?(state: 'loading-model' | 'running', provider: string): void;
  /** Share of the work that is done, 0…1. */
  onProgress?(share: number): void;
}

/**
 * Carries corrected contours through a memory. Where the manifest names a correction network, that is run beside the
 * model, to which nothing is given. Else each contour becomes a mask as the model would have drawn it, stands in for the
 * model's own in its memory, and the model runs on from there in both directions: of use with a model that heeds its mask,
 * which its manifest says with `propagation` "memory"; another one draws what it drew before.
 *
 * @returns final contours of the frames of the range that are no anchors, in their order; null where the model draws
 *   none, or the frame has no picture. Empty where the picture stands still, which models are not shown, and where no
 *   correction can be carried.
 * @throws SystolaError as `InferenceService.propagate` and `correct`, `decode-failed` when no frame of the clip can be
 *   decoded
 */
export async function propagateThroughMemory(
  request: MemoryPropagationRequest,
): Promise<ReadonlyMap<number, Trace | null>> {
  const { model, range, signal } = request;
  const { manifest } = model;
  const view = await modelView(request, manifest, signal);
  if (view.frozen) return new Map();
  // Maps are judged at the size that they come in.
  const { width, height } = manifest.correction ?? manifest.input;
  const judged = {
    threshold: manifest.threshold,
    input: { ...manifest.input, width, height },
    confidence: manifest.correction?.confidence ?? manifest.confidence,
  };
  const confidence = new ClipConfidence(judged, range.from, range.to - range.from + 1);
  const { trace } = view.correction ?? view;
  const source = (from: readonly number[]): TraceSource => ({
    kind: 'propagated',
    from,
    way: 'memory',
    model: manifest.name,
    sha256: manifest.graph.sha256,
    ...(confidence.limit === null ? {} : { leastConfidence: confidence.limit }),
  });
  const traces = new Map<number, Trace | null>();
  const take = (frame: number, probability: Float32Array | null, drawn: Trace | null): void => {
    confidence.note(frame, probability);
    traces.set(frame, drawn);
    request.onTrace(frame, withConfidence(drawn, confidence, frame));
  };
  const told: CorrectedFrames = {
    onProbability: (frame, probability, from) => take(frame, probability, trace(probability, source(from))),
    onUnsegmented: (frame) => take(frame, null, null),
  };
  if (view.correction === null) await throughModel(request, view, told);
  else await throughCorrection(request, view, view.correction, told);
  return new Map(
    [...traces]
      .sort(([a], [b]) => a - b)
      .map(([frame, drawn]) => [frame, withConfidence(drawn, confidence, frame)]),
  );
}

/** Through the recurrent state of the model itself. */
async function throughModel(
  request: MemoryPropagationRequest,
  view: MovingView,
  told: CorrectedFrames,
): Promise<void> {
  const { anchors } = request;
  const anchorFrames = [...anchors.keys()].sort((a, b) => a - b);
  const beside = (frame: number): number[] =>
    [anchorFrames.findLast((anchor) => anchor < frame), anchorFrames.find((anchor) => anchor > frame)].filter(
      (anchor) => anchor !== undefined,
    );
  await request.inference.propagate({
    ...common(request, view),
    given: new Map([...anchors].map(([frame, trace]) => [frame, view.mask(trace)])),
    onProbability: (frame, probability) => told.onProbability(frame, probability, beside(frame)),
    onUnsegmented: told.onUnsegmented,
  });
}

/** Through the network that the manifest names for corrections. */
async function throughCorrection(
  request: MemoryPropagationRequest,
  view: MovingView,
  { input, mask }: CorrectionView,
  told: CorrectedFrames,
): Promise<void> {
  const { anchors, areas, facts, inference, signal } = request;
  const given = new Map<number, Float32Array>();
  for (const [frame, trace] of anchors) {
    signal.throwIfAborted();
    // A contour on a frame that the model is not shown cannot be compared with what it draws: another one counts.
    if ((await view.input(frame)) !== null) given.set(frame, mask(trace));
  }
  const course = new ClipCourse(areas, facts.timing.frameTimesMs);
  await inference.correct({ ...common(request, view), ...told, given, course, correctionInput: input });
}

function common(request: MemoryPropagationRequest, view: MovingView) {
  const { facts, model, provider, range, signal } = request;
  return {
    model,
    provider,
    clipName: facts.fileName,
    ...(view.picturesKey === undefined ? {} : { picturesKey: view.picturesKey }),
    frameCount: facts.frames,
    ...range,
    input: (frame: number) => view.input(frame),
    onStep: (done: number, total: number) => request.onProgress?.(done / total),
    onState: (state: 'loading-model' | 'running', on: string) => request.onState?.(state, on),
    signal,
  };
}
