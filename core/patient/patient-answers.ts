import type { StudyFacts } from '../clip/clip.ts';
import { knownBirthDate } from './compare-fields.ts';
import { foldedName, isNamed } from './compare-names.ts';
import { isRealId, statedId, statedIssuer } from './patient-id.ts';
import { comparePatients, type PatientComparison, type PatientDoubt } from './same-patient.ts';

export const patientAnswers = ['same', 'different'] as const;
/** What a person said of two studies. */
export type PatientAnswer = (typeof patientAnswers)[number];

/** Two keys that an answer is kept under, in order. */
export type AnswerPair = readonly [string, string];

/**
 * What an answer about two studies is kept under. Where both say who their patient is, it is an answer about those two
 * descriptions, and holds for every other study that has just the same; else, or where the descriptions are one, it is
 * about the two studies alone. Studies whose patient is corrected are others: they are asked about again.
 */
export function answerPair(a: StudyFacts, b: StudyFacts): AnswerPair {
  const [one, other] = [descriptionOf(a), descriptionOf(b)];
  return one === null || other === null || one === other ? studyPair(a, b) : ordered(one, other);
}

/** The pair of the two studies themselves. */
export const studyPair = (a: StudyFacts, b: StudyFacts): AnswerPair =>
  ordered(`study|${a.studyInstanceUid}`, `study|${b.studyInstanceUid}`);

/** All that a file says of who its patient is; null where a part of it is missing. */
function descriptionOf({ patient }: StudyFacts): string | null {
  const id = statedId(patient);
  const born = knownBirthDate(patient);
  if (!isRealId(id) || born === null || !isNamed(patient.name)) return null;
  const { sex, name } = patient;
  return JSON.stringify(['patient', id, statedIssuer(patient), born, sex, foldedName(name)]);
}

const ordered = (a: string, b: string): AnswerPair => (a < b ? [a, b] : [b, a]);

/** How a study goes with another: by the rules, or by what a person said. */
export type Relation =
  | {
      readonly patient: 'same' | 'different';
      readonly by: 'rule' | 'answer';
      readonly doubts: readonly PatientDoubt[];
    }
  | { readonly patient: 'doubt'; readonly by: 'rule'; readonly doubts: readonly PatientDoubt[] };

/**
 * Whether two studies are of one patient: what a person said comes before the rules.
 *
 * @param answerTo the answer that is kept under a pair, null where there is none
 */
export function relationOf(
  a: StudyFacts,
  b: StudyFacts,
  answerTo: (pair: AnswerPair) => PatientAnswer | null,
): Relation {
  const compared = comparePatients(a.patient, b.patient);
  const doubts = doubtsOf(compared);
  const answer = answerTo(studyPair(a, b)) ?? answerTo(answerPair(a, b));
  // What the rules rule out nobody was asked about: an answer from before a correction says nothing of it.
  if (answer !== null && compared.verdict !== 'different') return { patient: answer, by: 'answer', doubts };
  return compared.verdict === 'doubt'
    ? { patient: 'doubt', by: 'rule', doubts }
    : { patient: compared.verdict, by: 'rule', doubts };
}

const doubtsOf = (compared: PatientComparison): readonly PatientDoubt[] =>
  compared.verdict === 'doubt' ? compared.doubts : [];
