import type { AppendRequest, AppendResponse } from '../../core/api/requests.ts';
import { SystolaError } from '../../core/error.ts';
import { invertChanges, withDecisionReset } from '../../core/review/apply.ts';
import { continues } from '../../core/review/continued.ts';
import { redoTarget, undoTarget, type UndoStep } from '../../core/review/history.ts';
import type { Change, Revision, RevisionKind } from '../../core/review/review.ts';
import type { Library } from '../library/library.ts';
import type { OpenStudy } from '../library/open-studies.ts';
import { changesOf } from './edit-changes.ts';
import { signedAgain, signedChanges, type Signer, type TextsOf } from './sign.ts';

export interface ReviewServiceOptions {
  readonly library: Library;
  /** Version of Systola, which signatures name. */
  readonly software: string;
  /** The texts of a study's report, which are signed with it. */
  readonly textsOf?: TextsOf;
  /** Told of every revision once it is on disk. */
  onRevision(revision: Revision): void;
}

/** What the application itself has to record: what a run found, what the command line says. */
export interface OwnRevision {
  readonly kind: 'run' | 'edit';
  readonly label: string;
  readonly changes: readonly Change[];
}

/** The only writer of revisions, in every host: edits, undo and redo of a person, and what the application records. */
export class ReviewService {
  readonly #options: ReviewServiceOptions;

  constructor(options: ReviewServiceOptions) {
    this.#options = options;
  }

  /**
   * Appends an edit; on disk when this returns.
   *
   * @throws SystolaError `revision-conflict` when it was made on another state, `bad-request` when it does not
   *   fit the study's clips
   */
  append(studyInstanceUid: string, request: AppendRequest): AppendResponse {
    const { library } = this.#options;
    const open = library.study(studyInstanceUid);
    // What was made on another state is a conflict, whatever else it is.
    library.revisions.requireHead(studyInstanceUid, request.head);
    const signer = this.#signer();
    const isOfPatient = (other: string): boolean => library.patients.isSame(studyInstanceUid, other);
    const changes = signedChanges(open, changesOf(open, request.changes, isOfPatient), signer);
    const recorded = withDecisionReset(open.review, changes);
    const nudge = { author: signer.by, at: signer.at, changes: recorded };
    const before = request.nudge === true && open.head > 0 ? open.revision(open.head) : null;
    const target = before !== null && continues(before, nudge) ? before.id : null;
    return this.#append(open, request.head, 'edit', request.label, recorded, target, signer);
  }

  /**
   * Appends what the application itself says about a study as it is now.
   *
   * @throws SystolaError `revision-conflict` when a change does not fit the study's state
   */
  record(studyInstanceUid: string, { kind, label, changes }: OwnRevision): AppendResponse {
    const open = this.#options.library.study(studyInstanceUid);
    const recorded = withDecisionReset(open.review, changes);
    return this.#append(open, open.head, kind, label, recorded, null, this.#signer());
  }

  /** @throws SystolaError `revision-conflict` when there is nothing to undo */
  undo(studyInstanceUid: string): AppendResponse {
    const open = this.#options.library.study(studyInstanceUid);
    const target = undoTarget(open.history);
    if (target === null) throw nothingTo('undo', studyInstanceUid);
    return this.#append(
      open,
      open.head,
      'undo',
      `Undo: ${target.entry.label}`,
      // A decision that comes back is the one that was made, on just this state.
      invertChanges(changesIn(open, target)),
      target.entry.id,
      this.#signer(),
    );
  }

  /** @throws SystolaError `revision-conflict` when there is nothing to redo */
  redo(studyInstanceUid: string): AppendResponse {
    const open = this.#options.library.study(studyInstanceUid);
    const target = redoTarget(open.history);
    if (target === null) throw nothingTo('redo', studyInstanceUid);
    const signer = this.#signer();
    const changes = signedAgain(open, changesIn(open, target), signer);
    return this.#append(
      open,
      open.head,
      'redo',
      `Redo: ${target.entry.label}`,
      changes,
      target.entry.id,
      signer,
    );
  }

  /** Who acts now. A decision and its revision have the same. */
  #signer(): Signer {
    const { library, software, textsOf } = this.#options;
    const options = library.settings();
    const { organisation } = options;
    const signer = {
      by: library.user(),
      at: new Date().toISOString(),
      ...{ software, organisation, options },
    };
    return textsOf === undefined ? signer : { ...signer, textsOf };
  }

  #append(
    open: OpenStudy,
    head: number,
    kind: RevisionKind,
    label: string,
    changes: readonly Change[],
    target: number | null,
    { at, by }: Signer,
  ): AppendResponse {
    const { library, onRevision } = this.#options;
    const revision = library.revisions.append(open.facts.studyInstanceUid, head, {
      author: by,
      at: new Date(at),
      kind,
      label,
      changes,
      target,
    });
    onRevision(revision);
    return { head: revision.id, revision };
  }
}

/** All that a step changed, in order. */
const changesIn = (open: OpenStudy, { entries }: UndoStep): Change[] =>
  entries.flatMap(({ id }) => open.revision(id).changes);

function nothingTo(what: 'undo' | 'redo', studyInstanceUid: string): SystolaError {
  return new SystolaError('revision-conflict', `There is nothing to ${what}.`, studyInstanceUid);
}
