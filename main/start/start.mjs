/*
 * `npm start`: installs what is missing, builds what is stale, and opens the workstation in Electron, or in the
 * browser where Electron cannot be had. Runs on the user's own Node (20 or newer), before anything is installed,
 * so this folder's .mjs files import nothing but Node.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { electronPath, fetchElectron } from './electron-binary.mjs';
import { ensureInstalled, nodePath } from './installation.mjs';
import { hasDisplay, startOptions, usage } from './options.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Printed by the Electron host when its window shows; before that, a failing Electron is replaced by the browser. */
const electronIsUp = 'Systola is open.';

/** The Electron host's exit code, and what its reason begins with, when the browser would fail as well. */
const electronCannotOpen = { exitCode: 3, reason: 'Systola cannot open: ' };

/** How long a browser may take to read the page that leads it to the address, ms. */
const addressPageMs = 20_000;

process.exitCode = await main();

async function main() {
  let options;
  try {
    options = startOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error.message}\n\n${usage}`);
    return 64;
  }
  if (options.help) {
    console.log(usage);
    return 0;
  }
  try {
    ensureInstalled(root);
    const reason = await reasonForBrowser(options);
    if (reason === null) {
      await ensureBuilt(root, ['renderer', 'preload', 'main']);
      const failure = await startElectron(options);
      if (failure === null) return 0;
      return await startLoopback(options, failure);
    }
    await ensureBuilt(root, ['renderer']);
    return await startLoopback(options, reason);
  } catch (error) {
    console.error(error.message);
    return 1;
  }
}

/**
 * Why the workstation cannot open in Electron; null when it can.
 * @param {import('./options.mjs').StartOptions} options
 * @returns {Promise<string | null>}
 */
async function reasonForBrowser(options) {
  if (options.headless) return 'Serving without a window, as asked.';
  if (!hasDisplay(process.platform, process.env)) return 'Serving without a window: there is no display.';
  if (options.browser) return 'Opening in the browser, as asked.';
  if (electronPath(root) !== null) return null;
  const problem = await fetchElectron(root);
  return problem === null ? null : `Opening in the browser: ${problem}.`;
}

/**
 * Runs Electron until its window closes.
 * @param {import('./options.mjs').StartOptions} options
 * @returns {Promise<string | null>} why Electron could not open a window; null when it ran
 * @throws {Error} with the reason when there is no use in trying the browser
 */
function startElectron(options) {
  return new Promise((done, failed) => {
    const child = spawn(electronPath(root), [root, ...libraryArguments(options)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let up = false;
    let said = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      up ||= text.includes(electronIsUp);
      process.stdout.write(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-4000);
      if (up) process.stderr.write(text);
    });
    passSignals(child);
    child.once('error', (error) =>
      done(`Opening in the browser: Electron did not start (${error.message}).`),
    );
    child.once('exit', (code) => {
      if (code === electronCannotOpen.exitCode) {
        const lines = said.split('\n').filter((line) => line.startsWith(electronCannotOpen.reason));
        failed(
          new Error(lines.at(-1)?.slice(electronCannotOpen.reason.length) ?? 'The library cannot be opened.'),
        );
        return;
      }
      const lastLine = said.trim().split('\n').at(-1)?.trim() || `exit code ${code}`;
      done(up || code === 0 ? null : `Opening in the browser: Electron did not start (${lastLine}).`);
    });
  });
}

/**
 * Runs the loopback host until it is stopped.
 * @param {import('./options.mjs').StartOptions} options
 * @param {string} reason line that says why there is no Electron window
 * @returns {Promise<number>} exit code
 */
function startLoopback(options, reason) {
  console.error(reason);
  const child = spawn(
    nodePath(root),
    [
      join(root, 'main', 'hosts', 'loopback', 'main.ts'),
      ...libraryArguments(options),
      ...['--port', String(options.port), '--sample', join(root, 'assets', 'sample-study')],
    ],
    // Enter in the terminal asks the host for another address.
    { stdio: ['inherit', 'pipe', 'inherit'] },
  );
  let browserIsWanted = !options.headless && hasDisplay(process.platform, process.env);
  let addressIsRead = async () => {};
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    process.stdout.write(text);
    said += text;
    const address = /^http:\S+(?=\r?\n)/m.exec(said)?.[0];
    if (address === undefined || !browserIsWanted) return;
    browserIsWanted = false;
    addressIsRead = openInBrowser(address);
  });
  passSignals(child);
  return new Promise((done, failed) => {
    child.once('error', failed);
    // A library that is open already gives another address at once: the browser still has to read it then.
    child.once('exit', async (code) => {
      if (!child.killed) await addressIsRead();
      done(code ?? 1);
    });
  });
}

/**
 * Opens the system's browser; where there is none, the printed address remains. The address goes by way of a page that
 * only this user can read: every user can read a command line.
 * @param {string} address
 * @returns {() => Promise<void>} waits until that page has been there long enough
 */
function openInBrowser(address) {
  const folder = mkdtempSync(join(tmpdir(), 'systola-open-'));
  const page = join(folder, 'systola.html');
  writeFileSync(
    page,
    `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url=${address}"><title>Systola</title>`,
    { mode: 0o600 },
  );
  const deletePage = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', deletePage);
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', page]
      : process.platform === 'win32'
        ? ['rundll32', 'url.dll,FileProtocolHandler', page]
        : ['xdg-open', page];
  const child = spawn(command, args, { stdio: 'ignore', detached: true });
  child.once('error', () => console.error('No browser could be opened; open the address above in one.'));
  child.unref();
  let over = () => {};
  const promise = new Promise((done) => {
    over = () => done(undefined);
  });
  const timer = setTimeout(() => {
    deletePage();
    over();
  }, addressPageMs).unref();
  return () => {
    timer.ref();
    return promise;
  };
}

/** @param {import('./options.mjs').StartOptions} options */
function libraryArguments({ library }) {
  return library === null ? [] : ['--library', resolve(library)];
}

/**
 * Hands signals on and waits: the child closes the library before it ends.
 * @param {import('node:child_process').ChildProcess} child
 */
function passSignals(child) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
}
