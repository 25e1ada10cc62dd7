import type { StudyPatient } from '../../core/api/care.ts';
import { SystolaError } from '../../core/error.ts';
import type { PatientAnswer } from '../../core/patient/patient-answers.ts';
import { personNameText } from '../../core/wording/person-name.ts';
import { auditEvents, auditOutcomes, type AuditLog } from './audit.ts';
import type { LibraryWriter } from './library-writer.ts';
import type { OpenStudies } from './open-studies.ts';
import type { PatientStore, RelatedFacts } from './patient-store.ts';
import type { RemovalStore } from './removal-store.ts';
import type { StudyStore } from './study-store.ts';

interface StudyPatientsOptions {
  readonly studies: StudyStore;
  readonly open: OpenStudies;
  readonly patients: PatientStore;
  readonly removals: RemovalStore;
  readonly writer: LibraryWriter;
  readonly audit: AuditLog;
  /** Who acts. */
  user(): string;
}

/** Whose study it is, and which other studies are of the same patient. */
export class StudyPatients {
  readonly #options: StudyPatientsOptions;

  constructor(options: StudyPatientsOptions) {
    this.#options = options;
  }

  /**
   * Whose study it is, with the studies of the same ID and name.
   *
   * @throws SystolaError `not-found`
   */
  of(studyInstanceUid: string): StudyPatient {
    const { open, studies, removals } = this.#options;
    const { facts, filedPatient } = open.study(studyInstanceUid);
    const { patient } = facts;
    const name = personNameText(patient.name);
    const gone = removals.wholeStudies();
    const same = studies
      .summaries()
      .filter(
        (study) =>
          !gone.has(study.studyInstanceUid) &&
          study.patientId === patient.patientId &&
          study.patientName === name,
      )
      .map((study) => study.studyInstanceUid);
    return { patient, filed: filedPatient, studies: patient.patientId === '' ? [studyInstanceUid] : same };
  }

  /**
   * Other studies that are, or may be, of the patient of this one; those that a person has parted from it too.
   *
   * @throws SystolaError `not-found`
   */
  related(studyInstanceUid: string): RelatedFacts[] {
    const { open, studies, patients, removals } = this.#options;
    const { facts } = open.inPassing(studyInstanceUid);
    const gone = removals.wholeStudies();
    return patients.related(facts, (uid) => (gone.has(uid) ? null : studies.study(uid)));
  }

  /** Whether another study is of the patient of this one, by the rules or by what a person said. */
  isSame(studyInstanceUid: string, other: string): boolean {
    return this.related(studyInstanceUid).some(
      ({ facts, relation }) => facts.studyInstanceUid === other && relation.patient === 'same',
    );
  }

  /**
   * Records what a person says of whether two studies are one patient's; null takes it back.
   *
   * @throws SystolaError `not-found`, `bad-request` when the rules leave nothing to be said, `disk-full`, `library-damaged`
   */
  answer(studyInstanceUid: string, otherUid: string, answer: PatientAnswer | null): void {
    const { open, patients, writer, audit, user } = this.#options;
    const [{ facts }, { facts: other }] = [open.inPassing(studyInstanceUid), open.inPassing(otherUid)];
    const before = patients.relation(facts, other);
    if (studyInstanceUid === otherUid || (before.patient === 'different' && before.by === 'rule')) {
      throw new SystolaError(
        'bad-request',
        'The two studies name different patients. Correct the patient of one of them first.',
        otherUid,
      );
    }
    writer.write(() => {
      const author = user();
      patients.put(facts, other, answer, new Date().toISOString(), author);
      audit.append({
        event: auditEvents.patientRecord,
        action: 'U',
        outcome: auditOutcomes.success,
        user: author,
        studyInstanceUid,
        patientId: facts.patient.patientId,
        detail: {
          patientOf: otherUid,
          answer,
          before: before.by === 'answer' ? before.patient : null,
          doubts: before.doubts,
        },
      });
    });
  }
}
