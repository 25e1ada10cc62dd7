import type { DatabaseSync } from 'node:sqlite';
import type { StudySummary } from '../../core/api/requests.ts';
import type { ClipFacts, StudyFacts } from '../../core/clip/clip.ts';
import { studyKey } from '../../core/clip/study-key.ts';
import { SystolaError } from '../../core/error.ts';
import { clipFactsSchema, studyFactsSchema } from './facts-schema.ts';

export interface StoredClip {
  readonly facts: ClipFacts;
  readonly sha256: string;
  readonly bytes: number;
}

/** Patients, studies and clips: what the files say. Reads validate, so that damage is found where it is. */
export class StudyStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** Studies whose patient, description, date or accession number contains `search`, newest first. */
  summaries(search = ''): StudySummary[] {
    const rows = this.#database
      .prepare(
        `SELECT s.facts AS facts,
                (SELECT count(*) FROM clips c WHERE c.study_instance_uid = s.study_instance_uid) AS clips,
                (SELECT r.decision FROM revisions r
                  WHERE r.study_instance_uid = s.study_instance_uid AND r.decision IS NOT NULL
                  ORDER BY r.id DESC LIMIT 1) AS decision
           FROM studies s ORDER BY s.created_at DESC, s.rowid DESC`,
      )
      .all() as { facts: string; clips: number; decision: StudySummary['decision'] | null }[];
    const wanted = search.trim().toLocaleLowerCase();
    return rows.flatMap((row) => {
      const facts = parse(studyFactsSchema, row.facts, 'study');
      const { name } = facts.patient;
      const text = [
        name.alphabetic,
        name.alphabetic.replaceAll('^', ' '),
        name.ideographic,
        name.phonetic,
        facts.patient.patientId,
        facts.description ?? '',
        facts.studyDate ?? '',
        facts.accessionNumber ?? '',
      ].join('\n');
      if (wanted !== '' && !text.toLocaleLowerCase().includes(wanted)) return [];
      return [
        {
          studyInstanceUid: facts.studyInstanceUid,
          patientName: displayName(facts),
          patientId: facts.patient.patientId,
          studyDate: facts.studyDate,
          description: facts.description,
          clips: row.clips,
          decision: row.decision ?? 'pending',
        },
      ];
    });
  }

  count(): number {
    const row = this.#database.prepare('SELECT count(*) AS n FROM studies').get() as { n: number };
    return row.n;
  }

  study(studyInstanceUid: string): StudyFacts | null {
    const row = this.#database
      .prepare('SELECT facts FROM studies WHERE study_instance_uid = ?')
      .get(studyInstanceUid) as { facts: string } | undefined;
    return row === undefined ? null : parse(studyFactsSchema, row.facts, studyInstanceUid);
  }

  /** Clips of a study in the order they were acquired. */
  clips(studyInstanceUid: string): ClipFacts[] {
    const rows = this.#database
      .prepare('SELECT facts FROM clips WHERE study_instance_uid = ?')
      .all(studyInstanceUid) as { facts: string }[];
    return rows
      .map((row) => parse(clipFactsSchema, row.facts, studyInstanceUid))
      .sort(
        (a, b) =>
          compare(a.acquiredAt ?? '', b.acquiredAt ?? '') ||
          (a.instanceNumber ?? 0) - (b.instanceNumber ?? 0) ||
          compare(a.sopInstanceUid, b.sopInstanceUid),
      );
  }

  clip(sopInstanceUid: string): StoredClip | null {
    const row = this.#database
      .prepare('SELECT facts, sha256, bytes FROM clips WHERE sop_instance_uid = ?')
      .get(sopInstanceUid) as { facts: string; sha256: string; bytes: number } | undefined;
    return row === undefined ? null : { ...row, facts: parse(clipFactsSchema, row.facts, sopInstanceUid) };
  }

  /** The instance that has exactly these bytes, null when none has. */
  bySha256(sha256: string): { sopInstanceUid: string; studyInstanceUid: string } | null {
    const row = this.#database
      .prepare('SELECT sop_instance_uid AS sop, study_instance_uid AS study FROM clips WHERE sha256 = ?')
      .get(sha256) as { sop: string; study: string } | undefined;
    return row === undefined ? null : { sopInstanceUid: row.sop, studyInstanceUid: row.study };
  }

  /** Hashes of all files the library knows. */
  hashes(): Set<string> {
    const rows = this.#database.prepare('SELECT sha256 FROM clips').all() as { sha256: string }[];
    return new Set(rows.map((row) => row.sha256));
  }

  /**
   * Adds one instance, its study and its patient; returns the study it went to. Call inside a transaction.
   *
   * @throws SystolaError `duplicate-instance` when the UID is known with other bytes
   */
  add(study: StudyFacts, clip: ClipFacts, file: { sha256: string; bytes: number }, at: string): string {
    this.refuseDuplicate(clip);
    const studyInstanceUid = this.#addStudy(study, at);
    const facts = clipFactsSchema.parse({ ...clip, studyInstanceUid });
    this.#database
      .prepare(
        `INSERT INTO clips (sop_instance_uid, study_instance_uid, sha256, bytes, facts, imported_at)
         VALUES (?, ?, ?, ?, ?, ?)`,
      )
      .run(clip.sopInstanceUid, studyInstanceUid, file.sha256, file.bytes, JSON.stringify(facts), at);
    return studyInstanceUid;
  }

  /** @throws SystolaError `duplicate-instance` when the UID is known; its bytes were compared before */
  refuseDuplicate(clip: ClipFacts): void {
    const known = this.clip(clip.sopInstanceUid);
    if (known !== null) {
      throw new SystolaError(
        'duplicate-instance',
        `The library already holds an instance with this SOP Instance UID (imported from ${known.facts.fileName}) whose bytes differ. The one in the library was kept.`,
        clip.fileName,
      );
    }
  }

  /** Replaces the facts of a clip after its pixels said more than its attributes (coloured overlay). */
  updateClip(clip: ClipFacts): void {
    this.#database
      .prepare('UPDATE clips SET facts = ? WHERE sop_instance_uid = ?')
      .run(JSON.stringify(clipFactsSchema.parse(clip)), clip.sopInstanceUid);
  }

  /** The study that the facts belong to, added when it is not there: one of this UID and this patient. */
  #addStudy(study: StudyFacts, at: string): string {
    const { patientId, issuerOfPatientId } = study.patient;
    const identity = patientId.trim();
    const issuer = issuerOfPatientId?.trim() ?? '';
    for (let ordinal = 1; ; ordinal += 1) {
      const key = studyKey(study.studyInstanceUid, ordinal);
      const stored = this.#database
        .prepare(
          `SELECT p.patient_id AS identity, p.issuer AS issuer
             FROM studies s JOIN patients p ON p.id = s.patient WHERE s.study_instance_uid = ?`,
        )
        .get(key) as { identity: string; issuer: string } | undefined;
      if (stored === undefined) {
        this.#insertStudy({ ...study, studyInstanceUid: key }, identity, issuer, at);
        return key;
      }
      // Files of two patients never share a study, whatever their sender wrote: biplane would mix them.
      if (stored.identity === identity && stored.issuer === issuer) {
        this.#completeStudy({ ...study, studyInstanceUid: key });
        return key;
      }
    }
  }

  #insertStudy(study: StudyFacts, identity: string, issuer: string, at: string): void {
    const scope = identity === '' ? study.studyInstanceUid : '';
    const patient = this.#database
      .prepare(
        `INSERT INTO patients (patient_id, issuer, study_instance_uid) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET patient_id = excluded.patient_id RETURNING id`,
      )
      .get(identity, issuer, scope) as { id: number };
    this.#database
      .prepare('INSERT INTO studies (study_instance_uid, patient, facts, created_at) VALUES (?, ?, ?, ?)')
      .run(study.studyInstanceUid, patient.id, JSON.stringify(studyFactsSchema.parse(study)), at);
  }

  /**
   * Fills what earlier files of the study left open (height, weight, …). Only while nobody has reviewed the
   * study: a revision holds the value it replaced, which must stay what it was.
   */
  #completeStudy(study: StudyFacts): void {
    const reviewed = this.#database
      .prepare('SELECT 1 FROM revisions WHERE study_instance_uid = ? LIMIT 1')
      .get(study.studyInstanceUid);
    const stored = this.study(study.studyInstanceUid);
    if (reviewed !== undefined || stored === null) return;
    const completed: StudyFacts = {
      ...stored,
      patient: {
        ...stored.patient,
        birthDate: stored.patient.birthDate ?? study.patient.birthDate,
        sex: stored.patient.sex === 'unknown' ? study.patient.sex : stored.patient.sex,
      },
      studyDate: stored.studyDate ?? study.studyDate,
      description: stored.description ?? study.description,
      accessionNumber: stored.accessionNumber ?? study.accessionNumber,
      heightCm: stored.heightCm ?? study.heightCm,
      weightKg: stored.weightKg ?? study.weightKg,
      heartRateBpm: stored.heartRateBpm ?? study.heartRateBpm,
    };
    this.#database
      .prepare('UPDATE studies SET facts = ? WHERE study_instance_uid = ?')
      .run(JSON.stringify(completed), study.studyInstanceUid);
  }
}

/** A name for lists: "Family, Given" and, where written, the ideographic form. */
function displayName(facts: StudyFacts): string {
  const { alphabetic, ideographic, phonetic } = facts.patient.name;
  const [family = '', given = '', middle = '', prefix = ''] = alphabetic
    .split('^')
    .map((part) => part.trim());
  const first = [prefix, given, middle].filter((part) => part !== '').join(' ');
  const latin = [family, first].filter((part) => part !== '').join(', ');
  const native = ideographic.replaceAll('^', ' ').trim();
  if (latin !== '' && native !== '') return `${latin} (${native})`;
  return latin || native || phonetic.replaceAll('^', ' ').trim();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function parse<T>(schema: { parse(value: unknown): T }, json: string, what: string): T {
  try {
    return schema.parse(JSON.parse(json));
  } catch (error) {
    throw new SystolaError(
      'malformed',
      `The library's record of ${what} is damaged. Restore the library folder from a backup.`,
      what,
      { cause: error },
    );
  }
}
