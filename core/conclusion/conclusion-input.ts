import type { StudyMeasurements } from '../assessment/measure-study.ts';
import type { Sex } from '../clip/clip.ts';
import type { Measurement, MeasurementName } from '../measurement/measurement.ts';
import type { Standing } from '../prior/comparable-study.ts';
import type { PriorRow } from '../prior/prior-rows.ts';

/** An earlier study of the same patient, held against this one. */
export interface PriorComparison {
  /** "2024-01-02"; null where the earlier study has no date. */
  readonly date: string | null;
  readonly standing: Standing;
  readonly rows: readonly PriorRow[];
}

/** Everything that a conclusion is proposed from. */
export interface ConclusionInput {
  readonly measured: StudyMeasurements;
  readonly sex: Sex;
  /** The earlier study to hold it against; null where there is none. */
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
