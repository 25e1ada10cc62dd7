import type { StudyMeasurements } from '../assessment/measure-study.ts';
import type { MeasureOptions } from '../measurement/measure-options.ts';
import { type ComparableStudy, measuredStudy, type ReviewedStudy } from '../prior/comparable-study.ts';
import { heldAgainst, wantedPrior } from '../prior/held-against.ts';
import { priorTime } from '../prior/prior-choice.ts';
import { priorRows } from '../prior/prior-rows.ts';
import type { PriorComparison } from './conclusion-input.ts';

/**
 * A study as it is printed beside the one that it is held against; null where the patient has none, or it was rejected or
 * has no ejection fraction.
 *
 * @param others studies of the same patient
 */
export function priorComparison(
  study: ReviewedStudy,
  measured: StudyMeasurements,
  options: MeasureOptions,
  others: readonly ComparableStudy[],
): PriorComparison | null {
  const held = heldAgainst(others, study.facts.studyDate, wantedPrior(study.review));
  if (held === null || obstacleTo(held.study) !== null) return null;
  const { studyInstanceUid, date, standing } = held.study;
  const today = measuredStudy(study, measured, options);
  return {
    ...{ studyInstanceUid, date, standing, by: held.by },
    time: priorTime(date, study.facts.studyDate),
    rows: priorRows(today, held.study),
  };
}

/** Why nothing is compared with a study of the patient; null where nothing stands against it. */
export function obstacleTo({
  standing,
  measurements,
}: Pick<ComparableStudy, 'standing' | 'measurements'>): 'rejected' | 'no-ejection' | null {
  if (standing === 'rejected') return 'rejected';
  return measurements.some(({ name }) => name === 'EF') ? null : 'no-ejection';
}
