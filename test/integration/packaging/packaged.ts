import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { builderRequire } from './builder-require.ts';

const root = resolve(import.meta.dirname, '../../..');
const require = createRequire(import.meta.url);
const yaml = builderRequire('js-yaml') as { load(text: string): Record<string, unknown> };
const start = (name: string): Promise<unknown> => import(`../../../main/start/${name}.mjs`);
const { ensureBuilt } = (await start('build')) as {
  ensureBuilt(root: string, names: string[]): Promise<void>;
};
const { electronPath } = (await start('electron-binary')) as { electronPath(root: string): string | null };

export interface Packaged {
  readonly folder: string;
  /** Whether Electron's own executable is in it. */
  readonly runs: boolean;
  /** What is in the archive for the sake of an Electron that lacks something. */
  readonly standIns: readonly string[];
  dispose(): void;
}

/**
 * Packages the workstation with electron-builder as `npm run package` does, up to the folder that an installer is
 * made of. Where Electron's executable cannot be had, a file with its fuse wire takes its place; where what can be had
 * is older than ours (SYSTOLA_SHIM), the package starts by what that one lacks.
 */
export async function packageWorkstation(): Promise<Packaged> {
  await ensureBuilt(root, ['renderer', 'preload', 'main']);
  const folder = mkdtempSync(join(tmpdir(), 'systola-package-'));
  const executable = electronPath(root);
  const distribution = executable === null ? electronWithout(join(folder, 'electron')) : dirname(executable);
  const shim = executable === null ? undefined : process.env['SYSTOLA_SHIM'];
  const configuration = {
    ...yaml.load(readFileSync(join(root, 'electron-builder.yml'), 'utf8')),
    electronDist: distribution,
  };
  if (shim !== undefined) startByShim(configuration, shim, join(folder, 'stand-in'));
  const file = join(folder, 'electron-builder.json');
  writeFileSync(
    file,
    JSON.stringify({
      ...configuration,
      directories: {
        ...(configuration as { directories?: object }).directories,
        output: join(folder, 'release'),
      },
    }),
  );
  await promisify(execFile)(
    process.execPath,
    [
      join(root, 'node_modules/electron-builder/cli.js'),
      ...['--linux', 'dir', '--publish', 'never', '--config', file],
    ],
    // Under a test it would link files instead of copying them: what alters the package would alter the checkout.
    { cwd: root, maxBuffer: 2 ** 24, env: { ...process.env, VITEST: undefined, USE_HARD_LINKS: 'false' } },
  );
  return {
    folder: join(folder, 'release/linux-unpacked'),
    runs: executable !== null,
    standIns: shim === undefined ? [] : ['stand-in'],
    dispose: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Has the package load module hooks first, and only then its own entry. */
function startByShim(configuration: Record<string, unknown>, shim: string, folder: string): void {
  const { main } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { main: string };
  const hooks = pathToFileURL(join(resolve(shim), 'hooks.mjs')).href;
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, 'entry.mjs'),
    `import { register } from 'node:module';
URL.parse ??= (url, base) => (URL.canParse(url, base) ? new URL(url, base) : null);
register(${JSON.stringify(hooks)});
await import('../${main}');
`,
  );
  configuration['files'] = [...(configuration['files'] as unknown[]), { from: folder, to: 'stand-in' }];
  configuration['extraMetadata'] = { main: 'stand-in/entry.mjs' };
}

/** A folder laid out as Electron's distribution, with a wire of fuses that are all the wrong way. */
function electronWithout(distribution: string): string {
  mkdirSync(join(distribution, 'resources'), { recursive: true });
  mkdirSync(join(distribution, 'locales'));
  const { version } = require('electron/package.json') as { version: string };
  for (const [name, content] of [
    ['version', version],
    ['LICENSE', ''],
    ['LICENSES.chromium.html', ''],
    ['locales/en-US.pak', ''],
  ] as const) {
    writeFileSync(join(distribution, name), content);
  }
  const sentinel = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX';
  const wrongWay = '10110001';
  writeFileSync(
    join(distribution, 'electron'),
    Buffer.concat([Buffer.from(sentinel), Buffer.from([1, wrongWay.length]), Buffer.from(wrongWay)]),
  );
  chmodSync(join(distribution, 'electron'), 0o755);
  return distribution;
}
