import type { StudyFacts } from '../clip/clip.ts';

/** How old somebody was: in years, of children under two in months, of the newborn in days. */
export interface Age {
  readonly value: number;
  readonly unit: 'years' | 'months' | 'days';
}

/** Reference limits of ASE/EACVI 2015 are those of adults. */
const adultYears = 18;
const monthsInYears = 24;

/**
 * The patient's age on the day of the study: by the date of birth, else as the file states it (PS3.5 6.2, AS). null where
 * neither is known, or the days contradict each other.
 */
export function ageAtStudy({
  patient,
  studyDate,
}: {
  readonly patient: Pick<StudyFacts['patient'], 'birthDate' | 'statedAge'>;
  readonly studyDate: string | null;
}): Age | null {
  const birth = dayOf(patient.birthDate);
  const study = dayOf(studyDate);
  if (birth === null || study === null) return statedAge(patient.statedAge);
  if (birth.getTime() > study.getTime()) return null;
  const isBefore = study.getUTCDate() < birth.getUTCDate();
  const months =
    12 * (study.getUTCFullYear() - birth.getUTCFullYear()) +
    (study.getUTCMonth() - birth.getUTCMonth()) -
    (isBefore ? 1 : 0);
  if (months === 0) return { value: daysBetween(birth, study), unit: 'days' };
  return inMonths(months);
}

/** Whether limits of adults are not the patient's; false where the age is not known. */
export function isChild(study: Parameters<typeof ageAtStudy>[0]): boolean {
  const age = ageAtStudy(study);
  return age !== null && (age.unit !== 'years' || age.value < adultYears);
}

const inMonths = (months: number): Age =>
  months < monthsInYears
    ? { value: months, unit: 'months' }
    : { value: Math.floor(months / 12), unit: 'years' };

function statedAge(stated: string | undefined): Age | null {
  const [, digits = '', unit] = /^(\d{1,3})([DWMY])$/.exec(stated?.trim().toUpperCase() ?? '') ?? [];
  if (digits === '') return null;
  const value = Number(digits);
  switch (unit) {
    case 'Y':
      return value < 2 ? { value: 12 * value, unit: 'months' } : { value, unit: 'years' };
    case 'M':
      return inMonths(value);
    default:
      return { value: unit === 'W' ? 7 * value : value, unit: 'days' };
  }
}

function daysBetween(from: Date, to: Date): number {
  return Math.round((to.getTime() - from.getTime()) / 86_400_000);
}

/** "2025-01-02"; null of what is no day of the calendar. */
function dayOf(date: string | null): Date | null {
  if (date === null || !/^\d{4}-\d{2}-\d{2}$/.test(date)) return null;
  const day = new Date(`${date}T00:00:00Z`);
  return Number.isNaN(day.getTime()) || day.toISOString().slice(0, 10) !== date ? null : day;
}
