import type { ModelManifest } from '../../core/model/manifest.ts';
import {
  areaJump,
  calibratedConfidence,
  mapFeatures,
  type MapFeatures,
} from '../../core/trace/confidence-features.ts';
import type { Trace } from '../../core/trace/trace.ts';

/** The calibrated confidence of a clip's frames, from their probability maps as these come in. */
export class ClipConfidence {
  readonly #manifest: Pick<ModelManifest, 'input' | 'threshold' | 'confidence'>;
  readonly #from: number;
  readonly #features: (MapFeatures | null)[];

  /** @param from first frame of the run; `frames` follow */
  constructor(
    manifest: Pick<ModelManifest, 'input' | 'threshold' | 'confidence'>,
    from: number,
    frames: number,
  ) {
    this.#manifest = manifest;
    this.#from = from;
    this.#features = new Array<MapFeatures | null>(Math.max(0, frames)).fill(null);
  }

  /** Limit below which a frame is flagged; null for a model without a calibration. */
  get limit(): number | null {
    return this.#manifest.confidence?.limit ?? null;
  }

  /** Takes a frame's map (null: it has none), in place of what was known of the frame. */
  note(frame: number, probability: Float32Array | null): void {
    const { input, threshold, confidence } = this.#manifest;
    if (confidence === undefined) return;
    this.#features[frame - this.#from] =
      probability === null ? null : mapFeatures(probability, input.height, input.width, threshold);
  }

  /**
   * Confidence of a frame by what is known so far, null without a calibration or a map. It is final when the two
   * frames after it are known: until then its area can only be compared with those before.
   */
  of(frame: number): number | null {
    const { confidence } = this.#manifest;
    const index = frame - this.#from;
    const features = this.#features[index];
    if (confidence === undefined || features === null || features === undefined) return null;
    const areas = this.#features.map((known) => known?.areaPx ?? null);
    return calibratedConfidence(confidence, features, areaJump(areas, index));
  }
}

/** The trace with its calibrated confidence; as it is where the model has no calibration. */
export function withConfidence<Kind extends Trace>(
  trace: Kind | null,
  confidence: ClipConfidence,
  frame: number,
): Kind | null {
  const value = trace === null ? null : confidence.of(frame);
  return trace === null || value === null ? trace : { ...trace, confidence: value };
}
