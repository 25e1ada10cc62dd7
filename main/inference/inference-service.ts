import { SystolaError } from '../../core/error.ts';
import { contourRecipe } from '../../core/model/contour-recipe.ts';
import { contouredStructure, drawnBesideCavity } from '../../core/model/drawn-structures.ts';
import type { ModelPasses } from '../../core/model/manifest.ts';
import type { ClipCourse } from '../../core/propagation/clip-course.ts';
import type { ProviderName } from '../../core/settings/settings.ts';
import { frameNumber } from '../../core/wording/frame-number.ts';
import { beginPass } from './begin-pass.ts';
import { carryCorrections, type CorrectedFrames } from './carry-corrections.ts';
import { CheckpointShelf } from './checkpoint-shelf.ts';
import type { PassProgress } from './clip-stream.ts';
import { describeCorrection, describeModel } from './describe-model.ts';
import { ForwardMaps } from './forward-maps.ts';
import type { LoadedModel } from './loaded-model.ts';
import { OwnMaps } from './own-maps.ts';
import { feasiblePasses, passesOver } from './passes.ts';
import { probabilityFlaw } from './probability-check.ts';
import { modelThreads } from './processor-cores.ts';
import { planPropagation, type GivingPass } from './propagation-plan.ts';
import type { ExecutionProvider, ModelDescription, StructureMaps } from './protocol.ts';
import type { ProviderReport } from './provider-choice.ts';
import type { RecogniseRequest, RecogniseResult } from './recognise-view.ts';
import type { StepOutcome, UnsegmentedReason } from './step-outcome.ts';
import { Supervisor, type SupervisedPass } from './supervisor.ts';
import { defaultWatchdogLimits, type WatchdogLimits } from './watchdog.ts';

export interface InferenceOptions {
  /** Provider of runs that do not name one. */
  readonly provider?: ProviderName;
  readonly limits?: Partial<WatchdogLimits>;
  /** Frames between two copies of the recurrent state; what a crash costs at most. */
  readonly checkpointEvery?: number;
  /** Frames that are handed to a graphics card before the first result is waited for; what fits its speed by default. */
  readonly framesAtOnce?: number;
  /** Most bytes of states that are kept for propagations after a run has ended. */
  readonly shelfBytes?: number;
  /** Threads of one operator; physical cores by default. */
  readonly threads?: number;
  /** The process is let go after this long without work, to give its memory back, ms. */
  readonly idleMs?: number;
}

/** What every use of a model over a clip says. */
interface ClipRequest {
  readonly model: LoadedModel;
  readonly provider?: ProviderName;
  /** Name of the clip's file, for messages. */
  readonly clipName?: string;
  /**
   * Names everything that decides the model's inputs: requests with the same key and manifest give equal inputs for
   * equal frames. With it a propagation goes on from states that were kept; without it nothing is kept.
   */
  readonly picturesKey?: string;
  /**
   * The model's input for a frame: height × width of the manifest, row-major, in the manifest's range; null where
   * the frame holds nothing to segment, which the model then does not see. Asked for again, and must then be the
   * same, in a second pass and when a process was lost.
   */
  input(frame: number): Promise<Float32Array | null>;
  /** Steps of the model done and to do, those of all passes. */
  onStep?(done: number, total: number): void;
  onState?(state: 'loading-model' | 'running', provider: string): void;
  readonly signal: AbortSignal;
}

export interface InferenceRequest extends ClipRequest {
  /** Frames of the clip; those from `from` (default 0) to `frameCount − 1` are segmented. */
  readonly frameCount: number;
  readonly from?: number;
  /** The manifest's unless given. */
  readonly passes?: ModelPasses;
  /**
   * Called once per frame in order; the next call waits for it. With `both-directions` first for all frames in
   * order (`settled` false), then from the last to the first with the mean of both.
   *
   * @param structures maps of the structures that the model draws beside the cavity, in the same way
   */
  onProbability(
    frame: number,
    probability: Float32Array,
    settled: boolean,
    structures: StructureMaps,
  ): void | Promise<void>;
  /** Called in place of `onProbability` for a frame without one. Left out, unusable numbers end the run. */
  onUnsegmented?(frame: number, reason: UnsegmentedReason, settled: boolean): void | Promise<void>;
}

export interface PropagationRequest extends ClipRequest {
  /** Frames of the whole clip. */
  readonly frameCount: number;
  /**
   * Corrected masks by frame, which may lie outside the range: height × width of the model's input, row-major, 0…1.
   * Each is in the model's memory, in the place of its own mask, when the frames beside it are segmented.
   */
  readonly given: ReadonlyMap<number, Float32Array>;
  /** First and last frame whose maps are wanted, inclusive; frames with a given mask among them have none. */
  readonly from: number;
  readonly to: number;
  /**
   * Called once per frame; the next call waits for it. Frames after the last given one come first, in order, then
   * those before it from the last to the first.
   */
  onProbability(frame: number, probability: Float32Array): void | Promise<void>;
  /** Called in place of `onProbability` for a frame without one. Left out, unusable numbers end the propagation. */
  onUnsegmented?(frame: number, reason: UnsegmentedReason): void | Promise<void>;
}

/** Corrections to be carried through the network that the model's manifest names for it. */
export interface CorrectionRequest extends ClipRequest, CorrectedFrames {
  /** Frames of the whole clip. */
  readonly frameCount: number;
  /** Where the frames of the clip lie in phase and time: what a mask counts on others. */
  readonly course: ClipCourse;
  /**
   * Corrected masks by frame, which may lie outside the range: height × width of the correction network's picture,
   * row-major, 0…1.
   */
  readonly given: ReadonlyMap<number, Float32Array>;
  /** First and last frame whose maps are wanted, inclusive; frames with a given mask among them have none. */
  readonly from: number;
  readonly to: number;
  /** What the model sees of a frame, at the size of the correction network's picture; only of frames that it sees. */
  correctionInput(frame: number): Promise<Float32Array>;
}

export interface PropagationResult {
  readonly provider: string;
  /** Frames that were told of. */
  readonly framesDone: number;
  /** Steps that the model was run for, those before the first given frame included. */
  readonly steps: number;
}

export interface InferenceResult {
  readonly provider: string;
  readonly framesDone: number;
  /** How the clip was run; `forward` for one too long for the manifest's `both-directions`. */
  readonly passes: ModelPasses;
  /** Mean time of the model for a frame of the clip, all passes together, without waiting for inputs. */
  readonly msPerFrame: number;
  /** What `auto` found out about the providers here; empty for a provider that was named. */
  readonly providers: readonly ProviderReport[];
}

/**
 * Runs models over clips in a supervised child process: one at a time, others wait their turn. A process that
 * dies or hangs is replaced, and the clip goes on from the last checkpoint with the same results.
 */
export class InferenceService {
  readonly #provider: ProviderName;
  readonly #supervisor: Supervisor;
  readonly #shelf: CheckpointShelf;

  constructor(options: InferenceOptions = {}) {
    this.#provider = options.provider ?? 'auto';
    this.#supervisor = new Supervisor({
      limits: { ...defaultWatchdogLimits, ...options.limits },
      checkpointEvery: options.checkpointEvery ?? 16,
      framesAtOnce: options.framesAtOnce ?? null,
      threads: options.threads ?? modelThreads(),
      idleMs: options.idleMs ?? 120_000,
    });
    this.#shelf = new CheckpointShelf(options.shelfBytes ?? 256 * 1024 * 1024);
  }

  /** Process id of the child, while there is one. */
  get childProcessId(): number | null {
    return this.#supervisor.childProcessId;
  }

  /**
   * Segments a clip.
   * @throws SystolaError `cancelled`, `inference-failed` (naming the frame or the cause), `provider-unavailable`,
   *   `model-not-found`, `model-invalid`, `model-hash-mismatch`, `inference-stopped` (the service was closed);
   *   whatever the callbacks throw.
   */
  async run(request: InferenceRequest): Promise<InferenceResult> {
    return this.#supervisor.inTurn(request.signal, (signal) => this.#runPasses(request, signal));
  }

  /**
   * Carries corrected masks through the model's memory to the frames around them, in both directions; between two
   * corrected frames both count by how near they are. The results do not depend on what was run before.
   * @throws SystolaError as `run`, `inference-failed` also for a mask that is none; whatever the callbacks throw
   */
  async propagate(request: PropagationRequest): Promise<PropagationResult> {
    refuseUnusableMasks(request, request.model.manifest.input);
    return this.#supervisor.inTurn(request.signal, (signal) => this.#propagate(request, signal));
  }

  /**
   * Carries corrected masks to the frames around them through the correction network that the manifest names. The model
   * itself is given nothing. A frame follows the masks that are nearest to it in phase and time. The results do not depend
   * on what was run before, nor on the range. A mask on a frame of which the model has no map carries nothing.
   * @throws SystolaError as `run`, for the network's file too; whatever the callbacks throw
   */
  async correct(request: CorrectionRequest): Promise<PropagationResult> {
    return this.#supervisor.inTurn(request.signal, (signal) => this.#correct(request, signal));
  }

  /**
   * The accelerator that `auto` runs the model on, null where that is the CPU. Cheaper than a run where there is none.
   * @throws SystolaError as `run`
   */
  async accelerator(loaded: LoadedModel, signal: AbortSignal): Promise<ExecutionProvider | null> {
    return this.#supervisor.inTurn(signal, (until) => this.#supervisor.accelerator(loaded, until));
  }

  /**
   * Which view a clip shows, by a recogniser of views, on the CPU.
   * @throws SystolaError `model-not-found`, `model-invalid`, `model-hash-mismatch`, `inference-failed`, `cancelled`,
   *   `inference-stopped`
   */
  async recognise(request: RecogniseRequest): Promise<RecogniseResult> {
    return this.#supervisor.inTurn(request.signal, (signal) => this.#supervisor.recognise(request, signal));
  }

  /** Ends the run at hand, refuses others, and waits until the child is gone. */
  async close(): Promise<void> {
    await this.#supervisor.close();
    this.#shelf.clear();
  }

  /** Runs the passes one after the other. */
  async #runPasses(request: InferenceRequest, signal: AbortSignal): Promise<InferenceResult> {
    const from = request.from ?? 0;
    const frames = Math.max(0, request.frameCount - from);
    const { manifest } = request.model;
    const passes = feasiblePasses({ ...manifest, passes: request.passes ?? manifest.passes }, frames);
    const plan = passesOver(passes, from, from + frames, manifest.warmFrames);
    const steps = plan.reduce((sum, pass) => sum + pass.frames.length, 0);
    const drawn = drawnBesideCavity(manifest).map(({ structure }) => structure);
    const forward =
      passes === 'both-directions'
        ? new Map([contouredStructure, ...drawn].map((structure) => [structure as string, new ForwardMaps()]))
        : null;
    const kept = this.#memoryKey(request);
    let stepsBefore = 0;
    let timed = { modelMs: 0, timedSteps: 0 };
    let provider = '';
    for (const [index, pass] of plan.entries()) {
      const settled = index === plan.length - 1;
      const progress: PassProgress = { ...pass, delivered: 0, checkpoint: null, modelMs: 0, timedSteps: 0 };
      const supervised: SupervisedPass = {
        ...this.#common(request),
        structures: drawn.length > 0,
        onCheckpoint: (step, state) => {
          if (kept !== null) this.#shelf.keep(kept, pass.frames.slice(0, step + 1), state);
        },
        onStep: async (step, outcome, maps) => {
          if (step >= pass.silentSteps) await tell(pass.frames[step]!, outcome, maps, settled);
          request.onStep?.(stepsBefore + step + 1, steps);
        },
      };
      provider = await this.#supervisor.runPass(supervised, progress, signal);
      stepsBefore += pass.frames.length;
      timed = {
        modelMs: timed.modelMs + progress.modelMs,
        timedSteps: timed.timedSteps + progress.timedSteps,
      };
    }
    const msPerStep = timed.timedSteps === 0 ? 0 : timed.modelMs / timed.timedSteps;
    return {
      provider,
      framesDone: frames,
      passes,
      msPerFrame: frames === 0 ? 0 : (msPerStep * steps) / frames,
      providers: this.#supervisor.reports(request.model, request.provider ?? this.#provider),
    };

    async function tell(
      frame: number,
      found: StepOutcome,
      maps: StructureMaps,
      settled: boolean,
    ): Promise<void> {
      const ofBoth = <Found extends StepOutcome>(structure: string, one: Found): StepOutcome => {
        if (!settled) forward?.get(structure)?.keep(frame, one);
        return (settled ? forward?.get(structure)?.mean(frame, one) : undefined) ?? one;
      };
      const outcome = ofBoth(contouredStructure, found);
      // A frame that either pass could not segment has no map of anything.
      const structures = new Map<string, Float32Array>();
      for (const structure of drawn) {
        const map = maps.get(structure);
        const mean = map === undefined ? undefined : ofBoth(structure, map);
        if (mean instanceof Float32Array) structures.set(structure, mean);
      }
      if (outcome instanceof Float32Array) await request.onProbability(frame, outcome, settled, structures);
      else await request.onUnsegmented?.(frame, outcome, settled);
    }
  }

  async #propagate(request: PropagationRequest, signal: AbortSignal): Promise<PropagationResult> {
    const { forwards, backwards, forwardShare } = planPropagation(request.model.manifest, {
      ...request,
      givenFrames: request.given.keys(),
    });
    const kept = this.#memoryKey(request);
    const passes = [forwards, backwards]
      .filter((pass) => pass !== null)
      .map((pass) => ({ pass, progress: beginPass(pass, pass.firstGiven, this.#shelf, kept) }));
    const steps = passes.reduce(
      (sum, { pass, progress }) => sum + pass.frames.length - progress.delivered,
      0,
    );
    const forwardMaps = new ForwardMaps();
    let stepsDone = 0;
    let framesDone = 0;
    let provider = '';
    for (const { pass, progress } of passes) {
      const supervised: SupervisedPass = {
        ...this.#common(request),
        given: (step) => request.given.get(pass.given.get(step) ?? -1) ?? null,
        onCheckpoint: (step, state) => {
          // Afterwards it is no longer the model's own memory.
          if (kept === null || step >= pass.firstGiven) return;
          this.#shelf.keep(kept, pass.frames.slice(0, step + 1), state);
        },
        onStep: async (step, outcome) => {
          const frame = pass.frames[step]!;
          if (step > pass.firstGiven && pass.wanted.has(frame)) await tell(pass, frame, outcome);
          stepsDone += 1;
          request.onStep?.(stepsDone, steps);
        },
      };
      provider = await this.#supervisor.runPass(supervised, progress, signal);
    }
    return { provider, framesDone, steps };

    async function tell(pass: GivingPass, frame: number, found: StepOutcome): Promise<void> {
      const share = forwardShare(frame);
      if (pass === forwards && share < 1) return forwardMaps.keep(frame, found);
      const outcome = pass === backwards && share > 0 ? forwardMaps.mean(frame, found, share) : found;
      framesDone += 1;
      if (outcome instanceof Float32Array) await request.onProbability(frame, outcome);
      else await request.onUnsegmented?.(frame, outcome);
    }
  }

  async #correct(request: CorrectionRequest, signal: AbortSignal): Promise<PropagationResult> {
    const { model, frameCount, from, to, course } = request;
    const correction = describeCorrection(model);
    if (correction === null) {
      throw new SystolaError(
        'model-invalid',
        `The model "${model.manifest.name}" has no correction network.`,
        model.folder,
      );
    }
    refuseUnusableMasks(request, correction.graph);
    const range = { from: Math.max(0, from), to: Math.min(to, frameCount - 1) };
    // All of the clip, so that a frame is contoured alike whatever the range.
    const given = new Map(
      [...request.given].filter(([frame]) => frame >= 0 && frame < frameCount).sort(([a], [b]) => a - b),
    );
    const moved: number[] = [];
    for (let frame = range.from; frame <= range.to; frame += 1) if (!given.has(frame)) moved.push(frame);
    if (given.size === 0 || moved.length === 0) return { provider: '', framesDone: 0, steps: 0 };
    let framesDone = 0;
    const { graph, provider, clipName, onState } = this.#common(request);
    const result = await carryCorrections({
      supervisor: this.#supervisor,
      common: { provider, clipName, ...(onState === undefined ? {} : { onState }) },
      model: graph,
      correction,
      ownMaps: new OwnMaps({
        manifest: model.manifest,
        frameCount,
        wanted: new Set([...given.keys(), ...moved]),
        shelf: this.#shelf,
        kept: this.#memoryKey(request),
      }),
      given,
      moved,
      course,
      modelInput: (frame) => request.input(frame),
      correctionInput: (frame) => request.correctionInput(frame),
      onProbability: (frame, probability, anchors) => {
        framesDone += 1;
        return request.onProbability(frame, probability, anchors);
      },
      onUnsegmented: (frame, reason) => {
        framesDone += 1;
        return request.onUnsegmented(frame, reason);
      },
      onStep: (done, total) => request.onStep?.(done, total),
      signal,
    });
    return { ...result, framesDone };
  }

  #common(request: InferenceRequest | PropagationRequest | CorrectionRequest): Pick<
    SupervisedPass,
    'provider' | 'clipName' | 'tolerant' | 'input' | 'onState'
  > & {
    readonly graph: ModelDescription;
  } {
    return {
      graph: describeModel(request.model),
      provider: request.provider ?? this.#provider,
      clipName: request.clipName ?? null,
      tolerant: request.onUnsegmented !== undefined,
      input: (frame) => request.input(frame),
      onState: (state, provider) => request.onState?.(state, provider),
    };
  }

  /** Everything but the frames that decides a state. */
  #memoryKey({ model, provider, picturesKey }: ClipRequest): string | null {
    if (picturesKey === undefined) return null;
    return JSON.stringify([contourRecipe(model.manifest), provider ?? this.#provider, picturesKey]);
  }
}

function refuseUnusableMasks(
  { given, clipName }: Pick<PropagationRequest, 'given' | 'clipName'>,
  { width, height }: { readonly width: number; readonly height: number },
): void {
  for (const [frame, mask] of given) {
    if (mask.length === width * height && probabilityFlaw(mask) === null) continue;
    const message = `The mask given for frame ${frameNumber(frame)} is no mask of ${width} × ${height} values from 0 to 1.`;
    throw new SystolaError('inference-failed', message, clipName ?? null);
  }
}
