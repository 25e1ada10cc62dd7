import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const run = promisify(execFile);

/**
 * Electron runs what tsc emits, where workers and child processes are other files than in the tree. The command
 * line goes the same way through decoder, model and report, and needs no window.
 */
describe('the compiled main side', () => {
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'systola-compiled-'));
    for (const name of ['node_modules', 'models', 'assets']) {
      symlinkSync(join(root, name), join(folder, name), 'junction');
    }
    writeFileSync(join(folder, 'package.json'), readFileSync(join(root, 'package.json')));
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    await run(process.execPath, [compiler, '-p', 'tsconfig.build.json', '--outDir', join(folder, 'dist')], {
      cwd: root,
    });
  }, 240_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has the entry that package.json names', () => {
    const { main } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { main: string };
    expect(readFileSync(join(folder, main), 'utf8')).toContain('registerSchemesAsPrivileged');
  });

  it('decodes, contours and reports', async () => {
    const out = join(folder, 'out');
    await run(
      process.execPath,
      [
        join(folder, 'dist/main/cli/systola.js'),
        ...['analyze', join(root, 'assets/sample-study/a4c.dcm'), '--out', out],
        ...['--frames', '0-2', '--provider', 'cpu'],
      ],
      { cwd: folder },
    );
    const analysis = JSON.parse(readFileSync(join(out, 'analysis.json'), 'utf8')) as {
      studies: { clips: { traces: { structure: string }[] }[] }[];
      rejected: unknown[];
    };
    expect(analysis.rejected).toEqual([]);
    const traced = analysis.studies[0]?.clips[0]?.traces.map(({ structure }) => structure).sort();
    expect(traced).toEqual(['left-atrium', 'lv-cavity', 'lv-wall'].flatMap((one) => [one, one, one]));
    expect(readdirSync(out, { recursive: true }).join()).toContain('report.pdf');
  });
});
