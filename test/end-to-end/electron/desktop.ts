import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, test as base, expect } from '@playwright/test';
import type { ElectronApplication, Page } from '@playwright/test';
import type { Trace } from '../../../core/trace/trace.ts';
import type { StudyDocument, StudySummary } from '../../../core/api/requests.ts';
import { cavityTraces } from '../../../core/review/traces.ts';
import { endProcessesNaming, processTree } from '../../processes.ts';

const root = resolve(import.meta.dirname, '../../..');
const { electronPath } = (await import('../../../main/start/electron-binary.mjs' as string)) as {
  electronPath(root: string): string | null;
};
const { ensureBuilt } = (await import('../../../main/start/build.mjs' as string)) as {
  ensureBuilt(root: string, names: string[]): Promise<void>;
};

const executable = electronPath(root);
const display =
  process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);

/** Ending takes well under a second on a quiet machine. */
const endWithinMs = 20_000;

/** Chromium has no sandbox for root. */
const rootSwitches = process.getuid?.() === 0 ? ['--no-sandbox'] : [];

type Answers = Map<number, { value: unknown } | { error: string } | null>;

/** The compiled Electron host over a library and user data of its own, inspected through Electron's debugger. */
export class Desktop {
  readonly folder = mkdtempSync(join(tmpdir(), 'systola-electron-'));
  readonly library = join(this.folder, 'library');
  #application: ElectronApplication | null = null;
  /** Resolves when the last process with its output open has gone; only then does Playwright let go of a launch. */
  #closed: Promise<unknown> = Promise.resolve();
  #launching: Promise<unknown> = Promise.resolve();
  readonly #started: Started[] = [];
  #page: Page | null = null;
  #pageCrashed = false;
  #asked = 0;

  constructor() {
    // Playwright breaks a test off, its end too, where a launch ends before it is done.
    process.once('exit', this.#removeFolder);
  }

  readonly #removeFolder = (): void =>
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });

  /** Switches and places every launch of this desktop has. */
  get #arguments(): string[] {
    return [root, ...rootSwitches, `--user-data-dir=${join(this.folder, 'user-data')}`];
  }

  get isRunning(): boolean {
    return this.#application !== null;
  }

  get application(): ElectronApplication {
    if (this.#application === null) throw new Error('Electron is not running.');
    return this.#application;
  }

  get page(): Page {
    if (this.#page === null) throw new Error('There is no window.');
    return this.#page;
  }

  /** Process of the application's main side. */
  get pid(): number {
    return this.application.process().pid ?? 0;
  }

  async launch(...args: string[]): Promise<Page> {
    const launching = _electron.launch({
      executablePath: executable ?? '',
      args: [...this.#arguments, '--library', this.library, ...args],
      timeout: 60_000,
    });
    this.#launching = launching.catch(() => undefined);
    this.#application = await launching;
    const child = this.#application.process();
    this.#closed = new Promise((done) => child.once('close', done));
    this.#page = await this.#picturesPage(this.#application);
    this.#pageCrashed = false;
    this.#page.on('crash', () => (this.#pageCrashed = true));
    return this.#page;
  }

  /** The worklist's window may be open from the beginning, and be told of first. */
  async #picturesPage(application: ElectronApplication): Promise<Page> {
    await application.firstWindow();
    const found = () => application.windows().find((page) => page.url().endsWith('/index.html'));
    await expect.poll(() => found() !== undefined, { intervals: [20] }).toBe(true);
    return found()!;
  }

  /** Starts the executable as a person would, beside the one that runs. */
  start(args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}): Started {
    const started = new Started(executable ?? '', [...this.#arguments, ...args], options);
    this.#started.push(started);
    return started;
  }

  /**
   * SIGKILL to the main process, and then to all others: nothing gets a chance to be tidied up. Also of one that ended by
   * itself, or is not yet open, some processes may be there for a moment, and write.
   */
  async kill(): Promise<void> {
    const child = this.#application?.process();
    this.#application = null;
    this.#page = null;
    const pids = [child, ...this.#started.map((started) => started.child)].flatMap((one) =>
      one?.pid === undefined || one.exitCode !== null || one.signalCode !== null ? [] : [one.pid],
    );
    // While their parents are known.
    const below = process.platform === 'linux' ? pids.flatMap((pid) => processTree(pid)) : [];
    child?.kill('SIGKILL');
    let isSettled = false;
    const settled = Promise.all([this.#launching, this.#closed]).then(() => (isSettled = true));
    const until = performance.now() + endWithinMs;
    // One that is being launched may have no process yet.
    do {
      if (process.platform === 'linux') await endProcessesNaming(this.folder, below, endWithinMs);
      else pids.forEach(endGroup);
      await Promise.race([settled, new Promise((done) => setTimeout(done, 50))]);
    } while (!isSettled && performance.now() < until);
    if (!isSettled) throw new Error(`Playwright still waits for it after ${endWithinMs / 1000} s.`);
  }

  /** Quits as the menu does, and waits. */
  async quit(): Promise<void> {
    const application = this.#application;
    this.#application = null;
    this.#page = null;
    await application?.close();
  }

  /** Writes a file beside the library, to be imported. */
  file(name: string, bytes: Uint8Array): string {
    const path = join(this.folder, name);
    mkdirSync(resolve(path, '..'), { recursive: true });
    writeFileSync(path, bytes);
    return path;
  }

  async studies(): Promise<StudySummary[]> {
    return (await this.ask('/api/studies')) as StudySummary[];
  }

  async document(study: string): Promise<StudyDocument> {
    return (await this.ask(`/api/studies/${study}`)) as StudyDocument;
  }

  /**
   * Stops a clip's run and records contours for it as one revision, as a reader's tool might, with the view as the
   * reader's word: nothing is recognised in the clip after that, and no revision comes by itself.
   */
  async contour(study: string, clip: string, traces: Readonly<Record<number, Trace>>): Promise<void> {
    // The page asks for the run when it opens the study: stopped before that, it would begin after.
    await expect
      .poll(async () => (await this.document(study)).runs.map(({ sopInstanceUid }) => sopInstanceUid), {
        timeout: 120_000,
      })
      .toContain(clip);
    await this.inPage(`fetch('/api/clips/${clip}/runs', { method: 'DELETE' }).then(() => null)`);
    // What was recognised a moment before is one more revision, and this one is repeated after it.
    await expect(async () => {
      const { head, review } = await this.document(study);
      const before = cavityTraces(review.clips[clip]);
      const view = review.clips[clip]?.view;
      const body = {
        head,
        label: 'contours of the test',
        changes: [
          { slot: 'view', sopInstanceUid: clip, before: view, after: { code: view?.code, source: 'user' } },
          ...Object.entries(traces).map(([frame, after]) => ({
            slot: 'trace',
            structure: 'lv-cavity',
            sopInstanceUid: clip,
            frame: Number(frame),
            before: before[Number(frame)] ?? null,
            after,
          })),
        ],
      };
      const answer = (await this.inPage(
        `fetch('/api/studies/${study}/revisions', { method: 'POST', headers: { 'content-type': 'application/json' }, body: ${JSON.stringify(JSON.stringify(body))} }).then(async (answer) => (answer.ok ? '' : answer.text()))`,
      )) as string;
      if (answer !== '') throw new Error(answer);
    }).toPass({ timeout: 60_000 });
  }

  /** Asks the application in the window's page, also after that page died and was drawn anew. */
  async ask(path: string): Promise<unknown> {
    return this.inPage(`fetch(${JSON.stringify(path)}).then((answer) => answer.json())`);
  }

  /** Evaluates an expression in the page of the window, whichever process draws it. */
  async inPage(expression: string): Promise<unknown> {
    if (!this.#pageCrashed) return this.page.evaluate(expression);
    // The debugger's page died with its process. The answer is kept, since a promise for it would be forgotten.
    const number = (this.#asked += 1);
    await this.inMain(
      ({ BrowserWindow }, { number, expression }) => {
        const answers = ((globalThis as { answers?: Answers }).answers ??= new Map());
        if (answers.has(number)) return;
        answers.set(number, null);
        BrowserWindow.getAllWindows()[0]
          ?.webContents.executeJavaScript(expression)
          .then(
            (value: unknown) => answers.set(number, { value }),
            (error: unknown) => answers.set(number, { error: String(error) }),
          );
      },
      { number, expression },
    );
    const until = Date.now() + 20_000;
    for (;;) {
      const answer = await this.inMain(
        (_electron, of) => (globalThis as { answers?: Answers }).answers?.get(of) ?? null,
        number,
      );
      if (answer !== null && 'error' in answer) throw new Error(answer.error);
      if (answer !== null) return answer.value;
      if (Date.now() > until) throw new Error('The page does not answer.');
      await new Promise((done) => setTimeout(done, 100));
    }
  }

  /**
   * Evaluates in the main process what may be evaluated twice: its debugger forgets promises that are not settled when
   * memory is collected, as while a menu of the system is open.
   */
  readonly inMain = (async (expression: () => unknown, argument: unknown): Promise<unknown> => {
    for (;;) {
      try {
        return await this.application.evaluate(expression, argument);
      } catch (error) {
        if (!String(error).includes('promise was garbage collected')) throw error;
      }
    }
  }) as ElectronApplication['evaluate'];

  async dispose(): Promise<void> {
    try {
      await this.kill();
    } finally {
      this.#removeFolder();
      process.off('exit', this.#removeFolder);
    }
  }
}

/** Where the system does not tell what runs: the group that was made for a launch. */
function endGroup(pid: number): void {
  try {
    process.kill(process.platform === 'win32' ? pid : -pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}

/** A started process, what it says and how it ends. */
export class Started {
  readonly child: ChildProcess;
  readonly ended: Promise<number | NodeJS.Signals | null>;
  output = '';

  constructor(
    command: string,
    args: readonly string[],
    options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
  ) {
    this.child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, as of a terminal.
      detached: true,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      env: { ...process.env, ...options.env },
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
      });
    }
    this.ended = new Promise((done) => this.child.once('exit', (code, signal) => done(code ?? signal)));
  }

  /** Waits until it has said something. @throws when it ends without */
  async says(words: string): Promise<void> {
    const ended = this.ended.then((code) => {
      if (!this.output.includes(words))
        throw new Error(`It ended with ${code} without "${words}":\n${this.output}`);
    });
    await Promise.race([ended, expect.poll(() => this.output, { timeout: 60_000 }).toContain(words)]);
  }

  /** Sends a signal to the whole group, as a terminal does. */
  signalGroup(signal: NodeJS.Signals): void {
    if (this.child.pid !== undefined && this.child.exitCode === null && this.child.signalCode === null)
      process.kill(-this.child.pid, signal);
  }
}

interface Fixtures {
  readonly desktop: Desktop;
}

export const test = base.extend<Fixtures, { readonly built: void }>({
  built: [
    async ({}, use) => {
      if (executable !== null && display) await ensureBuilt(root, ['preload', 'main']);
      await use();
    },
    { scope: 'worker', auto: true, timeout: 600_000 },
  ],
  desktop: async ({}, use) => {
    const desktop = new Desktop();
    try {
      await use(desktop);
    } finally {
      await desktop.dispose();
    }
  },
});

test.beforeEach(({}, { project: _project }) => {
  test.skip(executable === null, "Electron's executable is not here: npx install-electron fetches it");
  test.skip(!display, 'there is no display');
  test.setTimeout(180_000);
});

export { expect };
