/*
 * Builds what is stale. Run by itself (`npm run build [renderer] [preload] [main]`) it builds the parts named, or all.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodePath } from './installation.mjs';

/**
 * What is built, from what, by what. Main code is compiled for Electron only; the loopback host and the command
 * line run the TypeScript as it is.
 * @type {Record<'renderer' | 'preload' | 'main', { inputs: string[], output: string, script: string, args: string[] }>}
 */
const parts = {
  renderer: {
    inputs: [
      'renderer',
      'core',
      'main/hosts/electron/preload',
      'vite.config.ts',
      'svelte.config.js',
      'package-lock.json',
    ],
    output: 'dist/renderer/index.html',
    script: 'node_modules/vite/bin/vite.js',
    args: ['build', '--logLevel', 'warn'],
  },
  preload: {
    inputs: ['main/hosts/electron', 'vite.preload.config.ts', 'package-lock.json'],
    output: 'dist/preload/preload.cjs',
    script: 'node_modules/vite/bin/vite.js',
    args: ['build', '--config', 'vite.preload.config.ts', '--logLevel', 'warn'],
  },
  main: {
    inputs: [
      'main',
      'core',
      'tsconfig.base.json',
      'tsconfig.main.json',
      'tsconfig.build.json',
      'package-lock.json',
    ],
    output: 'dist/main/hosts/electron/main.js',
    script: 'node_modules/typescript/bin/tsc',
    args: ['-p', 'tsconfig.build.json'],
  },
};

/**
 * Builds the parts whose sources changed since they were last built.
 * @param {string} root folder of package.json
 * @param {(keyof typeof parts)[]} names
 * @throws {Error} when a build fails; its own output went to stderr
 */
export async function ensureBuilt(root, names) {
  for (const name of names) {
    const part = parts[name];
    const stampFile = join(root, 'dist', '.built', name);
    const stamp = digest(root, part.inputs);
    if (exists(join(root, part.output)) && readOrNull(stampFile) === stamp) continue;
    console.error(`Building the ${name === 'main' ? 'main process' : name} ...`);
    rmSync(stampFile, { force: true });
    // What a source that is gone was compiled to must not be packaged.
    if (name === 'main')
      for (const old of ['main', 'core']) rmSync(join(root, 'dist', old), { recursive: true, force: true });
    await run(root, part.script, part.args, name);
    mkdirSync(join(root, 'dist', '.built'), { recursive: true });
    writeFileSync(stampFile, stamp);
  }
}

/**
 * Names, sizes and times of every source file: cheap, and notices what was deleted.
 * @param {string} root
 * @param {string[]} inputs
 */
function digest(root, inputs) {
  const hash = createHash('sha256');
  for (const input of inputs) add(input);
  return hash.digest('hex');

  /** @param {string} path */
  function add(path) {
    const state = statSync(join(root, path), { throwIfNoEntry: false });
    if (!state) return;
    if (!state.isDirectory()) {
      hash.update(`${path}\0${state.size}\0${state.mtimeMs}\n`);
      return;
    }
    for (const name of readdirSync(join(root, path)).sort()) add(`${path}/${name}`);
  }
}

/**
 * @param {string} root
 * @param {string} script
 * @param {string[]} args
 * @param {string} name
 * @returns {Promise<void>}
 */
function run(root, script, args, name) {
  return new Promise((resolve, reject) => {
    const child = spawn(nodePath(root), [join(root, script), ...args], {
      cwd: root,
      stdio: ['ignore', 2, 2],
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`The ${name} could not be built; the reason is above.`));
    });
  });
}

/** @param {string} path */
function exists(path) {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** @param {string} path */
function readOrNull(path) {
  return exists(path) ? readFileSync(path, 'utf8') : null;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const asked = process.argv.slice(2);
  const known = /** @type {(keyof typeof parts)[]} */ (Object.keys(parts));
  const unknown = asked.filter((name) => !known.some((part) => part === name));
  if (unknown.length > 0) {
    console.error(`There is no part "${unknown[0]}" to build; there are ${known.join(', ')}.`);
    process.exitCode = 64;
  } else {
    const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
    const names = known.filter((name) => asked.length === 0 || asked.includes(name));
    await ensureBuilt(root, names).catch((error) => {
      console.error(error.message);
      process.exitCode = 1;
    });
  }
}
