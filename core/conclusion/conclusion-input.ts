import type { StudyMeasurements } from '../assessment/measure-study.ts';
import type { Sex } from '../clip/clip.ts';
import type { Measurement, MeasurementName } from '../measurement/measurement.ts';
import type { SignedNumber } from '../review/signed-result.ts';

/** An earlier study of the same patient, with the numbers that it is held against. */
export interface PriorNumbers {
  /** "2024-01-02"; null where the earlier study has no date. */
  readonly date: string | null;
  /** Whether these are numbers that somebody signed. */
  readonly isSigned: boolean;
  readonly measurements: readonly SignedNumber[];
  /** Points of EF that two studies of an unchanged heart may lie apart. */
  readonly spreadPoints: number;
}

/** Everything that a conclusion is proposed from. */
export interface ConclusionInput {
  readonly measured: StudyMeasurements;
  readonly sex: Sex;
  /** The earlier study to hold it against; null where there is none. */
  readonly prior: PriorNumbers | null;
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
