import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { LanguageFile } from '../../core/language/language.ts';
import type { Structure } from '../../core/structure/structure.ts';

export const root = resolve(import.meta.dirname, '../..');

const { ensureBuilt } = (await import('../../main/start/build.mjs' as string)) as {
  ensureBuilt(root: string, names: string[]): Promise<void>;
};

export const ensureRendererBuilt = (): Promise<void> => ensureBuilt(root, ['renderer']);

export interface WorkstationOptions {
  /** Folder of the sample study to import into a new library. */
  readonly sample?: string;
  /** False starts it without any model; a folder of models takes the place of the shipped ones. */
  readonly models?: boolean | string;
  /** True lets the recogniser that ships tell views; what tests draw is no heart, and would be recognised as none. */
  readonly recognisers?: boolean;
  /** Structures that the library brings along. */
  readonly structures?: readonly Structure[];
  /** Files of the library's folder of languages. */
  readonly languages?: readonly LanguageFile[];
}

/** The real application on loopback over a library of its own, as a child process that can be killed. */
export class Workstation {
  readonly folder = mkdtempSync(join(tmpdir(), 'systola-end-to-end-'));
  readonly #options: WorkstationOptions;
  #child: ChildProcess | null = null;
  url = '';

  constructor(options: WorkstationOptions) {
    this.#options = options;
  }

  get library(): string {
    return join(this.folder, 'library');
  }

  /** Of the process that answers; 0 where none does. */
  get processId(): number {
    return this.#child?.pid ?? 0;
  }

  async start(): Promise<void> {
    const { models = true, recognisers = false } = this.#options;
    const noModels = join(this.folder, 'no-models');
    mkdirSync(noModels, { recursive: true });
    if (this.#options.structures) {
      mkdirSync(this.library, { recursive: true });
      writeFileSync(join(this.library, 'structures.json'), JSON.stringify(this.#options.structures));
    }
    for (const language of this.#options.languages ?? []) {
      mkdirSync(join(this.library, 'languages'), { recursive: true });
      writeFileSync(join(this.library, 'languages', `${language.tag}.json`), JSON.stringify(language));
    }
    const child = spawn(
      process.execPath,
      [
        join(root, 'main/hosts/loopback/main.ts'),
        ...['--library', this.library, '--paths-from-page'],
        ...(models === true ? [] : ['--models', models === false ? noModels : models]),
        ...(recognisers ? [] : ['--recognisers', noModels]),
        ...(this.#options.sample === undefined ? [] : ['--sample', this.#options.sample]),
      ],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    this.#child = child;
    this.url = await new Promise<string>((resolveUrl, reject) => {
      let output = '';
      const read = (chunk: Buffer) => {
        output += chunk.toString();
        const address = /http:\/\/127\.0\.0\.1:\S+/.exec(output);
        if (address) resolveUrl(address[0]);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      child.once('exit', (code) => reject(new Error(`The workstation ended with ${code}:\n${output}`)));
    });
  }

  /** SIGKILL: nothing gets a chance to be tidied up. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Ends it as Ctrl-C does. */
  stop(): Promise<void> {
    return this.#end('SIGINT');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (!child || child.exitCode !== null) return;
    const ended = new Promise((resolveEnd) => child.once('exit', resolveEnd));
    child.kill(signal);
    await ended;
  }

  /** Writes a file beside the library, to be imported. */
  file(name: string, bytes: Uint8Array): string {
    const path = join(this.folder, name);
    mkdirSync(resolve(path, '..'), { recursive: true });
    writeFileSync(path, bytes);
    return path;
  }

  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
