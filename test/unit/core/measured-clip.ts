import type { ClipFacts } from '../../../core/clip/clip.ts';
import type { Finding, FindingCode } from '../../../core/finding/finding.ts';
import { measureClip, type ClipMeasurements } from '../../../core/assessment/measure-clip.ts';
import type {
  Measurement,
  MeasurementMethod,
  MeasurementName,
} from '../../../core/measurement/measurement.ts';
import { beatingTraces, clipFacts, clipReview, options, type CavityReview } from './shapes.ts';

export const frames = 65;
export const facts = clipFacts({ frames });
export const traces = beatingTraces(frames, 25);
export const region = facts.regions[0]!;

/** A clip of 65 frames and three beats with contours by default, measured. */
export function measure(
  factsOrChanges: Partial<ClipFacts> = {},
  reviewChanges: CavityReview = {},
): ClipMeasurements {
  const clip = clipFacts({ frames, ...factsOrChanges });
  return measureClip(clip, clipReview(clip, { traces, ...reviewChanges }), options);
}

export function value(
  result: { readonly measurements: readonly Measurement[] },
  name: MeasurementName,
  method: MeasurementMethod = 'single-plane-disks',
  beat: number | null = null,
): number | undefined {
  return result.measurements.find((one) => one.name === name && one.method === method && one.beat === beat)
    ?.value;
}

export const codes = (result: ClipMeasurements): FindingCode[] =>
  result.findings.map((finding) => finding.code);
export const finding = (result: ClipMeasurements, code: FindingCode): Finding | undefined =>
  result.findings.find((one) => one.code === code);
