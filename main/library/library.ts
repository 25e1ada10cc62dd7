import { readdirSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Settings, StudySummary } from '../../core/api/requests.ts';
import type { ClipFacts, StudyFacts } from '../../core/clip/clip.ts';
import { SystolaError } from '../../core/error.ts';
import { applyChanges } from '../../core/review/apply.ts';
import { foldRevisions } from '../../core/review/history.ts';
import { initialReview } from '../../core/review/initial.ts';
import type { Change, Revision, StudyReview } from '../../core/review/review.ts';
import { auditEvents, AuditLog, auditOutcomes, type AuditRecord } from './audit.ts';
import { databaseError, openDatabase, transaction } from './database.ts';
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
  readonly #database: DatabaseSync;
  readonly #databasePath: string;
  readonly #studies: StudyStore;
  readonly #revisions: RevisionStore;
  readonly #settings: SettingsStore;
  readonly #open = new Map<string, OpenStudy>();
  #adding: Promise<void> = Promise.resolve();

  private constructor(path: string, database: DatabaseSync, databasePath: string, files: FileStore) {
    this.path = path;
    this.files = files;
    this.audit = new AuditLog(database);
    this.#database = database;
    this.#databasePath = databasePath;
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
  static async open(path: string): Promise<Library> {
    const files = new FileStore(path);
    const databasePath = join(path, 'library.sqlite');
    let database: DatabaseSync;
    try {
      await mkdir(path, { recursive: true, mode: 0o700 });
      // The database's lock comes first: nobody else's half-written files may be thrown away.
      database = openDatabase(databasePath);
    } catch (error) {
      throw folderError(error, path);
    }
    try {
      await files.prepare();
      const library = new Library(path, database, databasePath, files);
      await library.#removeOrphans();
      return library;
    } catch (error) {
      database.close();
      throw folderError(error, path);
    }
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  summaries(search?: string): StudySummary[] {
    return this.#studies.summaries(search);
  }

  isEmpty(): boolean {
    return this.#studies.count() === 0;
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
      const studyInstanceUid = this.#write(() => {
        const addedTo = this.#studies.add(study, clip, file, new Date().toISOString());
        this.audit.append({
          event: auditEvents.import,
          action: 'C',
          outcome: auditOutcomes.success,
          user: this.user(),
          studyInstanceUid: addedTo,
          patientId: study.patient.patientId,
          detail: { sopInstanceUid: clip.sopInstanceUid, sha256: file.sha256 },
        });
        return addedTo;
      });
      this.#open.delete(studyInstanceUid);
      return { studyInstanceUid, added: true };
    } catch (error) {
      if (!wasThere) await this.files.remove(file.sha256);
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
    try {
      return this.#settings.update(changes);
    } catch (error) {
      throw databaseError(error, this.#databasePath);
    }
  }

  /** Adds an audit entry of its own; revisions and imports write theirs themselves. */
  record(record: AuditRecord): void {
    this.#write(() => this.audit.append(record));
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

  #write<T>(work: () => T): T {
    try {
      return transaction(this.#database, work);
    } catch (error) {
      throw databaseError(error, this.#databasePath);
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

  /** A kill between rename and commit leaves a file that no row knows; it was never acknowledged. */
  async #removeOrphans(): Promise<void> {
    const known = this.#studies.hashes();
    for (const entry of readdirSync(join(this.path, 'files'), { recursive: true, withFileTypes: true })) {
      const sha256 = /^([0-9a-f]{64})\.dcm$/.exec(entry.name)?.[1];
      if (entry.isFile() && sha256 !== undefined && !known.has(sha256)) await this.files.remove(sha256);
    }
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
  if (error instanceof SystolaError || !(error instanceof Error)) return error;
  const code = 'code' in error ? error.code : null;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EEXIST') {
    return new SystolaError(
      'unreadable',
      'The library folder cannot be opened for writing. Check its permissions or choose another folder.',
      path,
      { cause: error },
    );
  }
  if (code === 'ENOSPC') {
    return new SystolaError('disk-full', 'The disk is full: the library cannot be opened.', path, {
      cause: error,
    });
  }
  if (code === 'ERR_SQLITE_ERROR') {
    return new SystolaError('unreadable', `The library database cannot be opened: ${error.message}.`, path, {
      cause: error,
    });
  }
  return error;
}
