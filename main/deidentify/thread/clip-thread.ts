import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { SystolaError } from '../../../core/error.ts';
import { decodeLimit, hashLimit } from '../../dicom/limits.ts';
import { refusal } from '../../dicom/refusal.ts';
import type { ClipAnswer, ClipRequest, ClipResults } from './clip-requests.ts';

/** How large a clip is, by which it is known how long it may take. */
export interface ClipSize {
  readonly frames: number;
  /** Of one frame. */
  readonly pixels: number;
  /** Of its file. */
  readonly bytes: number;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  onFrame?(done: number, of: number): void;
}

const heapLimitMiB = 512;
/** A thread that waits for the processor or a disk is left alone this much longer than its work takes. */
const patience = 15;
const leastMs = 30_000;

/** A worker thread for one clip after the other. A clip that it does not survive costs itself only. */
export class ClipThread implements AsyncDisposable {
  #worker: Worker | null = null;
  #queue: Promise<unknown> = Promise.resolve();

  /** @throws SystolaError of reading, cleaning and writing; the signal's reason */
  async run<K extends ClipRequest['kind']>(
    request: Extract<ClipRequest, { kind: K }>,
    size: ClipSize,
    options: RunOptions = {},
  ): Promise<ClipResults[K]> {
    const turn = this.#queue.then(() => this.#run(request, size, options));
    this.#queue = turn.catch(() => undefined);
    return (await turn) as ClipResults[K];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#end();
  }

  async #run(
    request: ClipRequest,
    size: ClipSize,
    { signal, onFrame }: RunOptions,
  ): Promise<ClipResults[keyof ClipResults]> {
    signal?.throwIfAborted();
    const worker = (this.#worker ??= started());
    const { promise, resolve, reject } = Promise.withResolvers<ClipResults[keyof ClipResults]>();
    const silenceMs = longestSilenceMs(request.kind, size);
    const { fileName } = request;
    const give = (error: unknown): void => {
      // Whatever it is in the middle of, it must have ended before its file is taken away.
      void this.#end().finally(() => reject(error));
    };
    const hung = (): void =>
      give(
        refusal(
          'malformed',
          fileName,
          `The file is damaged, or its disk does not answer: nothing was heard of it for ${Math.round(silenceMs / 1000)} s.`,
        ),
      );
    let timer = setTimeout(hung, silenceMs);
    const onMessage = (message: ClipAnswer): void => {
      clearTimeout(timer);
      if (message.kind === 'frame') {
        timer = setTimeout(hung, silenceMs);
        onFrame?.(message.done, message.of);
      } else if (message.kind === 'result') resolve(message.result);
      else {
        const { code, message: text, file, stack } = message;
        reject(new SystolaError(code, text, file, stack === undefined ? {} : { cause: stack }));
      }
    };
    const onError = (cause: unknown): void =>
      give(refusal('malformed', fileName, 'The file is damaged: what reads it did not survive it.', cause));
    const onAbort = (): void => give(signal?.reason);
    worker.on('message', onMessage).on('error', onError);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      worker.postMessage(request);
      return await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
      worker.off('message', onMessage).off('error', onError);
    }
  }

  async #end(): Promise<void> {
    const worker = this.#worker;
    this.#worker = null;
    await worker?.terminate();
  }
}

function started(): Worker {
  // The worker lies beside this module, as .ts in the repository and as .js in the built application.
  const url = new URL(`./clip-worker${extname(fileURLToPath(import.meta.url))}`, import.meta.url);
  const worker = new Worker(url, {
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: heapLimitMiB },
  });
  // One that ends between two clips must not end the process.
  worker.on('error', () => undefined);
  worker.unref();
  return worker;
}

/**
 * Writing tells of every frame, but a JPEG that is cleaned in its coefficients, of which all frames are made before the
 * first is written; the others answer when all of it is done.
 */
function longestSilenceMs(kind: ClipRequest['kind'], { frames, pixels, bytes }: ClipSize): number {
  const decoded = kind === 'write' ? 3 + frames / patience : frames;
  const workMs = decodeLimit(pixels) * decoded + hashLimit(bytes) * 2;
  return Math.max(leastMs, workMs * (kind === 'write' ? patience : 2));
}
