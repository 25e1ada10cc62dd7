import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodePath } from './installation.mjs';

/**
 * Path of Electron's executable when it is unpacked and of the version asked for: in the folder that
 * ELECTRON_OVERRIDE_DIST_PATH names, as Electron's own package has it, else where that package unpacks it.
 * @param {string} root folder of package.json
 * @returns {string | null}
 */
export function electronPath(root) {
  const folder = join(root, 'node_modules', 'electron');
  try {
    const distribution = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist');
    const executable = join(distribution, executableIn(process.platform));
    const wanted = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
    const unpacked = readFileSync(join(distribution, 'version'), 'utf8').trim().replace(/^v/, '');
    return unpacked === wanted && existsSync(executable) ? executable : null;
  } catch {
    return null;
  }
}

/**
 * Where the executable lies in a distribution. Electron's package writes it to path.txt, but only when it unpacks
 * one itself.
 * @param {NodeJS.Platform} platform
 */
function executableIn(platform) {
  if (platform === 'darwin') return join('Electron.app', 'Contents', 'MacOS', 'Electron');
  return platform === 'win32' ? 'electron.exe' : 'electron';
}

/**
 * Fetches and unpacks Electron's executable if that gets going at once; gives up as soon as nothing arrives.
 * @param {string} root folder of package.json
 * @returns {Promise<string | null>} why it could not be had; null when it is there
 */
export function fetchElectron(root) {
  return new Promise((resolve) => {
    const child = spawn(nodePath(root), [join(root, 'main', 'start', 'fetch-electron.mjs')], {
      cwd: root,
      stdio: ['ignore', 2, 'pipe'],
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text) => {
      said += text;
      if (process.stderr.isTTY) process.stderr.write(text);
    });
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code) => {
      if (code === 0 && electronPath(root) !== null) resolve(null);
      else
        resolve(
          said
            .trim()
            .split(/[\r\n]/)
            .at(-1) || 'Electron could not be fetched',
        );
    });
  });
}
