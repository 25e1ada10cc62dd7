import type { ProviderName } from '../../core/settings/settings.ts';
import type { Trace, TraceSource } from '../../core/trace/trace.ts';
import type { InferenceService } from '../inference/inference-service.ts';
import type { LoadedModel } from '../inference/loaded-model.ts';
import { ClipConfidence, withConfidence } from './clip-confidence.ts';
import { modelView, type ClipPixels } from './model-view.ts';

export interface MemoryPropagationRequest extends ClipPixels {
  readonly inference: Pick<InferenceService, 'propagate'>;
  readonly model: LoadedModel;
  readonly provider: ProviderName;
  /** Corrected contours of the left-ventricular cavity by frame; they count also where they lie outside the range. */
  readonly anchors: ReadonlyMap<number, Trace>;
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
 * Carries corrected contours through the model's memory: each becomes a mask as the model would have drawn it, stands in
 * for the model's own in its memory, and the model runs on from there in both directions. Of use with a model that heeds
 * its mask, which its manifest says with `propagation` "memory"; another one draws what it drew before.
 *
 * @returns final contours of the frames of the range that are no anchors, in their order; null where the model draws
 *   none, or the frame has no picture. Empty where the picture stands still: models are not shown it.
 * @throws SystolaError as `InferenceService.propagate`, `decode-failed` when no frame of the clip can be decoded
 */
export async function propagateThroughMemory(
  request: MemoryPropagationRequest,
): Promise<ReadonlyMap<number, Trace | null>> {
  const { facts, model, anchors, range, signal } = request;
  const { manifest } = model;
  const view = await modelView(request, manifest, signal);
  if (view.frozen) return new Map();
  const confidence = new ClipConfidence(manifest, range.from, range.to - range.from + 1);
  const anchorFrames = [...anchors.keys()].sort((a, b) => a - b);
  const source = (frame: number): TraceSource => ({
    kind: 'propagated',
    from: [
      anchorFrames.findLast((anchor) => anchor < frame),
      anchorFrames.find((anchor) => anchor > frame),
    ].filter((anchor) => anchor !== undefined),
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
  await request.inference.propagate({
    model,
    provider: request.provider,
    clipName: facts.fileName,
    ...(view.picturesKey === undefined ? {} : { picturesKey: view.picturesKey }),
    frameCount: facts.frames,
    given: new Map([...anchors].map(([frame, trace]) => [frame, view.mask(trace)])),
    ...range,
    input: (frame) => view.input(frame),
    onProbability: (frame, probability) => take(frame, probability, view.trace(probability, source(frame))),
    onUnsegmented: (frame) => take(frame, null, null),
    onStep: (done, total) => request.onProgress?.(done / total),
    onState: (state, provider) => request.onState?.(state, provider),
    signal,
  });
  return new Map(
    [...traces]
      .sort(([a], [b]) => a - b)
      .map(([frame, trace]) => [frame, withConfidence(trace, confidence, frame)]),
  );
}
