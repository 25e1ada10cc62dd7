import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const started: ChildProcess[] = [];
const folders: string[] = [];

afterEach(() => {
  // The whole group: the host that start.mjs runs would outlive it.
  for (const { pid, exitCode } of started.splice(0))
    if (exitCode === null && pid) process.kill(-pid, 'SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

interface Run {
  readonly child: ChildProcess;
  output(): string;
  readonly ended: Promise<number | null>;
}

/** `npm start -- <args>` without npm, and without a display. */
function start(...args: string[]): Run {
  return startWith({}, process.execPath, join(root, 'main/start/start.mjs'), ...args);
}

function startWith(added: NodeJS.ProcessEnv, command: string, ...args: string[]): Run {
  const { DISPLAY: _display, WAYLAND_DISPLAY: _wayland, ...environment } = process.env;
  const child = spawn(command, args, {
    cwd: tmpdir(),
    env: { ...environment, ...added },
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
  });
  started.push(child);
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return { child, output: () => text, ended: new Promise((done) => child.once('exit', done)) };
}

async function address(run: Run): Promise<string> {
  let over = false;
  void run.ended.then(() => {
    over = true;
  });
  for (;;) {
    const url = /^http:\/\/127\.0\.0\.1:\d+\S*(?=\n)/m.exec(run.output())?.[0];
    if (url !== undefined) return url;
    if (over) throw new Error(`It ended without an address:\n${run.output()}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'systola-start-'));
  folders.push(folder);
  return folder;
}

function temporaryLibrary(): string {
  return join(temporaryFolder(), 'library');
}

describe('npm start', () => {
  it.each([
    [['--port', 'many'], '--port takes a number'],
    [['--library', ''], '--library takes a folder'],
    [['--sideways'], '--sideways'],
    [['study.dcm'], 'study.dcm'],
  ])('refuses %j and says how it is used', async (args, reason) => {
    const run = start(...args);
    expect(await run.ended).toBe(64);
    expect(run.output()).toContain(reason);
    expect(run.output()).toContain('Usage: npm start');
  });

  it('explains itself', async () => {
    const run = start('--help');
    expect(await run.ended).toBe(0);
    expect(run.output()).toContain('--headless');
  });

  it('serves the workstation, says why without a window, and stops cleanly', async () => {
    const library = temporaryLibrary();
    const run = start('--headless', '--library', library);
    const url = await address(run);
    expect(run.output()).toContain('Serving without a window, as asked.');
    expect(run.output()).toContain('Research use only. Not for diagnostic use.');

    const visit = await fetch(url, { redirect: 'manual' });
    const cookie = visit.headers.get('set-cookie')?.split(';')[0] ?? '';
    const page = await fetch(new URL('/', url), { headers: { cookie } });
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<title>Systola');
    const session = await fetch(new URL('/api/session', url), { headers: { cookie } });
    expect(await session.json()).toMatchObject({ host: 'loopback', libraryPath: library });
    expect((await fetch(new URL('/api/session', url))).status).toBe(401);

    const second = start('--headless', '--library', library);
    expect(await second.ended).toBe(0);
    expect(second.output()).toContain('open with this library already');
    const another = await fetch(await address(second), { redirect: 'manual' });
    expect(another.headers.get('set-cookie')).toContain('HttpOnly');
    expect((await fetch(url, { redirect: 'manual' })).status).toBe(401);

    run.child.kill('SIGINT');
    expect(await run.ended).toBe(0);

    // What was closed properly opens again at once.
    const third = start('--library', library, '--port', '0');
    await address(third);
    expect(third.output()).toContain('there is no display');
    third.child.kill('SIGTERM');
    expect(await third.ended).toBe(0);
    // The first start in a checkout builds the renderer.
  }, 180_000);

  it.runIf(process.platform === 'linux')(
    'keeps the address off command lines',
    async () => {
      const folder = temporaryFolder();
      // Stands in for the system's opener, which hands its argument to the browser's command line.
      writeFileSync(
        join(folder, 'xdg-open'),
        `#!/bin/sh\nprintf '%s\\n' "$@" >'${folder}/arguments'\nstat -c %a "$1" >'${folder}/mode'\ncat "$1" >'${folder}/page'\nmv '${folder}/page' '${folder}/read'\n`,
        { mode: 0o755 },
      );
      const run = startWith(
        { DISPLAY: ':none', PATH: `${folder}:${process.env['PATH']}` },
        process.execPath,
        ...[join(root, 'main/start/start.mjs'), '--browser', '--library', join(folder, 'library')],
      );
      const url = await address(run);
      await expect.poll(() => existsSync(join(folder, 'read')), { timeout: 60_000 }).toBe(true);
      const said = readFileSync(join(folder, 'arguments'), 'utf8').trim();
      expect(said).toMatch(/systola\.html$/);
      expect(said).not.toContain('token');
      expect(readFileSync(join(folder, 'mode'), 'utf8').trim()).toBe('600');
      expect(readFileSync(join(folder, 'read'), 'utf8')).toContain(`url=${url}"`);
      run.child.kill('SIGTERM');
      expect(await run.ended).toBe(0);
      expect(existsSync(said)).toBe(false);
    },
    180_000,
  );

  const terminal = spawnSync('script', ['--version']).status === 0 && process.platform === 'linux';
  it.runIf(terminal)(
    'gives another address when Enter is pressed in its terminal',
    async () => {
      const library = temporaryLibrary();
      const command = `exec '${process.execPath}' '${join(root, 'main/start/start.mjs')}' --headless --library '${library}'`;
      const run = startWith({}, 'script', '--quiet', '--return', '--command', command, '/dev/null');
      const addresses = (): string[] => run.output().match(/^http:\S+(?=\r?\n)/gm) ?? [];
      await expect.poll(() => addresses().length, { timeout: 60_000 }).toBe(1);
      await expect.poll(() => run.output().includes('Enter gives a new one'), { timeout: 60_000 }).toBe(true);
      run.child.stdin?.write('\n');
      await expect.poll(() => addresses().length, { timeout: 60_000 }).toBe(2);
      const [first = '', second = ''] = addresses();
      for (const url of [second, first]) {
        expect((await fetch(url, { redirect: 'manual' })).status).toBe(303);
      }
      // Ctrl-C, as the terminal sends it.
      run.child.stdin?.write('\u0003');
      expect(await run.ended).toBe(0);
    },
    180_000,
  );
});
