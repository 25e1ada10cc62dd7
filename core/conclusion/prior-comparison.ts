import type { StudyMeasurements } from '../assessment/measure-study.ts';
import type { MeasureOptions } from '../measurement/measure-options.ts';
import { type ComparableStudy, measuredStudy, type ReviewedStudy } from '../prior/comparable-study.ts';
import { usualPrior } from '../prior/prior-choice.ts';
import { priorRows } from '../prior/prior-rows.ts';
import type { PriorComparison } from './conclusion-input.ts';

/**
 * A study as it is printed beside the earlier one that it is held against; null where the patient has none with an
 * ejection fraction.
 *
 * @param others studies of the same patient
 */
export function priorComparison(
  study: ReviewedStudy,
  measured: StudyMeasurements,
  options: MeasureOptions,
  others: readonly ComparableStudy[],
): PriorComparison | null {
  const prior = usualPrior(others, study.facts.studyDate);
  if (prior === null || prior.standing === 'rejected') return null;
  if (!prior.measurements.some(({ name }) => name === 'EF')) return null;
  const today = measuredStudy(study, measured, options);
  return { date: prior.date, standing: prior.standing, rows: priorRows(today, prior) };
}
