import type { MeasureOptions } from '../measurement/measure-options.ts';
import type { Measurement } from '../measurement/measurement.ts';
import type { StudyReview } from '../review/review.ts';
import type { SignedModel, SignedNumber, SignedResult } from '../review/signed-result.ts';
import type { StudyMeasurements } from './measure-study.ts';

/** What is known of a signature beside the numbers. */
export type SignedContext = Pick<SignedResult, 'version' | 'replaces' | 'head' | 'software' | 'organisation'>;

/** All numbers of a study as they are now, to be stored with the signature that is put to them. */
export function signedResult(
  context: SignedContext,
  review: StudyReview,
  measured: StudyMeasurements,
  options: MeasureOptions,
): SignedResult {
  const { bsaFormula, axisDifferenceLimitPercent, basalTiltLimitDegrees } = options;
  return {
    ...context,
    options: { bsaFormula, axisDifferenceLimitPercent, basalTiltLimitDegrees },
    models: modelsOf(review, measured.used),
    used: [...measured.used],
    measurements: measured.measurements.map(signedNumber),
    clips: Object.entries(measured.clips)
      .filter(([, { measurements }]) => measurements.length > 0)
      .map(([sopInstanceUid, { view, beatTable, measurements }]) => ({
        sopInstanceUid,
        view,
        beats: beatTable.map(({ beat: { edFrame, esFrame, nextEdFrame }, included }) => ({
          edFrame,
          esFrame,
          nextEdFrame,
          included,
        })),
        measurements: measurements.map(signedNumber),
      })),
  };
}

/** A number without the frames that it was read from. */
export function signedNumber({ name, method, view, value, unit, beat }: Measurement): SignedNumber {
  return { name, method, view, value, unit, beat };
}

/** Each model once, as runs over these clips recorded it. */
function modelsOf(review: StudyReview, used: readonly string[]): SignedModel[] {
  const models = new Map<string, SignedModel>();
  for (const uid of used) {
    const run = review.clips[uid]?.run ?? null;
    if (run !== null) models.set(run.sha256, { name: run.model, version: run.version, sha256: run.sha256 });
  }
  return [...models.values()];
}
