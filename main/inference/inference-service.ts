import type { ProviderName } from '../../core/settings/settings.ts';
import { frameNumber } from '../../core/wording/frame-number.ts';
import { SystolaError } from '../../core/error.ts';
import type { ModelPasses } from '../../core/model/manifest.ts';
import type { LoadedModel } from './loaded-model.ts';
import {
  cancelled,
  streamClip,
  type PassProgress,
  type StepOutcome,
  type UnsegmentedReason,
} from './clip-stream.ts';
import { describeModel } from './describe-model.ts';
import { ForwardMaps } from './forward-maps.ts';
import { ChildGone, InferenceChild } from './inference-child.ts';
import { feasiblePasses, passesOver, type Pass } from './passes.ts';
import { modelThreads } from './processor-cores.ts';
import type { ExecutionProvider, ModelDescription } from './protocol.ts';
import {
  ProviderChoice,
  type LoadContext,
  type LoadedProvider,
  type ProviderReport,
} from './provider-choice.ts';
import { Turns } from './turns.ts';
import { defaultWatchdogLimits, type WatchdogLimits } from './watchdog.ts';

export interface InferenceOptions {
  /** Provider of runs that do not name one. */
  readonly provider?: ProviderName;
  readonly limits?: Partial<WatchdogLimits>;
  /** Frames between two copies of the recurrent state; what a crash costs at most. */
  readonly checkpointEvery?: number;
  /** Threads of one operator; physical cores by default. */
  readonly threads?: number;
  /** The process is let go after this long without work, to give its memory back, ms. */
  readonly idleMs?: number;
}

export interface InferenceRequest {
  readonly model: LoadedModel;
  readonly provider?: ProviderName;
  /** Frames of the clip; those from `from` (default 0) to `frameCount − 1` are segmented. */
  readonly frameCount: number;
  readonly from?: number;
  /** Name of the clip's file, for messages. */
  readonly clipName?: string;
  /** The manifest's unless given. */
  readonly passes?: ModelPasses;
  /**
   * The model's input for a frame: height × width of the manifest, row-major, in the manifest's range; null where
   * the frame holds nothing to segment, which the model then does not see. Asked for again, and must then be the
   * same, in a second pass and when a process was lost.
   */
  input(frame: number): Promise<Float32Array | null>;
  /**
   * Called once per frame in order; the next call waits for it. With `both-directions` first for all frames in
   * order (`settled` false), then from the last to the first with the mean of both.
   */
  onProbability(frame: number, probability: Float32Array, settled: boolean): void | Promise<void>;
  /** Called in place of `onProbability` for a frame without one. Left out, unusable numbers end the run. */
  onUnsegmented?(frame: number, reason: UnsegmentedReason, settled: boolean): void | Promise<void>;
  /** Steps of the model done and to do, those of all passes. */
  onStep?(done: number, total: number): void;
  onState?(state: 'loading-model' | 'running', provider: string): void;
  readonly signal: AbortSignal;
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

/** Processes lost in a row without one more frame delivered before a run is given up. */
const setbacksAllowed = 3;

/**
 * Runs models over clips in a supervised child process: one at a time, others wait their turn. A process that
 * dies or hangs is replaced, and the clip goes on from the last checkpoint with the same results.
 */
export class InferenceService {
  readonly #options: Required<Omit<InferenceOptions, 'limits'>>;
  readonly #limits: WatchdogLimits;
  readonly #turns = new Turns();
  readonly #choice = new ProviderChoice();
  readonly #closing = new AbortController();
  #child: InferenceChild | null = null;
  /** What the child has in memory, so that the next clip need not load it again. */
  #loaded: { readonly key: string; readonly on: LoadedProvider } | null = null;
  #idleTimer: NodeJS.Timeout | null = null;
  #runs = 0;

  constructor(options: InferenceOptions = {}) {
    this.#options = {
      provider: options.provider ?? 'auto',
      checkpointEvery: options.checkpointEvery ?? 16,
      threads: options.threads ?? modelThreads(),
      idleMs: options.idleMs ?? 120_000,
    };
    this.#limits = { ...defaultWatchdogLimits, ...options.limits };
  }

  /** Process id of the child, while there is one. */
  get childProcessId(): number | null {
    return this.#child?.alive ? (this.#child.pid ?? null) : null;
  }

  /**
   * Segments a clip.
   * @throws SystolaError `cancelled`, `inference-failed` (naming the frame or the cause), `provider-unavailable`,
   *   `model-not-found`, `model-invalid`, `model-hash-mismatch`, `inference-stopped` (the service was closed);
   *   whatever the callbacks throw.
   */
  async run(request: InferenceRequest): Promise<InferenceResult> {
    return this.#inTurn(request.signal, (signal) => this.#runPasses(request, signal));
  }

  /**
   * The accelerator that `auto` runs the model on, null where that is the CPU. Cheaper than a run where there is none.
   * @throws SystolaError as `run`
   */
  async accelerator(loaded: LoadedModel, signal: AbortSignal): Promise<ExecutionProvider | null> {
    return this.#inTurn(signal, async (until) => {
      this.#loaded = null;
      const model = describeModel(loaded);
      try {
        const on = await this.#choice.loadAccelerated(this.#loading(model, this.#limits, until));
        // A probe takes a cancelled load for one that failed.
        until.throwIfAborted();
        // What was loaded to look is kept for the run that comes next.
        if (on !== null) this.#loaded = { key: keyOf(model, 'auto'), on };
        return on?.provider ?? null;
      } catch (error) {
        // A process that the model or a driver took with it: the run that needs the model will say why.
        if (error instanceof ChildGone) return null;
        if (until.aborted) this.#child?.kill('the search was cancelled');
        throw error;
      }
    });
  }

  /** Ends the run at hand, refuses others, and waits until the child is gone. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#turns.take(new AbortController().signal, async () => {
      this.#stopIdleTimer();
      await this.#child?.close();
    });
  }

  /** Work on the child, one at a time, until it is called off or the service is closed. */
  async #inTurn<Result>(
    called: AbortSignal,
    work: (signal: AbortSignal) => Promise<Result>,
  ): Promise<Result> {
    const signal = AbortSignal.any([called, this.#closing.signal]);
    try {
      return await this.#turns.take(signal, async () => {
        this.#stopIdleTimer();
        try {
          return await work(signal);
        } finally {
          this.#startIdleTimer();
        }
      });
    } catch (error) {
      if (this.#closing.signal.aborted) {
        throw new SystolaError('inference-stopped', 'The analysis was stopped because Systola is closing.');
      }
      throw signal.aborted ? cancelled() : error;
    }
  }

  /** Runs the passes one after the other. */
  async #runPasses(request: InferenceRequest, signal: AbortSignal): Promise<InferenceResult> {
    const from = request.from ?? 0;
    const frames = Math.max(0, request.frameCount - from);
    const { manifest } = request.model;
    const passes = feasiblePasses({ ...manifest, passes: request.passes ?? manifest.passes }, frames);
    const plan = passesOver(passes, from, from + frames, manifest.warmFrames);
    const steps = plan.reduce((sum, pass) => sum + pass.frames.length, 0);
    const forward = passes === 'both-directions' ? new ForwardMaps() : null;
    let stepsBefore = 0;
    let timed = { modelMs: 0, timedSteps: 0 };
    let loaded: LoadedProvider | null = null;
    for (const [index, pass] of plan.entries()) {
      const settled = index === plan.length - 1;
      const progress: PassProgress = { ...pass, delivered: 0, checkpoint: null, modelMs: 0, timedSteps: 0 };
      loaded = await this.#supervise(request, progress, signal, async (step, outcome) => {
        if (step >= pass.silentSteps) await tell(pass, step, outcome, settled);
        request.onStep?.(stepsBefore + step + 1, steps);
      });
      stepsBefore += pass.frames.length;
      timed = {
        modelMs: timed.modelMs + progress.modelMs,
        timedSteps: timed.timedSteps + progress.timedSteps,
      };
    }
    const msPerStep = timed.timedSteps === 0 ? 0 : timed.modelMs / timed.timedSteps;
    return {
      provider: loaded!.provider,
      framesDone: frames,
      passes,
      msPerFrame: frames === 0 ? 0 : (msPerStep * steps) / frames,
      providers: this.#reports(request),
    };

    async function tell(pass: Pass, step: number, found: StepOutcome, settled: boolean): Promise<void> {
      const frame = pass.frames[step]!;
      if (!settled) forward?.keep(frame, found);
      const outcome = settled && forward !== null ? forward.mean(frame, found) : found;
      if (outcome instanceof Float32Array) await request.onProbability(frame, outcome, settled);
      else await request.onUnsegmented?.(frame, outcome, settled);
    }
  }

  /** Runs a pass on one process after another until it is done or hope is lost. */
  async #supervise(
    request: InferenceRequest,
    progress: PassProgress,
    signal: AbortSignal,
    onStep: (step: number, outcome: StepOutcome) => Promise<void>,
  ): Promise<LoadedProvider> {
    const lost: string[] = [];
    for (;;) {
      const deliveredBefore = progress.delivered;
      try {
        return await this.#attempt(request, progress, signal, 2 ** lost.length, onStep);
      } catch (error) {
        if (!(error instanceof ChildGone) || signal.aborted) throw error;
        if (progress.delivered > deliveredBefore) lost.length = 0;
        lost.push(error.message);
        if (lost.length >= setbacksAllowed) throw givenUp(request, progress, lost);
      }
    }
  }

  /** @param patience factor on every limit, so that a machine that is only slow gets through in the end. */
  async #attempt(
    request: InferenceRequest,
    progress: PassProgress,
    signal: AbortSignal,
    patience: number,
    onStep: (step: number, outcome: StepOutcome) => Promise<void>,
  ): Promise<LoadedProvider> {
    const limits = scaled(this.#limits, patience);
    const model = describeModel(request.model);
    const loaded = await this.#load(request, model, limits, signal);
    request.onState?.('running', loaded.provider);
    this.#runs += 1;
    await streamClip({
      child: loaded.child,
      run: this.#runs,
      provider: loaded.provider,
      progress,
      pixelsPerFrame: model.rows * model.columns,
      checkpointEvery: this.#options.checkpointEvery,
      limits,
      expectedFrameMs: loaded.frameMs,
      clipName: request.clipName ?? null,
      modelFile: model.graphPath,
      tolerant: request.onUnsegmented !== undefined,
      signal,
      input: request.input.bind(request),
      onStep,
    });
    return loaded;
  }

  async #load(
    request: InferenceRequest,
    model: ModelDescription,
    limits: WatchdogLimits,
    signal: AbortSignal,
  ): Promise<LoadedProvider> {
    const wanted = request.provider ?? this.#options.provider;
    const key = keyOf(model, wanted);
    if (this.#loaded?.key === key && this.#loaded.on.child.alive) return this.#loaded.on;
    request.onState?.('loading-model', wanted);
    this.#loaded = null;
    try {
      const on = await this.#choice.load(wanted, this.#loading(model, limits, signal));
      this.#loaded = { key, on };
      return on;
    } catch (error) {
      // Loading blocks the child and cannot be called off.
      if (signal.aborted) this.#child?.kill('the run was cancelled');
      throw error;
    }
  }

  #loading(model: ModelDescription, limits: WatchdogLimits, signal: AbortSignal): LoadContext {
    const { threads } = this.#options;
    return { model, threads, limits, signal, child: () => this.#readyChild(limits, signal) };
  }

  async #readyChild(limits: WatchdogLimits, signal: AbortSignal): Promise<InferenceChild> {
    if (this.#child?.alive) return this.#child;
    const child = InferenceChild.start();
    this.#child = child;
    await child.ready(limits.startMs, signal);
    return child;
  }

  #reports(request: InferenceRequest): readonly ProviderReport[] {
    const auto = (request.provider ?? this.#options.provider) === 'auto';
    return auto ? this.#choice.reports(describeModel(request.model)) : [];
  }

  #startIdleTimer(): void {
    this.#stopIdleTimer();
    this.#idleTimer = setTimeout(() => void this.#child?.close(), this.#options.idleMs);
    this.#idleTimer.unref();
  }

  #stopIdleTimer(): void {
    if (this.#idleTimer !== null) clearTimeout(this.#idleTimer);
    this.#idleTimer = null;
  }
}

/** What a child has in memory is told by. */
function keyOf(model: ModelDescription, wanted: ProviderName): string {
  return `${model.graphPath}\n${model.graph.sha256}\n${wanted}`;
}

function scaled(limits: WatchdogLimits, patience: number): WatchdogLimits {
  const entries = Object.entries(limits).map(([name, value]: [string, number]) => [name, value * patience]);
  return Object.fromEntries(entries) as unknown as WatchdogLimits;
}

function givenUp(request: InferenceRequest, progress: PassProgress, lost: readonly string[]): SystolaError {
  const last = progress.frames[progress.delivered - 1];
  const where =
    last === undefined ? 'before the first frame was segmented' : `after frame ${frameNumber(last)}`;
  return new SystolaError(
    'inference-failed',
    `The analysis was given up ${where}: ${lost.length} times in a row ${lost.at(-1)}. ` +
      'Contours can still be drawn by hand; try again with the CPU provider or another model.',
    request.clipName ?? null,
  );
}
