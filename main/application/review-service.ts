import type { AppendRequest, AppendResponse, StudyDocument } from '../../core/api/requests.ts';
import { clipPictures, sameBox } from '../../core/clip/pictures.ts';
import { SystolaError } from '../../core/error.ts';
import { invertChanges, withDecisionReset } from '../../core/review/apply.ts';
import { redoTarget, undoTarget } from '../../core/review/history.ts';
import type { Change, Revision, RevisionKind } from '../../core/review/review.ts';
import { auditEvents, auditOutcomes } from '../library/audit.ts';
import type { OpenStudy } from '../library/library.ts';
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
    const changes = request.changes as readonly Change[];
    refuseMisfits(open, changes);
    return this.#append(
      open,
      request.head,
      'edit',
      request.label,
      withDecisionReset(open.review, changes),
      null,
    );
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
      `Undo: ${target.label}`,
      invertChanges(target.changes),
      target,
    );
  }

  /** @throws SystolaError `revision-conflict` when there is nothing to redo */
  redo(studyInstanceUid: string): AppendResponse {
    const open = this.#services.library.study(studyInstanceUid);
    const target = redoTarget(open.revisions);
    if (target === null) throw nothingTo('redo', studyInstanceUid);
    return this.#append(open, open.head, 'redo', `Redo: ${target.label}`, target.changes, target);
  }

  #append(
    open: OpenStudy,
    head: number,
    kind: RevisionKind,
    label: string,
    changes: readonly Change[],
    target: Revision | null,
  ): AppendResponse {
    const { library, events } = this.#services;
    const { studyInstanceUid } = open.facts;
    const author = library.user();
    const revision = library.append(studyInstanceUid, head, {
      author,
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
    this.#accessed.add(facts.studyInstanceUid);
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
  }
}

/** Refuses changes that name no clip or frame of the study, or that only a model may make. */
function refuseMisfits(open: OpenStudy, changes: readonly Change[]): void {
  const clips = new Map(open.clips.map((clip) => [clip.sopInstanceUid, clip]));
  for (const change of changes) {
    if (change.slot === 'body' || change.slot === 'decision' || change.slot === 'stage') continue;
    if (change.slot === 'pair') {
      const named = change.after === null ? [] : [change.after.a4c, change.after.a2c];
      if (named.some((uid) => !clips.has(uid)) || new Set(named).size !== named.length) {
        throw new SystolaError('bad-request', 'A biplane is made of two clips of the study.');
      }
      continue;
    }
    const clip = clips.get(change.sopInstanceUid);
    if (clip === undefined) {
      throw new SystolaError('bad-request', 'The change names a clip that the study does not have.');
    }
    if (change.slot === 'run') {
      throw new SystolaError('bad-request', 'Only a run itself records that it was made.', clip.fileName);
    }
    if (change.slot === 'picture') {
      const { after } = change;
      if (after !== null && !clipPictures(clip).some(({ box }) => sameBox(box, after))) {
        throw new SystolaError('bad-request', 'The clip shows no picture in this place.', clip.fileName);
      }
    }
    const frames =
      change.slot === 'trace'
        ? [change.frame]
        : change.slot === 'beats'
          ? (change.after ?? []).flatMap((beat) => [beat.edFrame, beat.esFrame, beat.nextEdFrame ?? 0])
          : [];
    if (frames.some((frame) => frame >= clip.frames)) {
      throw new SystolaError(
        'bad-request',
        'The change names a frame that the clip does not have.',
        clip.fileName,
      );
    }
  }
}

function nothingTo(what: 'undo' | 'redo', studyInstanceUid: string): SystolaError {
  return new SystolaError('revision-conflict', `There is nothing to ${what}.`, studyInstanceUid);
}
