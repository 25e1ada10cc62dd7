import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** What pydicom makes of a file. */
export interface PythonAnswer {
  readonly elements?: Readonly<Record<string, readonly unknown[]>>;
  /** Planar regions as highdicom finds them, or why it does not; of TID 1500 only. */
  readonly regions?: number | string;
  readonly error?: string;
  readonly warnings: readonly string[];
}

interface Versions {
  readonly pydicom: string;
  readonly highdicom: string | null;
}

/** One Python that reads file after file: starting it takes longer than reading. */
export class PythonReader {
  readonly versions: Versions;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess, lines: AsyncIterator<string>, versions: Versions) {
    this.#child = child;
    this.#lines = lines;
    this.versions = versions;
  }

  /** null where this Python has no pydicom. */
  static async start(python: string): Promise<PythonReader | null> {
    const child = spawn(python, [join(import.meta.dirname, 'read_objects.py')], {
      stdio: ['pipe', 'pipe', 'ignore'],
      env: { ...process.env, PYTHONIOENCODING: 'utf-8' },
    });
    const started = await once(child, 'spawn').catch(() => null);
    if (started === null) return null;
    const lines = createInterface(child.stdout!)[Symbol.asyncIterator]();
    const first = await lines.next();
    return first.done === true ? null : new PythonReader(child, lines, JSON.parse(first.value) as Versions);
  }

  async read(path: string): Promise<PythonAnswer> {
    this.#child.stdin!.write(`${path}\n`);
    const line = await this.#lines.next();
    if (line.done === true) throw new Error(`Python ended while it read ${path}.`);
    return JSON.parse(line.value) as PythonAnswer;
  }

  async close(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.stdin!.end();
    await ended;
  }
}
