import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { StudySummary } from '../../core/api/study-summary.ts';
import type { SettingsChange } from '../../core/settings/settings-change.ts';
import type { Settings } from '../../core/settings/settings.ts';
import { SystolaError } from '../../core/error.ts';
import { auditEvents, AuditLog, auditOutcomes, type AuditRecord } from './audit.ts';
import type { Clock } from './checkpoint.ts';
import type { LibraryDatabase } from './database.ts';
import { DocumentStore, type StoredDocument } from './document-store.ts';
import { FileFacts } from './file-facts.ts';
import { FileLane } from './file-lane.ts';
import { FileStore } from './file-store.ts';
import type { StoredClipFile } from './frame-source.ts';
import { InstanceIntake } from './instance-intake.ts';
import { KeptResults } from './kept-results.ts';
import { LibraryWriter, type LibraryCondition } from './library-writer.ts';
import { discardRestore, finishRestore, type Restored } from './finish-restore.ts';
import { folderError, openOrStandIn } from './open-database.ts';
import { OpenStudies, type OpenStudy } from './open-studies.ts';
import { ResultStore } from './result-store.ts';
import { PatientStore } from './patient-store.ts';
import { PatientCorrectionStore } from './patient-correction-store.ts';
import { RemovalStore } from './removal-store.ts';
import { StudyCare } from './study-care.ts';
import { RevisionStore } from './revision-store.ts';
import { SettingsStore } from './settings.ts';
import { SnapshotStore } from './snapshot-store.ts';
import { StoredFiles } from './stored-files.ts';
import { StudyPatients } from './study-patients.ts';
import { StudyRevisions } from './study-revisions.ts';
import { StudyStore } from './study-store.ts';
import { makeFolder } from '../files/make-folder.ts';

/**
 * The library: a folder the user can back up, with DICOM files by content hash and one SQLite database.
 * Everything that returns has been flushed to disk.
 */
export class Library {
  readonly path: string;
  readonly files: FileStore;
  readonly audit: AuditLog;
  /** Takes files in, and puts them back. */
  readonly intake: InstanceIntake;
  /** The stored files beside the rows that name them. */
  readonly stored: StoredFiles;
  /** What is known of stored files, where it is not what today's reader would say. */
  readonly facts: FileFacts;
  /** What is said of studies. */
  readonly revisions: StudyRevisions;
  /** What the list says of studies. */
  readonly results: KeptResults;
  /** Whose study it is. */
  readonly patients: StudyPatients;
  /** Deletes studies and clips, and corrects their patients. */
  readonly care: StudyCare;
  readonly #database: LibraryDatabase;
  readonly #studies: StudyStore;
  readonly #documents: DocumentStore;
  readonly #settings: SettingsStore;
  readonly #open: OpenStudies;
  readonly #writer: LibraryWriter;
  readonly #removals: RemovalStore;

  private constructor(path: string, database: LibraryDatabase, files: FileStore, clock?: Clock) {
    this.path = path;
    this.files = files;
    this.audit = new AuditLog(database);
    this.#database = database;
    const corrections = new PatientCorrectionStore(database);
    const revisions = new RevisionStore(database);
    const snapshots = new SnapshotStore(database);
    this.#removals = new RemovalStore(database);
    this.#studies = new StudyStore(database, corrections);
    this.#documents = new DocumentStore(database);
    this.#settings = new SettingsStore(database);
    this.#open = new OpenStudies(this.#studies, this.#documents, revisions, snapshots, this.#removals);
    this.#writer = new LibraryWriter(path, database, this.audit, clock);
    const shared = {
      ...{ database, files, audit: this.audit, lane: new FileLane() },
      ...{ studies: this.#studies, documents: this.#documents, removals: this.#removals },
      ...{ open: this.#open, writer: this.#writer },
      clip: (sopInstanceUid: string) => this.clip(sopInstanceUid),
      user: () => this.user(),
    };
    this.care = new StudyCare({ ...shared, corrections });
    this.intake = new InstanceIntake({ ...shared, care: this.care });
    this.stored = new StoredFiles(shared);
    this.facts = new FileFacts(shared);
    this.revisions = new StudyRevisions({ ...shared, revisions, snapshots });
    this.results = new KeptResults({ ...shared, results: new ResultStore(database) });
    this.patients = new StudyPatients({ ...shared, patients: new PatientStore(database) });
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
    const gone = this.#removals.wholeStudies();
    return this.#studies.summaries(search).filter(({ studyInstanceUid }) => !gone.has(studyInstanceUid));
  }

  /** The row of one study; null where the library holds no such study, or it was deleted. */
  summary(studyInstanceUid: string): StudySummary | null {
    if (this.#removals.wholeStudies().has(studyInstanceUid)) return null;
    return this.#studies.summary(studyInstanceUid);
  }

  /** Writes the database as it is now to a new file. @throws SystolaError `disk-full`, `unreadable` */
  copyDatabase(path: string): Promise<void> {
    return this.#database.copyTo(path);
  }

  /** Path of the first stored file of a study; null where it has none. */
  storedFileOf(studyInstanceUid: string): string | null {
    const [clip] = this.study(studyInstanceUid).clips;
    return clip === undefined ? null : this.clip(clip.sopInstanceUid).path;
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

  settings(): Settings {
    return this.#settings.get();
  }

  /**
   * Merges a change into the settings as they are now.
   *
   * @throws SystolaError `bad-request`, `disk-full`, `library-damaged`
   */
  updateSettings(change: SettingsChange): Settings {
    this.refuseWhenDamaged();
    return this.#writer.noting(() => this.#settings.update(change));
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
