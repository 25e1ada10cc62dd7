import { isGoing } from '../../core/api/events.ts';
import {
  mostLabelCharacters,
  type AppendResponse,
  type RunState,
  type StudyDocument,
} from '../../core/api/requests.ts';
import type { Beat } from '../../core/beat/beat.ts';
import type { ClipFacts } from '../../core/clip/clip.ts';
import type { DocumentFacts } from '../../core/document/document-facts.ts';
import { measureStages, type StageNumbers } from '../../core/assessment/measure-stages.ts';
import { measureStudy, type StudyMeasurements } from '../../core/assessment/measure-study.ts';
import { applyChanges, isApplied, withDecisionReset } from '../../core/review/apply.ts';
import { editOf } from '../../core/review/edit.ts';
import { redoTarget, undoTarget } from '../../core/review/history.ts';
import { entryOf, type HistoryEntry } from '../../core/review/history-entry.ts';
import { lastRunsOver } from '../../core/review/model-contour.ts';
import type { Change, ClipReview, Revision, StudyReview } from '../../core/review/review.ts';
import { signaturesOf } from '../../core/review/signatures.ts';
import { traceAt, type TracePlace } from '../../core/review/traces.ts';
import type { StructureId } from '../../core/structure/structure.ts';
import type { Trace } from '../../core/trace/trace.ts';
import { message } from '../../core/language/message.ts';
import { api, reasonOf } from '../api/client.ts';
import { inWords } from '../words/language.svelte.ts';
import { sentSince, withLiveTraces, type ClipLiveTraces, type LiveTraces } from './live-traces.ts';
import { report } from './messages.svelte.ts';
import { SaveQueue, type PendingEdit } from './save-queue.ts';
import { session } from './session.svelte.ts';
import { browserStorage, UnsentEdits } from './unsent-edits.ts';

/** Contours of one frame, each of another structure. */
export type StructureTraces = readonly (readonly [StructureId, Trace])[];

/** What a gesture in progress shows before it is committed. */
export type Draft = (review: StudyReview) => StudyReview;

/** An edit of ours that the event stream has confirmed before its own answer came is in the review already. */
function withEdit(review: StudyReview, edit: PendingEdit): StudyReview {
  try {
    return applyChanges(review, edit.changes);
  } catch {
    return review;
  }
}

function withoutSigned(review: StudyReview): StudyReview {
  if (review.decision.state === 'pending' || review.decision.signed === undefined) return review;
  const { signed: _numbers, ...decision } = review.decision;
  return { ...review, decision };
}

/**
 * The study on screen. What is shown is derived, layer on layer: what the library has confirmed, edits on their
 * way to it, contours that a run is sending, and the gesture under the pointer. Numbers are measured from that.
 */
export class OpenStudy {
  facts = $state.raw() as StudyDocument['facts'];
  clips = $state.raw() as readonly ClipFacts[];
  documents = $state.raw<readonly DocumentFacts[]>([]);

  #confirmed = $state.raw() as StudyReview;
  #pending = $state.raw<readonly PendingEdit[]>([]);
  #live = $state.raw<LiveTraces>({});
  #draft = $state.raw<Draft | null>(null);

  /** Documents whose contours the reader does not want now: until the study is opened again. */
  readingsAside = $state.raw<readonly string[]>([]);

  head = $state(0);
  history = $state.raw<readonly HistoryEntry[]>([]);
  runs = $state.raw<Readonly<Record<string, RunState>>>({});
  /** True while an edit cannot be saved because the application does not answer. */
  unsaved = $state(false);

  readonly #persisted = $derived(this.#pending.reduce(withEdit, this.#confirmed));
  readonly #settled = $derived(withLiveTraces(this.#persisted, this.#live));
  /** The review as it is on screen, the gesture in progress included. */
  readonly review = $derived(this.#draft ? this.#draft(this.#settled) : this.#settled);
  /** What is being changed is not held against what was signed: the change takes the signature back when it is recorded. */
  readonly #comparable = $derived(
    this.#draft === null && Object.keys(this.#live).length === 0 ? this.review : withoutSigned(this.review),
  );
  readonly measured: StudyMeasurements = $derived(
    measureStudy(this.facts, this.clips, this.#comparable, session.settings),
  );
  /** EF and volumes of each stage of a stress study. */
  readonly stageNumbers: readonly StageNumbers[] = $derived(
    measureStages(this.facts, this.clips, this.#comparable, session.settings),
  );
  readonly signatures = $derived(signaturesOf(this.history));
  readonly canUndo = $derived(this.#pending.length > 0 || undoTarget(this.history) !== null);
  readonly canRedo = $derived(this.#pending.length === 0 && redoTarget(this.history) !== null);
  readonly saving = $derived(this.#pending.length > 0);
  /** Steps that the library does not hold yet. */
  readonly unsentSteps = $derived(this.#pending.length);
  /** True while a run over one of the clips has not ended: the numbers may still change. */
  readonly measuring = $derived(Object.values(this.runs).some(isGoing));

  readonly #unsent: UnsentEdits;

  readonly #queue = new SaveQueue({
    send: ({ label, changes, ...kind }) =>
      api.append(this.uid, { ...kind, head: this.head, label, changes: changes.map(editOf) }),
    onSaved: (edit, response) => {
      this.#setPending(this.#pending.filter((other) => other !== edit));
      this.#take(response);
    },
    onConflict: (edits) => this.#rebase(edits),
    onRefused: (edit, reason) => {
      this.#setPending(this.#pending.filter((other) => other !== edit));
      report('error', message('edit.not-saved', { label: edit.label, reason }));
    },
    onStuck: (stuck) => (this.unsaved = stuck),
  });

  constructor(document: StudyDocument) {
    this.#load(document);
    this.#unsent = new UnsentEdits(document.facts.studyInstanceUid, browserStorage());
    this.#resume(this.#unsent.kept());
  }

  /** Edits that an earlier window could not send. */
  #resume(kept: readonly PendingEdit[]): void {
    if (kept.length === 0) return;
    this.#setPending(this.#stillValid(kept));
    for (const edit of this.#pending) this.#queue.add(edit);
    const count = this.#pending.length;
    if (count > 0) report('information', message('edit.saved-now', { count }));
  }

  #setPending(edits: readonly PendingEdit[]): void {
    this.#pending = edits;
    this.#unsent.keep(edits);
  }

  get uid(): string {
    return this.facts.studyInstanceUid;
  }

  clip(sopInstanceUid: string): ClipFacts | undefined {
    return this.clips.find((clip) => clip.sopInstanceUid === sopInstanceUid);
  }

  clipReview(sopInstanceUid: string): ClipReview | undefined {
    return this.review.clips[sopInstanceUid];
  }

  traceAt({ sopInstanceUid, structure, frame }: TracePlace): Trace | null {
    return traceAt(this.review.clips[sopInstanceUid], structure, frame);
  }

  #load(document: StudyDocument): void {
    this.facts = document.facts;
    this.clips = document.clips;
    this.#confirmed = document.review;
    this.documents = document.documents;
    this.head = document.head;
    this.history = document.history;
    this.runs = Object.fromEntries(document.runs.map((run) => [run.sopInstanceUid, run]));
    // Contours of a run that ended while the window was cut off are in the review, or in nobody's.
    for (const run of document.runs) if (run.state === 'finished') this.#forgetLive(run.sopInstanceUid);
  }

  /** Reads the study again, after a broken connection or a conflict. */
  async reload(): Promise<void> {
    const { head, runs } = this;
    const document = await api.study(this.uid);
    // Older than what was heard of since it was asked for.
    if (this.head !== head && document.head < this.head) return this.reload();
    const heard = Object.entries(this.runs).filter(([uid, run]) => run !== runs[uid]);
    this.#load(document);
    this.runs = { ...this.runs, ...Object.fromEntries(heard) };
    this.#setPending(this.#stillValid(this.#pending));
    this.#queue.hurry();
  }

  #stillValid(edits: readonly PendingEdit[]): readonly PendingEdit[] {
    const kept: PendingEdit[] = [];
    let review = this.#confirmed;
    for (const edit of edits) {
      // Saved already, by another window or by an answer that never arrived.
      if (isApplied(review, edit.changes)) continue;
      try {
        review = applyChanges(review, edit.changes);
        kept.push(edit);
      } catch {
        report('warning', message('edit.dropped', { label: edit.label }));
      }
    }
    return kept;
  }

  async #rebase(edits: readonly PendingEdit[]): Promise<readonly PendingEdit[]> {
    await this.reload();
    return edits.filter((edit) => this.#pending.includes(edit));
  }

  /** Takes a revision that the library has recorded, from an answer or from the event stream, once. */
  #take({ head, revision }: AppendResponse): void {
    if (this.history.some((known) => known.id === revision.id)) return;
    const last = this.history.at(-1)?.id ?? 0;
    try {
      if (revision.id < last) throw new Error('late');
      this.#confirmed = applyChanges(this.#confirmed, revision.changes);
      this.history = [...this.history, entryOf(revision)];
      this.head = head;
    } catch {
      void this.reload();
    }
  }

  /** The runs whose contours a clip's are taken back to, oldest first; asked for, since the history has none. */
  runsOver(sopInstanceUid: string): Promise<Revision[]> {
    const runs = lastRunsOver(this.history, sopInstanceUid);
    return Promise.all(runs.map((id) => api.revision(this.uid, id)));
  }

  receiveRevision(response: AppendResponse): void {
    this.#take(response);
    if (response.revision.kind === 'run') {
      for (const change of response.revision.changes) {
        if (change.slot === 'run') this.#forgetLive(change.sopInstanceUid);
      }
    }
  }

  receiveRun(run: RunState): void {
    this.runs = { ...this.runs, [run.sopInstanceUid]: run };
    if (run.state === 'queued' || run.state === 'loading-model') this.#forgetLive(run.sopInstanceUid);
  }

  #forgetLive(sopInstanceUid: string): void {
    if (!this.#live[sopInstanceUid]) return;
    const { [sopInstanceUid]: _gone, ...rest } = this.#live;
    this.#live = rest;
  }

  receiveTraces(sopInstanceUid: string, traces: ClipLiveTraces): void {
    this.#live = { ...this.#live, [sopInstanceUid]: sentSince(this.#live[sopInstanceUid] ?? {}, traces) };
  }

  /** Shows a gesture in progress; null takes it off again. */
  preview(draft: Draft | null): void {
    this.#draft = draft;
  }

  /**
   * Records changes as one step of history, or of a nudge as a part of one, and sends them at once. `before` values are filled in from what is
   * on its way to the library, not from a run's unrecorded contours, which the library does not hold yet.
   */
  commit(
    label: string,
    changes: (persisted: StudyReview) => readonly Change[],
    kind: Pick<PendingEdit, 'nudge'> = {},
  ): void {
    this.#draft = null;
    const edit: PendingEdit = {
      ...kind,
      label: storable(label),
      changes: withDecisionReset(this.#persisted, changes(this.#persisted)),
    };
    if (edit.changes.length === 0) return;
    this.#setPending([...this.#pending, edit]);
    this.#queue.add(edit);
  }

  /**
   * Records contours of one frame as one step; `keptBeats` are recorded with them where the clip's beats are only found
   * so far.
   */
  commitTraces(
    label: string,
    sopInstanceUid: string,
    frame: number,
    traces: StructureTraces,
    keptBeats: readonly Beat[] | null = null,
    kind: Pick<PendingEdit, 'nudge'> = {},
  ): void {
    const changesOf = (persisted: StudyReview): Change[] => {
      const clip = persisted.clips[sopInstanceUid];
      const changes = traces.map(([structure, after]): Change => {
        const before = traceAt(clip, structure, frame);
        return { slot: 'trace', sopInstanceUid, structure, frame, before, after };
      });
      if (keptBeats && clip?.beats === null) {
        changes.push({ slot: 'beats', sopInstanceUid, before: null, after: keptBeats });
      }
      return changes;
    };
    this.commit(label, changesOf, kind);
  }

  /** Resolves when the library holds what was committed. */
  async saved(): Promise<void> {
    await this.#queue.settled();
  }

  /** Takes clips and documents that came since the study was opened. @returns the clips among them */
  async takeArrivals(): Promise<readonly ClipFacts[]> {
    const known = this.clips.map(({ sopInstanceUid }) => sopInstanceUid);
    try {
      const { clips, documents } = await api.study(this.uid);
      if (clips.length === this.clips.length && documents.length === this.documents.length) return [];
      await this.reload();
    } catch {
      // They are there when the study is opened next.
    }
    return this.clips.filter(({ sopInstanceUid }) => !known.includes(sopInstanceUid));
  }

  putAside(documentUid: string): void {
    this.readingsAside = [...this.readingsAside, documentUid];
  }

  /** Takes over the contours of a document, as one step; what is on its way to the library goes before. */
  async useReading(documentUid: string): Promise<void> {
    await this.#queue.settled();
    try {
      this.#take(await api.useReading(this.uid, documentUid));
    } catch (error) {
      report('warning', message('reading.not-used', { reason: reasonOf(error) }));
    }
  }

  async undo(): Promise<void> {
    await this.#walk('undo');
  }

  async redo(): Promise<void> {
    await this.#walk('redo');
  }

  async #walk(direction: 'undo' | 'redo'): Promise<void> {
    await this.#queue.settled();
    if (direction === 'undo' ? !this.canUndo : !this.canRedo) return;
    try {
      this.#take(await api[direction](this.uid));
    } catch (error) {
      report('warning', reasonOf(error));
    }
  }

  /** The last start of each clip's run, answered or not. */
  readonly #starts: Record<string, Promise<RunState>> = {};

  async startRun(sopInstanceUid: string): Promise<void> {
    const clip = this.clip(sopInstanceUid);
    // From now on the clip is being measured: that it has no numbers yet is no error.
    const asked: RunState = {
      sopInstanceUid,
      state: 'queued',
      framesDone: 0,
      framesTotal: clip?.frames ?? 0,
      model: null,
      provider: null,
      msPerFrame: null,
      message: null,
    };
    this.runs = { ...this.runs, [sopInstanceUid]: asked };
    const start = api.startRun(sopInstanceUid);
    this.#starts[sopInstanceUid] = start;
    try {
      const answer = await start;
      // A short run may have been heard of, and even have ended, before this answer to its start arrives.
      if (this.runs[sopInstanceUid] === asked) this.receiveRun(answer);
    } catch (error) {
      this.receiveRun({
        sopInstanceUid,
        state: 'failed',
        framesDone: 0,
        framesTotal: clip?.frames ?? 0,
        model: null,
        provider: null,
        msPerFrame: null,
        message: inWords(reasonOf(error)),
      });
    }
  }

  /** Views are told from the pictures of clips that no run looks at; the answers come as revisions. */
  async recogniseViews(): Promise<void> {
    // Without an answer they stay as they are, and the next opening asks again.
    await api.recogniseViews(this.uid).catch(() => undefined);
  }

  async cancelRun(sopInstanceUid: string): Promise<void> {
    // Asked for in the same moment, the cancelling could arrive before the start that it is meant for.
    await this.#starts[sopInstanceUid]?.catch(() => undefined);
    try {
      this.receiveRun(await api.cancelRun(sopInstanceUid));
    } catch (error) {
      report('warning', reasonOf(error));
    }
  }
}

/** What a step of history is called in what is stored: of 1 to 200 characters, whatever a language makes of it. */
const storable = (label: string): string =>
  label.length > mostLabelCharacters ? `${label.slice(0, mostLabelCharacters - 1)}…` : label || '…';
