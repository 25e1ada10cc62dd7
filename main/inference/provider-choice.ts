import type { ProviderName } from '../../core/settings/settings.ts';
import { SystolaError } from '../../core/error.ts';
import { ChildGone, type InferenceChild } from './inference-child.ts';
import type { ExecutionProvider, FromChild, GraphDescription } from './protocol.ts';
import type { WatchdogLimits } from './watchdog.ts';

/** What was found out about a provider on this machine with this model. */
export interface ProviderReport {
  readonly provider: ExecutionProvider;
  /** Time of a warm frame, or null when it does not work. */
  readonly frameMs: number | null;
  /** Why it does not work or was not taken; null when it works. */
  readonly reason: string | null;
}

/** A provider on which the model is loaded in the child given, ready to run. */
export interface LoadedProvider {
  readonly child: InferenceChild;
  readonly provider: ExecutionProvider;
  readonly frameMs: number;
}

export interface LoadContext {
  readonly graph: GraphDescription;
  readonly threads: number;
  readonly limits: WatchdogLimits;
  readonly signal: AbortSignal;
  /** The running child, or a new one that has said it is ready. */
  child(): Promise<InferenceChild>;
}

const labels: Record<ExecutionProvider, string> = {
  cuda: 'CUDA',
  dml: 'DirectML',
  coreml: 'CoreML',
  webgpu: 'WebGPU',
  cpu: 'CPU',
};

/** Accelerators worth a try on a platform, in order of preference. */
export function acceleratorsOf(platform: NodeJS.Platform): readonly ExecutionProvider[] {
  if (platform === 'win32') return ['cuda', 'dml', 'webgpu'];
  if (platform === 'darwin') return ['coreml', 'webgpu'];
  return ['cuda', 'webgpu'];
}

/**
 * Finds the provider to run a model on. What `auto` found is remembered for the life of the process, per model.
 */
export class ProviderChoice {
  readonly #found = new Map<string, { provider: ExecutionProvider; reports: readonly ProviderReport[] }>();

  /** What is known of the providers with this model; empty before `auto` has looked. */
  reports({ graph }: GraphDescription): readonly ProviderReport[] {
    return this.#found.get(graph.sha256)?.reports ?? [];
  }

  /**
   * Loads the model on the provider asked for, or on the one that `auto` stands for.
   * @throws SystolaError `model-*` when the model cannot be used at all, `provider-unavailable` when the provider
   *   asked for does not work here; ChildGone when the process ended meanwhile.
   */
  async load(wanted: ProviderName, context: LoadContext): Promise<LoadedProvider> {
    if (wanted !== 'auto') return this.#loadNamed(wanted, context);
    const { sha256 } = context.graph.graph;
    const provider = this.#found.get(sha256)?.provider;
    if (provider === undefined) return this.#compare(context);
    if (provider === 'cpu') return this.#loadNamed('cpu', context);
    const result = await load(provider, context, context.limits.loadMs);
    if (result.type === 'loaded') return { child: result.child, provider, frameMs: result.frameMs };
    // A graphics device can go while the application runs; who has not named it need not do without contours.
    this.#found.delete(sha256);
    return this.#compare(context);
  }

  /**
   * Loads the model on the accelerator that `auto` stands for; null where it stands for the CPU, which is not even
   * tried where no accelerator can be had.
   * @throws SystolaError, ChildGone as `load`
   */
  async loadAccelerated(context: LoadContext): Promise<LoadedProvider | null> {
    const { sha256 } = context.graph.graph;
    const known = this.#found.get(sha256)?.provider;
    if (known === 'cpu') return null;
    if (known !== undefined) {
      const on = await this.load('auto', context);
      return on.provider === 'cpu' ? null : on;
    }
    const { chosen, cpu, reports } = await this.#tryAccelerators(context);
    if (chosen !== null) this.#found.set(sha256, { provider: chosen.provider, reports });
    else if (cpu !== null) this.#found.set(sha256, { provider: 'cpu', reports: [...reports, cpuLine(cpu)] });
    return chosen;
  }

  async #loadNamed(provider: ExecutionProvider, context: LoadContext): Promise<LoadedProvider> {
    const result = await load(provider, context, context.limits.loadMs);
    if (result.type === 'loaded') return { child: result.child, provider, frameMs: result.frameMs };
    throw await unavailable(provider, result.reason, context);
  }

  /** `auto`: the accelerator found, else the CPU. */
  async #compare(context: LoadContext): Promise<LoadedProvider> {
    const { chosen, cpu, reports } = await this.#tryAccelerators(context);
    if (chosen !== null) {
      this.#found.set(context.graph.graph.sha256, { provider: chosen.provider, reports });
      return chosen;
    }
    // A later accelerator may have taken the process with it that the CPU was timed in.
    const on = cpu?.child === (await context.child()) ? cpu : await loadCpu(context);
    this.#found.set(context.graph.graph.sha256, { provider: 'cpu', reports: [...reports, cpuLine(on)] });
    return on;
  }

  /** The first accelerator that works and beats the CPU, which is loaded only when there is something to beat. */
  async #tryAccelerators(context: LoadContext): Promise<{
    readonly chosen: LoadedProvider | null;
    readonly cpu: LoadedProvider | null;
    readonly reports: readonly ProviderReport[];
  }> {
    const { role } = context.graph;
    const reports: ProviderReport[] = [];
    let cpu: LoadedProvider | null = null;
    for (const provider of acceleratorsOf(process.platform)) {
      const on = await probe(provider, context);
      if ('reason' in on) {
        reports.push({ provider, frameMs: null, reason: on.reason });
        continue;
      }
      cpu ??= await loadCpu(context);
      const { frameMs } = on;
      if (frameMs < cpu.frameMs) {
        on.child.send({ type: 'unload', role, provider: 'cpu' });
        reports.push({ provider, frameMs, reason: null }, cpuLine(cpu));
        return { chosen: on, cpu, reports };
      }
      on.child.send({ type: 'unload', role, provider });
      const comparison = `${frameMs.toFixed(1)} ms a frame, the CPU takes ${cpu.frameMs.toFixed(1)}`;
      reports.push({ provider, frameMs, reason: `slower than the CPU here (${comparison})` });
    }
    return { chosen: null, cpu, reports };
  }
}

type LoadResult = (
  Extract<FromChild, { type: 'loaded' }> | { readonly type: 'load-failed'; readonly reason: string }
) & { readonly child: InferenceChild };

/** @throws SystolaError when the model itself is at fault; ChildGone when the process ended. */
async function load(
  provider: ExecutionProvider,
  { graph, threads, signal, child: startChild }: LoadContext,
  withinMs: number,
): Promise<LoadResult> {
  const child = await startChild();
  child.send({ type: 'load', graph, provider, threads });
  const reply = await child.reply(['loaded', 'load-failed'], withinMs, signal);
  if (reply.type === 'loaded') return { ...reply, child };
  switch (reply.failure) {
    case 'provider':
      return { type: 'load-failed', reason: reply.reason, child };
    case 'model-invalid':
      throw new SystolaError(
        'model-invalid',
        `${theGraph(graph)} cannot be used: ${reply.reason}. ${howToMend(graph)}`,
        graph.graphPath,
      );
    case 'model-hash-mismatch':
      throw new SystolaError(
        'model-hash-mismatch',
        `The file of ${theGraph(graph, 'the')} is not the one its manifest names (${reply.reason}). ${howToMend(graph)}`,
        graph.graphPath,
      );
    case 'model-not-found':
      throw new SystolaError(
        'model-not-found',
        `The file of ${theGraph(graph, 'the')} cannot be read: ${reply.reason}.${
          graph.role === 'corrections' ? ` ${howToMend(graph)}` : ''
        }`,
        graph.graphPath,
      );
  }
}

function theGraph({ role, name }: GraphDescription, article: 'The' | 'the' = 'The'): string {
  const what = role === 'contours' ? 'model' : 'correction network of the model';
  return `${article} ${what} "${name}"`;
}

function howToMend({ role }: GraphDescription): string {
  const mend = 'Put back the original model folder';
  return role === 'contours'
    ? `${mend}.`
    : `${mend}, or carry corrections by displacement; the model contours without it.`;
}

function cpuLine({ frameMs }: LoadedProvider): ProviderReport {
  return { provider: 'cpu', frameMs, reason: null };
}

/** @throws SystolaError, ChildGone */
async function loadCpu(context: LoadContext): Promise<LoadedProvider> {
  const cpu = await load('cpu', context, context.limits.loadMs);
  if (cpu.type === 'loaded') return { child: cpu.child, provider: 'cpu', frameMs: cpu.frameMs };
  throw new SystolaError('inference-failed', `The model does not run on the CPU: ${cpu.reason}.`);
}

/** Tries an accelerator; whatever it does, even ending the process, becomes a reason. */
async function probe(
  provider: ExecutionProvider,
  context: LoadContext,
): Promise<LoadedProvider | { readonly reason: string }> {
  try {
    const result = await load(provider, context, context.limits.probeMs);
    if (result.type === 'load-failed') return { reason: result.reason };
    return { child: result.child, provider, frameMs: result.frameMs };
  } catch (error) {
    if (error instanceof ChildGone) return { reason: error.message };
    // Of the model's own faults the CPU, which is tried last, has the word.
    if (error instanceof SystolaError) return { reason: error.message };
    throw error;
  }
}

async function unavailable(
  provider: ExecutionProvider,
  reason: string,
  context: LoadContext,
): Promise<SystolaError> {
  let works = '';
  if (provider !== 'cpu') {
    const cpu = await load('cpu', context, context.limits.loadMs);
    if (cpu.type === 'loaded') works = ` The CPU works (${cpu.frameMs.toFixed(0)} ms a frame).`;
  }
  const message = `${labels[provider]} cannot run the model on this machine: ${reason}.${works}`;
  return new SystolaError('provider-unavailable', message);
}
