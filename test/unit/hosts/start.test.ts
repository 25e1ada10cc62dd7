import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultLibrary } from '../../../main/hosts/default-library.ts';
import { foldersOf } from '../../../main/hosts/electron/folders.ts';

/** These run before anything is installed and are plain JavaScript, hence typed here. */
const start = (name: string): Promise<unknown> => import(`../../../main/start/${name}.mjs`);
const { installationProblem } = (await start('installation')) as {
  installationProblem(root: string): string | null;
};
const { electronPath } = (await start('electron-binary')) as { electronPath(root: string): string | null };
const { hasDisplay } = (await start('options')) as {
  hasDisplay(platform: NodeJS.Platform, environment: Record<string, string>): boolean;
};

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'systola-checkout-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function put(path: string, content: unknown): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
}

const lock = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/hono': { version: '4.13.19' },
    'node_modules/only-on-windows': { version: '1.0.0', optional: true },
  },
};

describe('what is installed', () => {
  const node = `node_modules/node/bin/${process.platform === 'win32' ? 'node.exe' : 'node'}`;

  it('is nothing in a fresh checkout', () => {
    put('package-lock.json', lock);
    expect(installationProblem(root)).toBe('nothing is installed yet');
  });

  it('is enough when the lock is met, other systems aside', () => {
    put('package-lock.json', lock);
    put('node_modules/.package-lock.json', { packages: { 'node_modules/hono': { version: '4.13.19' } } });
    put(node, '');
    expect(installationProblem(root)).toBeNull();
  });

  it('is too old when the lock moved on', () => {
    put('package-lock.json', lock);
    put('node_modules/.package-lock.json', { packages: { 'node_modules/hono': { version: '4.13.18' } } });
    put(node, '');
    expect(installationProblem(root)).toBe('hono 4.13.19 is missing');
  });

  it('lacks Node when install scripts were switched off', () => {
    put('package-lock.json', lock);
    put('node_modules/.package-lock.json', { packages: { 'node_modules/hono': { version: '4.13.19' } } });
    expect(installationProblem(root)).toMatch(/Node/);
  });
});

describe("Electron's executable", () => {
  const name =
    {
      darwin: 'Electron.app/Contents/MacOS/Electron',
      win32: 'electron.exe',
    }[process.platform as string] ?? 'electron';

  function unpack(version: string, distribution = 'node_modules/electron/dist'): void {
    put('node_modules/electron/package.json', { version: '45.4.1' });
    put(`${distribution}/version`, version);
    put(`${distribution}/${name}`, '');
    chmodSync(join(root, distribution, name), 0o755);
  }

  beforeEach(() => vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', undefined));
  afterEach(() => vi.unstubAllEnvs());

  it('is not there before it was fetched', () => {
    put('node_modules/electron/package.json', { version: '45.4.1' });
    expect(electronPath(root)).toBeNull();
  });

  it('is found once unpacked', () => {
    unpack('45.4.1');
    expect(electronPath(root)).toBe(join(root, 'node_modules/electron/dist', name));
  });

  it('is taken from the folder that the environment names, which nothing was unpacked beside', () => {
    unpack('45.4.1', 'elsewhere');
    expect(electronPath(root)).toBeNull();
    vi.stubEnv('ELECTRON_OVERRIDE_DIST_PATH', join(root, 'elsewhere'));
    expect(electronPath(root)).toBe(join(root, 'elsewhere', name));
  });

  it('is fetched again after an update', () => {
    unpack('45.4.0');
    expect(electronPath(root)).toBeNull();
  });
});

describe('places', () => {
  it('keeps studies in the data folder of each system', () => {
    expect(defaultLibrary('linux', {}, '/home/a')).toBe('/home/a/.local/share/systola/library');
    expect(defaultLibrary('linux', { XDG_DATA_HOME: '/data' }, '/home/a')).toBe('/data/systola/library');
    // The specification has relative paths ignored.
    expect(defaultLibrary('linux', { XDG_DATA_HOME: 'data' }, '/home/a')).toBe(
      '/home/a/.local/share/systola/library',
    );
    expect(defaultLibrary('darwin', {}, '/Users/a')).toBe(
      '/Users/a/Library/Application Support/Systola/library',
    );
    expect(defaultLibrary('win32', { APPDATA: '/roaming' }, '/a')).toBe('/roaming/Systola/library');
  });

  it('finds models and the sample study outside the archive of a package', () => {
    expect(foldersOf('/app/resources/app.asar', '/app/resources')).toEqual({
      renderer: '/app/resources/app.asar/dist/renderer',
      preload: '/app/resources/app.asar/dist/preload/preload.cjs',
      models: '/app/resources/models',
      recognisers: '/app/resources/view-models',
      sampleStudy: '/app/resources/sample-study',
    });
    expect(foldersOf('/checkout', null)).toMatchObject({
      models: '/checkout/models/shipped',
      recognisers: '/checkout/models/shipped-views',
      sampleStudy: '/checkout/assets/sample-study',
    });
  });

  it.each([
    ['linux', {}, false],
    ['linux', { DISPLAY: ':0' }, true],
    ['linux', { WAYLAND_DISPLAY: 'wayland-0' }, true],
    ['darwin', {}, true],
    ['darwin', { SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22' }, false],
    ['win32', {}, true],
  ] as const)('knows whether %s with %j has a screen', (platform, environment, screen) => {
    expect(hasDisplay(platform, environment)).toBe(screen);
  });
});
