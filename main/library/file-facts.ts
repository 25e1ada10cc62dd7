import type { ClipFacts, StudyFacts } from '../../core/clip/clip.ts';
import type { DocumentFacts } from '../../core/document/document-facts.ts';
import { auditEvents, auditOutcomes, type AuditLog, type AuditRecord } from './audit.ts';
import type { DocumentStore, StoredDocument } from './document-store.ts';
import type { FileStore } from './file-store.ts';
import type { StoredClipFile } from './frame-source.ts';
import type { LibraryWriter } from './library-writer.ts';
import type { OpenStudies } from './open-studies.ts';
import type { OutdatedClip, StudyStore } from './study-store.ts';

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

interface FileFactsOptions {
  readonly files: FileStore;
  readonly studies: StudyStore;
  readonly documents: DocumentStore;
  readonly open: OpenStudies;
  readonly writer: LibraryWriter;
  readonly audit: AuditLog;
  /** @throws SystolaError `not-found` */
  clip(sopInstanceUid: string): StoredClipFile;
  /** Who acts. */
  user(): string;
}

/** What is known of stored files, where it is not what today's reader would say. */
export class FileFacts {
  readonly #options: FileFactsOptions;

  constructor(options: FileFactsOptions) {
    this.#options = options;
  }

  /**
   * Clips of a study whose files are to be read again, because what is known of them is of an older version of the
   * reader, with the paths of their files.
   */
  outdated(studyInstanceUid: string): (OutdatedClip & { path: string })[] {
    const { studies, files } = this.#options;
    return studies
      .outdated(studyInstanceUid)
      .map((stored) => ({ ...stored, path: files.path(stored.sha256) }));
  }

  /** Documents of a study whose files are to be read again, as {@link outdated} says it of clips. */
  outdatedDocuments(studyInstanceUid: string): (StoredDocument & { readonly path: string })[] {
    const { documents, files } = this.#options;
    return documents
      .outdated(studyInstanceUid)
      .map((stored) => ({ ...stored, path: files.path(stored.sha256) }));
  }

  /** Puts what today's reader makes of a study's files in the place of what an older one did; revisions stay. */
  renew(studyInstanceUid: string, renewed: RenewedFacts, detail: AuditRecord['detail']): void {
    const { studies, documents, open, writer, audit, user } = this.#options;
    const { facts } = open.study(studyInstanceUid);
    writer.write(() => {
      for (const clip of renewed.clips) studies.renewClip(clip);
      for (const clip of renewed.keptClips) studies.updateClip(clip);
      for (const document of renewed.documents) documents.renew(document);
      if (renewed.studyIsRenewed) studies.renewStudy(renewed.study);
      else studies.updateStudy(renewed.study);
      audit.append({
        event: auditEvents.patientRecord,
        action: 'U',
        outcome: renewed.keptClips.length === 0 ? auditOutcomes.success : auditOutcomes.minorFailure,
        user: user(),
        studyInstanceUid,
        patientId: facts.patient.patientId,
        detail,
      });
    });
    open.forget(studyInstanceUid);
  }

  /** Shows clips of a study with these facts for as long as it is open; nothing is stored. */
  show(studyInstanceUid: string, clips: readonly ClipFacts[]): void {
    this.#options.open.showFacts(studyInstanceUid, clips);
  }

  /** Records that the pixels of a clip carry a coloured overlay, which its attributes did not say. */
  markColourOverlay(sopInstanceUid: string): void {
    const { studies, open, writer, clip } = this.#options;
    const { facts } = clip(sopInstanceUid);
    if (facts.colourOverlay) return;
    const updated = { ...facts, colourOverlay: true };
    writer.write(() => studies.updateClip(updated));
    if (open.holds(facts.studyInstanceUid)) open.showFacts(facts.studyInstanceUid, [updated]);
  }
}
