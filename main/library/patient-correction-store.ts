import type { PatientCorrection } from '../../core/patient/patient-correction.ts';
import { patientCorrectionSchema } from '../../core/patient/schema.ts';
import { SystolaError } from '../../core/error.ts';
import type { LibraryDatabase } from './database.ts';
import { hasDocuments } from './document-store.ts';
import { storedJson } from './stored-json.ts';

interface CorrectionRow {
  study: string;
  correction: string;
}

/** What persons say of the patients of studies in the place of the files. */
export class PatientCorrectionStore {
  readonly #database: LibraryDatabase;
  /** All of them: the list of studies asks for each. */
  #all: ReadonlyMap<string, PatientCorrection> | null = null;

  constructor(database: LibraryDatabase) {
    this.#database = database;
  }

  /** @throws SystolaError `malformed` */
  of(studyInstanceUid: string): PatientCorrection | null {
    return this.#read().get(studyInstanceUid) ?? null;
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

  #read(): ReadonlyMap<string, PatientCorrection> {
    if (this.#all !== null) return this.#all;
    const rows = hasDocuments(this.#database)
      ? (this.#database
          .prepare('SELECT study_instance_uid AS study, correction FROM patient_corrections')
          .all() as unknown as CorrectionRow[])
      : [];
    this.#all = new Map(rows.map(({ study, correction }) => [study, parsed(study, correction)]));
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
