import type { PatientFacts } from '../../core/clip/clip.ts';
import { SystolaError } from '../../core/error.ts';
import { correctionTo, type PatientCorrection } from '../../core/patient/patient-correction.ts';
import { auditEvents, auditOutcomes, type AuditLog, type AuditRecord } from './audit.ts';
import type { FileLane } from './file-lane.ts';
import type { FileStore } from './file-store.ts';
import type { LibraryWriter } from './library-writer.ts';
import type { OpenStudies } from './open-studies.ts';
import type { PatientCorrectionStore } from './patient-correction-store.ts';
import type { PendingRemoval, RemovalStore } from './removal-store.ts';
import type { StudyStore } from './study-store.ts';

export interface StudyCareOptions {
  readonly files: FileStore;
  readonly studies: StudyStore;
  readonly removals: RemovalStore;
  readonly corrections: PatientCorrectionStore;
  readonly open: OpenStudies;
  readonly writer: LibraryWriter;
  readonly audit: AuditLog;
  readonly lane: FileLane;
  /** Who acts. */
  user(): string;
}

/**
 * Deletes studies and clips, in two steps: what is deleted is out of sight at once and can be taken back; then its bytes
 * go, from the store and from the database. Corrects whose studies are whose. The audit log keeps that it was done.
 */
export class StudyCare {
  readonly #options: StudyCareOptions;
  #deletions = 0;
  /** What keeps everything from being deleted for good, each until it has ended. */
  readonly #holds = new Set<Promise<void>>();

  constructor(options: StudyCareOptions) {
    this.#options = options;
  }

  /** How often something was deleted since the library was opened: while it is the same, nothing was. */
  get deletions(): number {
    return this.#deletions;
  }

  /** What was deleted and is still there, the oldest first. */
  pending(): PendingRemoval[] {
    return this.#options.removals.pending();
  }

  /**
   * Takes a study, or one of its clips or documents, out of sight. The last one of a study goes with it.
   *
   * @throws SystolaError `not-found`, `disk-full`, `library-damaged`
   */
  remove(studyInstanceUid: string, instance: string | null): PendingRemoval {
    const { removals, studies, writer, open } = this.#options;
    const patient = studies.filedPatient(studyInstanceUid);
    const known = removals.ofStudy(studyInstanceUid);
    const whole = known.find(({ sopInstanceUid }) => sopInstanceUid === null);
    if (whole !== undefined) return whole;
    const same = known.find(({ sopInstanceUid }) => sopInstanceUid === instance);
    if (same !== undefined) return same;
    const there = { studyInstanceUid, sopInstanceUid: instance };
    if (patient === null || (instance !== null && removals.files(there).length === 0)) {
      throw new SystolaError(
        'not-found',
        instance === null ? 'The library holds no such study.' : 'The study has no such clip.',
        instance ?? studyInstanceUid,
      );
    }
    const isLast = removals.count(studyInstanceUid) - known.length <= 1;
    const sopInstanceUid = isLast ? null : instance;
    const removal = writer.write(() => {
      // What goes with the study needs no removal of its own; what is leaving goes even if the study is taken back.
      if (sopInstanceUid === null) for (const { id, leaving } of known) if (!leaving) removals.forget(id);
      const added = removals.add({
        studyInstanceUid,
        sopInstanceUid,
        at: new Date().toISOString(),
        author: this.#options.user(),
      });
      this.#audit(added, 'D', { deleted: 'can be taken back' });
      return added;
    });
    this.#deletions += 1;
    open.forget(studyInstanceUid);
    return removal;
  }

  /**
   * Brings back what was deleted.
   *
   * @throws SystolaError `not-found` when it is gone
   */
  takeBack(id: number): PendingRemoval {
    const { writer, open } = this.#options;
    const removal = this.#one(id);
    if (removal.leaving) throw gone(id);
    writer.write(() => this.#keep(removal));
    open.forget(removal.studyInstanceUid);
    return removal;
  }

  /**
   * Brings a study back that was deleted as a whole, where it was. Call inside a transaction.
   *
   * @throws SystolaError `unwritable` while it is leaving
   */
  keepStudy(studyInstanceUid: string): void {
    for (const removal of this.#options.removals.ofStudy(studyInstanceUid)) {
      if (removal.sopInstanceUid !== null) continue;
      if (removal.leaving) throw stillLeaving(studyInstanceUid);
      this.#keep(removal);
    }
  }

  /**
   * Brings back what was deleted of an instance that is wanted again; nothing where that was not.
   *
   * @throws SystolaError `unwritable` while it is leaving
   */
  keepInstance(studyInstanceUid: string, sopInstanceUid: string): void {
    for (const removal of this.#options.removals.ofStudy(studyInstanceUid)) {
      if ((removal.sopInstanceUid ?? sopInstanceUid) !== sopInstanceUid) continue;
      if (removal.leaving) throw stillLeaving(studyInstanceUid);
      this.takeBack(removal.id);
    }
  }

  /** Goes on with what a kill interrupted; what cannot go yet waits. Call in the lane of the files. */
  async finishLeaving(): Promise<void> {
    for (const { id, leaving } of this.#options.removals.pending()) {
      if (!leaving) continue;
      await this.#carryOut(id).catch((error: unknown) => {
        if (!(error instanceof SystolaError)) throw error;
      });
    }
  }

  #keep(removal: PendingRemoval): void {
    this.#options.removals.forget(removal.id);
    this.#audit(removal, 'U', { takenBack: true });
  }

  /**
   * Deletes for good: the files first, so that none lies in the store without a row, from where it would come back. What
   * a kill interrupts is carried out at the next start, and cannot be taken back meanwhile.
   *
   * @throws SystolaError `not-found`, `unwritable`, `unreadable`, `disk-full`, `library-damaged`
   */
  async carryOut(id: number): Promise<void> {
    for (;;) {
      await Promise.all(this.#holds);
      const isDone = await this.#options.lane.alone(async () => {
        // Another one may have come between.
        if (this.#holds.size > 0) return false;
        await this.#carryOut(id);
        return true;
      });
      if (isDone) return;
    }
  }

  /** Does what needs a library from which nothing is deleted for good meanwhile; what would be waits until it has ended. */
  async whileNothingLeaves<T>(work: () => Promise<T>): Promise<T> {
    const hold = Promise.withResolvers<void>();
    // What has begun to leave is gone first.
    await this.#options.lane.alone(() => Promise.resolve(this.#holds.add(hold.promise)));
    try {
      return await work();
    } finally {
      this.#holds.delete(hold.promise);
      hold.resolve();
    }
  }

  async #carryOut(id: number): Promise<void> {
    const { removals, corrections, files, writer, open } = this.#options;
    const removal = this.#one(id);
    writer.refuseWhenDamaged();
    if (!removal.leaving) writer.write(() => removals.leave(id));
    const hashes = removals.files(removal);
    for (const sha256 of hashes) await files.remove(sha256);
    writer.write(() => {
      this.#audit(removal, 'D', { deleted: 'for good', files: hashes.length });
      removals.carryOut(removal);
    });
    corrections.forget();
    open.forget(removal.studyInstanceUid);
    // The log of the database still holds the pages as they were.
    writer.emptyLog();
  }

  /**
   * Says whose studies these are, in one step: all or none.
   *
   * @param patient null: as their files say
   * @throws SystolaError `not-found`, `disk-full`, `library-damaged`
   */
  correctPatient(studyInstanceUids: readonly string[], patient: Partial<PatientFacts> | null): void {
    const { studies, corrections, writer, open, audit, user } = this.#options;
    writer.write(() => {
      const at = new Date().toISOString();
      for (const studyInstanceUid of studyInstanceUids) {
        const filed = studies.filedPatient(studyInstanceUid);
        const before = this.#patientOf(studyInstanceUid);
        if (filed === null || before === null) {
          throw new SystolaError('not-found', 'The library holds no such study.', studyInstanceUid);
        }
        const after: PatientFacts = patient === null ? filed : { ...before, ...patient };
        const correction: PatientCorrection | null = correctionTo(filed, after);
        corrections.put(studyInstanceUid, correction, at, user());
        audit.append({
          event: auditEvents.patientRecord,
          action: 'U',
          outcome: auditOutcomes.success,
          user: user(),
          studyInstanceUid,
          patientId: after.patientId,
          detail: { patientCorrected: { before, after, filed } },
        });
      }
    });
    for (const studyInstanceUid of studyInstanceUids) open.forget(studyInstanceUid);
  }

  /** As corrected; where that cannot be read any more, as the files say, so that it can be corrected anew. */
  #patientOf(studyInstanceUid: string): PatientFacts | null {
    const { studies } = this.#options;
    try {
      return studies.study(studyInstanceUid)?.patient ?? null;
    } catch (error) {
      if (error instanceof SystolaError) return studies.filedPatient(studyInstanceUid);
      throw error;
    }
  }

  #one(id: number): PendingRemoval {
    const removal = this.#options.removals.one(id);
    if (removal !== null) return removal;
    throw gone(id);
  }

  #audit(
    { studyInstanceUid, sopInstanceUid }: PendingRemoval,
    action: AuditRecord['action'],
    detail: AuditRecord['detail'],
  ): void {
    const { audit, user } = this.#options;
    audit.append({
      event: sopInstanceUid === null ? auditEvents.studyDeleted : auditEvents.instancesAccessed,
      action,
      outcome: auditOutcomes.success,
      user: user(),
      studyInstanceUid,
      patientId: this.#patientOf(studyInstanceUid)?.patientId ?? null,
      detail: { ...(sopInstanceUid === null ? {} : { sopInstanceUid }), ...detail },
    });
  }
}

const stillLeaving = (studyInstanceUid: string): SystolaError =>
  new SystolaError(
    'unwritable',
    'It is being deleted, and a file of it cannot be removed. Check the permissions of the library folder and its disk, start Systola again, and import it then.',
    studyInstanceUid,
  );

const gone = (id: number): SystolaError =>
  new SystolaError('not-found', 'What was deleted is gone, or was taken back.', String(id));
