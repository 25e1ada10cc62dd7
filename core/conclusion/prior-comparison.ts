import type { StudyMeasurements } from '../assessment/measure-study.ts';
import type { ClipFacts, StudyFacts } from '../clip/clip.ts';
import type { MeasureOptions } from '../measurement/measure-options.ts';
import { type ComparableStudy, measuredStudy } from '../prior/comparable-study.ts';
import { usualPrior } from '../prior/prior-choice.ts';
import { priorRows } from '../prior/prior-rows.ts';
import type { StudyReview } from '../review/review.ts';
import type { PriorComparison } from './conclusion-input.ts';

/**
 * A study as it is printed beside the earlier one that it is held against; null where the patient has none with an
 * ejection fraction.
 *
 * @param others studies of the same patient
 */
export function priorComparison(
  study: { readonly facts: StudyFacts; readonly clips: readonly ClipFacts[]; readonly review: StudyReview },
  measured: StudyMeasurements,
  options: MeasureOptions,
  others: readonly ComparableStudy[],
): PriorComparison | null {
  const { facts, clips, review } = study;
  const prior = usualPrior(others, facts.studyDate);
  if (prior === null || prior.standing === 'rejected') return null;
  if (!prior.measurements.some(({ name }) => name === 'EF')) return null;
  const today = measuredStudy(facts, clips, review, measured, options);
  return { date: prior.date, standing: prior.standing, rows: priorRows(today, prior) };
}
