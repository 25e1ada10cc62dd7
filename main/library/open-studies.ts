import type { ClipFacts, PatientFacts, StudyFacts } from '../../core/clip/clip.ts';
import type { DocumentFacts } from '../../core/document/document-facts.ts';
import { SystolaError } from '../../core/error.ts';
import { foldFurther, foldRevisions } from '../../core/review/history.ts';
import { entryOf, type HistoryEntry } from '../../core/review/history-entry.ts';
import { initialReview } from '../../core/review/initial.ts';
import type { Revision, StudyReview } from '../../core/review/review.ts';
import type { DocumentStore } from './document-store.ts';
import type { RemovalStore } from './removal-store.ts';
import type { RevisionStore } from './revision-store.ts';
import type { SnapshotStore } from './snapshot-store.ts';
import type { StudyStore } from './study-store.ts';

/** A study with everything said about it; `review` is the fold of its revisions. */
export interface OpenStudy {
  /** The patient as corrected. */
  readonly facts: StudyFacts;
  /** The patient as the files say. */
  readonly filedPatient: PatientFacts;
  readonly clips: readonly ClipFacts[];
  readonly documents: readonly DocumentFacts[];
  readonly review: StudyReview;
  /** The revisions without their payload, oldest first. */
  readonly history: readonly HistoryEntry[];
  /** Reads one of them whole. @throws SystolaError `not-found`, `malformed` */
  readonly revision: (id: number) => Revision;
  /** Reads all of them whole, which takes a while. */
  readonly revisions: () => readonly Revision[];
  readonly head: number;
  /** The revision up to which the kept fold was relied on; 0 where there is none, or it was made from something else. */
  readonly foldedTo: number;
}

/** How many studies' folds are kept in memory. */
const keptStudies = 8;

/** Studies with the folds of their revisions, the latest asked for in memory. */
export class OpenStudies {
  readonly #studies: StudyStore;
  readonly #documents: DocumentStore;
  readonly #revisions: RevisionStore;
  readonly #snapshots: SnapshotStore;
  readonly #removals: RemovalStore;
  readonly #open = new Map<string, OpenStudy>();

  constructor(
    studies: StudyStore,
    documents: DocumentStore,
    revisions: RevisionStore,
    snapshots: SnapshotStore,
    removals: RemovalStore,
  ) {
    this.#studies = studies;
    this.#documents = documents;
    this.#revisions = revisions;
    this.#snapshots = snapshots;
    this.#removals = removals;
  }

  /** @throws SystolaError `not-found` */
  study(studyInstanceUid: string): OpenStudy {
    const open = this.inPassing(studyInstanceUid);
    this.keep(open);
    return open;
  }

  /** A study that is asked for once: one that is not in memory is not kept there. @throws SystolaError `not-found` */
  inPassing(studyInstanceUid: string): OpenStudy {
    const known = this.#open.get(studyInstanceUid);
    if (known !== undefined) return known;
    const facts = this.#studies.study(studyInstanceUid);
    const removed = this.#removals.ofStudy(studyInstanceUid).map(({ sopInstanceUid }) => sopInstanceUid);
    if (facts === null || removed.includes(null)) {
      const words =
        facts === null
          ? 'The library holds no such study.'
          : 'The study was deleted. For half a minute it can be taken back.';
      throw new SystolaError('not-found', words, studyInstanceUid);
    }
    const clips = this.#studies.clips(studyInstanceUid);
    const initial = initialReview(facts, clips);
    const snapshot = this.#snapshots.read(studyInstanceUid, initial);
    const later = this.#revisions.list(studyInstanceUid, snapshot?.head);
    const review = snapshot === null ? foldRevisions(initial, later) : foldFurther(snapshot.review, later);
    const history = [...(snapshot?.history ?? []), ...later.map(entryOf)];
    return {
      facts,
      filedPatient: this.#studies.filedPatient(studyInstanceUid) ?? facts.patient,
      // What was deleted and can be taken back is out of sight; what was said of it stays in the fold.
      clips: clips.filter(({ sopInstanceUid }) => !removed.includes(sopInstanceUid)),
      documents: this.#documents
        .ofStudy(studyInstanceUid)
        .filter(({ sopInstanceUid }) => !removed.includes(sopInstanceUid)),
      review,
      history,
      head: history.at(-1)?.id ?? 0,
      foldedTo: snapshot?.head ?? 0,
      revision: (id) => this.#revisions.one(studyInstanceUid, id),
      revisions: () => this.#revisions.list(studyInstanceUid),
    };
  }

  /** Shows clips of a study with these facts for as long as it is kept; nothing is stored. */
  showFacts(studyInstanceUid: string, clips: readonly ClipFacts[]): void {
    const open = this.study(studyInstanceUid);
    const byUid = new Map(clips.map((clip) => [clip.sopInstanceUid, clip]));
    this.keep({ ...open, clips: open.clips.map((clip) => byUid.get(clip.sopInstanceUid) ?? clip) });
  }

  /** Whether the study is in memory. */
  holds(studyInstanceUid: string): boolean {
    return this.#open.has(studyInstanceUid);
  }

  /** Takes the place of what was kept of the study. */
  keep(open: OpenStudy): void {
    const uid = open.facts.studyInstanceUid;
    this.#open.delete(uid);
    this.#open.set(uid, open);
    if (this.#open.size > keptStudies) {
      const [oldest] = this.#open.keys();
      if (oldest !== undefined) this.#open.delete(oldest);
    }
  }

  /** The study is read from the database when it is asked for next. */
  forget(studyInstanceUid: string): void {
    this.#open.delete(studyInstanceUid);
  }
}
