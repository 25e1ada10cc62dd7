import type { PatientFacts, PersonName } from '../clip/clip.ts';
import { compareNames, isNamed } from './compare-names.ts';
import { foldedId, isRealId, statedId, statedIssuer } from './patient-id.ts';

/** What two studies say of their patient, in the order in which it is looked at. */
export const patientFields = ['name', 'id', 'issuer', 'born', 'sex'] as const;
export type PatientField = (typeof patientFields)[number];

/** Which of two studies. */
export type Side = 'here' | 'there' | 'both';

/** How one statement of two studies goes together, and why where that is not plain. */
export type ComparedField =
  /** `placeholder`: the same words in the place of a statement, which tell nobody from anybody. */
  | { readonly outcome: 'equal'; readonly why: 'written' | 'placeholder' | null }
  | { readonly outcome: 'differs'; readonly why: 'alike' | 'family' | null }
  | { readonly outcome: 'not-compared'; readonly why: 'missing' | 'placeholder'; readonly side: Side }
  | { readonly outcome: 'not-compared'; readonly why: 'script' };

/** All that two studies say of their patient, statement by statement. */
export function compareFields(
  here: PatientFacts,
  there: PatientFacts,
): Readonly<Record<PatientField, ComparedField>> {
  return {
    name: comparedNames(here.name, there.name),
    id: comparedIds(statedId(here), statedId(there)),
    issuer: compared(stated(statedIssuer(here)), stated(statedIssuer(there))),
    born: compared(birthDate(here), birthDate(there)),
    sex: compared(sex(here), sex(there)),
  };
}

/** Whether both say the same, and it tells one patient from another. */
export const agrees = (field: ComparedField): boolean =>
  field.outcome === 'equal' && field.why !== 'placeholder';

/** Where nobody knew it, systems write the first day that they can: nobody who is examined now was born before 1901. */
export function knownBirthDate({ birthDate: date }: Pick<PatientFacts, 'birthDate'>): string | null {
  return date === null || date < '1901-01-02' ? null : date;
}

interface Statement {
  /** Empty where nothing is said. */
  readonly text: string;
  /** Whether it says something of a person. */
  readonly isReal: boolean;
}

const stated = (text: string | null): Statement => ({ text: text ?? '', isReal: text !== null });
const birthDate = (patient: PatientFacts): Statement => ({
  text: patient.birthDate ?? '',
  isReal: knownBirthDate(patient) !== null,
});
const sex = (patient: PatientFacts): Statement => stated(patient.sex === 'unknown' ? null : patient.sex);

function compared(here: Statement, there: Statement): ComparedField {
  return (
    notReal(here, there) ??
    (here.text === there.text ? { outcome: 'equal', why: null } : { outcome: 'differs', why: null })
  );
}

function comparedIds(here: string, there: string): ComparedField {
  const one = { text: here, isReal: isRealId(here) };
  const other = { text: there, isReal: isRealId(there) };
  const found = compared(one, other);
  const isAlike = found.outcome === 'differs' && foldedId(here) === foldedId(there);
  return isAlike ? { outcome: 'differs', why: 'alike' } : found;
}

function comparedNames(here: PersonName, there: PersonName): ComparedField {
  const [one, other] = [here, there].map((name) => ({ text: lettersOf(name), isReal: isNamed(name) }));
  const unreal = notReal(one!, other!);
  if (unreal !== null) return unreal;
  switch (compareNames(here, there)) {
    case 'same':
      return { outcome: 'equal', why: one!.text === other!.text ? null : 'written' };
    case 'family-differs':
      return { outcome: 'differs', why: 'family' };
    case 'conflict':
      return { outcome: 'differs', why: null };
    case 'unknown':
      return { outcome: 'not-compared', why: 'script' };
  }
}

/** null where both are real. */
function notReal(here: Statement, there: Statement): ComparedField | null {
  if (here.isReal && there.isReal) return null;
  const side = (isSo: (one: Statement) => boolean): Side =>
    isSo(here) ? (isSo(there) ? 'both' : 'here') : 'there';
  const isMissing = ({ text }: Statement): boolean => text === '';
  if (isMissing(here) || isMissing(there))
    return { outcome: 'not-compared', why: 'missing', side: side(isMissing) };
  if (here.text === there.text) return { outcome: 'equal', why: 'placeholder' };
  return { outcome: 'not-compared', why: 'placeholder', side: side(({ isReal }) => !isReal) };
}

/** A name without what separates its parts, and without case. */
const lettersOf = ({ alphabetic, ideographic, phonetic }: PersonName): string =>
  [alphabetic, ideographic, phonetic]
    .map((group) =>
      group
        .normalize('NFKC')
        .toLowerCase()
        .replace(/[^\p{L}\p{M}\p{N}^]+/gu, ' ')
        .replace(/ *\^ */gu, '^')
        .replace(/\^+$/u, '')
        .trim(),
    )
    .join('=')
    .replace(/=+$/u, '');
