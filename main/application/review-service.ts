import type { AppendRequest, AppendResponse, StudyDocument } from '../../core/api/requests.ts';
import { SystolaError } from '../../core/error.ts';
import { invertChanges, withDecisionReset } from '../../core/review/apply.ts';
import { redoTarget, undoTarget } from '../../core/review/history.ts';
import type { Change, Revision, RevisionKind } from '../../core/review/review.ts';
import { auditEvents, auditOutcomes } from '../library/audit.ts';
import type { OpenStudy } from '../library/open-studies.ts';
import { changesOf, signedAnew, type Signature } from './edit-changes.ts';
import type { Services } from './services.ts';

/** What a person says about a study: edits, undo, redo, and the document they work on. */
export class ReviewService {
  readonly #services: Pick<Services, 'library' | 'runs' | 'events' | 'factsRenewal'>;
  /** Studies whose opening is in the audit log of this launch. */
  readonly #accessed = new Set<string>();

  constructor(services: Pick<Services, 'library' | 'runs' | 'events' | 'factsRenewal'>) {
    this.#services = services;
  }

  /**
   * The study as today's reader knows it; see {@link Services.factsRenewal}.
   *
   * @throws SystolaError `not-found`
   */
  async document(studyInstanceUid: string): Promise<StudyDocument> {
    const { library, runs, factsRenewal } = this.#services;
    await factsRenewal.bringUpToDate(studyInstanceUid);
    const open = library.study(studyInstanceUid);
    this.#recordAccess(open);
    const { facts, clips, review, revisions, head } = open;
    return { facts, clips, review, revisions, head, runs: runs.states(studyInstanceUid) };
  }

  /**
   * Appends an edit; on disk when this returns.
   *
   * @throws SystolaError `revision-conflict` when it was made on another state, `bad-request` when it does not
   *   fit the study's clips
   */
  append(studyInstanceUid: string, request: AppendRequest): AppendResponse {
    const open = this.#services.library.study(studyInstanceUid);
    const signature = this.#signature();
    const changes = withDecisionReset(open.review, changesOf(open, request.changes, signature));
    return this.#append(open, request.head, 'edit', request.label, changes, null, signature);
  }

  /** @throws SystolaError `revision-conflict` when there is nothing to undo */
  undo(studyInstanceUid: string): AppendResponse {
    const open = this.#services.library.study(studyInstanceUid);
    const target = undoTarget(open.revisions);
    if (target === null) throw nothingTo('undo', studyInstanceUid);
    return this.#append(
      open,
      open.head,
      'undo',
      `Undo: ${target.revision.label}`,
      // A decision that comes back is the one that was made, on just this state.
      invertChanges(target.changes),
      target.revision,
      this.#signature(),
    );
  }

  /** @throws SystolaError `revision-conflict` when there is nothing to redo */
  redo(studyInstanceUid: string): AppendResponse {
    const open = this.#services.library.study(studyInstanceUid);
    const target = redoTarget(open.revisions);
    if (target === null) throw nothingTo('redo', studyInstanceUid);
    const signature = this.#signature();
    const changes = signedAnew(target.changes, signature);
    return this.#append(
      open,
      open.head,
      'redo',
      `Redo: ${target.revision.label}`,
      changes,
      target.revision,
      signature,
    );
  }

  /** Who acts now. A decision and its revision have the same. */
  #signature(): Signature {
    return { by: this.#services.library.user(), at: new Date().toISOString() };
  }

  #append(
    open: OpenStudy,
    head: number,
    kind: RevisionKind,
    label: string,
    changes: readonly Change[],
    target: Revision | null,
    { at, by }: Signature,
  ): AppendResponse {
    const { library, events } = this.#services;
    const { studyInstanceUid } = open.facts;
    const revision = library.append(studyInstanceUid, head, {
      author: by,
      at: new Date(at),
      kind,
      label,
      changes,
      target: target?.id ?? null,
    });
    const response = { head: revision.id, revision };
    events.send({ type: 'revision', studyInstanceUid, ...response });
    return response;
  }

  #recordAccess({ facts }: OpenStudy): void {
    if (this.#accessed.has(facts.studyInstanceUid)) return;
    const { library } = this.#services;
    library.record({
      event: auditEvents.instancesAccessed,
      action: 'R',
      outcome: auditOutcomes.success,
      user: library.user(),
      studyInstanceUid: facts.studyInstanceUid,
      patientId: facts.patient.patientId,
      detail: {},
    });
    // Only now: an opening that could not be recorded was refused, and so is the next one that cannot.
    this.#accessed.add(facts.studyInstanceUid);
  }
}

function nothingTo(what: 'undo' | 'redo', studyInstanceUid: string): SystolaError {
  return new SystolaError('revision-conflict', `There is nothing to ${what}.`, studyInstanceUid);
}
