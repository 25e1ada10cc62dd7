/*
 * Fetches Electron's executable into the cache and unpacks it. Runs on the installed Node 24, after installation:
 * the only file of this folder that imports a package.
 */
import { createRequire } from 'node:module';
import { downloadArtifact } from '@electron/get';

/** No byte for this long, from the start or in between, and the workstation opens in the browser instead. */
const patienceMs = 10_000;

const require = createRequire(import.meta.url);
const { version } = require('electron/package.json');
const checksums = require('electron/checksums.json');

const abort = new AbortController();
let timer = setTimeout(giveUp, patienceMs);
let shownPercent = -1;

function giveUp() {
  abort.abort(new Error(`nothing arrived for ${patienceMs / 1000} s`));
}

try {
  await downloadArtifact({
    version,
    artifactName: 'electron',
    platform: process.platform,
    arch: process.arch,
    checksums,
    downloadOptions: {
      quiet: true,
      signal: abort.signal,
      getProgressCallback: async ({ percent }) => {
        clearTimeout(timer);
        timer = setTimeout(giveUp, patienceMs);
        const whole = Math.floor(percent * 100);
        if (whole === shownPercent) return;
        shownPercent = whole;
        process.stderr.write(`\rFetching Electron ${version}: ${whole} %`);
      },
    },
  });
  clearTimeout(timer);
  // Finds the archive in the cache, checks and unpacks it, and exits by itself.
  require('electron/install.js');
} catch (error) {
  clearTimeout(timer);
  const cause = error.cause?.code ?? error.cause?.message;
  process.stderr.write(`\nElectron could not be fetched (${cause ?? error.message})\n`);
  process.exitCode = 1;
}
