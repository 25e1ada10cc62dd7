import type { PatientFacts } from '../clip/clip.ts';
import { compareNames } from './compare-names.ts';
import { foldedId, isRealId, statedId, statedIssuer } from './patient-id.ts';

/** Why two studies may be one patient's and may not, each a message of the catalogue. */
export const patientDoubts = [
  'id-missing',
  'id-alike',
  'issuer-missing',
  'birth-date-differs',
  'birth-date-missing',
  'family-name-differs',
  'name-differs',
  'name-missing',
  'sex-differs',
] as const;
export type PatientDoubt = (typeof patientDoubts)[number];

/** `doubt`: only a person can say; until then they are two patients. */
export type PatientComparison =
  | { readonly verdict: 'same' | 'different' }
  | { readonly verdict: 'doubt'; readonly doubts: readonly PatientDoubt[] };

/**
 * Whether two studies are of one patient. Two patients' numbers side by side are worse than a prior that is not found, so
 * that all must agree: Patient ID and its issuer (PS3.3 C.7.1.1: the id is unique within its issuer alone), birth date,
 * name and sex. One statement that is missing or contradicts is a doubt, which is asked. Two that contradict, or an id
 * that is another, are another patient; so are those of different ids whose names and birth dates are the same (twins
 * under one name, two people who happen to share both).
 */
export function comparePatients(a: PatientFacts, b: PatientFacts): PatientComparison {
  const [idOfA, idOfB] = [statedId(a), statedId(b)];
  const [issuerOfA, issuerOfB] = [statedIssuer(a), statedIssuer(b)];
  if (issuerOfA !== null && issuerOfB !== null && issuerOfA !== issuerOfB) return { verdict: 'different' };

  const doubts: PatientDoubt[] = [];
  if (!isRealId(idOfA) || !isRealId(idOfB)) doubts.push('id-missing');
  else if (idOfA !== idOfB) {
    if (foldedId(idOfA) !== foldedId(idOfB)) return { verdict: 'different' };
    doubts.push('id-alike');
  } else if (issuerOfA !== issuerOfB) doubts.push('issuer-missing');

  const about = doubtsOfPerson(a, b);
  // Without an id that is the same nothing less than name and birth date makes it worth a question.
  const hasSameId = !doubts.includes('id-missing') && !doubts.includes('id-alike');
  if (!hasSameId && about.length > 0) return { verdict: 'different' };
  if (about.filter((doubt) => contradictions.includes(doubt)).length > 1) return { verdict: 'different' };
  doubts.push(...about);
  return doubts.length === 0 ? { verdict: 'same' } : { verdict: 'doubt', doubts };
}

const contradictions: readonly PatientDoubt[] = ['birth-date-differs', 'name-differs', 'sex-differs'];

function doubtsOfPerson(a: PatientFacts, b: PatientFacts): PatientDoubt[] {
  const doubts: PatientDoubt[] = [];
  const [bornA, bornB] = [knownBirthDate(a), knownBirthDate(b)];
  if (bornA === null || bornB === null) doubts.push('birth-date-missing');
  else if (bornA !== bornB) doubts.push('birth-date-differs');
  const name = compareNames(a.name, b.name);
  if (name === 'family-differs') doubts.push('family-name-differs');
  if (name === 'conflict') doubts.push('name-differs');
  if (name === 'unknown') doubts.push('name-missing');
  if (a.sex !== b.sex && a.sex !== 'unknown' && b.sex !== 'unknown') doubts.push('sex-differs');
  return doubts;
}

/** Where nobody knew it, systems write the first day that they can: nobody who is examined now was born before 1901. */
export function knownBirthDate({ birthDate }: Pick<PatientFacts, 'birthDate'>): string | null {
  return birthDate === null || birthDate < '1901-01-02' ? null : birthDate;
}
