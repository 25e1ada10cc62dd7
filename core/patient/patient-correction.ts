import type { PatientFacts, StudyFacts } from '../clip/clip.ts';
import { sameValue } from '../review/same-value.ts';

/** What a person says of a study's patient in the place of its files; what is left out is as the files say. */
export type PatientCorrection = Partial<PatientFacts>;

/** The patient that a study's files name, corrected. */
function correctedPatient(filed: PatientFacts, correction: PatientCorrection | null): PatientFacts {
  if (correction === null) return filed;
  const { statedAge, ...corrected } = { ...filed, ...correction };
  // An age that files state goes by their date of birth.
  return statedAge === undefined || correction.birthDate !== undefined
    ? corrected
    : { ...corrected, statedAge };
}

/** The study with its patient corrected. */
export function correctedStudy(filed: StudyFacts, correction: PatientCorrection | null): StudyFacts {
  return correction === null ? filed : { ...filed, patient: correctedPatient(filed.patient, correction) };
}

/** What has to be corrected of what the files say so that the patient is this one; null where nothing has. */
export function correctionTo(filed: PatientFacts, wanted: PatientFacts): PatientCorrection | null {
  const entries = Object.entries(wanted).filter(
    ([key, value]) => !sameValue(value, filed[key as keyof PatientFacts]),
  );
  return entries.length === 0 ? null : (Object.fromEntries(entries) as PatientCorrection);
}
