import { fork, type ChildProcess } from 'node:child_process';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { SystolaError } from '../../../core/error.ts';
import { childEnvironment } from '../../inference/child-environment.ts';
import { nodeBinary } from '../../inference/node-binary.ts';
import type { PathAnswers, PathMessage, PathReader, PathRequests } from './protocol.ts';

/** A process that never comes up means a broken installation. */
const startLimitMs = 120_000;

interface Pending {
  resolve(answer: PathAnswers[keyof PathAnswers]): void;
  reject(error: unknown): void;
}

/**
 * Reads chosen paths in a process of its own, started when first asked. One request at a time. A request that gets no
 * answer is refused and its process ended; the next one starts another. Nothing that a path leads to can hold up the
 * application: the calls that wait for it are not made here.
 */
export class PathProcess implements PathReader {
  readonly #silenceMs: number;
  #child: ChildProcess | null = null;
  #ready = false;
  #pending: Pending | null = null;
  #timer: NodeJS.Timeout | null = null;
  /** The path that the request is about. */
  #about: string | null = null;
  #closed = false;

  /** @param silenceMs without an answer and without progress after which a request is refused */
  constructor(silenceMs: number) {
    this.#silenceMs = silenceMs;
  }

  async ask<K extends keyof PathRequests>(ask: K, request: PathRequests[K]): Promise<PathAnswers[K]> {
    if (this.#closed) throw cancelled();
    const child = (this.#child ??= this.#start());
    const { promise, resolve, reject } = Promise.withResolvers<PathAnswers[keyof PathAnswers]>();
    this.#pending = { resolve, reject };
    this.#watch(request);
    child.send({ ask, ...request }, (error) => {
      if (error !== null)
        this.#lose(child, 'unreadable', 'The process that reads files could not be reached.');
    });
    return (await promise) as PathAnswers[K];
  }

  /** Ends the process whatever it is waiting for; what was asked for rejects as cancelled. */
  close(): void {
    this.#closed = true;
    const child = this.#child;
    this.#child = null;
    child?.kill('SIGKILL');
    // A process that is stuck in the kernel cannot be ended; it must not keep this one.
    child?.unref();
    this.#settle((pending) => pending.reject(cancelled()));
  }

  #start(): ChildProcess {
    const path = fileURLToPath(new URL(`./child${extname(fileURLToPath(import.meta.url))}`, import.meta.url));
    // Outside of Electron's archive, which plain Node does not read.
    const unpacked = path.replace(/app\.asar(?=[\\/])/, 'app.asar.unpacked');
    const child = fork(unpacked, [], {
      execPath: nodeBinary(),
      execArgv: ['--no-warnings'],
      env: childEnvironment(),
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      serialization: 'json',
    });
    this.#ready = false;
    child.on('message', (message: PathMessage) => this.#receive(child, message));
    child.on('error', () =>
      this.#lose(child, 'internal', 'The process that reads files could not be started.'),
    );
    child.on('exit', () => this.#lose(child, 'unreadable', 'Reading it ended the process that reads files.'));
    return child;
  }

  #receive(child: ChildProcess, message: PathMessage): void {
    if (child !== this.#child) return;
    switch (message.kind) {
      case 'ready':
        this.#ready = true;
        this.#watch(null);
        return;
      case 'progress':
        this.#watch(null);
        return;
      case 'answer':
        return this.#settle((pending) => pending.resolve(message.answer));
      case 'refusal': {
        const { code, message: text, file } = message.refusal;
        return this.#settle((pending) => pending.reject(new SystolaError(code, text, file)));
      }
    }
  }

  /** Begins the time anew in which something has to be heard. */
  #watch(request: PathRequests[keyof PathRequests] | null): void {
    if (request !== null) this.#about = 'paths' in request ? (request.paths[0] ?? null) : request.path;
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#pending === null) return;
    const limitMs = this.#ready ? this.#silenceMs : startLimitMs;
    this.#timer = setTimeout(() => {
      const child = this.#child;
      if (child !== null) this.#lose(child, 'unreadable', silent(limitMs));
    }, limitMs);
  }

  #lose(child: ChildProcess, code: 'unreadable' | 'internal', message: string): void {
    if (child !== this.#child) return;
    this.#child = null;
    child.kill('SIGKILL');
    child.unref();
    this.#settle((pending) => pending.reject(new LostPathProcess(code, message, this.#about)));
  }

  #settle(act: (pending: Pending) => void): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const pending = this.#pending;
    this.#pending = null;
    if (pending !== null) act(pending);
  }
}

/** A request took its process along, by silence or by death; asked piece by piece, the others can be answered. */
export class LostPathProcess extends SystolaError {}

function silent(limitMs: number): string {
  const seconds = Math.round(limitMs / 1000);
  return `It did not answer for ${seconds} seconds. Check the disk or the share that it lies on.`;
}

function cancelled(): SystolaError {
  return new SystolaError('cancelled', 'The import was cancelled.');
}
