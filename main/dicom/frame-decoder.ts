import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import type { FramePixels } from '../../core/clip/clip.ts';
import { SystolaError } from '../../core/error.ts';
import { decodeLimit, hashLimit, maxPixelsPerFrame } from './limits.ts';
import { LostFrames } from './lost-frames.ts';
import { missingFile, type StoredFile } from './stored-file.ts';
import { VerifiedFiles } from './verified-files.ts';
import type { WorkerRequest } from './worker-messages.ts';
import { LostWorker, WorkerPool } from './worker-pool.ts';

/** A file whose frames are wanted; the SOP Instance UID is what its frames are cached under. */
export interface FrameSource {
  readonly sopInstanceUid: string;
  readonly path: string;
  /** Name for messages; the last part of the path when left out. */
  readonly fileName?: string;
  /** Rows × columns, where known, to bound the time that decoding may take. */
  readonly pixels?: number;
  /** What a file of the library's store must hold; a file of the user's own is taken as it is. */
  readonly stored?: Pick<StoredFile, 'sha256' | 'bytes'>;
}

export interface FrameDecoderOptions {
  /** Budget of decoded frames kept, in MiB. */
  readonly cacheMiB: number;
  /** Worker threads; as many as there are processors, two to four, when left out. */
  readonly workers?: number;
  /** Threads of somebody else, who closes them; its own when left out. */
  readonly pool?: WorkerPool;
}

interface Pending {
  readonly promise: Promise<FramePixels>;
  readonly abort: AbortController;
  waiting: number;
}

const bytesPerMiB = 1 << 20;
const mostWorkers = 4;
/** A clip that does not end holds one of them. */
const leastWorkers = 2;
/** How often a file may change between comparing and decoding before its frame is given up. */
const touches = 3;
/** Compiling a WebAssembly module is a matter of milliseconds; a warm-up that fails is no reason to stop. */
const warmUpLimitMs = 10_000;

/**
 * The one decoder of the application: what it returns is what the screen shows and what the model sees. Frames are
 * decoded on worker threads when asked for, each once however many ask at a time, and kept until the byte budget
 * pushes out those not asked for the longest. Returned pixels are shared: do not write to them.
 */
export class FrameDecoder {
  readonly #pool: WorkerPool;
  readonly #ownsPool: boolean;
  /** Least recently used first. */
  readonly #cache = new Map<string, FramePixels>();
  readonly #pending = new Map<string, Pending>();
  readonly #verified = new VerifiedFiles(({ path, fileName }, bytes) =>
    this.#pool.run({ kind: 'hash', path, fileName }, hashLimit(bytes)),
  );
  readonly #lost = new LostFrames();
  #budgetBytes: number;
  #cachedBytes = 0;

  constructor({ cacheMiB, workers, pool }: FrameDecoderOptions) {
    this.#budgetBytes = cacheMiB * bytesPerMiB;
    this.#pool = pool ?? decodingThreads(workers);
    this.#ownsPool = pool === undefined;
  }

  /** Bytes of decoded frames that are kept at the moment. */
  get cachedBytes(): number {
    return this.#cachedBytes;
  }

  /** Starts every worker thread and loads the JPEG decoder, so that the first frame does not wait for it. */
  async warmUp(): Promise<void> {
    const loads = Array.from({ length: this.#pool.size }, () =>
      this.#pool.run({ kind: 'load' }, warmUpLimitMs),
    );
    await Promise.all(loads);
  }

  /**
   * One frame, counted from 0. Aborting `signal` gives up this wait; the decoding itself stops when nobody waits for
   * it and it has not begun. Throws SystolaError: bad-request (no such frame), decode-failed, cancelled, not-found,
   * and what {@link import('./instance.ts').readInstance} throws.
   */
  async frame(source: FrameSource, frame: number, signal?: AbortSignal): Promise<FramePixels> {
    if (signal?.aborted) throw cancelled();
    const key = `${source.sopInstanceUid}/${frame}`;
    const cached = this.#cache.get(key);
    if (cached !== undefined) {
      this.#cache.delete(key);
      this.#cache.set(key, cached);
      return cached;
    }
    const pending = this.#pending.get(key) ?? this.#decode(key, source, frame);
    return await this.#wait(key, pending, signal);
  }

  /** Changes the byte budget and drops what does not fit any more. */
  setCacheMiB(cacheMiB: number): void {
    this.#budgetBytes = cacheMiB * bytesPerMiB;
    this.#evict();
  }

  /** Forgets the frames of one instance, after its file was removed. */
  forget(sopInstanceUid: string): void {
    for (const [key, frame] of this.#cache) {
      if (!key.startsWith(`${sopInstanceUid}/`)) continue;
      this.#cache.delete(key);
      this.#cachedBytes -= frame.data.byteLength;
    }
  }

  async close(): Promise<void> {
    this.#cache.clear();
    this.#cachedBytes = 0;
    if (this.#ownsPool) await this.#pool.close();
  }

  #decode(key: string, source: FrameSource, frame: number): Pending {
    const abort = new AbortController();
    const { path } = source;
    const fileName = source.fileName ?? basename(path);
    const limitMs = decodeLimit(source.pixels ?? maxPixelsPerFrame);
    const request = { kind: 'frame', path, fileName, frame } as const;
    const promise = this.#read(source, request, limitMs, abort.signal)
      .then((decoded) => {
        this.#keep(key, decoded);
        return decoded;
      })
      .finally(() => {
        if (this.#pending.get(key) === pending) this.#pending.delete(key);
      });
    const pending: Pending = { promise, abort, waiting: 0 };
    this.#pending.set(key, pending);
    return pending;
  }

  /** Decodes a frame; of a stored file only while the file is what was taken in. */
  async #read(
    { stored }: FrameSource,
    request: Extract<WorkerRequest, { kind: 'frame' }>,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<FramePixels> {
    if (stored === undefined) return this.#tryOnce(request, limitMs, signal);
    const { path, fileName } = request;
    for (let attempt = 1; ; attempt += 1) {
      const stamp = await this.#verified.stamp({ path, fileName, ...stored });
      if (signal.aborted) throw cancelled();
      try {
        return await this.#tryOnce({ ...request, stamp }, limitMs, signal);
      } catch (error) {
        if (!(error instanceof SystolaError)) throw error;
        if (error.code === 'not-found') throw missingFile(fileName, error);
        // It was touched since it was compared: it may still hold the same.
        if (error.code !== 'file-altered' || attempt === touches) throw error;
        this.#verified.forget(path);
      }
    }
  }

  /** Decodes a frame unless it, or others of its clip, took the decoder down before. */
  async #tryOnce(
    request: Extract<WorkerRequest, { kind: 'frame' }>,
    limitMs: number,
    signal: AbortSignal,
  ): Promise<FramePixels> {
    const { path, fileName, frame, stamp } = request;
    // Another state of the file, after a repair, is another clip.
    const clip = `${path} ${stamp ?? ''}`;
    try {
      const refused = () => this.#lost.refusal(clip, frame, fileName);
      const pixels = await this.#pool.run(request, limitMs, { signal, refused });
      this.#lost.decoded(clip, frame);
      return pixels;
    } catch (error) {
      if (error instanceof SystolaError && error.cause instanceof LostWorker && error.cause.conclusive) {
        this.#lost.remember(clip, frame, error);
      }
      throw error;
    }
  }

  #wait(key: string, pending: Pending, signal: AbortSignal | undefined): Promise<FramePixels> {
    pending.waiting += 1;
    if (signal === undefined) return pending.promise;
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        pending.waiting -= 1;
        if (pending.waiting === 0) {
          if (this.#pending.get(key) === pending) this.#pending.delete(key);
          pending.abort.abort();
        }
        reject(cancelled());
      };
      signal.addEventListener('abort', giveUp, { once: true });
      pending.promise
        .then(resolve, reject)
        .finally(() => signal.removeEventListener('abort', giveUp))
        .catch(() => undefined);
    });
  }

  #keep(key: string, frame: FramePixels): void {
    if (this.#cache.has(key)) return;
    this.#cache.set(key, frame);
    this.#cachedBytes += frame.data.byteLength;
    this.#evict();
  }

  #evict(): void {
    for (const [key, frame] of this.#cache) {
      if (this.#cachedBytes <= this.#budgetBytes) return;
      this.#cache.delete(key);
      this.#cachedBytes -= frame.data.byteLength;
    }
  }
}

/** Threads that frames are decoded on, as many as there are processors, two to four, unless told. */
export const decodingThreads = (workers?: number): WorkerPool =>
  new WorkerPool(workers ?? Math.max(leastWorkers, Math.min(mostWorkers, availableParallelism())));

function cancelled(): SystolaError {
  return new SystolaError('cancelled', 'Decoding was cancelled.');
}
