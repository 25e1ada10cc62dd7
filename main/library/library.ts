import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { StudySummary } from '../../core/api/study-summary.ts';
import type { ListedResult } from '../../core/assessment/listed-result.ts';
import type { StudyPatient } from '../../core/api/care.ts';
import { personNameText } from '../../core/wording/person-name.ts';
import type { Settings } from '../../core/settings/settings.ts';
import type { ClipFacts, StudyFacts } from '../../core/clip/clip.ts';
import type { DocumentFacts } from '../../core/document/document-facts.ts';
import { SystolaError } from '../../core/error.ts';
import type { PatientAnswer } from '../../core/patient/patient-answers.ts';
import { applyChanges } from '../../core/review/apply.ts';
import { entryOf } from '../../core/review/history-entry.ts';
import { initialReview } from '../../core/review/initial.ts';
import type { Revision } from '../../core/review/review.ts';
import { auditEvents, AuditLog, auditOutcomes, type AuditRecord } from './audit.ts';
import type { ReadObject } from '../dicom/read-object.ts';
import type { Clock } from './checkpoint.ts';
import type { LibraryDatabase } from './database.ts';
import { DocumentStore, type StoredDocument } from './document-store.ts';
import { FileLane } from './file-lane.ts';
import { FileStore, type IncomingFile } from './file-store.ts';
import type { StoredClipFile } from './frame-source.ts';
import { InstanceIntake, type AddedInstance, type KnownInstance } from './instance-intake.ts';
import { LibraryWriter, type LibraryCondition } from './library-writer.ts';
import { discardRestore, finishRestore, type Restored } from './finish-restore.ts';
import { folderError, openOrStandIn } from './open-database.ts';
import { OpenStudies, type OpenStudy } from './open-studies.ts';
import { ResultStore, type StoredResult } from './result-store.ts';
import { revisionAudit } from './revision-audit.ts';
import { PatientStore, type RelatedFacts } from './patient-store.ts';
import { PatientCorrectionStore } from './patient-correction-store.ts';
import { RemovalStore } from './removal-store.ts';
import { StudyCare } from './study-care.ts';
import { RevisionStore, type NewRevision } from './revision-store.ts';
import { SettingsStore } from './settings.ts';
import { SnapshotStore } from './snapshot-store.ts';
import { findStrays, type Strays } from './strays.ts';
import { StudyStore, type OutdatedClip } from './study-store.ts';
import { makeFolder } from '../files/make-folder.ts';

/** A study is folded anew for at most so many bytes of revisions. */
const snapshotBytes = 512 * 1024;

/** What came of reading the files of a study again. */
export interface RenewedFacts {
  readonly study: StudyFacts;
  /** False when the facts of the study are still of the reader that they were of. */
  readonly studyIsRenewed: boolean;
  readonly clips: readonly ClipFacts[];
  /** Old facts, with why the file could not be read again. */
  readonly keptClips: readonly ClipFacts[];
  /** Documents as they are read now; others keep what is known of them. */
  readonly documents: readonly DocumentFacts[];
}

/**
 * The library: a folder the user can back up, with DICOM files by content hash and one SQLite database.
 * Everything that returns has been flushed to disk.
 */
export class Library {
  readonly path: string;
  readonly files: FileStore;
  readonly audit: AuditLog;
  /** Deletes studies and clips, and corrects their patients. */
  readonly care: StudyCare;
  /** Told of a defect in what can be done without. */
  onDefect: (error: unknown) => void = () => undefined;
  readonly #database: LibraryDatabase;
  readonly #studies: StudyStore;
  readonly #documents: DocumentStore;
  readonly #revisions: RevisionStore;
  readonly #snapshots: SnapshotStore;
  readonly #results: ResultStore;
  readonly #patients: PatientStore;
  readonly #settings: SettingsStore;
  readonly #open: OpenStudies;
  readonly #writer: LibraryWriter;
  readonly #intake: InstanceIntake;
  readonly #removals: RemovalStore;

  private constructor(path: string, database: LibraryDatabase, files: FileStore, clock?: Clock) {
    this.path = path;
    this.files = files;
    this.audit = new AuditLog(database);
    this.#database = database;
    const corrections = new PatientCorrectionStore(database);
    this.#removals = new RemovalStore(database);
    this.#studies = new StudyStore(database, corrections);
    this.#documents = new DocumentStore(database);
    this.#revisions = new RevisionStore(database);
    this.#snapshots = new SnapshotStore(database);
    this.#results = new ResultStore(database);
    this.#patients = new PatientStore(database);
    this.#settings = new SettingsStore(database);
    this.#open = new OpenStudies(
      this.#studies,
      this.#documents,
      this.#revisions,
      this.#snapshots,
      this.#removals,
    );
    this.#writer = new LibraryWriter(path, database, this.audit, clock);
    const shared = {
      files,
      studies: this.#studies,
      open: this.#open,
      writer: this.#writer,
      audit: this.audit,
      lane: new FileLane(),
      user: () => this.user(),
    };
    this.care = new StudyCare({ ...shared, removals: this.#removals, corrections });
    this.#intake = new InstanceIntake({ ...shared, documents: this.#documents, care: this.care });
  }

  /**
   * Opens the library in a folder, creating it when it is not there.
   *
   * @throws SystolaError `library-locked` when another process has it open; `unreadable` when the folder cannot
   *   be written; `malformed` when its database is damaged or newer than this version.
   */
  static async open(path: string, clock?: Clock): Promise<Library> {
    const files = new FileStore(path);
    const databasePath = join(path, 'library.sqlite');
    let database: LibraryDatabase;
    let restored: Restored | null = null;
    try {
      await makeFolder(path, 0o700);
      restored = await finishRestore(path);
      // The database's lock comes first: nobody else's half-written files may be thrown away.
      database = openOrStandIn(databasePath);
    } catch (error) {
      throw folderError(error, path);
    }
    try {
      // Beside a database that cannot be trusted everything stays as it is.
      if (database.damage === null) await files.prepare();
      const library = new Library(path, database, files, clock);
      if (database.damage === null) library.#writer.settle();
      if (restored !== null) await library.#recordRestored(restored);
      return library;
    } catch (error) {
      database.close();
      throw folderError(error, path);
    }
  }

  /** What was restored is in the audit log, whatever ends the process: until it is, every start says so again. */
  async #recordRestored({ state, at, backedUpAt, replaced }: Restored): Promise<void> {
    try {
      // A kill between this entry and what follows brings it here twice.
      if (!this.audit.holdsRestored(at)) {
        this.record({
          event: auditEvents.import,
          action: 'U',
          outcome: auditOutcomes.success,
          user: this.user(),
          studyInstanceUid: null,
          patientId: null,
          detail: { restored: state, laidReadyAt: at, backedUpAt, replaced },
        });
      }
      await discardRestore(this.path);
    } catch (error) {
      // A full disk, or a folder that nothing can be deleted from: the library opens all the same.
      if (!(error instanceof SystolaError) && !(error instanceof Error && 'code' in error)) throw error;
    }
  }

  close(): void {
    this.#writer.close();
    this.#database.close();
  }

  /** Whether changes can be stored, as far as is known. */
  get condition(): LibraryCondition {
    return this.#writer.condition;
  }

  /** True when nothing of the database could be read: what is listed was read from the stored files. */
  get standsIn(): boolean {
    return this.#database.inMemory;
  }

  /** Called when {@link condition} has changed. */
  set onCondition(listener: () => void) {
    this.#writer.onCondition = listener;
  }

  /** @throws SystolaError `library-damaged` when nothing is written any more */
  refuseWhenDamaged(): void {
    this.#writer.refuseWhenDamaged();
  }

  summaries(search?: string): StudySummary[] {
    const gone = this.#removedStudies();
    return this.#studies.summaries(search).filter(({ studyInstanceUid }) => !gone.has(studyInstanceUid));
  }

  /** The row of one study; null where the library holds no such study, or it was deleted. */
  summary(studyInstanceUid: string): StudySummary | null {
    if (this.#removedStudies().has(studyInstanceUid)) return null;
    return this.#studies.summary(studyInstanceUid);
  }

  /**
   * What the list says of each study, by study.
   *
   * @param madeBy what results are worked out by today; others do not hold
   */
  results(madeBy: string): Map<string, StoredResult> {
    return this.#results.all(madeBy);
  }

  result(studyInstanceUid: string, madeBy: string): StoredResult | null {
    return this.#results.one(studyInstanceUid, madeBy);
  }

  /** Studies whose result is to be worked out, the newest first. */
  withoutResult(madeBy: string): string[] {
    const gone = this.#removedStudies();
    return this.#results.wanted(madeBy).filter((uid) => !gone.has(uid));
  }

  /** Keeps what the list is to say of a study as it is at `head`. @throws SystolaError `disk-full`, `library-damaged` */
  keepResult(studyInstanceUid: string, head: number, madeBy: string, result: ListedResult): void {
    this.#writer.write(() => this.#results.write(studyInstanceUid, head, madeBy, result));
  }

  /** Studies that were deleted and can still be taken back. */
  #removedStudies(): ReadonlySet<string> {
    const whole = this.#removals.pending().filter(({ sopInstanceUid }) => sopInstanceUid === null);
    return new Set(whole.map(({ studyInstanceUid }) => studyInstanceUid));
  }

  /** True when nothing was ever taken in for sure: no study, and no stored file that could become one. */
  async isEmpty(): Promise<boolean> {
    if (this.#database.damage !== null || this.#studies.count() > 0) return false;
    try {
      for (const folder of await this.files.folders()) {
        if ((await this.files.hashes(folder)).length > 0) return false;
      }
      return true;
    } catch (error) {
      if (!(error instanceof SystolaError)) throw error;
      return false;
    }
  }

  /**
   * Stored files that the database does not name, and clips whose file is not there.
   *
   * @throws SystolaError `unreadable` when the store cannot be read at all
   */
  strays(): Promise<Strays> {
    return findStrays(this.files, this.#studies, this.#documents);
  }

  /**
   * Gives a stored file that the database does not name its row, from what the file says.
   *
   * @throws SystolaError `duplicate-instance`, `disk-full`, `library-damaged`
   */
  takeIn(read: ReadObject, file: { sha256: string; bytes: number }): Promise<AddedInstance> {
    return this.#intake.takeIn(read, file);
  }

  /** Writes the database as it is now to a new file. @throws SystolaError `disk-full`, `unreadable` */
  copyDatabase(path: string): Promise<void> {
    return this.#database.copyTo(path);
  }

  /** Every stored file that the database names and that is not about to be gone, with the name it was imported under. */
  storedFiles(): { readonly sha256: string; readonly name: string }[] {
    const leaving = new Set(
      this.#removals.pending().flatMap((removal) => (removal.leaving ? this.#removals.files(removal) : [])),
    );
    return [...this.#studies.files(), ...this.#documents.files()]
      .filter(([sha256]) => !leaving.has(sha256))
      .map(([sha256, name]) => ({ sha256, name }));
  }

  /**
   * Whose study it is, with the studies of the same ID and name.
   *
   * @throws SystolaError `not-found`
   */
  patientOf(studyInstanceUid: string): StudyPatient {
    const { facts, filedPatient } = this.study(studyInstanceUid);
    const { patient } = facts;
    const name = personNameText(patient.name);
    const same = this.summaries()
      .filter(({ patientId, patientName }) => patientId === patient.patientId && patientName === name)
      .map((study) => study.studyInstanceUid);
    return { patient, filed: filedPatient, studies: patient.patientId === '' ? [studyInstanceUid] : same };
  }

  /** Path of the first stored file of a study; null where it has none. */
  storedFileOf(studyInstanceUid: string): string | null {
    const [clip] = this.study(studyInstanceUid).clips;
    return clip === undefined ? null : this.clip(clip.sopInstanceUid).path;
  }

  /** How many files are stored, and their bytes. */
  storedBytes(): { readonly files: number; readonly bytes: number } {
    return this.#removals.storedBytes();
  }

  /** @throws SystolaError `not-found` */
  study(studyInstanceUid: string): OpenStudy {
    return this.#open.study(studyInstanceUid);
  }

  /** Grows with everything that is written: while it is the same, what was read is as it was. */
  get changes(): number {
    return this.#database.changes;
  }

  /**
   * A study that is read in passing: it takes the place of none that is kept in memory.
   *
   * @throws SystolaError `not-found`
   */
  studyInPassing(studyInstanceUid: string): OpenStudy {
    return this.#open.inPassing(studyInstanceUid);
  }

  /**
   * Other studies that are, or may be, of the patient of this one; those that a person has parted from it too.
   *
   * @throws SystolaError `not-found`
   */
  relatedStudies(studyInstanceUid: string): RelatedFacts[] {
    const { facts } = this.studyInPassing(studyInstanceUid);
    const gone = this.#removedStudies();
    return this.#patients.related(facts, (uid) => (gone.has(uid) ? null : this.#studies.study(uid)));
  }

  /**
   * Records what a person says of whether two studies are one patient's; null takes it back.
   *
   * @throws SystolaError `not-found`, `bad-request` when the rules leave nothing to be said, `disk-full`, `library-damaged`
   */
  answerPatient(studyInstanceUid: string, otherUid: string, answer: PatientAnswer | null): void {
    const [{ facts }, { facts: other }] = [
      this.studyInPassing(studyInstanceUid),
      this.studyInPassing(otherUid),
    ];
    const before = this.#patients.relation(facts, other);
    if (studyInstanceUid === otherUid || (before.patient === 'different' && before.by === 'rule')) {
      throw new SystolaError(
        'bad-request',
        'The two studies name different patients. Correct the patient of one of them first.',
        otherUid,
      );
    }
    this.#writer.write(() => {
      const author = this.user();
      this.#patients.put(facts, other, answer, new Date().toISOString(), author);
      this.audit.append({
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

  /**
   * Facts of a clip and the path of its file.
   *
   * @throws SystolaError `not-found`
   */
  clip(sopInstanceUid: string): StoredClipFile {
    const stored = this.#studies.clip(sopInstanceUid);
    if (stored === null) {
      throw new SystolaError('not-found', 'The library holds no such clip.', sopInstanceUid);
    }
    return { ...stored, path: this.files.path(stored.sha256) };
  }

  /**
   * Facts of a document and the path of its file.
   *
   * @throws SystolaError `not-found`
   */
  document(sopInstanceUid: string): StoredDocument & { readonly path: string } {
    const stored = this.#documents.document(sopInstanceUid);
    if (stored === null) {
      throw new SystolaError('not-found', 'The library holds no such document.', sopInstanceUid);
    }
    return { ...stored, path: this.files.path(stored.sha256) };
  }

  /** The instance that has exactly these bytes, null when the library does not hold it. */
  known(sha256: string): KnownInstance | null {
    return this.#intake.known(sha256);
  }

  /**
   * Puts the bytes of a known instance back where its file is missing or is not what was taken in. Returns whether
   * that was needed; the incoming file is left where it is when it was not.
   *
   * @throws SystolaError `disk-full`
   */
  repair(file: IncomingFile): Promise<boolean> {
    return this.#intake.repair(file);
  }

  /**
   * Takes a complete, flushed file from {@link FileStore.incomingPath} into the library: file and row, or none.
   * When the library holds these bytes already, nothing changes. Returns the study that it belongs to.
   *
   * @throws SystolaError `duplicate-instance`, `disk-full`
   */
  addInstance(read: ReadObject, file: IncomingFile): Promise<AddedInstance> {
    return this.#intake.addInstance(read, file);
  }

  /**
   * Clips of a study whose files are to be read again, because what is known of them is of an older version of the
   * reader, with the paths of their files.
   */
  outdated(studyInstanceUid: string): (OutdatedClip & { path: string })[] {
    return this.#studies
      .outdated(studyInstanceUid)
      .map((stored) => ({ ...stored, path: this.files.path(stored.sha256) }));
  }

  /** Documents of a study whose files are to be read again, as {@link outdated} says it of clips. */
  outdatedDocuments(studyInstanceUid: string): (StoredDocument & { readonly path: string })[] {
    return this.#documents
      .outdated(studyInstanceUid)
      .map((stored) => ({ ...stored, path: this.files.path(stored.sha256) }));
  }

  /** Puts what today's reader makes of a study's files in the place of what an older one did; revisions stay. */
  renewFacts(studyInstanceUid: string, renewed: RenewedFacts, detail: AuditRecord['detail']): void {
    const { facts } = this.study(studyInstanceUid);
    this.#writer.write(() => {
      for (const clip of renewed.clips) this.#studies.renewClip(clip);
      for (const clip of renewed.keptClips) this.#studies.updateClip(clip);
      for (const document of renewed.documents) this.#documents.renew(document);
      if (renewed.studyIsRenewed) this.#studies.renewStudy(renewed.study);
      else this.#studies.updateStudy(renewed.study);
      this.audit.append({
        event: auditEvents.patientRecord,
        action: 'U',
        outcome: renewed.keptClips.length === 0 ? auditOutcomes.success : auditOutcomes.minorFailure,
        user: this.user(),
        studyInstanceUid,
        patientId: facts.patient.patientId,
        detail,
      });
    });
    this.#open.forget(studyInstanceUid);
  }

  /** Shows clips of a study with these facts for as long as it is open; nothing is stored. */
  showFacts(studyInstanceUid: string, clips: readonly ClipFacts[]): void {
    this.#open.showFacts(studyInstanceUid, clips);
  }

  /** Records that the pixels of a clip carry a coloured overlay, which its attributes did not say. */
  markColourOverlay(sopInstanceUid: string): void {
    const { facts } = this.clip(sopInstanceUid);
    if (facts.colourOverlay) return;
    const updated = { ...facts, colourOverlay: true };
    this.#writer.write(() => this.#studies.updateClip(updated));
    if (this.#open.holds(facts.studyInstanceUid)) this.#open.showFacts(facts.studyInstanceUid, [updated]);
  }

  /** @throws SystolaError `revision-conflict` when the study has moved on from `head` */
  requireHead(studyInstanceUid: string, head: number): void {
    if (head === this.study(studyInstanceUid).head) return;
    throw new SystolaError(
      'revision-conflict',
      'The study was changed meanwhile, in another window or by a finished run. It is shown as it is now; repeat the change.',
      studyInstanceUid,
    );
  }

  /**
   * Appends a revision made on `head`. When this returns it is on disk.
   *
   * @throws SystolaError `revision-conflict` when the study has moved on or a change does not fit its state
   */
  append(studyInstanceUid: string, head: number, revision: NewRevision): Revision {
    this.requireHead(studyInstanceUid, head);
    const open = this.study(studyInstanceUid);
    const review = applyChanges(open.review, revision.changes);
    const appended = this.#writer.write(() => {
      const added = this.#revisions.append(studyInstanceUid, revision);
      this.audit.append(revisionAudit(added, open.facts));
      return added;
    });
    this.#open.keep({
      ...open,
      review,
      history: [...open.history, entryOf(appended)],
      head: appended.id,
    });
    this.boundFold(studyInstanceUid);
    return appended;
  }

  /**
   * Keeps a folded review once enough was revised since the last one, so that opening the study again takes no longer
   * with every revision. It can be done without: a disk that is full keeps none, and a defect is told and stands in the
   * way of nothing, least of a revision that is on disk already.
   */
  boundFold(studyInstanceUid: string): void {
    try {
      this.#boundFold(studyInstanceUid);
    } catch (error) {
      if (!(error instanceof SystolaError)) this.onDefect(error);
    }
  }

  #boundFold(studyInstanceUid: string): void {
    if (this.condition !== 'sound' || this.#database.inMemory) return;
    const open = this.study(studyInstanceUid);
    const { facts, clips, head, review, history, foldedTo } = open;
    // One that was passed over, as after its files were read again, bounds nothing and is replaced.
    if (this.#snapshots.bytesSince(studyInstanceUid, foldedTo) < snapshotBytes) return;
    this.#writer.write(() =>
      this.#snapshots.write(studyInstanceUid, initialReview(facts, clips), { head, review, history }),
    );
    this.#open.keep({ ...open, foldedTo: head });
  }

  settings(): Settings {
    return this.#settings.get();
  }

  updateSettings(changes: Partial<Settings>): Settings {
    this.refuseWhenDamaged();
    return this.#writer.noting(() => this.#settings.update(changes));
  }

  /**
   * Adds an audit entry of its own; revisions and imports write theirs themselves. While the database takes none, the
   * entry goes to the reserve, and from there into the log when it can: nothing is shown or exported without one.
   *
   * @throws SystolaError `disk-full`, `library-damaged` when there is no room for it anywhere
   */
  record(record: AuditRecord): void {
    this.#writer.record(record);
  }

  /** Who acts: the reader of the settings, else the account of the operating system. */
  user(): string {
    const reader = this.settings().reader.trim();
    if (reader !== '') return reader;
    try {
      return userInfo().username;
    } catch {
      return 'unknown';
    }
  }
}
