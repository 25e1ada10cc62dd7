import { randomUUID } from 'node:crypto';
import type { ClipFacts } from '../../core/clip/clip.ts';
import { measureClip } from '../../core/assessment/measure-clip.ts';
import { SystolaError } from '../../core/error.ts';
import { polygonArea } from '../../core/geometry/polygon.ts';
import { inEnglish } from '../../core/language/english.ts';
import type { Message } from '../../core/language/message.ts';
import { carryDisplacement } from '../../core/propagation/carry-displacement.ts';
import { propagationChanges } from '../../core/propagation/propagation-changes.ts';
import { Reach } from '../../core/propagation/reach.ts';
import { lastRunsOver, modelContours } from '../../core/review/model-contour.ts';
import { uncarriedCorrections } from '../../core/review/history.ts';
import type { OwnPropagation } from '../../core/review/propagation-records.ts';
import type { ClipReview, FrameRange } from '../../core/review/review.ts';
import { sameValue } from '../../core/review/same-value.ts';
import { landmarkedTraces, tracesOf, tracedStructures } from '../../core/review/traces.ts';
import { leftVentricularCavity, structureOf, type StructureId } from '../../core/structure/structure.ts';
import { tracePolyline } from '../../core/trace/spline.ts';
import { endingOn } from '../../core/trace/shared-ends.ts';
import { hasLandmarks, isByReader, type Trace } from '../../core/trace/trace.ts';
import { defaultPropagation, type PropagationWay } from '../../core/model/propagation-way.ts';
import { frameRanges } from '../../core/wording/frame-number.ts';
import { structureText } from '../../core/wording/structure.ts';
import type { AppendResponse } from '../../core/api/requests.ts';
import type { ProviderName } from '../../core/settings/settings.ts';
import type { FrameDecoder } from '../dicom/frame-decoder.ts';
import type { InferenceService } from '../inference/inference-service.ts';
import type { LoadedModel } from '../inference/loaded-model.ts';
import { frameSource } from '../library/frame-source.ts';
import { insteadOfMemory } from './instead-of-memory.ts';
import { propagateThroughMemory } from './propagate-through-memory.ts';
import type { Library } from '../library/library.ts';
import type { ReviewService } from '../review/review-service.ts';

export interface PropagationServiceOptions {
  readonly library: Library;
  readonly reviews: Pick<ReviewService, 'record'>;
  readonly decoder: Pick<FrameDecoder, 'frame'>;
  readonly inference: Pick<InferenceService, 'propagate' | 'correct'>;
  readonly models: { load(name: string | null, provider: ProviderName): Promise<LoadedModel> };
}

export interface PropagationRequest {
  readonly structure: StructureId;
  /** null: the way of the model that drew the contours. */
  readonly way: PropagationWay | null;
  /** Where it is to end; null: as far as corrections reach. */
  readonly range: FrameRange | null;
  /** Corrections that no propagation carried yet, or all of the clip. */
  readonly anchors: 'uncarried' | 'all';
  /** It follows a run by itself. */
  readonly afterRun?: boolean;
}

export interface ProposalOptions {
  readonly signal: AbortSignal;
  /** Each contour as it comes. */
  onTrace?(frame: number, trace: Trace): void;
}

/** Contours that would follow corrections, shown to the reader before they are kept. */
export interface Proposal {
  readonly id: string;
  readonly sopInstanceUid: string;
  readonly record: OwnPropagation;
  /** First and last frame that the corrections reach where nothing shortens the range. */
  readonly reach: FrameRange;
  /** Why corrections are carried by displacement where the model's way was asked for; null where it was taken. */
  readonly instead: Message | null;
  /** SHA-256 of the correction network that carried them, if one did. */
  readonly network: string | null;
  /** Only frames that have another contour than now. */
  readonly traces: ReadonlyMap<number, Trace>;
  /** The clip as it was proposed on. */
  readonly review: ClipReview;
}

/** Why there is nothing to propose. */
const nothing = {
  uncorrected: 'No contour of this clip was corrected, so there is nothing to propagate. Correct one first.',
  carried: 'All corrections of this clip were propagated already. Correct another frame first.',
  undrawn: 'The model has drawn no contour in this clip that a correction could move. Run the model first.',
  uncomparable:
    'The model drew nothing on the corrected frames, so there is nothing that the corrections could be compared with.',
  reached: 'The corrections reach no frame of this range.',
} as const;

/** Proposals that wait for their reader; each clip has one at most. */
const mostProposals = 32;

/** Corrections carried over the frames around them: proposed, and recorded when the reader keeps it. */
export class PropagationService {
  readonly #options: PropagationServiceOptions;
  readonly #proposals = new Map<string, Proposal>();

  constructor(options: PropagationServiceOptions) {
    this.#options = options;
  }

  /**
   * What a propagation would make of a clip; nothing is recorded.
   *
   * Where nobody named a way and the model's own cannot be had, because a file of it is missing, damaged or another, they
   * are carried by displacement, and the proposal says so.
   *
   * @throws SystolaError `not-found`, `bad-request` when there is nothing to carry on; where a way was named, as
   *   `propagateThroughMemory`
   */
  async propose(
    sopInstanceUid: string,
    request: PropagationRequest,
    { signal, onTrace = () => undefined }: ProposalOptions,
  ): Promise<Proposal> {
    const { library } = this.#options;
    const { facts } = library.clip(sopInstanceUid);
    const { review, history, revision } = library.study(facts.studyInstanceUid);
    const clip = review.clips[sopInstanceUid];
    if (clip === undefined) {
      throw new SystolaError('not-found', 'The library holds no such clip.', sopInstanceUid);
    }
    const { structure, range } = request;
    const corrected = correctedTraces(clip, structure);
    const uncarried = uncarriedCorrections(history, sopInstanceUid, structure);
    const anchors = [...corrected.keys()].filter(
      (frame) => request.anchors === 'all' || uncarried.includes(frame),
    );
    if (anchors.length === 0) throw refusal(nothing[corrected.size > 0 ? 'carried' : 'uncorrected'], facts);
    const runs = lastRunsOver(history, sopInstanceUid).map(revision);
    const drawn = modelContours(runs, sopInstanceUid, structure);
    const model = [...drawn.values()].find((trace) => trace?.source.kind === 'model')?.source;
    if (model?.kind !== 'model') throw refusal(nothing.undrawn, facts);
    // A model's memory holds a mask of the cavity alone.
    const asked = structure === leftVentricularCavity ? request.way : 'displacement';
    let chosen = await this.#choose(model.model, asked);
    signal.throwIfAborted();
    const found: Found = { facts, clip, structure, range, corrected, anchors, drawn };
    let carried: CarriedOver | null = null;
    if (chosen.way === 'memory') {
      let hasCome = false;
      const tell = (frame: number, trace: Trace): void => {
        hasCome = true;
        onTrace(frame, trace);
      };
      try {
        carried = await this.#byMemory(found, chosen.model, { signal, onTrace: tell });
      } catch (error) {
        if (asked !== null || hasCome || !isOfModel(error)) throw error;
        chosen = { way: 'displacement', instead: insteadOfMemory(error, chosen.model) };
      }
    }
    carried ??= this.#byDisplacement(found, onTrace);
    const { way } = chosen;
    const { reach, traces } = carried;
    if (traces.size === 0) throw refusal(nothing.reached, facts);
    const record: OwnPropagation = {
      structure,
      way,
      anchors: carried.anchors,
      range: carried.range,
      model: model.model,
      sha256: carried.network ?? model.sha256,
      ...(request.anchors === 'all' && request.afterRun ? { afterRun: true } : {}),
    };
    const proposal: Proposal = {
      id: randomUUID(),
      sopInstanceUid,
      record,
      reach,
      instead: chosen.way === 'displacement' ? chosen.instead : null,
      network: carried.network,
      traces,
      review: clip,
    };
    this.#remember(proposal);
    return proposal;
  }

  /**
   * Records a proposal as one step, which undo takes back with the corrections that it carried.
   *
   * @throws SystolaError `revision-conflict` when the clip has changed since, or there is no such proposal any more
   */
  keep(sopInstanceUid: string, id: string): AppendResponse {
    const { library, reviews } = this.#options;
    const proposal = this.#proposals.get(sopInstanceUid);
    const { facts } = library.clip(sopInstanceUid);
    const clip = library.study(facts.studyInstanceUid).review.clips[sopInstanceUid];
    if (proposal?.id !== id || clip === undefined || !sameValue(clip, proposal.review)) {
      throw new SystolaError(
        'revision-conflict',
        'The contours have changed meanwhile. Propagate again (P).',
        facts.fileName,
      );
    }
    this.#proposals.delete(sopInstanceUid);
    return reviews.record(facts.studyInstanceUid, {
      kind: 'edit',
      label: labelOf(proposal),
      changes: propagationChanges(sopInstanceUid, clip, proposal.traces, proposal.record),
    });
  }

  /** Carries all corrections of a clip over what its model draws now, those of the cavity first; nothing where there is none. */
  async carryOn(sopInstanceUid: string, signal: AbortSignal): Promise<void> {
    const { facts } = this.#options.library.clip(sopInstanceUid);
    const clip = this.#options.library.study(facts.studyInstanceUid).review.clips[sopInstanceUid];
    for (const structure of new Set([leftVentricularCavity, ...tracedStructures(clip)])) {
      await this.#carryOnOf(sopInstanceUid, structure, signal);
    }
  }

  async #carryOnOf(sopInstanceUid: string, structure: StructureId, signal: AbortSignal): Promise<void> {
    const request = {
      structure,
      way: null,
      range: null,
      anchors: 'all',
      afterRun: true,
    } as const;
    try {
      const { id } = await this.propose(sopInstanceUid, request, { signal });
      this.keep(sopInstanceUid, id);
    } catch (error) {
      if (!(error instanceof SystolaError) || error.code !== 'bad-request') throw error;
    }
  }

  /** Forgets a proposal; one that is not there any more is forgotten already. */
  drop(sopInstanceUid: string, id: string): void {
    if (this.#proposals.get(sopInstanceUid)?.id === id) this.#proposals.delete(sopInstanceUid);
  }

  #remember(proposal: Proposal): void {
    this.#proposals.delete(proposal.sopInstanceUid);
    this.#proposals.set(proposal.sopInstanceUid, proposal);
    const [oldest] = this.#proposals.keys();
    if (this.#proposals.size > mostProposals && oldest !== undefined) this.#proposals.delete(oldest);
  }

  #byDisplacement(found: Found, onTrace: (frame: number, trace: Trace) => void): CarriedOver {
    const { facts, clip } = found;
    const { beats, spacing } = measureClip(facts, clip, this.#options.library.settings());
    const { frameTimesMs: timesMs } = facts.timing;
    const { anchors, reach, traces: carried } = carryDisplacement({ ...found, beats, timesMs, spacing });
    if (reach === null) throw refusal(nothing.uncomparable, facts);
    const range = reachedOf(reach, found);
    const traces = onHinges(carried, found);
    for (const [frame, trace] of traces) onTrace(frame, trace);
    return { anchors, reach, range, traces, network: null };
  }

  /** Through the memory of the model that drew the contours, or of the network that carries its corrections. */
  async #byMemory(
    found: Found,
    model: LoadedModel,
    { signal, onTrace }: { signal: AbortSignal; onTrace: (frame: number, trace: Trace) => void },
  ): Promise<CarriedOver> {
    const { library, decoder, inference } = this.#options;
    const { facts, clip, corrected, anchors, drawn } = found;
    const settings = library.settings();
    const { correction } = model.manifest;
    const { beats } = measureClip(facts, clip, settings);
    const reach =
      correction?.reach === 'clip'
        ? { from: 0, to: facts.frames - 1 }
        : new Reach([...corrected.keys()], beats, facts.timing.frameTimesMs).range(anchors);
    const range = reachedOf(reach, found);
    const source = frameSource(library.clip(facts.sopInstanceUid));
    const traces = await propagateThroughMemory({
      facts,
      ruler: clip.ruler,
      picture: clip.picture,
      frame: (frame) => decoder.frame(source, frame, signal),
      inference,
      model,
      provider: settings.provider,
      anchors: corrected,
      areas: areasOf(drawn, facts.frames),
      range,
      signal,
      onTrace: (frame, trace) => trace !== null && onTrace(frame, trace),
    });
    const moved = [...traces].filter((entry): entry is [number, Trace] => entry[1] !== null);
    return { anchors, reach, range, traces: new Map(moved), network: correction?.sha256 ?? null };
  }

  /**
   * The way that was named, else what the manifest of the model says; a model that cannot be read carries nothing through
   * its memory.
   */
  async #choose(modelName: string, way: PropagationWay | null): Promise<ChosenWay> {
    const { library, models } = this.#options;
    if (way === 'displacement') return { way, instead: null };
    try {
      const model = await models.load(modelName, library.settings().provider);
      const chosen = way ?? model.manifest.propagation ?? defaultPropagation;
      return chosen === 'memory' ? { way: chosen, model } : { way: chosen, instead: null };
    } catch (error) {
      if (way !== null || !(error instanceof SystolaError)) throw error;
      return { way: 'displacement', instead: insteadOfMemory(error, modelName) };
    }
  }
}

type ChosenWay =
  | { readonly way: 'memory'; readonly model: LoadedModel }
  | {
      readonly way: 'displacement';
      /** Why not the model's own way, where that was asked for. */
      readonly instead: Message | null;
    };

/** What became of corrections. */
interface CarriedOver {
  readonly anchors: readonly number[];
  readonly reach: FrameRange;
  /** What of the reach was asked for. */
  readonly range: FrameRange;
  readonly traces: ReadonlyMap<number, Trace>;
  readonly network: string | null;
}

/** Whether a failure is that of a model's files, or of what runs them, and no other clip would fare better. */
function isOfModel(error: unknown): error is SystolaError {
  const codes: readonly string[] = [
    'model-not-found',
    'model-invalid',
    'model-hash-mismatch',
    'provider-unavailable',
    'inference-failed',
  ];
  return error instanceof SystolaError && codes.includes(error.code);
}

interface Found {
  readonly facts: ClipFacts;
  readonly clip: ClipReview;
  readonly structure: StructureId;
  readonly range: FrameRange | null;
  readonly corrected: ReadonlyMap<number, Trace>;
  readonly anchors: readonly number[];
  readonly drawn: ReadonlyMap<number, Trace | null>;
}

/** What a person corrected or drew, by frame, ascending. */
function correctedTraces(clip: ClipReview, structure: StructureId): Map<number, Trace> {
  return new Map(
    Object.entries(tracesOf(clip, structure))
      .filter(([, trace]) => isByReader(trace))
      .map(([frame, trace]) => [Number(frame), trace] as const)
      .sort(([a], [b]) => a - b),
  );
}

/** Of what the model drew, by frame; null where it drew nothing. */
function areasOf(drawn: ReadonlyMap<number, Trace | null>, frames: number): (number | null)[] {
  return Array.from({ length: frames }, (_, frame) => {
    const trace = drawn.get(frame) ?? null;
    return trace === null ? null : polygonArea(tracePolyline(trace));
  });
}

/** Contours beside the cavity's with their ends on its hinges. */
function onHinges(
  carried: ReadonlyMap<number, Trace>,
  { clip, structure }: Found,
): ReadonlyMap<number, Trace> {
  if (structure === leftVentricularCavity) return carried;
  const cavities = landmarkedTraces(clip, leftVentricularCavity);
  return new Map(
    [...carried].map(([frame, trace]) => {
      const cavity = cavities[frame];
      return [frame, cavity && hasLandmarks(trace) ? endingOn(trace, cavity) : trace];
    }),
  );
}

/** Histories have always meant the ventricle where they name nothing. */
function ofStructure(id: StructureId): string {
  if (id === leftVentricularCavity) return '';
  return ` of the ${inEnglish.say(structureText(structureOf(id) ?? { id, words: null }))}`;
}

function labelOf({ record, traces, instead, network }: Proposal): string {
  const count = traces.size === 1 ? 'one frame' : `${traces.size} frames`;
  const moved = `${count}${ofStructure(record.structure)} moved after ${inEnglish.say(frameRanges(record.anchors))}`;
  if (instead !== null) return `${moved}, by displacement because the model's own way could not be had`;
  return network === null ? moved : `${moved}, by the correction network ${network.slice(0, 12)}`;
}

/** What the range and the reach have in common. @throws SystolaError `bad-request` when that is nothing */
function reachedOf(reach: FrameRange, { range, facts }: Found): FrameRange {
  const from = Math.max(reach.from, range?.from ?? reach.from);
  const to = Math.min(reach.to, range?.to ?? reach.to);
  if (from > to) throw refusal(nothing.reached, facts);
  return { from, to };
}

function refusal(message: string, { fileName }: ClipFacts): SystolaError {
  return new SystolaError('bad-request', message, fileName);
}
