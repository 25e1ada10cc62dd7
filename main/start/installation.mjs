import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param {string} root */
export function nodePath(root) {
  return join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/**
 * Why `npm ci` has to run, in a few words; null when what is installed is what the lock asks for.
 * @param {string} root folder of package.json
 * @returns {string | null}
 */
export function installationProblem(root) {
  const installedLock = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installedLock)) return 'nothing is installed yet';
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedLock, 'utf8')).packages;
  for (const [place, entry] of Object.entries(wanted)) {
    // Packages for other systems are in the lock and rightly absent.
    if (place === '' || (entry.optional && !installed[place])) continue;
    if (installed[place]?.version !== entry.version) {
      return `${place.replace(/^.*node_modules\//, '')} ${entry.version} is missing`;
    }
  }
  if (!existsSync(nodePath(root))) return 'the Node that runs the workstation is missing';
  return null;
}

/**
 * Installs exactly what the lock says, where that is not installed yet.
 * @param {string} root folder of package.json
 * @throws {Error} with a sentence that says what to do
 */
export function ensureInstalled(root) {
  const problem = installationProblem(root);
  if (problem === null) return;
  console.error(`Installing: ${problem}.`);
  npm(root, ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  if (!existsSync(nodePath(root))) {
    // Install scripts are switched off for this user; this one fetches the Node binary from the same registry.
    npm(root, ['rebuild', 'node', '--ignore-scripts=false', '--loglevel=error']);
  }
  if (!existsSync(nodePath(root))) {
    throw new Error('npm did not install the package "node". Allow its install script and try again.');
  }
}

/**
 * @param {string} root
 * @param {string[]} args
 */
function npm(root, args) {
  const script = process.env['npm_execpath'];
  // onnxruntime-node's own install script fetches CUDA's libraries from elsewhere; what it needs is in the package.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' };
  const isNpm = script !== undefined && /npm-cli\.c?js$/.test(script);
  const result = isNpm
    ? spawnSync(process.execPath, [script, ...args], { cwd: root, env, stdio: ['ignore', 2, 2] })
    : spawnSync('npm', args, {
        cwd: root,
        env,
        stdio: ['ignore', 2, 2],
        shell: process.platform === 'win32',
      });
  if (result.error) throw new Error(`npm could not be started: ${result.error.message}`);
  if (result.status !== 0) throw new Error(`"npm ${args[0]}" failed; is the package registry reachable?`);
}
