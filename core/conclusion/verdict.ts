import { gradeDoubt } from '../assessment/reliability.ts';
import { message, type Message } from '../language/message.ts';
import type { Measurement } from '../measurement/measurement.ts';
import { type Grade, gradeMeasurement } from '../reference-limits/grade.ts';
import type { ConclusionInput } from './conclusion-input.ts';

/** Why a number that the guideline has limits for is not called normal or abnormal. */
type Reason = 'stress' | 'child' | 'unsure' | 'no-whole-beat' | 'view-not-confirmed' | 'sex';

/** What ASE/EACVI 2015 calls a number, or why nothing calls it anything. */
export type Verdict =
  { readonly grade: Grade; readonly reason: null } | { readonly grade: null; readonly reason: Reason };

/**
 * The grade of a number by the tables of ASE/EACVI 2015 (Lang RM et al., J Am Soc Echocardiogr 2015;28:1–39: table 2, LV
 * volumes and EF; table 4, LA volume), and never where they do not hold: under stress, of children, of contours that the
 * model is unsure of, without a whole beat, where the sex is not known and the tables differ. null for quantities
 * without limits.
 */
export function verdictOf({ measured, sex }: ConclusionInput, measurement: Measurement): Verdict | null {
  const graded = gradeMeasurement(measurement.name, measurement.value, sex);
  if (graded === null) return null;
  if (!measured.atRest) return none('stress');
  if (measured.ofChild) return none('child');
  const doubt = gradeDoubt(measured, measurement.name);
  if (doubt !== null) return none(doubt);
  return graded.grade === null ? none('sex') : { grade: graded.grade, reason: null };
}

const none = (reason: Reason): Verdict => ({ grade: null, reason });

/** "mildly reduced": EF by its degree; of volumes, which grow, "mildly enlarged". */
export const verdictText = (grade: Grade, of: 'ejection' | 'volume'): Message =>
  message(`conclusion.grade.${of}`, {
    grade: grade === 'below-range' || grade === 'above-range' ? 'other' : grade,
  });

export const reasonText = (reason: Reason): Message => message(`conclusion.reason.${reason}`);
