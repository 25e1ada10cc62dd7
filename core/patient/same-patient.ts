import type { PatientFacts } from '../clip/clip.ts';
import { agrees, compareFields } from './compare-fields.ts';

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
  const fields = compareFields(a, b);
  const { id, issuer } = fields;
  if (issuer.outcome === 'differs') return { verdict: 'different' };
  if (id.outcome === 'differs' && id.why !== 'alike') return { verdict: 'different' };

  const doubts: PatientDoubt[] = [];
  if (id.outcome === 'differs') doubts.push('id-alike');
  else if (!agrees(id)) doubts.push('id-missing');
  else if (issuer.outcome === 'not-compared' && issuer.why === 'missing' && issuer.side !== 'both')
    doubts.push('issuer-missing');

  const about = doubtsOfPerson(fields);
  // Without an id that is the same nothing less than name and birth date makes it worth a question.
  if (!agrees(id) && about.length > 0) return { verdict: 'different' };
  if (about.filter((doubt) => contradictions.includes(doubt)).length > 1) return { verdict: 'different' };
  doubts.push(...about);
  return doubts.length === 0 ? { verdict: 'same' } : { verdict: 'doubt', doubts };
}

const contradictions: readonly PatientDoubt[] = ['birth-date-differs', 'name-differs', 'sex-differs'];

function doubtsOfPerson({ born, name, sex }: ReturnType<typeof compareFields>): PatientDoubt[] {
  const doubts: PatientDoubt[] = [];
  if (born.outcome === 'differs') doubts.push('birth-date-differs');
  else if (!agrees(born)) doubts.push('birth-date-missing');
  if (name.outcome === 'differs') doubts.push(name.why === 'family' ? 'family-name-differs' : 'name-differs');
  else if (!agrees(name)) doubts.push('name-missing');
  if (sex.outcome === 'differs') doubts.push('sex-differs');
  return doubts;
}
