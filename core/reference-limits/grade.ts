import type { Sex } from '../clip/clip.ts';
import type { MeasurementName } from '../quantity/quantities.ts';
import { referenceEdition, type ReferenceLimits, referenceTables } from './limits.ts';

/** `below-range` and `above-range` lie outside of normal on the side that the guideline does not grade. */
export type Grade = 'normal' | 'mild' | 'moderate' | 'severe' | 'below-range' | 'above-range';

export interface GradeForSex {
  readonly sex: 'male' | 'female';
  readonly grade: Grade;
  readonly limits: ReferenceLimits;
}

export interface GradeResult {
  /** Edition of the guideline, to be shown beside the grade. */
  readonly edition: string;
  /** The grade; null where sex is not known and the tables of men and women disagree. */
  readonly grade: Grade | null;
  /** The table used, or both where sex is not known. */
  readonly tables: readonly GradeForSex[];
}

/**
 * Grades a value against the reference limits of ASE/EACVI 2015 for adults.
 *
 * @param value in the unit of the quantity's table (mL, mL/m², %)
 * @returns null for quantities without limits and for values that are not numbers
 */
export function gradeMeasurement(name: MeasurementName, value: number, sex: Sex): GradeResult | null {
  const table = referenceTables.find((one) => one.name === name);
  if (table === undefined || !Number.isFinite(value)) return null;
  const sexes = sex === 'male' || sex === 'female' ? [sex] : (['male', 'female'] as const);
  const tables = sexes.map((one) => ({ sex: one, grade: gradeOf(value, table[one]), limits: table[one] }));
  const [first] = tables;
  const agree = tables.every(({ grade }) => grade === first!.grade);
  return { edition: referenceEdition.name, grade: agree ? first!.grade : null, tables };
}

function gradeOf(value: number, limits: ReferenceLimits): Grade {
  if (limits.abnormal === 'low') {
    if (value < limits.severe) return 'severe';
    if (value < limits.moderate) return 'moderate';
    if (value < limits.mild) return 'mild';
    return value > limits.normalHigh ? 'above-range' : 'normal';
  }
  if (value > limits.severe) return 'severe';
  if (value > limits.moderate) return 'moderate';
  if (value > limits.mild) return 'mild';
  return value < limits.normalLow ? 'below-range' : 'normal';
}
