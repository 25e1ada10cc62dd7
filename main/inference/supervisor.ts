import { SystolaError } from '../../core/error.ts';
import { framesAtOnce } from './frames-at-once.ts';
import type { ProviderName } from '../../core/settings/settings.ts';
import { frameNumber } from '../../core/wording/frame-number.ts';
import { cancelled, streamClip, type ClipStreamOptions, type PassProgress } from './clip-stream.ts';
import { describeModel } from './describe-model.ts';
import { ChildGone, InferenceChild } from './inference-child.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { ExecutionProvider, GraphDescription, GraphRole } from './protocol.ts';
import {
  ProviderChoice,
  type LoadContext,
  type LoadedProvider,
  type ProviderReport,
} from './provider-choice.ts';
import { recogniseView, type RecogniseRequest, type RecogniseResult } from './recognise-view.ts';
import { Turns } from './turns.ts';
import type { WatchdogLimits } from './watchdog.ts';

export interface SupervisorOptions {
  readonly limits: WatchdogLimits;
  readonly checkpointEvery: number;
  /** Instead of what fits the time of a frame. */
  readonly framesAtOnce: number | null;
  readonly threads: number;
  readonly idleMs: number;
}

/** What a pass needs beside its frames. */
export interface SupervisedPass extends Pick<
  ClipStreamOptions,
  'tolerant' | 'input' | 'found' | 'given' | 'onCheckpoint' | 'onStep'
> {
  readonly graph: GraphDescription;
  /** Whether the maps of structures beside the cavity are wanted; not where left out. */
  readonly structures?: boolean;
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
  readonly #loaded = new Map<GraphRole, { readonly key: string; readonly on: LoadedProvider }>();
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

  /**
   * Loads the graph of a pass ahead of it, so that one that cannot be used is told at once. Only in turn.
   * @throws SystolaError when the graph or the provider is at fault
   */
  async prepare(pass: SupervisedPass, signal: AbortSignal): Promise<void> {
    try {
      await this.#load(pass, this.#options.limits, signal);
    } catch (error) {
      // A process that was lost is replaced when the pass begins.
      if (!(error instanceof ChildGone) || signal.aborted) throw error;
    }
  }

  /** The accelerator that `auto` runs the model on, null where that is the CPU. Only in turn. */
  async accelerator(loaded: LoadedModel, signal: AbortSignal): Promise<ExecutionProvider | null> {
    const graph = describeModel(loaded);
    this.#loaded.delete(graph.role);
    try {
      const on = await this.#choice.loadAccelerated(this.#loading(graph, this.#options.limits, signal));
      // A probe takes a cancelled load for one that failed.
      signal.throwIfAborted();
      // What was loaded to look is kept for the run that comes next.
      if (on !== null) this.#loaded.set(graph.role, { key: keyOf(graph, 'auto'), on });
      return on?.provider ?? null;
    } catch (error) {
      // A process that the model or a driver took with it: the run that needs the model will say why.
      if (error instanceof ChildGone) return null;
      if (signal.aborted) this.#child?.kill('the search was cancelled');
      throw error;
    }
  }

  /** The view of a clip. Only in turn. */
  async recognise(request: RecogniseRequest, signal: AbortSignal): Promise<RecogniseResult> {
    const { limits, threads } = this.#options;
    return recogniseView({ ...request, signal }, threads, () => this.#readyChild(limits, signal));
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
    const { graph } = pass;
    const loaded = await this.#load(pass, limits, signal);
    pass.onState?.('running', loaded.provider);
    this.#runs += 1;
    const { tolerant, clipName } = pass;
    await streamClip({
      child: loaded.child,
      run: this.#runs,
      role: graph.role,
      provider: loaded.provider,
      progress,
      pixelsPerFrame: graph.rows * graph.columns,
      structures: pass.structures ?? false,
      checkpointEvery: this.#options.checkpointEvery,
      atOnce: this.#options.framesAtOnce ?? framesAtOnce(loaded.provider, loaded.frameMs),
      limits,
      expectedFrameMs: loaded.frameMs,
      clipName,
      graphFile: graph.graphPath,
      tolerant,
      signal,
      input: (frame) => pass.input(frame),
      found: (frame) => pass.found?.(frame) ?? null,
      given: (step) => pass.given?.(step) ?? null,
      onCheckpoint: (step, state) => pass.onCheckpoint?.(step, state),
      onStep: (step, outcome, structures) => pass.onStep(step, outcome, structures),
    });
    return loaded.provider;
  }

  async #load(pass: SupervisedPass, limits: WatchdogLimits, signal: AbortSignal): Promise<LoadedProvider> {
    const { graph } = pass;
    const key = keyOf(graph, pass.provider);
    const loaded = this.#loaded.get(graph.role);
    if (loaded?.key === key && loaded.on.child.alive) return loaded.on;
    pass.onState?.('loading-model', pass.provider);
    this.#loaded.delete(graph.role);
    try {
      const on = await this.#choice.load(pass.provider, this.#loading(graph, limits, signal));
      this.#loaded.set(graph.role, { key, on });
      return on;
    } catch (error) {
      // Loading blocks the child and cannot be called off.
      if (signal.aborted) this.#child?.kill('the run was cancelled');
      throw error;
    }
  }

  #loading(graph: GraphDescription, limits: WatchdogLimits, signal: AbortSignal): LoadContext {
    const { threads } = this.#options;
    return { graph, threads, limits, signal, child: () => this.#readyChild(limits, signal) };
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
function keyOf({ graphPath, graph }: GraphDescription, wanted: ProviderName): string {
  return `${graphPath}\n${graph.sha256}\n${wanted}`;
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
