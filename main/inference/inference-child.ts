import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { childEnvironment } from './child-environment.ts';
import { nodeBinary } from './node-binary.ts';
import { protocolVersion, type FromChild, type ToChild } from './protocol.ts';

/** The inference process ended, hung or could not start; the reason is for a person. */
export class ChildGone extends Error {}

/** Beside this module, with this module's own extension (.ts in the source tree, .js once built). */
const entryPoint = fileURLToPath(
  new URL(import.meta.url.endsWith('.ts') ? './child.ts' : './child.js', import.meta.url),
)
  // Plain Node cannot read Electron's archive; the inference folder is unpacked beside it.
  .replace(/\bapp\.asar([\\/])/, 'app.asar.unpacked$1');

const keptErrorCharacters = 2000;
/** How long an ended process's last messages are waited for. */
const lastWordsMs = 100;

/**
 * One inference process and its channel. Messages go to the current listener; the end of the process is told once.
 */
export class InferenceChild {
  readonly #process: ChildProcess;
  readonly #gone: Promise<ChildGone>;
  readonly #goneListeners = new Set<(gone: ChildGone) => void>();
  #ended: ChildGone | null = null;
  #errorOutput = '';
  #endedBecause: string | null = null;
  #alive = true;
  #listener: ((message: FromChild) => void) | null = null;
  /** Messages that came while nobody listened, the greeting among them. */
  #unheard: FromChild[] = [];

  private constructor(child: ChildProcess) {
    this.#process = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errorOutput = (this.#errorOutput + text).slice(-keptErrorCharacters);
    });
    child.on('message', (message: FromChild) => {
      if (this.#listener === null) this.#unheard.push(message);
      else this.#listener(message);
    });
    // A channel that breaks shows as the end of the process, below.
    child.on('error', () => {});
    this.#gone = new Promise((resolve) => {
      const end = (reason: string): void => {
        this.#alive = false;
        resolve(new ChildGone(this.#endedBecause ?? reason));
      };
      child.once('error', (error) => {
        if (child.pid === undefined) end(`the inference process could not be started: ${error.message}`);
      });
      child.once('exit', (code, signal) => {
        this.#alive = false;
        // What it said last may still be in the pipes, whose 'close' never comes after our own disconnect().
        const told = (): void => end(this.#describeEnd(code, signal));
        child.once('close', told);
        setTimeout(told, lastWordsMs);
      });
    });
    void this.#gone.then((gone) => {
      this.#ended = gone;
      for (const listener of this.#goneListeners) listener(gone);
      this.#goneListeners.clear();
    });
  }

  /** Starts a process. It may fail later: `gone` tells. */
  static start(): InferenceChild {
    // Frames come and go by the thousand: a young generation that stays small keeps memory flat over long loops.
    const flags = ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=1'];
    const child = spawn(nodeBinary(), [...flags, entryPoint], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      serialization: 'advanced',
      env: childEnvironment(),
      windowsHide: true,
    });
    return new InferenceChild(child);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** False as soon as it was let go or killed, though it may take a moment to end. */
  get alive(): boolean {
    return this.#alive && this.#process.connected;
  }

  /** Resolves, never rejects, when the process is no more. */
  get gone(): Promise<ChildGone> {
    return this.#gone;
  }

  /**
   * Tells once that the process is no more. What waits on {@link gone} is kept for as long as the process lives, over
   * thousands of clips; this is taken away by the function that comes back.
   */
  onGone(listener: (gone: ChildGone) => void): () => void {
    const ended = this.#ended;
    const once = (gone: ChildGone): void => listener(gone);
    if (ended === null) this.#goneListeners.add(once);
    else queueMicrotask(() => once(ended));
    return () => this.#goneListeners.delete(once);
  }

  send(message: ToChild): void {
    // Errors of a closed channel are the end of the process, which `gone` tells.
    if (this.alive) this.#process.send(message, undefined, {}, () => {});
  }

  /** Sets who gets the messages from now on; null keeps them for the next listener. */
  listen(listener: ((message: FromChild) => void) | null): void {
    this.#listener = listener;
    if (listener === null) return;
    const unheard = this.#unheard;
    this.#unheard = [];
    unheard.forEach(listener);
  }

  /**
   * Waits for one message of the kinds wanted.
   * @throws ChildGone when the process ends first or says nothing for `withinMs`, in which case it is killed.
   */
  async reply<Type extends FromChild['type']>(
    types: readonly Type[],
    withinMs: number,
    signal?: AbortSignal,
  ): Promise<Extract<FromChild, { type: Type }>> {
    const { promise, resolve, reject } = Promise.withResolvers<Extract<FromChild, { type: Type }>>();
    const timer = setTimeout(() => {
      this.kill(`the inference process said nothing for ${Math.round(withinMs / 100) / 10} s`);
    }, withinMs);
    const abort = (): void => reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    if (signal?.aborted) abort();
    const deaf = this.onGone(reject);
    this.listen((message) => {
      if ((types as readonly string[]).includes(message.type)) {
        resolve(message as Extract<FromChild, { type: Type }>);
      }
    });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
      deaf();
      this.listen(null);
    }
  }

  /** Waits until the process has loaded onnxruntime and speaks our protocol. */
  async ready(withinMs: number, signal?: AbortSignal): Promise<readonly string[]> {
    const { protocol, backends } = await this.reply(['ready'], withinMs, signal);
    if (protocol !== protocolVersion) {
      this.kill(`the inference process speaks protocol ${protocol}, not ${protocolVersion}`);
      throw await this.#gone;
    }
    return backends;
  }

  /** Ends the process at once; SIGKILL also ends one that is stopped or deep in a computation. */
  kill(because: string): void {
    this.#endedBecause ??= because;
    this.#alive = false;
    this.#process.kill('SIGKILL');
  }

  /** Lets the process go (it exits when its channel closes), and kills it if it does not. */
  async close(): Promise<void> {
    if (this.#process.connected) this.#process.disconnect();
    const timer = setTimeout(() => this.kill('the inference process was closed'), 200);
    await this.#gone;
    clearTimeout(timer);
  }

  #describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
    const how = signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`;
    const lastLine = this.#errorOutput.trim().split('\n').at(-1) ?? '';
    return `the inference process ${how}${lastLine === '' ? '' : ` (${lastLine.slice(0, 300)})`}`;
  }
}
