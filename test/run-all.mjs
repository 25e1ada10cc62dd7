/*
 * `npm test`: lint, types, unit, integration and end to end, in this order. Every stage runs even when an earlier
 * one failed; the last line counts the tests of all of them. Runs on the user's own Node (20 or newer) and installs
 * what is missing first.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureBuilt } from '../main/start/build.mjs';
import { ensureInstalled, nodePath } from '../main/start/installation.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const results = join(root, 'test-results');

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

const vitest = (/** @type {string} */ project, /** @type {string[]} */ ...more) => ({
  command: [
    'node_modules/vitest/vitest.mjs',
    'run',
    ...[project, ...more].flatMap((name) => ['--project', name]),
    ...['--reporter=default', '--reporter=json', `--outputFile.json=${join(results, `${project}.json`)}`],
  ],
  counts: () => vitestCounts(join(results, `${project}.json`)),
});

const playwright = (/** @type {string} */ file, /** @type {string[]} */ ...projects) => ({
  prepare: () => ensureBuilt(root, ['renderer']),
  command: [
    ...['node_modules/@playwright/test/cli.js', 'test', '--reporter=list,json'],
    // Each clears its own folder before it begins.
    ...['--output', join(results, file), ...projects.map((name) => `--project=${name}`)],
  ],
  report: join(results, `${file}.json`),
  counts: () => playwrightCounts(join(results, `${file}.json`)),
});

/** @type {{ name: string, scripts?: string[], command?: string[], report?: string, prepare?: () => Promise<void>, counts?: () => Counts }[]} */
const stages = [
  // Both have one thread.
  { name: 'lint and types', scripts: ['lint', 'types'] },
  { name: 'unit', ...vitest('unit', 'renderer') },
  { name: 'integration', prepare: () => ensureBuilt(root, ['renderer']), ...vitest('integration') },
  { name: 'end to end', ...playwright('end-to-end', 'browser', 'electron') },
  { name: 'end to end, frame by frame', ...playwright('frames', 'frames') },
];

/** How long Playwright's download may take, ms; where its host cannot be reached it ends by itself much sooner. */
const downloadMs = 600_000;

process.exitCode = await main();

async function main() {
  ensureInstalled(root);
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  const total = { passed: 0, failed: 0, skipped: 0 };
  /** @type {string[]} */
  const lines = [];
  /** @type {string[]} */
  const skippedParts = [];

  for (const stage of stages) {
    console.log(`\n── ${stage.name} ──`);
    if (stage.name.startsWith('end to end') && !(await ensureBrowser())) {
      const line = `${stage.name}: skipped, there is no Chromium and none could be fetched (install one, or set CHROME_PATH)`;
      console.log(line);
      lines.push(line);
      skippedParts.push(`${stage.name} (no Chromium)`);
      continue;
    }
    const startedAt = performance.now();
    const counts = await runStage(stage);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    for (const key of /** @type {const} */ (['passed', 'failed', 'skipped'])) total[key] += counts[key];
    if (counts.skipped > 0) skippedParts.push(`${counts.skipped} of ${stage.name}`);
    lines.push(
      stage.counts
        ? `${stage.name}: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped in ${seconds} s`
        : `${stage.name}: ${counts.failed === 0 ? 'clean' : 'failed'} in ${seconds} s`,
    );
  }

  console.log(`\n${lines.join('\n')}`);
  if (skippedParts.length > 0) {
    console.log(`Skipped: ${skippedParts.join(', ')}. Each said above what it wants.`);
  }
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

/**
 * Lint and types count as nothing when clean and as one failure when not: they are not tests.
 * @param {typeof stages[number]} stage
 * @returns {Promise<Counts>}
 */
async function runStage(stage) {
  const failure = { passed: 0, failed: 1, skipped: 0 };
  try {
    await stage.prepare?.();
  } catch (error) {
    console.error(error.message);
    return failure;
  }
  if (stage.scripts) {
    const codes = await Promise.all(stage.scripts.map(npmScript));
    return { passed: 0, failed: codes.filter((code) => code !== 0).length, skipped: 0 };
  }
  const code = await run(nodePath(root), stage.command ?? [], stage.report);
  if (!stage.counts) return code === 0 ? { passed: 0, failed: 0, skipped: 0 } : failure;
  try {
    const counts = stage.counts();
    // A file that does not load, or a runner that dies, fails without a failed test.
    return code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
  } catch (error) {
    console.error(`No result of ${stage.name}: ${error.message}`);
    return failure;
  }
}

/**
 * @param {string} name of a script in package.json
 * @returns {Promise<number>} exit code
 */
function npmScript(name) {
  const npm = process.env['npm_execpath'];
  return npm?.endsWith('.js')
    ? run(process.execPath, [npm, 'run', '--silent', name])
    : run('npm', ['run', '--silent', name]);
}

/**
 * @param {string} command
 * @param {string[]} args
 * @param {string} [report] where Playwright writes what came of it
 * @returns {Promise<number>} exit code
 */
function run(command, args, report = '') {
  const path = `${join(root, 'node_modules', '.bin')}${delimiter}${process.env['PATH'] ?? ''}`;
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: process.platform === 'win32' && command === 'npm',
      env: { ...process.env, PATH: path, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
    });
    child.once('error', (error) => {
      console.error(error.message);
      resolve(1);
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

/** @param {string} path */
function vitestCounts(path) {
  const report = JSON.parse(readFileSync(path, 'utf8'));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** @param {string} path */
function playwrightCounts(path) {
  const { stats } = JSON.parse(readFileSync(path, 'utf8'));
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
}

/** Whether there is a Chromium, in the same places as playwright.config.ts looks in; fetches Playwright's if need be. */
async function ensureBrowser() {
  const places = [process.env['CHROME_PATH'], '/usr/bin/chromium', '/usr/bin/chromium-browser'];
  if (places.some((path) => path !== undefined && existsSync(path))) return true;
  const { chromium } = await import('@playwright/test');
  if (existsSync(chromium.executablePath())) return true;
  console.log('Fetching Chromium for the end-to-end tests.');
  const installer = [join(root, 'node_modules/@playwright/test/cli.js'), 'install', '--no-shell', 'chromium'];
  spawnSync(nodePath(root), installer, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: downloadMs,
  });
  return existsSync(chromium.executablePath());
}
