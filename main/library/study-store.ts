import { personNameText } from '../../core/wording/person-name.ts';
import type { StudySummary } from '../../core/api/study-summary.ts';
import type { ClipFacts, PatientFacts, StudyFacts } from '../../core/clip/clip.ts';
import { studyKey } from '../../core/clip/study-key.ts';
import { SystolaError } from '../../core/error.ts';
import { correctedStudy } from '../../core/patient/patient-correction.ts';
import type { LibraryDatabase } from './database.ts';
import { listedStudies, listedStudy, type ListedStudy } from './listed-studies.ts';
import { clipFactsSchema, studyFactsSchema } from './facts-schema.ts';
import type { PatientCorrectionStore } from './patient-correction-store.ts';
import { readerVersion } from './reader-versions.ts';
import { type FactsRow, fileNameColumn, readFacts } from './stored-facts.ts';

export interface StoredClip {
  readonly facts: ClipFacts;
  readonly sha256: string;
  readonly bytes: number;
}

export interface OutdatedClip extends StoredClip {
  /** True when only the study's own facts are of an older reader. */
  readonly current: boolean;
}

interface StoredRow extends FactsRow {
  sha256: string;
  bytes: number;
}

/** Patients, studies and clips: what the files say. Reads validate, so that damage is found where it is. */
export class StudyStore {
  readonly #database: LibraryDatabase;
  readonly #corrections: PatientCorrectionStore;

  constructor(database: LibraryDatabase, corrections: PatientCorrectionStore) {
    this.#database = database;
    this.#corrections = corrections;
  }

  /** Studies whose patient, description, date or accession number contains `search`, newest first. */
  summaries(search = ''): StudySummary[] {
    const wanted = search.trim().toLocaleLowerCase();
    return listedStudies(this.#database)
      .map((row) => this.#summaryOf(row))
      .filter(
        // What cannot be read is named whatever is searched for: it may be the study that is looked for.
        ({ problem, searchText = '' }) =>
          problem !== undefined || wanted === '' || searchText.toLocaleLowerCase().includes(wanted),
      );
  }

  summary(studyInstanceUid: string): StudySummary | null {
    const row = listedStudy(this.#database, studyInstanceUid);
    return row === null ? null : this.#summaryOf(row);
  }

  #summaryOf(row: ListedStudy): StudySummary {
    let facts: StudyFacts;
    try {
      facts = this.#corrected(readStudy({ ...row, facts: row.facts ?? '' }, row.uid));
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
      return unreadable(row, error.message);
    }
    const { name } = facts.patient;
    const text = [
      name.alphabetic,
      name.alphabetic.replaceAll('^', ' '),
      personNameText(name),
      name.ideographic,
      name.phonetic,
      facts.patient.patientId,
      facts.description ?? '',
      facts.studyDate ?? '',
      facts.accessionNumber ?? '',
    ];
    return {
      studyInstanceUid: facts.studyInstanceUid,
      patientName: personNameText(name),
      patientId: facts.patient.patientId,
      studyDate: facts.studyDate,
      description: facts.description,
      clips: row.clips,
      documents: row.documents,
      decision: row.decision ?? 'pending',
      searchText: [...text, ...this.#readableViewsOf(facts.studyInstanceUid)].join('\n'),
    };
  }

  /** None where clips or revisions cannot be read: the list is shown all the same. */
  #readableViewsOf(studyInstanceUid: string): string[] {
    try {
      return this.#viewsOf(studyInstanceUid);
    } catch (error) {
      if (error instanceof SystolaError) return [];
      throw error;
    }
  }

  /** Codes of the views that the files of a study name. */
  #viewsOf(studyInstanceUid: string): string[] {
    const rows = this.#database
      .prepare(
        `SELECT DISTINCT json_extract(facts, '$.view.code') AS view FROM clips
          WHERE study_instance_uid = ? AND json_valid(facts)`,
      )
      .all(studyInstanceUid) as { view: string | null }[];
    return rows.flatMap(({ view }) => (view === null || view === 'unknown' ? [] : [view]));
  }

  count(): number {
    const row = this.#database.prepare('SELECT count(*) AS n FROM studies').get() as { n: number };
    return row.n;
  }

  /** A study, its patient as corrected. */
  study(studyInstanceUid: string): StudyFacts | null {
    const filed = this.#filed(studyInstanceUid);
    return filed === null ? null : this.#corrected(filed);
  }

  /** The patient as the study's files say. */
  filedPatient(studyInstanceUid: string): PatientFacts | null {
    return this.#filed(studyInstanceUid)?.patient ?? null;
  }

  #corrected(filed: StudyFacts): StudyFacts {
    return correctedStudy(filed, this.#corrections.of(filed.studyInstanceUid));
  }

  #filed(studyInstanceUid: string): StudyFacts | null {
    const row = this.#database
      .prepare('SELECT facts, reader_version FROM studies WHERE study_instance_uid = ?')
      .get(studyInstanceUid) as FactsRow | undefined;
    return row === undefined ? null : readStudy(row, studyInstanceUid);
  }

  /** Clips of a study in the order they were acquired. */
  clips(studyInstanceUid: string): ClipFacts[] {
    const rows = this.#database
      .prepare('SELECT facts, reader_version FROM clips WHERE study_instance_uid = ?')
      .all(studyInstanceUid) as unknown as FactsRow[];
    return rows
      .map((row) => readClip(row, studyInstanceUid))
      .sort(
        (a, b) =>
          compare(a.acquiredAt ?? '', b.acquiredAt ?? '') ||
          (a.instanceNumber ?? 0) - (b.instanceNumber ?? 0) ||
          compare(a.sopInstanceUid, b.sopInstanceUid),
      );
  }

  clip(sopInstanceUid: string): StoredClip | null {
    const row = this.#database
      .prepare('SELECT facts, reader_version, sha256, bytes FROM clips WHERE sop_instance_uid = ?')
      .get(sopInstanceUid) as StoredRow | undefined;
    return row === undefined ? null : storedClip(row, sopInstanceUid);
  }

  /**
   * Clips of a study whose files are to be read again because an older reader made what is known of them, in the order
   * in which they came: all of them when the study's own facts are of an older reader.
   */
  outdated(studyInstanceUid: string): OutdatedClip[] {
    const rows = this.#database
      .prepare(
        `SELECT c.facts AS facts, c.reader_version AS reader_version, c.sha256 AS sha256, c.bytes AS bytes
           FROM clips c JOIN studies s ON s.study_instance_uid = c.study_instance_uid
          WHERE c.study_instance_uid = ? AND (c.reader_version < ? OR s.reader_version < ?) ORDER BY c.rowid`,
      )
      .all(studyInstanceUid, readerVersion, readerVersion) as unknown as StoredRow[];
    return rows.map((row) => ({
      ...storedClip(row, studyInstanceUid),
      current: row.reader_version === readerVersion,
    }));
  }

  /** The instance that has exactly these bytes, null when none has. */
  bySha256(sha256: string): { sopInstanceUid: string; studyInstanceUid: string } | null {
    const row = this.#database
      .prepare('SELECT sop_instance_uid AS sop, study_instance_uid AS study FROM clips WHERE sha256 = ?')
      .get(sha256) as { sop: string; study: string } | undefined;
    return row === undefined ? null : { sopInstanceUid: row.sop, studyInstanceUid: row.study };
  }

  /** Names of all files the library knows, as they were imported, by their hashes. */
  files(): Map<string, string> {
    const rows = this.#database.prepare(`SELECT sha256, ${fileNameColumn} AS name FROM clips`).all() as {
      sha256: string;
      name: string | null;
    }[];
    return new Map(rows.map(({ sha256, name }) => [sha256, name ?? `${sha256}.dcm`]));
  }

  /** Adds a clip to the study that it went to; its UID and bytes are known to be new. Call inside a transaction. */
  add(clip: ClipFacts, file: { sha256: string; bytes: number }, at: string): void {
    const { sopInstanceUid, studyInstanceUid } = clip;
    this.#database
      .prepare(
        `INSERT INTO clips (sop_instance_uid, study_instance_uid, sha256, bytes, facts, imported_at, reader_version)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        sopInstanceUid,
        studyInstanceUid,
        file.sha256,
        file.bytes,
        JSON.stringify(clipFactsSchema.parse(clip)),
        at,
        readerVersion,
      );
  }

  /**
   * Replaces the facts of a clip after its pixels said more than its attributes (coloured overlay). The facts as they
   * are read are in today's shape, yet of the reader that made them.
   */
  updateClip(clip: ClipFacts): void {
    const row = this.#database
      .prepare('SELECT reader_version FROM clips WHERE sop_instance_uid = ?')
      .get(clip.sopInstanceUid) as { reader_version: number } | undefined;
    if (row !== undefined) this.#putClip(clip, row.reader_version);
  }

  /** Replaces the facts of a clip by what today's reader makes of its file. */
  renewClip(clip: ClipFacts): void {
    this.#putClip(clip, readerVersion);
  }

  /** Replaces the facts of a study by facts of the same reader, but for its patient. */
  updateStudy(study: StudyFacts): void {
    const patient = this.filedPatient(study.studyInstanceUid) ?? study.patient;
    this.#putStudy({ ...study, patient });
  }

  #putStudy(study: StudyFacts): void {
    this.#database
      .prepare('UPDATE studies SET facts = ? WHERE study_instance_uid = ?')
      .run(JSON.stringify(studyFactsSchema.parse(study)), study.studyInstanceUid);
  }

  /** Replaces the facts of a study by what today's reader makes of its files, and its patient where they say another. */
  renewStudy(study: StudyFacts): void {
    const patient = this.#patient(study);
    this.#database
      .prepare('UPDATE studies SET facts = ?, patient = ?, reader_version = ? WHERE study_instance_uid = ?')
      .run(JSON.stringify(studyFactsSchema.parse(study)), patient, readerVersion, study.studyInstanceUid);
  }

  #putClip(clip: ClipFacts, version: number): void {
    this.#database
      .prepare('UPDATE clips SET facts = ?, reader_version = ? WHERE sop_instance_uid = ?')
      .run(JSON.stringify(clipFactsSchema.parse(clip)), version, clip.sopInstanceUid);
  }

  /**
   * The study that the facts belong to, added when it is not there: one of this UID and this patient. Call inside a
   * transaction.
   */
  addStudy(study: StudyFacts, at: string): string {
    const { identity, issuer } = patientIdentity(study);
    const uid = study.studyInstanceUid;
    const stored = this.#database
      .prepare(
        `SELECT s.study_instance_uid AS key, p.patient_id AS identity, p.issuer AS issuer
           FROM studies s JOIN patients p ON p.id = s.patient
          WHERE s.study_instance_uid = ?1 OR (s.study_instance_uid > ?1 || '~' AND s.study_instance_uid < ?1 || '~:')`,
      )
      .all(uid) as { key: string; identity: string; issuer: string }[];
    // Files of two patients never share a study, whatever their sender wrote: biplane would mix them. Which of them came
    // first may have been deleted since: the others keep their keys.
    const own = stored.find((one) => one.identity === identity && one.issuer === issuer);
    if (own !== undefined) {
      this.#completeStudy({ ...study, studyInstanceUid: own.key });
      return own.key;
    }
    const taken = new Set(stored.map(({ key }) => key));
    let ordinal = 1;
    while (taken.has(studyKey(uid, ordinal))) ordinal += 1;
    const key = studyKey(uid, ordinal);
    this.#insertStudy({ ...study, studyInstanceUid: key }, at);
    return key;
  }

  #insertStudy(study: StudyFacts, at: string): void {
    this.#database
      .prepare(
        'INSERT INTO studies (study_instance_uid, patient, facts, created_at, reader_version) VALUES (?, ?, ?, ?, ?)',
      )
      .run(
        study.studyInstanceUid,
        this.#patient(study),
        JSON.stringify(studyFactsSchema.parse(study)),
        at,
        readerVersion,
      );
  }

  /** The row of the study's patient, added when it is not there. */
  #patient(study: StudyFacts): number {
    const { identity, issuer } = patientIdentity(study);
    const scope = identity === '' ? study.studyInstanceUid : '';
    const patient = this.#database
      .prepare(
        `INSERT INTO patients (patient_id, issuer, study_instance_uid) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET patient_id = excluded.patient_id RETURNING id`,
      )
      .get(identity, issuer, scope) as { id: number };
    return patient.id;
  }

  /**
   * Fills what earlier files of the study left open (height, weight, …). Only while nobody has reviewed the
   * study: a revision holds the value it replaced, which must stay what it was.
   */
  #completeStudy(study: StudyFacts): void {
    const reviewed = this.#database
      .prepare('SELECT 1 FROM revisions WHERE study_instance_uid = ? LIMIT 1')
      .get(study.studyInstanceUid);
    const stored = this.#filed(study.studyInstanceUid);
    if (reviewed !== undefined || stored === null) return;
    this.#putStudy(completedBy(stored, study));
  }
}

/** The facts of a study with what another of its files says where they are open. */
export function completedBy(study: StudyFacts, other: StudyFacts): StudyFacts {
  return {
    ...study,
    patient: {
      ...study.patient,
      birthDate: study.patient.birthDate ?? other.patient.birthDate,
      sex: study.patient.sex === 'unknown' ? other.patient.sex : study.patient.sex,
      ...stated('statedAge', study.patient.statedAge ?? other.patient.statedAge),
    },
    studyDate: study.studyDate ?? other.studyDate,
    description: study.description ?? other.description,
    accessionNumber: study.accessionNumber ?? other.accessionNumber,
    heightCm: study.heightCm ?? other.heightCm,
    weightKg: study.weightKg ?? other.weightKg,
    heartRateBpm: study.heartRateBpm ?? other.heartRateBpm,
    ...stated(
      'request',
      study.request === undefined && other.request === undefined
        ? undefined
        : { ...other.request, ...study.request },
    ),
  };
}

/** A field that is left out where no file states it. */
function stated<Key extends string, Value>(key: Key, value: Value | undefined): { [key in Key]?: Value } {
  return value === undefined ? {} : ({ [key]: value } as { [key in Key]: Value });
}

/** What tells one patient from another: the same id of another issuer is another patient. */
export function patientIdentity({ patient }: StudyFacts): { identity: string; issuer: string } {
  return { identity: patient.patientId.trim(), issuer: patient.issuerOfPatientId?.trim() ?? '' };
}

function unreadable({ uid, clips, documents, decision }: ListedStudy, problem: string): StudySummary {
  return {
    studyInstanceUid: uid,
    patientName: '',
    patientId: '',
    studyDate: null,
    description: null,
    clips,
    documents,
    decision: decision ?? 'pending',
    problem,
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function readStudy(row: FactsRow, what: string): StudyFacts {
  return readFacts('study', studyFactsSchema, row, what);
}

function readClip(row: FactsRow, what: string): ClipFacts {
  return readFacts('clip', clipFactsSchema, row, what);
}

function storedClip(row: StoredRow, what: string): StoredClip {
  return { facts: readClip(row, what), sha256: row.sha256, bytes: row.bytes };
}
