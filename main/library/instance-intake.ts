import type { ReadObject } from '../dicom/read-object.ts';
import { isDocument } from '../dicom/read-object.ts';
import type { StudyFacts } from '../../core/clip/clip.ts';
import type { DocumentFacts } from '../../core/document/document-facts.ts';
import { SystolaError } from '../../core/error.ts';
import { auditEvents, auditOutcomes, type AuditLog } from './audit.ts';
import type { DocumentStore } from './document-store.ts';
import type { FileLane } from './file-lane.ts';
import type { FileStore, IncomingFile } from './file-store.ts';
import type { LibraryWriter } from './library-writer.ts';
import type { OpenStudies } from './open-studies.ts';
import type { StudyCare } from './study-care.ts';
import type { StudyStore } from './study-store.ts';

export interface AddedInstance {
  readonly studyInstanceUid: string;
  /** False when the library held these bytes already. */
  readonly added: boolean;
}

export interface KnownInstance {
  readonly kind: 'clip' | 'document';
  readonly sopInstanceUid: string;
  readonly studyInstanceUid: string;
}

export interface InstanceIntakeOptions {
  readonly files: FileStore;
  readonly studies: StudyStore;
  readonly documents: DocumentStore;
  readonly open: OpenStudies;
  readonly writer: LibraryWriter;
  readonly audit: AuditLog;
  readonly lane: FileLane;
  readonly care: Pick<StudyCare, 'keepInstance' | 'keepStudy' | 'finishLeaving'>;
  /** Who acts. */
  user(): string;
}

/** Takes instances into the library: the file and its row, or neither; and puts files back that are not what was taken in. */
export class InstanceIntake {
  readonly #files: FileStore;
  readonly #studies: StudyStore;
  readonly #documents: DocumentStore;
  readonly #open: OpenStudies;
  readonly #writer: LibraryWriter;
  readonly #audit: AuditLog;
  readonly #care: InstanceIntakeOptions['care'];
  readonly #lane: FileLane;
  readonly #user: () => string;

  constructor({ files, studies, documents, open, writer, audit, lane, care, user }: InstanceIntakeOptions) {
    this.#files = files;
    this.#studies = studies;
    this.#documents = documents;
    this.#open = open;
    this.#writer = writer;
    this.#audit = audit;
    this.#lane = lane;
    this.#care = care;
    this.#user = user;
  }

  /** The instance that has exactly these bytes, null when the library does not hold it. */
  known(sha256: string): KnownInstance | null {
    const document = this.#documents.bySha256(sha256);
    if (document !== null) return { ...document, kind: 'document' };
    const clip = this.#studies.bySha256(sha256);
    return clip === null ? null : { ...clip, kind: 'clip' };
  }

  /**
   * Gives a stored file that the database does not name its row, from what the file says.
   *
   * @throws SystolaError `duplicate-instance`, `disk-full`, `library-damaged`
   */
  takeIn(read: ReadObject, file: { sha256: string; bytes: number }): Promise<AddedInstance> {
    return this.#lane.alone(() => {
      const known = this.known(file.sha256);
      if (known !== null) return Promise.resolve({ studyInstanceUid: known.studyInstanceUid, added: false });
      return Promise.resolve(this.#addRow(read, file, 'store'));
    });
  }

  /**
   * Puts the bytes of a known instance back where its file is missing or is not what was taken in. Returns whether
   * that was needed; the incoming file is left where it is when it was not.
   *
   * @throws SystolaError `disk-full`
   */
  repair(file: IncomingFile): Promise<boolean> {
    return this.#lane.alone(() => this.#repair(file));
  }

  async #repair(file: IncomingFile): Promise<boolean> {
    this.#writer.refuseWhenDamaged();
    await this.#care.finishLeaving();
    const known = this.known(file.sha256);
    // What was deleted a moment ago and is imported again is wanted.
    if (known !== null) this.#care.keepInstance(known.studyInstanceUid, known.sopInstanceUid);
    if (known === null || (await this.#files.holds(file.sha256, file.bytes))) return false;
    await this.#files.adopt(file.incomingPath, file.sha256);
    this.#writer.record({
      event: auditEvents.import,
      action: 'U',
      outcome: auditOutcomes.success,
      user: this.#user(),
      studyInstanceUid: known.studyInstanceUid,
      patientId: this.#studies.study(known.studyInstanceUid)?.patient.patientId ?? null,
      detail: { repaired: known.sopInstanceUid, sha256: file.sha256 },
    });
    return true;
  }

  /**
   * Takes a complete, flushed file from {@link FileStore.incomingPath} into the library: file and row, or none.
   * When the library holds these bytes already, nothing changes. Returns the study that it belongs to.
   *
   * @throws SystolaError `duplicate-instance`, `disk-full`
   */
  addInstance(read: ReadObject, file: IncomingFile): Promise<AddedInstance> {
    return this.#lane.alone(() => this.#addInstance(read, file));
  }

  async #addInstance(read: ReadObject, file: IncomingFile): Promise<AddedInstance> {
    this.#writer.refuseWhenDamaged();
    await this.#care.finishLeaving();
    const known = this.known(file.sha256);
    if (known !== null) {
      await this.#repair(file);
      return { studyInstanceUid: known.studyInstanceUid, added: false };
    }
    this.#refuseDuplicate(read);
    if (read.study === null) this.#studyOfClips(read.document);
    // The file goes first: a row without its file would be damage, a file without its row is taken in at the next start.
    const wasThere = await this.#files.has(file.sha256);
    await this.#files.adopt(file.incomingPath, file.sha256);
    try {
      return this.#addRow(read, file, 'import');
    } catch (error) {
      // Of a full disk nothing was kept. After any other failure of the disk the row may yet be there at the next start:
      // its file stays, and is taken in again where it is not.
      const isKept = !(error instanceof SystolaError) || error.code !== 'disk-full';
      if (!wasThere && !isKept) await this.#files.remove(file.sha256);
      throw error;
    }
  }

  /** @throws SystolaError `duplicate-instance` when the UID is known; its bytes were compared before */
  #refuseDuplicate(read: ReadObject): void {
    const { sopInstanceUid, fileName } = isDocument(read) ? read.document : read.clip;
    const known = this.#studies.clip(sopInstanceUid) ?? this.#documents.document(sopInstanceUid);
    if (known === null) return;
    throw new SystolaError(
      'duplicate-instance',
      `The library already holds an instance with this SOP Instance UID (imported from ${known.facts.fileName}) whose bytes differ. The one in the library was kept.`,
      fileName,
    );
  }

  /**
   * The study that outlines are of which name clips alone: the one with most of them.
   *
   * @throws SystolaError `not-found`
   */
  #studyOfClips({ contours, fileName }: DocumentFacts): StudyFacts {
    const outlines = new Map<string, number>();
    for (const { sopInstanceUid, contours: count } of contours?.clips ?? []) {
      const study = this.#studies.clip(sopInstanceUid)?.facts.studyInstanceUid;
      if (study !== undefined) outlines.set(study, (outlines.get(study) ?? 0) + count);
    }
    const [most] = [...outlines].sort(([, a], [, b]) => b - a);
    const study = most === undefined ? null : this.#studies.study(most[0]);
    if (study !== null) return study;
    throw new SystolaError(
      'not-found',
      'None of its pictures is of a clip in the library. Import the clips first, then this file again.',
      fileName,
    );
  }

  #addRow(
    read: ReadObject,
    file: { sha256: string; bytes: number },
    source: 'import' | 'store',
  ): AddedInstance {
    this.#refuseDuplicate(read);
    const ofClips = read.study === null ? this.#studyOfClips(read.document) : null;
    const studyInstanceUid = this.#writer.write(() => {
      const at = new Date().toISOString();
      const addedTo =
        read.study === null ? ofClips!.studyInstanceUid : this.#studies.addStudy(read.study, at);
      if (isDocument(read)) this.#documents.add({ ...read.document, studyInstanceUid: addedTo }, file, at);
      else this.#studies.add({ ...read.clip, studyInstanceUid: addedTo }, file, at);
      // Whoever imports another file of a study that was deleted a moment ago would lose it with the study.
      if (source === 'import') this.#care.keepStudy(addedTo);
      this.#audit.append({
        event: auditEvents.import,
        action: 'C',
        outcome: auditOutcomes.success,
        user: this.#user(),
        studyInstanceUid: addedTo,
        patientId: (read.study ?? ofClips)?.patient.patientId ?? null,
        detail: {
          sopInstanceUid: (isDocument(read) ? read.document : read.clip).sopInstanceUid,
          sha256: file.sha256,
          ...(isDocument(read) ? { document: true } : {}),
          ...(source === 'store' ? { takenInAgain: true } : {}),
        },
      });
      return addedTo;
    }, source === 'store');
    this.#open.forget(studyInstanceUid);
    return { studyInstanceUid, added: true };
  }
}
