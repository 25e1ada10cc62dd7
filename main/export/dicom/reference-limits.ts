import type { StudyDocument } from '../../../core/api/requests.ts';
import type { StudyMeasurements } from '../../../core/assessment/measure-study.ts';
import { gradeDoubt, limitsApply } from '../../../core/assessment/reliability.ts';
import type { Measurement } from '../../../core/measurement/measurement.ts';
import { type GradeForSex, gradeMeasurement } from '../../../core/reference-limits/grade.ts';
import { referenceEdition } from '../../../core/reference-limits/limits.ts';
import { type Code, codes } from '../../dicom/write/codes.ts';
import {
  codeValue,
  numberItem,
  related,
  type RelatedItem,
  textItem,
} from '../../dicom/write/content-item.ts';
import { writtenUnit } from '../../dicom/write/concepts.ts';

const populations = { male: 'men, 2D', female: 'women, 2D' } as const;

/**
 * Limits and grade as the report gives them: limits where the sex is known, at rest only; no verdict where the numbers are
 * not sure enough for one, nor beyond the side that the guideline grades.
 */
export function referenceLimitItems(
  { review }: Pick<StudyDocument, 'review'>,
  measured: StudyMeasurements,
  { name, value, unit }: Measurement,
): RelatedItem[] {
  const graded = limitsApply(measured) ? gradeMeasurement(name, value, review.body.sex.value) : null;
  const written = writtenUnit(unit);
  const [table] = graded?.tables ?? [];
  if (graded === null || table === undefined || written === null) return [];
  const { normalLow, normalHigh } = table.limits;
  const { code, factor } = written;
  const limits =
    graded.tables.length > 1
      ? []
      : [
          numberItem(codes.normalLow, normalLow * factor, code),
          numberItem(codes.normalHigh, normalHigh * factor, code),
          textItem(codes.normalDescription, populations[table.sex]),
          textItem(codes.normalAuthority, referenceEdition.name),
        ];
  const verdict = gradeDoubt(measured, name) === null ? verdictOf(graded.grade, table) : codes.undetermined;
  return [...limits, ...(verdict === null ? [] : [codeValue(codes.normality, verdict)])].map((item) =>
    related('HAS PROPERTIES', item),
  );
}

function verdictOf(grade: GradeForSex['grade'] | null, { limits }: GradeForSex): Code | null {
  switch (grade) {
    case 'normal':
      return codes.normal;
    case 'mild':
    case 'moderate':
    case 'severe':
      return limits.abnormal === 'low' ? codes.abnormallyLow : codes.abnormallyHigh;
    default:
      return null;
  }
}
