import { measureClip } from '../../core/assessment/measure-clip.ts';
import type { PropagationRequest } from '../../core/api/propagation.ts';
import type { AppendResponse } from '../../core/api/requests.ts';
import type { MeasureOptions } from '../../core/measurement/measure-options.ts';
import type { ClipReview, FrameRange } from '../../core/review/review.ts';
import { tracesOf, withTraces } from '../../core/review/traces.ts';
import { leftVentricularCavity, structureOf, type StructureId } from '../../core/structure/structure.ts';
import { type Trace } from '../../core/trace/trace.ts';
import { structureText } from '../../core/wording/structure.ts';
import { api, reasonOf, type Proposal } from '../api/client.ts';
import { report } from '../state/messages.svelte.ts';
import { session } from '../state/session.svelte.ts';
import type { OpenStudy } from '../state/study.svelte.ts';
import { drawing } from '../state/drawing.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';
import { say } from '../words/language.svelte.ts';

/** Contours that follow corrections, shown over those of now until the reader keeps or drops them. */
export interface Ghost {
  readonly study: OpenStudy;
  readonly sopInstanceUid: string;
  readonly structure: StructureId;
  /** Head of the study that it was proposed on: what changes the study ends it. */
  readonly head: number;
  readonly traces: Readonly<Record<number, Trace>>;
  /** null while contours are still coming. */
  readonly proposal: Proposal | null;
}

/** What the application answers, a function per request. */
export interface PropagationRequests {
  propose(
    clip: string,
    request: PropagationRequest,
    onTrace: (frame: number, trace: Trace) => void,
    signal: AbortSignal,
  ): Promise<Proposal>;
  keepProposal(clip: string, proposal: string): Promise<AppendResponse>;
  dropProposal(clip: string, proposal: string): Promise<unknown>;
}

/** After a ghost was kept, Enter means nothing for so long: pressed twice, it must not accept the study too. */
const enterRestMs = 1200;

const shownEveryMs = 60;

/** Corrections carried over the frames around them, as the reader sees it: proposed, adjusted, kept or dropped. */
export class Propagation {
  readonly #requests: PropagationRequests;
  readonly #isOnScreen: (ghost: Ghost) => boolean;
  readonly #now: () => number;
  readonly #nextPicture: () => Promise<unknown>;
  #ghost = $state.raw<Ghost | null>(null);
  #asking: AbortController | null = null;
  /** The range that is asked for when the next picture is drawn. */
  #wanted: FrameRange | null = null;
  #keptAt = -Infinity;
  /** True from the moment that a ghost is kept until the library has it. */
  keeping = $state(false);

  /** @param isOnScreen whether the reader sees the clip of a ghost: what is not seen is not kept */
  constructor(
    requests: PropagationRequests,
    isOnScreen: (ghost: Ghost) => boolean,
    now: () => number = () => performance.now(),
    nextPicture: () => Promise<unknown> = () => new Promise(requestAnimationFrame),
  ) {
    this.#requests = requests;
    this.#isOnScreen = isOnScreen;
    this.#now = now;
    this.#nextPicture = nextPicture;
  }

  /** What is shown now; a ghost of a study that has changed meanwhile is none. */
  get ghost(): Ghost | null {
    const ghost = this.#ghost;
    if (ghost === null || ghost.head !== ghost.study.head || ghost.study.saving) return null;
    return this.#isOnScreen(ghost) ? ghost : null;
  }

  ghostOf(sopInstanceUid: string): Ghost | null {
    return this.ghost?.sopInstanceUid === sopInstanceUid ? this.ghost : null;
  }

  /** True while Enter is not to accept the study. */
  get takesEnter(): boolean {
    return (
      this.#asking !== null || this.ghost !== null || this.keeping || this.#now() - this.#keptAt < enterRestMs
    );
  }

  /** Proposes where the corrections of a clip lead to. Another call takes the place of one that is not answered yet. */
  async propose(
    study: OpenStudy,
    sopInstanceUid: string,
    structure: StructureId,
    range: FrameRange | null = null,
  ): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    try {
      // What is on its way to the library is corrected too.
      await study.saved();
      const { head } = study;
      let traces: Readonly<Record<number, Trace>> = {};
      const show = (proposal: Proposal | null): void => {
        if (this.#asking === asking)
          this.#ghost = { study, sopInstanceUid, structure, head, traces, proposal };
      };
      let shownAt = this.#now();
      const proposal = await this.#requests.propose(
        sopInstanceUid,
        { structure, range },
        (frame, trace) => {
          traces = { ...traces, [frame]: trace };
          // Through the memory contours come one by one; those that come together are shown together.
          if (this.#now() - shownAt < shownEveryMs) return;
          shownAt = this.#now();
          show(null);
        },
        asking.signal,
      );
      show(proposal);
      if (proposal.instead !== null && range === null) report('warning', proposal.instead);
    } catch (error) {
      if (asking.signal.aborted) return;
      this.drop();
      report('information', reasonOf(error));
    } finally {
      if (this.#asking === asking) this.#asking = null;
    }
  }

  /** Shortens or lengthens the range of what is shown: however often it is told, once for each picture that is drawn. */
  async within(range: FrameRange): Promise<void> {
    const isAskedFor = this.#wanted !== null;
    this.#wanted = range;
    if (isAskedFor) return;
    await this.#nextPicture();
    const wanted = this.#wanted;
    this.#wanted = null;
    const ghost = this.ghost;
    if (ghost && wanted) await this.propose(ghost.study, ghost.sopInstanceUid, ghost.structure, wanted);
  }

  /** Records what is shown as one step; does nothing where nothing is shown or contours are still coming. */
  async keep(): Promise<void> {
    const ghost = this.ghost;
    if (!ghost?.proposal || this.keeping || this.#asking) return;
    this.keeping = true;
    try {
      ghost.study.receiveRevision(await this.#requests.keepProposal(ghost.sopInstanceUid, ghost.proposal.id));
    } catch (error) {
      report('warning', reasonOf(error));
    } finally {
      this.#ghost = null;
      this.#keptAt = this.#now();
      this.keeping = false;
    }
  }

  /** Takes off what is shown, or calls off what was asked for; false where there was neither. */
  drop(): boolean {
    const ghost = this.#ghost;
    const had = this.ghost !== null || this.#asking !== null;
    this.#asking?.abort();
    this.#asking = null;
    this.#wanted = null;
    this.#ghost = null;
    if (ghost?.proposal) {
      this.#requests.dropProposal(ghost.sopInstanceUid, ghost.proposal.id).catch(() => undefined);
    }
    return had;
  }
}

export const propagation = new Propagation(
  api,
  ({ study, sopInstanceUid }) => workspace.study === study && workspace.shown.includes(sopInstanceUid),
);

/** For the clip that keys act on: proposes where its corrections lead to. */
export function activePropagate(): void {
  const { study, activeClip } = workspace;
  if (study && activeClip) void propagation.propose(study, activeClip.sopInstanceUid, drawing.structure);
}

/** A clip with the contours of a ghost in the place of its own. */
export function withGhost(
  clip: ClipReview,
  { structure, traces }: Pick<Ghost, 'structure' | 'traces'>,
): ClipReview {
  return withTraces(clip, structure, { ...tracesOf(clip, structure), ...traces });
}

/** "EF 50 → 46 %, 11 frames", "left atrium, 11 frames": what keeping a ghost would change of its clip. */
export function ghostWords(ghost: Ghost, options: MeasureOptions = session.settings): string {
  const { study, sopInstanceUid, structure, traces } = ghost;
  const facts = study.clip(sopInstanceUid);
  const clip = study.clipReview(sopInstanceUid);
  const count = Object.keys(traces).length;
  // EF does not rest on what stands beside the cavity: that it stays says nothing.
  if (structure !== leftVentricularCavity) {
    const named = structureText(structureOf(structure) ?? { id: structure, words: structure });
    return say('edit.propagation.of', { structure: named, count });
  }
  if (!facts || !clip) return say('edit.propagation.frames', { count });
  const efOf = (review: ClipReview): number | null => {
    const ef = measureClip(facts, review, options).measurements.find(
      ({ name, method, beat }) => name === 'EF' && method === 'single-plane-disks' && beat === null,
    );
    return ef ? ef.value : null;
  };
  const before = efOf(clip);
  const after = efOf(withGhost(clip, ghost));
  return before === null || after === null
    ? say('edit.propagation.frames', { count })
    : say('edit.propagation.ef', { before, after, count });
}
