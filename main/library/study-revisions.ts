import { SystolaError } from '../../core/error.ts';
import { applyChanges } from '../../core/review/apply.ts';
import { entryOf } from '../../core/review/history-entry.ts';
import { initialReview } from '../../core/review/initial.ts';
import type { Revision } from '../../core/review/review.ts';
import type { AuditLog } from './audit.ts';
import type { LibraryDatabase } from './database.ts';
import type { LibraryWriter } from './library-writer.ts';
import type { OpenStudies } from './open-studies.ts';
import { revisionAudit } from './revision-audit.ts';
import type { NewRevision, RevisionStore } from './revision-store.ts';
import type { SnapshotStore } from './snapshot-store.ts';

/** A study is folded anew for at most so many bytes of revisions. */
const snapshotBytes = 512 * 1024;

interface StudyRevisionsOptions {
  readonly database: LibraryDatabase;
  readonly open: OpenStudies;
  readonly revisions: RevisionStore;
  readonly snapshots: SnapshotStore;
  readonly writer: LibraryWriter;
  readonly audit: AuditLog;
}

/** Appends what is said of a study, and keeps what has to be read and folded on opening it within bounds. */
export class StudyRevisions {
  /** Told of a defect in what can be done without. */
  onDefect: (error: unknown) => void = () => undefined;
  readonly #options: StudyRevisionsOptions;

  constructor(options: StudyRevisionsOptions) {
    this.#options = options;
  }

  /** @throws SystolaError `revision-conflict` when the study has moved on from `head` */
  requireHead(studyInstanceUid: string, head: number): void {
    if (head === this.#options.open.study(studyInstanceUid).head) return;
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
    const { open: studies, revisions, writer, audit } = this.#options;
    this.requireHead(studyInstanceUid, head);
    const open = studies.study(studyInstanceUid);
    const review = applyChanges(open.review, revision.changes);
    const appended = writer.write(() => {
      const added = revisions.append(studyInstanceUid, revision);
      audit.append(revisionAudit(added, open.facts));
      return added;
    });
    studies.keep({
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
    const { database, open: studies, snapshots, writer } = this.#options;
    if (writer.condition !== 'sound' || database.inMemory) return;
    const open = studies.study(studyInstanceUid);
    const { facts, clips, head, review, history, foldedTo } = open;
    // One that was passed over, as after its files were read again, bounds nothing and is replaced.
    if (snapshots.bytesSince(studyInstanceUid, foldedTo) < snapshotBytes) return;
    writer.write(() =>
      snapshots.write(studyInstanceUid, initialReview(facts, clips), { head, review, history }),
    );
    studies.keep({ ...open, foldedTo: head });
  }
}
