import type { PatientCorrection } from '../../core/patient/patient-correction.ts';
import { patientCorrectionSchema } from '../../core/patient/schema.ts';
import { SystolaError } from '../../core/error.ts';
import type { LibraryDatabase } from './database.ts';
import { storedJson } from './stored-json.ts';

interface CorrectionRow {
  study: string;
  correction: string;
}

/** What persons say of the patients of studies in the place of the files. */
export class PatientCorrectionStore {
  readonly #database: LibraryDatabase;
  /** All of them as they are stored: the list of studies asks for each. One that is damaged is its study's alone. */
  #all: ReadonlyMap<string, string> | null = null;

  constructor(database: LibraryDatabase) {
    this.#database = database;
  }

  /** @throws SystolaError `malformed` where it is damaged: whose study it is cannot be told */
  of(studyInstanceUid: string): PatientCorrection | null {
    const correction = this.#read().get(studyInstanceUid);
    return correction === undefined ? null : parsed(studyInstanceUid, correction);
  }

  /** Takes the place of the study's correction; null: as the files say. Call inside a transaction. */
  put(studyInstanceUid: string, correction: PatientCorrection | null, at: string, author: string): void {
    this.#all = null;
    if (correction === null) {
      this.#database
        .prepare('DELETE FROM patient_corrections WHERE study_instance_uid = ?')
        .run(studyInstanceUid);
      return;
    }
    this.#database
      .prepare(
        `INSERT INTO patient_corrections (study_instance_uid, correction, at, author) VALUES (?, ?, ?, ?)
         ON CONFLICT (study_instance_uid) DO UPDATE SET correction = excluded.correction, at = excluded.at,
           author = excluded.author`,
      )
      .run(studyInstanceUid, JSON.stringify(patientCorrectionSchema.parse(correction)), at, author);
  }

  /** What was written by others than {@link put} counts from now on. */
  forget(): void {
    this.#all = null;
  }

  #read(): ReadonlyMap<string, string> {
    if (this.#all !== null) return this.#all;
    const sql = 'SELECT study_instance_uid AS study, correction FROM patient_corrections';
    const rows = this.#database.hasTable('patient_corrections')
      ? (this.#database.prepare(sql).allReadable() as CorrectionRow[])
      : [];
    this.#all = new Map(rows.map(({ study, correction }) => [study, correction]));
    return this.#all;
  }
}

function parsed(study: string, correction: string): PatientCorrection {
  const what = 'The correction of a patient';
  const result = patientCorrectionSchema.safeParse(storedJson(correction, what, study));
  if (result.success) return withoutUndefined(result.data);
  throw new SystolaError(
    'malformed',
    `${what} in the library is damaged. Restore the library folder from a backup.`,
    study,
    { cause: result.error },
  );
}

/** What is left out is left out, so that it takes nothing's place. */
const withoutUndefined = (value: object): PatientCorrection =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
