import { SystolaError } from '../../core/error.ts';
import type { ProviderName } from '../../core/settings/settings.ts';
import { frameNumber } from '../../core/wording/frame-number.ts';
import { cancelled, streamClip, type ClipStreamOptions, type PassProgress } from './clip-stream.ts';
import { describeModel } from './describe-model.ts';
import { ChildGone, InferenceChild } from './inference-child.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { ExecutionProvider, ModelDescription } from './protocol.ts';
import {
  ProviderChoice,
  type LoadContext,
  type LoadedProvider,
  type ProviderReport,
} from './provider-choice.ts';
import { Turns } from './turns.ts';
import type { WatchdogLimits } from './watchdog.ts';

export interface SupervisorOptions {
  readonly limits: WatchdogLimits;
  readonly checkpointEvery: number;
  readonly threads: number;
  readonly idleMs: number;
}

/** What a pass needs beside its frames. */
export interface SupervisedPass extends Pick<
  ClipStreamOptions,
  'tolerant' | 'input' | 'given' | 'onCheckpoint' | 'onStep'
> {
  readonly model: LoadedModel;
  readonly provider: ProviderName;
  readonly clipName: string | null;
  onState?(state: 'loading-model' | 'running', provider: string): void;
}

/** Processes lost in a row without one more frame delivered before a run is given up. */
const setbacksAllowed = 3;

/**
 * The inference process and who may use it: one task at a time, others wait their turn. A process that dies or hangs
 * is replaced, and the pass goes on from its last checkpoint with the same results.
 */
export class Supervisor {
  readonly #options: SupervisorOptions;
  readonly #turns = new Turns();
  readonly #choice = new ProviderChoice();
  readonly #closing = new AbortController();
  #child: InferenceChild | null = null;
  /** What the child has in memory, so that the next clip need not load it again. */
  #loaded: { readonly key: string; readonly on: LoadedProvider } | null = null;
  #idleTimer: NodeJS.Timeout | null = null;
  #runs = 0;

  constructor(options: SupervisorOptions) {
    this.#options = options;
  }

  /** Process id of the child, while there is one. */
  get childProcessId(): number | null {
    return this.#child?.alive ? (this.#child.pid ?? null) : null;
  }

  /**
   * Work on the child, one at a time, until it is called off or the supervisor is closed.
   * @throws SystolaError `cancelled`, `inference-stopped`; whatever the work throws
   */
  async inTurn<Result>(called: AbortSignal, work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
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

  /** Runs a pass on one process after another until it is done or hope is lost. Only in turn. */
  async runPass(
    pass: SupervisedPass,
    progress: PassProgress,
    signal: AbortSignal,
  ): Promise<ExecutionProvider> {
    const lost: string[] = [];
    for (;;) {
      const deliveredBefore = progress.delivered;
      try {
        return await this.#attempt(pass, progress, signal, 2 ** lost.length);
      } catch (error) {
        if (!(error instanceof ChildGone) || signal.aborted) throw error;
        if (progress.delivered > deliveredBefore) lost.length = 0;
        lost.push(error.message);
        if (lost.length >= setbacksAllowed) throw givenUp(pass.clipName, progress, lost);
      }
    }
  }

  /** The accelerator that `auto` runs the model on, null where that is the CPU. Only in turn. */
  async accelerator(loaded: LoadedModel, signal: AbortSignal): Promise<ExecutionProvider | null> {
    this.#loaded = null;
    const model = describeModel(loaded);
    try {
      const on = await this.#choice.loadAccelerated(this.#loading(model, this.#options.limits, signal));
      // A probe takes a cancelled load for one that failed.
      signal.throwIfAborted();
      // What was loaded to look is kept for the run that comes next.
      if (on !== null) this.#loaded = { key: keyOf(model, 'auto'), on };
      return on?.provider ?? null;
    } catch (error) {
      // A process that the model or a driver took with it: the run that needs the model will say why.
      if (error instanceof ChildGone) return null;
      if (signal.aborted) this.#child?.kill('the search was cancelled');
      throw error;
    }
  }

  /** What `auto` found out about the providers here; nothing for a provider that was named. */
  reports(model: LoadedModel, provider: ProviderName): readonly ProviderReport[] {
    return provider === 'auto' ? this.#choice.reports(describeModel(model)) : [];
  }

  /** Ends the work at hand, refuses other, and waits until the child is gone. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#turns.take(new AbortController().signal, async () => {
      this.#stopIdleTimer();
      await this.#child?.close();
    });
  }

  /** @param patience factor on every limit, so that a machine that is only slow gets through in the end. */
  async #attempt(
    pass: SupervisedPass,
    progress: PassProgress,
    signal: AbortSignal,
    patience: number,
  ): Promise<ExecutionProvider> {
    const limits = scaled(this.#options.limits, patience);
    const model = describeModel(pass.model);
    const loaded = await this.#load(pass, model, limits, signal);
    pass.onState?.('running', loaded.provider);
    this.#runs += 1;
    const { tolerant, clipName } = pass;
    await streamClip({
      child: loaded.child,
      run: this.#runs,
      provider: loaded.provider,
      progress,
      pixelsPerFrame: model.rows * model.columns,
      checkpointEvery: this.#options.checkpointEvery,
      limits,
      expectedFrameMs: loaded.frameMs,
      clipName,
      modelFile: model.graphPath,
      tolerant,
      signal,
      input: (frame) => pass.input(frame),
      given: (step) => pass.given?.(step) ?? null,
      onCheckpoint: (step, state) => pass.onCheckpoint?.(step, state),
      onStep: (step, outcome) => pass.onStep(step, outcome),
    });
    return loaded.provider;
  }

  async #load(
    pass: SupervisedPass,
    model: ModelDescription,
    limits: WatchdogLimits,
    signal: AbortSignal,
  ): Promise<LoadedProvider> {
    const key = keyOf(model, pass.provider);
    if (this.#loaded?.key === key && this.#loaded.on.child.alive) return this.#loaded.on;
    pass.onState?.('loading-model', pass.provider);
    this.#loaded = null;
    try {
      const on = await this.#choice.load(pass.provider, this.#loading(model, limits, signal));
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

function givenUp(clipName: string | null, progress: PassProgress, lost: readonly string[]): SystolaError {
  const last = progress.frames[progress.delivered - 1];
  const where =
    last === undefined ? 'before the first frame was segmented' : `after frame ${frameNumber(last)}`;
  return new SystolaError(
    'inference-failed',
    `The analysis was given up ${where}: ${lost.length} times in a row ${lost.at(-1)}. ` +
      'Contours can still be drawn by hand; try again with the CPU provider or another model.',
    clipName,
  );
}
