import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const models = fileURLToPath(new URL('../../models', import.meta.url));
const build = fileURLToPath(new URL('../../build', import.meta.url));

/** How to get what is missing, for the table. */
export const pythonHint = 'set SYSTOLA_PYTHON to a Python with the packages that models/pyproject.toml names';

async function gdkvm(...command: readonly string[]): Promise<string> {
  const python = process.env['SYSTOLA_PYTHON'];
  if (python === undefined) throw new Error(pythonHint);
  const { stdout } = await run(python, ['-m', 'gdkvm', ...command], { cwd: models, timeout: 600_000 });
  return stdout;
}

/** Folder that holds the base model with synthetic weights, exported when it is not there yet; null without Python. */
export async function baseModelFolder(): Promise<string | null> {
  const folder = join(build, 'golden-base');
  if (existsSync(join(folder, 'manifest.json'))) return build;
  if (process.env['SYSTOLA_PYTHON'] === undefined) return null;
  await gdkvm('export', '--golden', '--out', folder);
  return build;
}

/** Time of a frame of the base model in PyTorch eager on so many threads, ms. */
export async function eagerMsPerFrame(threads: number): Promise<number> {
  const text = await gdkvm('speed', '--config', 'base', '--variants', 'eager', '--threads', String(threads));
  const ms = /^PyTorch eager +\d+ +([\d.]+)/m.exec(text)?.[1];
  if (ms === undefined) throw new Error(`gdkvm speed printed no time for PyTorch eager: ${text.trim()}`);
  return Number(ms);
}
