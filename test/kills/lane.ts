import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { buildDicom } from '../fixtures/dicom/build.ts';
import { microModelFolder } from '../fixtures/models/model-folder.ts';
import { apicalClip } from '../integration/application/workstation.ts';
import { checkLeftovers, checkLibrary } from './check-library.ts';
import { KeptStates } from './kept-states.ts';
import type { Acknowledged, Kill, KillKind, VictimKind } from './plan.ts';

const victim = resolve(import.meta.dirname, 'victim.ts');
const commandLine = resolve(import.meta.dirname, '../../main/cli/systola.ts');
const clipsAtOnce = 30;
const modelsAtOnce = 3;
/** Studies that one process deletes, and the clips of each. */
const studiesToDelete = 5;
const clipsToDelete = 3;
/** A process that does not come up in this time is a fault, not a slow machine, ms. */
const hangMs = 900_000;

export interface KillOutcome {
  readonly kind: KillKind;
  /** Things acknowledged before the kill. */
  readonly acknowledged: number;
  /** Opened its library before it was killed. */
  readonly opened: boolean;
  readonly problems: readonly string[];
}

/** One library, and the processes that are killed over it one after the other. */
export class Lane {
  readonly #folder: string;
  readonly #name: string;
  readonly #kept: KeptStates;
  /** SHA-256 of every file that was offered, by clip. */
  readonly #hashes = new Map<string, string>();
  #step = 0;
  /** How long things take here, ms, by what they are; learnt as they are seen. */
  readonly #takesMs = new Map<string, number>([['open', 3000]]);

  constructor(folder: string, name: string) {
    this.#folder = folder;
    this.#name = name;
    this.#kept = new KeptStates(join(folder, 'out', 'backup'), join(folder, 'library'));
    for (const part of ['library', 'models', 'out', 'analyzed', 'tmp']) mkdirSync(join(folder, part));
    microModelFolder(join(folder, 'models'), 'micro');
  }

  /** Fills the library, unkilled, and measures how long starting and analysing take. */
  async prepare(): Promise<string[]> {
    const source = this.#newFolder('first');
    for (const number of [1, 2]) {
      const name = `1.2.${this.#name}.0.${number}`;
      this.#offer(
        source,
        name,
        apicalClip({ studyInstanceUid: `1.2.${this.#name}.0`, sopInstanceUid: name }),
      );
    }
    await this.#runUntil('imports', source, 3, 0);
    const began = performance.now();
    const problems = await this.#analyze(null);
    this.#takesMs.set('analyze', performance.now() - began);
    return problems;
  }

  async kill({ kind, afterLines, share }: Kill): Promise<KillOutcome> {
    this.#step += 1;
    if (kind === 'analyze') {
      const problems = await this.#analyze(share * this.#takes('analyze'));
      return { kind, acknowledged: 0, opened: false, problems };
    }
    const { lines, answers, problems } = await this.#runUntil(kind, this.#sourceFor(kind), afterLines, share);
    problems.push(...(await this.#check()));
    return { kind, acknowledged: Math.max(0, answers - 1), opened: lines > 0, problems };
  }

  /** A last start, report and analysis that nobody kills at work: after them nothing may be left over. */
  async finish(): Promise<string[]> {
    const { problems } = await this.#runUntil('start', '', 1, 0);
    // What was left of a report goes when it is written the next time.
    problems.push(...(await this.#runUntil('reports', 'once', 2, 0)).problems);
    problems.push(...(await this.#analyze(null)));
    // What was deleted and was never gone goes by itself, a while after the start.
    problems.push(...(await this.#runUntil('settles', '', 2, 0)).problems);
    problems.push(...(await this.#check(true)));
    problems.push(...checkLeftovers(join(this.#folder, 'library')));
    for (const part of ['tmp', 'analyzed', 'out']) {
      for (const name of readdirSync(join(this.#folder, part))) {
        if (part === 'tmp' ? name.startsWith('systola') : name.startsWith('.')) {
          problems.push(`${part}/${name} is left over`);
        }
      }
    }
    return problems;
  }

  async #check(settled = false): Promise<string[]> {
    const { library, problems } = await this.#kept.settle();
    problems.push(...checkLibrary(library, { promised: this.#kept.promised, hashes: this.#hashes, settled }));
    await this.#kept.sweep();
    return problems;
  }

  /** Runs a victim until so many lines were acknowledged and a share of the time of one more has gone by. */
  async #runUntil(
    kind: VictimKind,
    source: string,
    afterLines: number,
    share: number,
  ): Promise<{ lines: number; answers: number; problems: string[] }> {
    const at = (part: string): string => join(this.#folder, part);
    const child = this.#spawn([victim, kind, at('library'), at('models'), source, at('out')]);
    const problems: string[] = [];
    let lines = 0;
    let answers = 0;
    let lastMs = performance.now();
    const told = watchLines(child, (text) => {
      const line = JSON.parse(text) as Acknowledged;
      const nowMs = performance.now();
      this.#learn('open' in line ? 'open' : kind, nowMs - lastMs);
      lastMs = nowMs;
      lines += 1;
      if (isAnswer(line)) answers += 1;
      this.#kept.note(line);
      // What the process before left is swept by the time that this one is open.
      if ('open' in line) problems.push(...checkLeftovers(at('library'), importing.has(kind), child.pid));
      return lines >= afterLines;
    });
    if (afterLines > 0) await Promise.race([told.enough, hang(child), told.ended]);
    const ended = await Promise.race([
      told.ended.then(() => true),
      wait(share * this.#takes(lines === 0 ? 'open' : kind)).then(() => false),
    ]);
    child.kill('SIGKILL');
    await told.ended;
    // A process that has done everything ends by itself; one that failed says so.
    if (ended && child.exitCode !== 0)
      problems.push(`${kind}: ended by itself with ${child.exitCode}: ${told.errors()}`);
    return { lines, answers, problems };
  }

  async #analyze(killAfterMs: number | null): Promise<string[]> {
    const at = (part: string): string => join(this.#folder, part);
    const child = this.#spawn([
      ...[commandLine, 'analyze', at('first'), '--out', at('analyzed')],
      ...['--models', at('models'), '--provider', 'cpu', '--view', 'a4c'],
    ]);
    const told = watchLines(child, () => false);
    if (killAfterMs !== null) {
      await Promise.race([told.ended, wait(killAfterMs)]);
      child.kill('SIGKILL');
      await told.ended;
      return [];
    }
    await Promise.race([told.ended, hang(child)]);
    return child.exitCode === 0 ? [] : [`analyze ended with ${child.exitCode}: ${told.errors()}`];
  }

  #spawn(args: readonly string[]): ChildProcess {
    return spawn(process.execPath, ['--no-warnings', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: join(this.#folder, 'tmp') },
    });
  }

  #sourceFor(kind: VictimKind): string {
    if (kind === 'removals') {
      const source = this.#newFolder(`source-${this.#step}`);
      for (let study = 1; study <= studiesToDelete; study += 1) {
        const studyInstanceUid = `1.2.${this.#name}.${this.#step}.${study}`;
        for (let number = 1; number <= clipsToDelete; number += 1) {
          const sopInstanceUid = `${studyInstanceUid}.${number}`;
          this.#offer(source, sopInstanceUid, apicalClip({ studyInstanceUid, sopInstanceUid }));
        }
      }
      return source;
    }
    if (kind === 'imports' || kind === 'edits-and-imports') {
      const source = this.#newFolder(`source-${this.#step}`);
      for (let number = 1; number <= clipsAtOnce; number += 1) {
        const sopInstanceUid = `1.2.${this.#name}.${this.#step}.${number}`;
        const options = {
          sopInstanceUid,
          studyInstanceUid: `1.2.${this.#name}.${this.#step}`,
          rows: 100,
          columns: 100,
        };
        this.#offer(source, sopInstanceUid, buildDicom(options));
      }
      return source;
    }
    if (kind !== 'models') return '';
    const source = this.#newFolder(`source-${this.#step}`);
    for (let number = 1; number <= modelsAtOnce; number += 1) {
      const name = `micro-${this.#step}-${number}`;
      microModelFolder(source, name, (manifest) => void Object.assign(manifest, { name }));
    }
    return source;
  }

  #newFolder(name: string): string {
    const folder = join(this.#folder, name);
    mkdirSync(folder);
    return folder;
  }

  #offer(source: string, sopInstanceUid: string, bytes: Uint8Array): void {
    this.#hashes.set(sopInstanceUid, createHash('sha256').update(bytes).digest('hex'));
    writeFileSync(join(source, `${sopInstanceUid}.dcm`), bytes);
  }

  #takes(what: string): number {
    return this.#takesMs.get(what) ?? 200;
  }

  #learn(what: string, ms: number): void {
    const known = this.#takesMs.get(what);
    this.#takesMs.set(what, known === undefined ? ms : 0.7 * known + 0.3 * ms);
  }
}

/** Those that may be importing by the time that they are looked at. */
const importing: ReadonlySet<VictimKind> = new Set(['imports', 'edits-and-imports', 'removals']);

/** Something is done, not just asked for. */
function isAnswer(line: Acknowledged): boolean {
  if ('done' in line) return line.done;
  return !('fate' in line) || line.fate === 'deleted' || line.fate === 'kept' || line.fate === 'gone';
}

/** Rejects when the process is still there after a time that no machine needs. */
async function hang(child: ChildProcess): Promise<never> {
  await wait(hangMs, undefined, { ref: false });
  child.kill('SIGKILL');
  throw new Error(`A process did not come on for ${hangMs / 1000} s.`);
}

/** Calls `onLine` for each whole line; `enough` resolves when it says so, `ended` when all output was read. */
function watchLines(child: ChildProcess, onLine: (line: string) => boolean) {
  const enough = Promise.withResolvers<void>();
  let text = '';
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    const parts = (text + part).split('\n');
    // The last line may have been cut in the middle: it was not acknowledged.
    text = parts.pop() ?? '';
    for (const line of parts) if (line.startsWith('{') && onLine(line)) enough.resolve();
  });
  child.stderr?.setEncoding('utf8').on('data', (part: string) => (said = (said + part).slice(-1500)));
  const ended = new Promise<void>((done) => child.once('close', () => done()));
  return { enough: enough.promise, ended, errors: () => said.trim() };
}
