import { lstatSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Settings, StudySummary } from '../../core/api/requests.ts';
import type { ClipFacts, StudyFacts } from '../../core/clip/clip.ts';
import { SystolaError } from '../../core/error.ts';
import { applyChanges } from '../../core/review/apply.ts';
import { foldRevisions } from '../../core/review/history.ts';
import { initialReview } from '../../core/review/initial.ts';
import type { Change, Revision, StudyReview } from '../../core/review/review.ts';
import { fileError } from '../files/file-error.ts';
import { auditEvents, AuditLog, auditOutcomes, type AuditRecord } from './audit.ts';
import { AuditReserve } from './audit-reserve.ts';
import { Checkpoint, type Clock } from './checkpoint.ts';
import { damaged, memoryDatabase, openDatabase, transaction, type LibraryDatabase } from './database.ts';
import { listedStudies } from './listed-studies.ts';
import { FileStore, type IncomingFile } from './file-store.ts';
import type { StoredClipFile } from './frame-source.ts';
import { RevisionStore, type NewRevision } from './revision-store.ts';
import { SettingsStore } from './settings.ts';
import { StudyStore, type OutdatedClip } from './study-store.ts';

/** A study with everything said about it; `review` is the fold of `revisions`. */
export interface OpenStudy {
  readonly facts: StudyFacts;
  readonly clips: readonly ClipFacts[];
  readonly review: StudyReview;
  readonly revisions: readonly Revision[];
  readonly head: number;
}

export interface AddedInstance {
  readonly studyInstanceUid: string;
  /** False when the library held these bytes already. */
  readonly added: boolean;
}

/** What came of reading the files of a study again. */
export interface RenewedFacts {
  readonly study: StudyFacts;
  /** False when the facts of the study are still of the reader that they were of. */
  readonly studyIsRenewed: boolean;
  readonly clips: readonly ClipFacts[];
  /** Old facts, with why the file could not be read again. */
  readonly keptClips: readonly ClipFacts[];
}

/** Whether changes can be stored: always, not while the disk is full, not any more. */
export type LibraryCondition = 'sound' | 'disk-full' | 'damaged';

export interface Strays {
  /** SHA-256 of stored files that no row names. */
  readonly unnamed: readonly string[];
  /** Names of the files of clips whose stored file is not there. */
  readonly missing: readonly string[];
  /** Folders of which neither is known, with why they cannot be read. */
  readonly unreadFolders: readonly SystolaError[];
}

/** How many studies' folds are kept in memory. */
const openStudies = 8;

/**
 * The library: a folder the user can back up, with DICOM files by content hash and one SQLite database.
 * Everything that returns has been flushed to disk.
 */
export class Library {
  readonly path: string;
  readonly files: FileStore;
  readonly audit: AuditLog;
  readonly #database: LibraryDatabase;
  readonly #checkpoint: Checkpoint;
  readonly #reserve: AuditReserve;
  readonly #studies: StudyStore;
  readonly #revisions: RevisionStore;
  readonly #settings: SettingsStore;
  readonly #open = new Map<string, OpenStudy>();
  #adding: Promise<void> = Promise.resolve();

  #full = false;
  #onCondition: (() => void) | null = null;

  private constructor(path: string, database: LibraryDatabase, files: FileStore, clock?: Clock) {
    this.path = path;
    this.files = files;
    this.audit = new AuditLog(database);
    this.#database = database;
    this.#checkpoint = new Checkpoint(database, clock);
    this.#reserve = new AuditReserve(path);
    this.#studies = new StudyStore(database);
    this.#revisions = new RevisionStore(database);
    this.#settings = new SettingsStore(database);
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
    try {
      await mkdir(path, { recursive: true, mode: 0o700 });
      // The database's lock comes first: nobody else's half-written files may be thrown away.
      database = openOrStandIn(databasePath);
    } catch (error) {
      throw folderError(error, path);
    }
    try {
      // Beside a database that cannot be trusted everything stays as it is.
      if (database.damage === null) await files.prepare();
      const library = new Library(path, database, files, clock);
      if (database.damage === null) library.#settle();
      return library;
    } catch (error) {
      database.close();
      throw folderError(error, path);
    }
  }

  close(): void {
    this.#checkpoint.now();
    this.#checkpoint.stop();
    this.#database.close();
  }

  /** Whether changes can be stored, as far as is known. */
  get condition(): LibraryCondition {
    if (this.#database.damage !== null) return 'damaged';
    return this.#full ? 'disk-full' : 'sound';
  }

  /** True when nothing of the database could be read: what is listed was read from the stored files. */
  get standsIn(): boolean {
    return this.#database.inMemory;
  }

  /** Called when {@link condition} has changed. */
  set onCondition(listener: () => void) {
    this.#onCondition = listener;
    this.#database.onDamage = listener;
  }

  /** @throws SystolaError `library-damaged` when nothing is written any more */
  refuseWhenDamaged(): void {
    if (this.#database.damage !== null) throw damaged(this.#database.path);
  }

  summaries(search?: string): StudySummary[] {
    return this.#studies.summaries(search);
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
  async strays(): Promise<Strays> {
    const known = this.#studies.files();
    const unnamed: string[] = [];
    const unreadFolders: SystolaError[] = [];
    for (const folder of await this.files.folders()) {
      try {
        for (const sha256 of await this.files.hashes(folder)) if (!known.delete(sha256)) unnamed.push(sha256);
      } catch (error) {
        if (!(error instanceof SystolaError)) throw error;
        unreadFolders.push(error);
        for (const sha256 of known.keys()) if (sha256.startsWith(folder)) known.delete(sha256);
      }
    }
    return { unnamed, missing: [...known.values()], unreadFolders };
  }

  /**
   * Gives a stored file that the database does not name its row, from what the file says.
   *
   * @throws SystolaError `duplicate-instance`, `disk-full`, `library-damaged`
   */
  takeIn(
    study: StudyFacts,
    clip: ClipFacts,
    file: { sha256: string; bytes: number },
  ): Promise<AddedInstance> {
    return this.#alone(() => {
      const known = this.known(file.sha256);
      if (known !== null) return Promise.resolve({ studyInstanceUid: known.studyInstanceUid, added: false });
      return Promise.resolve(this.#addRow(study, clip, file, 'store'));
    });
  }

  /** @throws SystolaError `not-found` */
  study(studyInstanceUid: string): OpenStudy {
    const known = this.#open.get(studyInstanceUid);
    if (known !== undefined) return known;
    const facts = this.#studies.study(studyInstanceUid);
    if (facts === null) {
      throw new SystolaError('not-found', 'The library holds no such study.', studyInstanceUid);
    }
    const clips = this.#studies.clips(studyInstanceUid);
    const revisions = this.#revisions.list(studyInstanceUid);
    const review = foldRevisions(initialReview(facts, clips), revisions);
    const open = { facts, clips, review, revisions, head: revisions.at(-1)?.id ?? 0 };
    this.#keep(open);
    return open;
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

  /** The instance that has exactly these bytes, null when the library does not hold it. */
  known(sha256: string): { sopInstanceUid: string; studyInstanceUid: string } | null {
    return this.#studies.bySha256(sha256);
  }

  /**
   * Puts the bytes of a known instance back where its file is missing or is not what was taken in. Returns whether
   * that was needed; the incoming file is left where it is when it was not.
   *
   * @throws SystolaError `disk-full`
   */
  repair(file: IncomingFile): Promise<boolean> {
    return this.#alone(() => this.#repair(file));
  }

  async #repair(file: IncomingFile): Promise<boolean> {
    this.refuseWhenDamaged();
    const known = this.known(file.sha256);
    if (known === null || (await this.files.holds(file.sha256, file.bytes))) return false;
    await this.files.adopt(file.incomingPath, file.sha256);
    this.record({
      event: auditEvents.import,
      action: 'U',
      outcome: auditOutcomes.success,
      user: this.user(),
      studyInstanceUid: known.studyInstanceUid,
      patientId: this.#studies.study(known.studyInstanceUid)?.patient.patientId ?? null,
      detail: { repaired: known.sopInstanceUid, sha256: file.sha256 },
    });
    return true;
  }

  /**
   * Takes a complete, flushed file from {@link FileStore.incomingPath} into the library: file and row, or none.
   * When the library holds these bytes already, nothing changes. Returns the study the clip belongs to.
   *
   * @throws SystolaError `duplicate-instance`, `disk-full`
   */
  addInstance(study: StudyFacts, clip: ClipFacts, file: IncomingFile): Promise<AddedInstance> {
    return this.#alone(() => this.#addInstance(study, clip, file));
  }

  /** One after the other: two imports may bring the same bytes, and only one of them may own the file. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#adding.then(work);
    this.#adding = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }

  async #addInstance(study: StudyFacts, clip: ClipFacts, file: IncomingFile): Promise<AddedInstance> {
    this.refuseWhenDamaged();
    const known = this.known(file.sha256);
    if (known !== null) {
      await this.#repair(file);
      return { studyInstanceUid: known.studyInstanceUid, added: false };
    }
    this.#studies.refuseDuplicate(clip);
    // The file goes first: a row without its file would be damage, a file without its row is taken in at the next start.
    const wasThere = await this.files.has(file.sha256);
    await this.files.adopt(file.incomingPath, file.sha256);
    try {
      return this.#addRow(study, clip, file, 'import');
    } catch (error) {
      // Of a full disk nothing was kept. After any other failure of the disk the row may yet be there at the next start:
      // its file stays, and is taken in again where it is not.
      const isKept = !(error instanceof SystolaError) || error.code !== 'disk-full';
      if (!wasThere && !isKept) await this.files.remove(file.sha256);
      throw error;
    }
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

  /** Puts what today's reader makes of a study's files in the place of what an older one did; revisions stay. */
  renewFacts(studyInstanceUid: string, renewed: RenewedFacts, detail: AuditRecord['detail']): void {
    const { facts } = this.study(studyInstanceUid);
    this.#write(() => {
      for (const clip of renewed.clips) this.#studies.renewClip(clip);
      for (const clip of renewed.keptClips) this.#studies.updateClip(clip);
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
    this.#open.delete(studyInstanceUid);
  }

  /** Shows clips of a study with these facts for as long as it is open; nothing is stored. */
  showFacts(studyInstanceUid: string, clips: readonly ClipFacts[]): void {
    const open = this.study(studyInstanceUid);
    const byUid = new Map(clips.map((clip) => [clip.sopInstanceUid, clip]));
    this.#keep({ ...open, clips: open.clips.map((clip) => byUid.get(clip.sopInstanceUid) ?? clip) });
  }

  #addRow(
    study: StudyFacts,
    clip: ClipFacts,
    file: { sha256: string; bytes: number },
    source: 'import' | 'store',
  ): AddedInstance {
    const studyInstanceUid = this.#write(() => {
      const addedTo = this.#studies.add(study, clip, file, new Date().toISOString());
      this.audit.append({
        event: auditEvents.import,
        action: 'C',
        outcome: auditOutcomes.success,
        user: this.user(),
        studyInstanceUid: addedTo,
        patientId: study.patient.patientId,
        detail: {
          sopInstanceUid: clip.sopInstanceUid,
          sha256: file.sha256,
          ...(source === 'store' ? { takenInAgain: true } : {}),
        },
      });
      return addedTo;
    }, source === 'store');
    this.#open.delete(studyInstanceUid);
    return { studyInstanceUid, added: true };
  }

  /** Records that the pixels of a clip carry a coloured overlay, which its attributes did not say. */
  markColourOverlay(sopInstanceUid: string): void {
    const { facts } = this.clip(sopInstanceUid);
    if (facts.colourOverlay) return;
    const updated = { ...facts, colourOverlay: true };
    this.#write(() => this.#studies.updateClip(updated));
    const open = this.#open.get(facts.studyInstanceUid);
    if (open === undefined) return;
    const clips = open.clips.map((clip) => (clip.sopInstanceUid === sopInstanceUid ? updated : clip));
    this.#keep({ ...open, clips });
  }

  /**
   * Appends a revision made on `head`. When this returns it is on disk.
   *
   * @throws SystolaError `revision-conflict` when the study has moved on or a change does not fit its state
   */
  append(studyInstanceUid: string, head: number, revision: NewRevision): Revision {
    const open = this.study(studyInstanceUid);
    if (head !== open.head) {
      throw new SystolaError(
        'revision-conflict',
        'The study was changed meanwhile, in another window or by a finished run. It is shown as it is now; repeat the change.',
        studyInstanceUid,
      );
    }
    const review = applyChanges(open.review, revision.changes);
    const appended = this.#write(() => {
      const added = this.#revisions.append(studyInstanceUid, revision);
      this.audit.append(revisionAudit(added, open.facts));
      return added;
    });
    this.#keep({
      ...open,
      review,
      revisions: [...open.revisions, appended],
      head: appended.id,
    });
    return appended;
  }

  settings(): Settings {
    return this.#settings.get();
  }

  updateSettings(changes: Partial<Settings>): Settings {
    this.refuseWhenDamaged();
    return this.#noting(() => this.#settings.update(changes));
  }

  /**
   * Adds an audit entry of its own; revisions and imports write theirs themselves. While the database takes none, the
   * entry goes to the reserve, and from there into the log when it can: nothing is shown or exported without one.
   *
   * @throws SystolaError `disk-full`, `library-damaged` when there is no room for it anywhere
   */
  record(record: AuditRecord): void {
    const at = new Date();
    try {
      this.#write(() => this.audit.append(record, at));
    } catch (error) {
      const takesNone =
        error instanceof SystolaError && (error.code === 'disk-full' || error.code === 'library-damaged');
      if (!takesNone || !this.#reserve.keep(record, at)) throw error;
    }
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

  /** @param standingIn also into a database in memory, which only holds what the stored files say */
  #write<T>(work: () => T, standingIn = false): T {
    if (!standingIn) this.refuseWhenDamaged();
    return this.#noting(() => transaction(this.#database, work));
  }

  /** Remembers whether the disk was full when something was last written. */
  #noting<T>(write: () => T): T {
    try {
      const result = write();
      this.#checkpoint.changed();
      if (this.#full) {
        this.#full = false;
        this.#settle();
        this.#onCondition?.();
      }
      return result;
    } catch (error) {
      if (error instanceof SystolaError && error.code === 'disk-full' && !this.#full) {
        this.#full = true;
        this.#onCondition?.();
      }
      throw error;
    }
  }

  /** Moves what was recorded while the database took no entries into the audit log. */
  #settle(): void {
    this.#reserve.prepare();
    const waiting = this.#reserve.waiting();
    if (waiting.length === 0) return;
    try {
      this.#write(() => {
        for (const { id, at, record } of waiting) {
          // A kill between this commit and the emptying of the reserve brings them here twice.
          if (this.audit.holdsReserved(id)) continue;
          this.audit.append({ ...record, detail: { ...record.detail, reserved: id } }, at);
        }
      });
      this.#reserve.clear();
    } catch (error) {
      // They wait on.
      if (!(error instanceof SystolaError)) throw error;
    }
  }

  #keep(open: OpenStudy): void {
    const uid = open.facts.studyInstanceUid;
    this.#open.delete(uid);
    this.#open.set(uid, open);
    if (this.#open.size > openStudies) {
      const [oldest] = this.#open.keys();
      if (oldest !== undefined) this.#open.delete(oldest);
    }
  }
}

function leadsToStudies(database: LibraryDatabase): boolean {
  try {
    listedStudies(database);
    return true;
  } catch (error) {
    if (error instanceof SystolaError) return false;
    throw error;
  }
}

/** The database; where nothing of it can be read, one in memory that stands in and is never written to disk. */
function openOrStandIn(path: string): LibraryDatabase {
  try {
    const database = openDatabase(path);
    if (database.damage === null || leadsToStudies(database)) return database;
    database.close();
    return memoryDatabase(path, database.damage);
  } catch (error) {
    if (!(error instanceof SystolaError) || error.code !== 'library-damaged') throw error;
    return memoryDatabase(path, error.message);
  }
}

function revisionAudit(revision: Revision, study: StudyFacts): AuditRecord {
  const slots = [...new Set(revision.changes.map((change) => change.slot))];
  return {
    event: auditEvents.patientRecord,
    action: 'U',
    outcome: auditOutcomes.success,
    user: revision.author,
    studyInstanceUid: revision.studyInstanceUid,
    patientId: study.patient.patientId,
    detail: {
      revision: revision.id,
      kind: revision.kind,
      label: revision.label,
      target: revision.target,
      slots,
      // Contours are many and stay in the revision; what is signed or scales a number is spelled out here.
      values: revision.changes.filter(isSpelledOut),
    },
  };
}

function isSpelledOut(change: Change): boolean {
  return change.slot !== 'trace';
}

function folderError(error: unknown, path: string): unknown {
  if (error instanceof SystolaError || !(error instanceof Error) || !('code' in error)) return error;
  const options = { cause: error };
  switch (error.code) {
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EEXIST':
      return new SystolaError(
        'unreadable',
        'The library folder cannot be opened for writing. Check its permissions or choose another folder.',
        path,
        options,
      );
    case 'ENOENT':
    case 'ELOOP':
      if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() !== true) break;
      return new SystolaError(
        'unreadable',
        'The library folder is a link to a folder that is not there. Connect the disk that it is on, or choose another folder.',
        path,
        options,
      );
    case 'ENOSPC':
    case 'EDQUOT':
      return new SystolaError('disk-full', 'The disk is full: the library cannot be opened.', path, options);
    case 'EMFILE':
    case 'ENFILE':
      return fileError(error, path);
  }
  const named = fileError(error, path);
  if (!(named instanceof SystolaError)) return named;
  return new SystolaError(
    'unreadable',
    `The library folder cannot be opened for writing (${String(error.code)}). Check its disk and permissions, or choose another folder.`,
    path,
    options,
  );
}
