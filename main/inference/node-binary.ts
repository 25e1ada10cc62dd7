import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { SystolaError } from '../../core/error.ts';

const executable = process.platform === 'win32' ? 'node.exe' : 'node';

/**
 * Path of a plain Node binary to run the inference child with.
 *
 * Chromium's allocator traps native add-ons inside Electron's utility processes, so inference never runs in
 * Electron's own binary. In order: `<resources>/node/bin` of the packaged application, the binary that the npm
 * package `node` brings, the running binary when that is plain Node 22 or newer.
 *
 * @throws SystolaError `inference-failed` when there is none.
 */
export function nodeBinary(): string {
  for (const candidate of candidates()) {
    if (isExecutable(candidate)) return candidate;
  }
  throw new SystolaError(
    'inference-failed',
    'The Node binary that runs the model is missing. Reinstall Systola (or run npm install) to bring it back.',
  );
}

function* candidates(): Generator<string> {
  const { resourcesPath } = process as { resourcesPath?: string };
  if (resourcesPath !== undefined) {
    yield join(resourcesPath, 'node', 'bin', executable);
  }
  try {
    const manifest = createRequire(import.meta.url).resolve('node/package.json');
    yield join(dirname(manifest), 'bin', executable);
  } catch {
    // The package is a development dependency; a packaged application has its own copy instead.
  }
  const major = Number(process.versions.node.split('.')[0]);
  if (process.versions['electron'] === undefined && major >= 22) yield process.execPath;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
