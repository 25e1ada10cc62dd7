import type { StudyMeasurements } from '../assessment/measure-study.ts';
import type { Sex } from '../clip/clip.ts';
import type { Measurement, MeasurementName } from '../measurement/measurement.ts';
import type { WantedPrior } from '../prior/held-against.ts';
import type { PriorTime } from '../prior/prior-choice.ts';
import type { Standing } from '../prior/comparable-study.ts';
import type { PriorRow } from '../prior/prior-rows.ts';

/** Another study of the same patient, held against this one. */
export interface PriorComparison {
  readonly studyInstanceUid: string;
  /** Who said that it is this one. */
  readonly by: WantedPrior['by'];
  /** Where it lies from this one. */
  readonly time: PriorTime;
  /** "2024-01-02"; null where the study has no date. */
  readonly date: string | null;
  readonly standing: Standing;
  readonly rows: readonly PriorRow[];
}

/** Everything that a conclusion is proposed from. */
export interface ConclusionInput {
  readonly measured: StudyMeasurements;
  readonly sex: Sex;
  /** The study to hold it against; null where there is none. */
  readonly prior: PriorComparison | null;
}

/** The study's number of this name, a volume only in millilitres. */
export function numberOf(
  { measured }: Pick<ConclusionInput, 'measured'>,
  name: MeasurementName,
): Measurement | undefined {
  return measured.measurements.find(
    (one) => one.name === name && !['px', 'px²'].includes(one.unit) && !one.method.endsWith('area-length'),
  );
}
