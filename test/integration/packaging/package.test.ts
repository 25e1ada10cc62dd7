import { execFile, fork } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { protocolVersion } from '../../../main/inference/protocol.ts';

const root = resolve(import.meta.dirname, '../../..');
const require = createRequire(import.meta.url);
const builderRequire = createRequire(require.resolve('app-builder-lib/package.json'));
const asar = builderRequire('@electron/asar') as {
  listPackage(archive: string, options: { isPack: boolean }): string[];
  extractFile(archive: string, file: string): Buffer;
};
const fuses = builderRequire('@electron/fuses') as {
  getCurrentFuseWire(executable: string): Promise<Record<string, unknown>>;
  FuseV1Options: Record<string, number>;
};
const { ensureBuilt } = (await import('../../../main/start/build.mjs' as string)) as {
  ensureBuilt(root: string, names: string[]): Promise<void>;
};

/**
 * Packages the workstation with electron-builder as `npm run package` does, up to the folder that an installer is
 * made of. Electron's own executable may not be had: a file with its fuse wire, every fuse the wrong way, takes
 * its place, so that what is said here is about everything but Electron itself.
 */
describe.skipIf(process.platform !== 'linux')('the packaged workstation', () => {
  let folder: string;
  let packaged: string;
  let inside: string[];

  beforeAll(async () => {
    await ensureBuilt(root, ['renderer', 'preload', 'main']);
    folder = mkdtempSync(join(tmpdir(), 'systola-package-'));
    const electron = electronWithout(join(folder, 'electron'));
    await promisify(execFile)(
      process.execPath,
      [
        join(root, 'node_modules/electron-builder/cli.js'),
        ...['--linux', 'dir', '--publish', 'never', '--config', 'electron-builder.yml'],
        ...[`-c.electronDist=${electron}`, `-c.directories.output=${join(folder, 'release')}`],
      ],
      { cwd: root, maxBuffer: 2 ** 24 },
    );
    packaged = join(folder, 'release/linux-unpacked');
    inside = asar.listPackage(join(packaged, 'resources/app.asar'), { isPack: false });
  }, 600_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has every fuse as it was asked for, read back from the executable', async () => {
    const wire = await fuses.getCurrentFuseWire(join(packaged, 'systola'));
    const on = (name: string) => wire[String(fuses.FuseV1Options[name])] === '1'.charCodeAt(0);
    expect(on('RunAsNode')).toBe(false);
    expect(on('EnableNodeOptionsEnvironmentVariable')).toBe(false);
    expect(on('EnableNodeCliInspectArguments')).toBe(false);
    expect(on('EnableCookieEncryption')).toBe(true);
    expect(on('EnableEmbeddedAsarIntegrityValidation')).toBe(true);
    expect(on('OnlyLoadAppFromAsar')).toBe(true);
    expect(on('GrantFileProtocolExtraPrivileges')).toBe(false);
  });

  it('has the entry, the page and the preload script in the archive', () => {
    const { main } = JSON.parse(
      asar.extractFile(join(packaged, 'resources/app.asar'), 'package.json').toString(),
    ) as { main: string };
    expect(inside).toContain(`/${main}`);
    expect(inside).toContain('/dist/renderer/index.html');
    expect(inside).toContain('/dist/preload/preload.cjs');
    expect(inside).toContain('/NOTICE');
  });

  it('has nothing in it that does not run: no sources, tests, tools, recordings', () => {
    const tops = new Set(inside.map((path) => path.split('/')[1]));
    expect([...tops].sort()).toEqual(['LICENSE', 'NOTICE', 'dist', 'node_modules', 'package.json']);
    expect(inside.filter((path) => path.startsWith('/dist/') && /\.(ts|map)$/.test(path))).toEqual([]);
    for (const tool of ['electron', 'vite', 'typescript', 'vitest', '@playwright', '@rollup', 'node']) {
      expect(inside).not.toContain(`/node_modules/${tool}`);
    }
    expect(inside.filter((path) => path.endsWith('.dcm'))).toEqual([]);
  });

  it('has the models, the sample study and a plain Node beside the archive', () => {
    const models = readdirSync(join(root, 'models/shipped'));
    expect(models.length).toBeGreaterThan(0);
    for (const model of models) {
      for (const file of readdirSync(join(root, 'models/shipped', model))) {
        expect(existsSync(join(packaged, 'resources/models', model, file)), file).toBe(true);
      }
    }
    for (const file of ['sample-study/a4c.dcm', 'node/bin/node']) {
      expect(existsSync(join(packaged, 'resources', file)), file).toBe(true);
    }
  });

  it('starts its inference process from what was unpacked, on the Node it brings', async () => {
    const child = fork(
      join(packaged, 'resources/app.asar.unpacked/dist/main/inference/child.js'),
      [],
      // No NODE_PATH and no checkout above it: what it loads is in the package.
      {
        execPath: join(packaged, 'resources/node/bin/node'),
        serialization: 'advanced',
        silent: true,
        env: {},
      },
    );
    let said = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    const greeting = await new Promise((heard, ended) => {
      child.once('message', heard);
      child.once('exit', () => ended(new Error(said)));
    });
    child.removeAllListeners('exit');
    child.kill();
    expect(greeting).toMatchObject({ type: 'ready', protocol: protocolVersion });
    expect((greeting as { backends: string[] }).backends).toContain('cpu');
  });
});

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
