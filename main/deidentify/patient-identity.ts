import type { PatientFacts } from '../../core/clip/clip.ts';
import { studyUidOf } from '../../core/clip/study-key.ts';

/**
 * Whom a file is of, as one text: by ID and issuer; without an ID by name and date of birth; where a file says too little,
 * each study counts as a patient of its own.
 */
export function patientIdentity(patient: PatientFacts, studyInstanceUid: string): string {
  const { patientId, issuerOfPatientId, name, birthDate } = patient;
  if (patientId !== '') return JSON.stringify(['id', patientId, issuerOfPatientId ?? '']);
  const { alphabetic, ideographic, phonetic } = name;
  const isNamed = [alphabetic, ideographic, phonetic].some((group) => group !== '');
  return isNamed && birthDate !== null
    ? JSON.stringify(['name', alphabetic, ideographic, phonetic, birthDate])
    : JSON.stringify(['study', studyUidOf(studyInstanceUid)]);
}
