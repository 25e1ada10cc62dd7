import { extname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { SystolaError } from '../../core/error.ts';
import { frameNumber } from '../../core/wording/frame-number.ts';
import { readLimitMs } from './limits.ts';
import { refusal } from './refusal.ts';
import type { WorkerMessage, WorkerRequest, WorkerResults } from './worker-messages.ts';

/** A worker thread that never comes up means a broken installation, not a broken file. */
const startLimitMs = 120_000;
const heapLimitMiB = 512;
/** How long a thread is left alone that waits for the processor or the disk. */
interface Patience {
  /** How many times longer a job may take then. */
  readonly times: number;
  readonly leastMs: number;
}

/** A disk may take half a minute to wake up. */
const usualPatience: Patience = { times: 15, leastMs: 30_000 };

// All threads run WebAssembly (the decoders, and Node's own type stripping) and share the compiled wrappers of the
// functions that it calls. V8 13.6, which Node 24 has, frees a wrapper twice when the last thread that used it has
// ended and another asks for it just then, and the process dies ("Check failed: end > addr", or a segmentation fault).
// Without collection, code that was replaced stays until its module goes. Electron has a newer V8.
if (process.versions['electron'] === undefined) setFlagsFromString('--no-wasm-code-gc');

/** Why a job has no answer: its thread died, was ended for the processor time it took, or for its silence. */
export class LostWorker extends Error {
  /** True when trying again would end the same way; a thread that waited for a disk may be quicker next time. */
  readonly conclusive: boolean;

  constructor(message: string, conclusive: boolean, options?: ErrorOptions) {
    super(message, options);
    this.conclusive = conclusive;
  }
}

export interface RunOptions {
  /** Takes a request that has not begun out of the queue; one that has begun is left to end. */
  readonly signal?: AbortSignal;
  /** Asked when the request's turn comes; an error ends it without a thread. */
  refused?(): SystolaError | null;
}

interface Job {
  readonly request: WorkerRequest;
  readonly limitMs: number;
  readonly refused: (() => SystolaError | null) | undefined;
  readonly resolve: (result: WorkerResults[keyof WorkerResults]) => void;
  readonly reject: (error: unknown) => void;
}

interface Slot {
  worker: Worker | null;
  ready: boolean;
  job: Job | null;
  /** The watch that counts: one that began before the job moved on does not. */
  guard: object | null;
  timer: NodeJS.Timeout | null;
}

/**
 * Worker threads for reading and decoding, started when needed. A job that overruns its limit, or that takes its
 * thread down, fails alone: its thread is replaced and the others go on. Idle threads do not keep the process alive.
 */
export class WorkerPool {
  readonly #slots: Slot[];
  readonly #queue: Job[] = [];
  readonly #patience: Patience;
  #closed = false;

  constructor(workers: number, patience = usualPatience) {
    this.#patience = patience;
    this.#slots = Array.from({ length: Math.max(1, workers) }, () => ({
      worker: null,
      ready: false,
      job: null,
      guard: null,
      timer: null,
    }));
  }

  get size(): number {
    return this.#slots.length;
  }

  /**
   * Runs one request. `limitMs` is the processor time that it may take; a thread that gets little of it, or waits for
   * a slow disk, is given up after fifteen times as long by the clock, and not before half a minute. Opening the file
   * of a frame has its own time. One file never holds more than one thread, so that those of others go on.
   */
  run<K extends WorkerRequest['kind']>(
    request: Extract<WorkerRequest, { kind: K }>,
    limitMs: number,
    { signal, refused }: RunOptions = {},
  ): Promise<WorkerResults[K]> {
    const { promise, resolve, reject } = Promise.withResolvers<WorkerResults[keyof WorkerResults]>();
    if (this.#closed) {
      reject(new SystolaError('cancelled', 'The decoder is closed.'));
      return promise as Promise<WorkerResults[K]>;
    }
    const job: Job = { request, limitMs, refused, resolve, reject };
    this.#queue.push(job);
    signal?.addEventListener('abort', () => this.#drop(job), { once: true });
    this.#dispatch();
    return promise as Promise<WorkerResults[K]>;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const job of this.#queue.splice(0))
      job.reject(new SystolaError('cancelled', 'The decoder is closed.'));
    await Promise.all(
      this.#slots.map(async (slot) => {
        slot.job?.reject(new SystolaError('cancelled', 'The decoder is closed.'));
        slot.job = null;
        this.#stopTimer(slot);
        await slot.worker?.terminate();
      }),
    );
  }

  #drop(job: Job): void {
    const index = this.#queue.indexOf(job);
    if (index < 0) return;
    this.#queue.splice(index, 1);
    job.reject(new SystolaError('cancelled', 'Reading was cancelled.'));
  }

  #dispatch(): void {
    if (this.#closed) return;
    for (const slot of this.#slots) {
      if (slot.job !== null) continue;
      const job = this.#next();
      if (job === null) return;
      slot.job = job;
      const worker = (slot.worker ??= this.#start(slot));
      worker.ref();
      if (slot.ready) this.#begin(slot, job);
      else this.#watch(slot, startLimitMs, () => this.#giveUp(slot, worker, startLimitMs, false));
    }
  }

  /** Takes the first job out of the queue whose file no other thread is busy with. */
  #next(): Job | null {
    for (let index = 0; index < this.#queue.length;) {
      const job = this.#queue[index]!;
      const refused = job.refused?.() ?? null;
      if (refused === null && this.#isBusyWith(pathOf(job.request))) {
        index += 1;
        continue;
      }
      this.#queue.splice(index, 1);
      if (refused === null) return job;
      job.reject(refused);
    }
    return null;
  }

  #isBusyWith(path: string | null): boolean {
    return path !== null && this.#slots.some(({ job }) => job !== null && pathOf(job.request) === path);
  }

  #start(slot: Slot): Worker {
    // The worker lies beside this module, as .ts in the repository and as .js in the built application.
    const url = new URL(`./dicom-worker${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
    // Options of the process (an evaluated script, an inspector) are not the worker's business.
    const worker = new Worker(url, {
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: heapLimitMiB },
    });
    slot.ready = false;
    worker.on('message', (message: WorkerMessage) => this.#receive(slot, worker, message));
    worker.on('error', (cause) => {
      this.#lose(slot, worker, new LostWorker('The worker thread failed.', true, { cause }));
    });
    worker.on('exit', () => this.#lose(slot, worker, new LostWorker('The worker thread ended.', true)));
    return worker;
  }

  #begin(slot: Slot, job: Job): void {
    const { request, limitMs } = job;
    this.#guard(slot, job, request.kind === 'frame' ? Math.max(limitMs, readLimitMs) : limitMs);
    slot.worker!.postMessage(request);
  }

  /** Ends the thread when from now on it takes more than its time. */
  #guard(slot: Slot, job: Job, limitMs: number): void {
    const worker = slot.worker!;
    const began = performance.now();
    const usedBefore = processorTimeMs(worker);
    const longestMs = Math.max(this.#patience.leastMs, limitMs * this.#patience.times);
    const guard = {};
    slot.guard = guard;
    const check = async () => {
      // Where nobody can tell what a thread has used, only the clock on the wall counts, and decides nothing for good.
      const [before, now] = [await usedBefore, await processorTimeMs(worker)];
      const usedMs = before === null || now === null ? 0 : now - before;
      if (slot.worker !== worker || slot.job !== job || slot.guard !== guard) return;
      const elapsedMs = performance.now() - began;
      if (usedMs >= limitMs) this.#giveUp(slot, worker, elapsedMs, true);
      else if (elapsedMs >= longestMs) this.#giveUp(slot, worker, elapsedMs, false);
      else this.#watch(slot, Math.max(50, limitMs - usedMs), check);
    };
    this.#watch(slot, limitMs, check);
  }

  #receive(slot: Slot, worker: Worker, message: WorkerMessage): void {
    // What still arrives while the pool closes must not release the thread whose end is waited for.
    if (this.#closed || slot.worker !== worker) return;
    if (message.kind === 'ready') {
      slot.ready = true;
      if (slot.job !== null) this.#begin(slot, slot.job);
      return;
    }
    const job = slot.job;
    if (message.kind === 'opened') {
      if (job !== null) this.#guard(slot, job, job.limitMs);
      return;
    }
    slot.job = null;
    this.#stopTimer(slot);
    worker.unref();
    if (job !== null && message.kind === 'result') job.resolve(message.result);
    if (job !== null && message.kind === 'failure') {
      const { code, message: text, file } = message.failure;
      job.reject(new SystolaError(code, text, file));
    }
    this.#dispatch();
  }

  /** The thread is gone or has to go: its job fails, the next job starts a new thread. */
  #lose(slot: Slot, worker: Worker, cause: unknown): void {
    if (slot.worker !== worker) return;
    const { job, ready } = slot;
    slot.worker = null;
    slot.ready = false;
    slot.job = null;
    this.#stopTimer(slot);
    void worker.terminate();
    if (job !== null) job.reject(ready ? lostJob(job.request, cause) : notStarted(cause));
    // What the loss says of the jobs that wait has to be known before one of them begins.
    setImmediate(() => this.#dispatch());
  }

  #watch(slot: Slot, limitMs: number, check: () => unknown): void {
    this.#stopTimer(slot);
    slot.timer = setTimeout(check, limitMs);
  }

  #giveUp(slot: Slot, worker: Worker, elapsedMs: number, conclusive: boolean): void {
    this.#lose(slot, worker, new LostWorker(`No answer in ${Math.round(elapsedMs)} ms.`, conclusive));
  }

  #stopTimer(slot: Slot): void {
    if (slot.timer !== null) clearTimeout(slot.timer);
    slot.timer = null;
  }
}

/** The file that a request is about. */
function pathOf(request: WorkerRequest): string | null {
  return request.kind === 'load' ? null : request.path;
}

/** A thread that waits for the system, as for a disk that is gone, does not even say what it has used. */
const usageAnswerMs = 5000;

/** Null when the thread is gone or does not answer, or in a Node that cannot tell. */
async function processorTimeMs(worker: Worker): Promise<number | null> {
  try {
    const silence = wait(usageAnswerMs, null, { ref: false });
    const usage = await Promise.race([worker.cpuUsage(), silence]);
    return usage === null ? null : (usage.user + usage.system) / 1000;
  } catch {
    return null;
  }
}

function notStarted(cause: unknown): SystolaError {
  const message =
    'The decoder could not be started: too many files may be open (ulimit -n), or there is no memory for it. Close other programs and try again.';
  return new SystolaError('unreadable', message, null, { cause });
}

function lostJob(request: WorkerRequest, cause: unknown): SystolaError {
  if (request.kind === 'load') return notStarted(cause);
  if (cause instanceof LostWorker && !cause.conclusive) {
    const message =
      'It was not read in time: its disk did not answer, or the computer was busy with something else. Try again.';
    return refusal('unreadable', request.fileName, message, cause);
  }
  if (request.kind === 'hash') {
    return refusal('unreadable', request.fileName, 'The stored file cannot be read to its end.', cause);
  }
  if (request.kind !== 'frame') {
    return refusal(
      'malformed',
      request.fileName,
      'The file is damaged: reading it does not come to an end.',
      cause,
    );
  }
  const message = `Frame ${frameNumber(request.frame)} cannot be decoded: the decoder did not survive it.`;
  return refusal('decode-failed', request.fileName, message, cause);
}
