import { createHash } from 'node:crypto';
import type { StudyFacts } from '../../core/clip/clip.ts';
import { SystolaError } from '../../core/error.ts';
import {
  answerPair,
  patientAnswers,
  relationOf,
  studyPair,
  type AnswerPair,
  type PatientAnswer,
  type Relation,
} from '../../core/patient/patient-answers.ts';
import { isRealId, statedId } from '../../core/patient/patient-id.ts';
import { knownBirthDate } from '../../core/patient/compare-fields.ts';
import type { LibraryDatabase } from './database.ts';

/** A study that has, or may have, the patient of another. */
export interface RelatedFacts {
  readonly facts: StudyFacts;
  readonly relation: Relation;
}

/** As the indices of 006-patients.ts have them, to the letter. */
const ofId = `CASE WHEN json_valid(facts) THEN trim(json_extract(facts, '$.patient.patientId')) END`;
const ofBirthDate = `CASE WHEN json_valid(facts) THEN json_extract(facts, '$.patient.birthDate') END`;

/** Which studies are one patient's: by the rules of core/patient, and by what persons said. */
export class PatientStore {
  readonly #database: LibraryDatabase;

  constructor(database: LibraryDatabase) {
    this.#database = database;
  }

  /**
   * The studies that are, or may be, of the patient of this one, those included that a person has parted from it. Found by
   * index: by the rules no other study can be the same patient's but one that names this id or this birth date.
   *
   * @param study reads the facts of a study, null where it cannot be shown
   */
  related(facts: StudyFacts, study: (uid: string) => StudyFacts | null): RelatedFacts[] {
    // Of a damaged database that does not give them nothing is joined.
    return this.#database.orWithout(() => this.#related(facts, study), []);
  }

  #related(facts: StudyFacts, study: (uid: string) => StudyFacts | null): RelatedFacts[] {
    return this.#candidates(facts).flatMap((uid) => {
      const other = readable(uid, study);
      if (other === null) return [];
      const relation = this.relation(facts, other);
      return relation.patient === 'different' && relation.by === 'rule' ? [] : [{ facts: other, relation }];
    });
  }

  relation(a: StudyFacts, b: StudyFacts): Relation {
    return relationOf(a, b, (pair) => this.#answerTo(pair));
  }

  /** Takes the place of what was said of the two; null: nothing. Call inside a transaction. */
  put(a: StudyFacts, b: StudyFacts, answer: PatientAnswer | null, at: string, author: string): void {
    // What was said of the two studies alone gives way too: it would come first.
    for (const pair of [studyPair(a, b), answerPair(a, b)]) {
      this.#database.prepare('DELETE FROM patient_answers WHERE one = ? AND other = ?').run(...hashed(pair));
    }
    if (answer === null) return;
    this.#database
      .prepare('INSERT INTO patient_answers (one, other, answer, at, author) VALUES (?, ?, ?, ?, ?)')
      .run(...hashed(answerPair(a, b)), answer, at, author);
  }

  #answerTo(pair: AnswerPair): PatientAnswer | null {
    const row = this.#database
      .prepare('SELECT answer FROM patient_answers WHERE one = ? AND other = ?')
      .get(...hashed(pair)) as { answer: string } | undefined;
    // What is no answer is asked again.
    return patientAnswers.find((answer) => answer === row?.answer) ?? null;
  }

  #candidates({ studyInstanceUid, patient }: StudyFacts): string[] {
    const found = new Set<string>();
    const add = (sql: string, ...values: string[]): void => {
      for (const { uid } of this.#database.prepare(sql).all(...values) as { uid: string }[]) found.add(uid);
    };
    const select = 'SELECT study_instance_uid AS uid FROM studies WHERE';
    const [id, born] = [statedId(patient), knownBirthDate(patient)];
    if (isRealId(id)) add(`${select} ${ofId} = ?`, id);
    if (born !== null) add(`${select} ${ofBirthDate} = ?`, born);
    // What files say is indexed; what persons say in their place is little.
    const corrected = 'SELECT study_instance_uid AS uid FROM patient_corrections WHERE';
    const said = (what: string): string =>
      `CASE WHEN json_valid(correction) THEN trim(json_extract(correction, '$.${what}')) END = ?`;
    if (isRealId(id)) add(`${corrected} ${said('patientId')}`, id);
    if (born !== null) add(`${corrected} ${said('birthDate')}`, born);
    found.delete(studyInstanceUid);
    return [...found];
  }
}

/** A study whose record is damaged is nobody's prior; the list of studies names it. */
function readable(uid: string, study: (uid: string) => StudyFacts | null): StudyFacts | null {
  try {
    return study(uid);
  } catch (error) {
    if (error instanceof SystolaError) return null;
    throw error;
  }
}

function hashed([one, other]: AnswerPair): [string, string] {
  const [a, b] = [sha256(one), sha256(other)];
  return a < b ? [a, b] : [b, a];
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
