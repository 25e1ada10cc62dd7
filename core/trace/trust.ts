import type { Trace, TraceSource } from './trace.ts';

/**
 * Sharpness of a border below which a contour is worth a second look, for models without a calibration. A choice:
 * it was never compared with errors.
 */
const leastSharpness = 0.5;

/** Whether the model that drew a contour was too unsure of it; never for what a person drew or corrected. */
export function isUnsure({ source, confidence }: Trace): boolean {
  if (!isModelled(source) || confidence === null) return false;
  return confidence < (source.leastConfidence ?? leastSharpness);
}

/** Whether the confidence of a contour was calibrated against errors. */
export function isCalibrated({ source }: Trace): boolean {
  return isModelled(source) && source.leastConfidence !== undefined;
}

/** A contour that follows a correction is still one that the model drew, and no surer for it. */
function isModelled(source: TraceSource): source is Extract<TraceSource, { model: string }> {
  return source.kind === 'model' || source.kind === 'propagated';
}
