import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchOf } from '../../../main/hosts/electron/launch.ts';
import { menuTemplate } from '../../../main/hosts/electron/menu/menu-template.ts';
import type { DesktopCommand } from '../../../main/hosts/electron/preload/api.ts';
import {
  fittedState,
  minimumSize,
  readWindowState,
  writeWindowState,
} from '../../../main/hosts/electron/window/window-state.ts';

const monitor = { x: 0, y: 0, width: 1920, height: 1040 };
const second = { x: 1920, y: 0, width: 3840, height: 2160 };

describe('the window', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'systola-window-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('comes back where it was', async () => {
    const file = join(folder, 'window.json');
    const state = { x: 2000, y: 100, width: 1600, height: 1000, maximised: true };
    await writeWindowState(file, state);
    expect(fittedState(readWindowState(file), [monitor, second])).toEqual(state);
  });

  it('leaves the place of a monitor that is gone', () => {
    const state = { x: 2000, y: 100, width: 3000, height: 2000, maximised: false };
    expect(fittedState(state, [monitor])).toEqual({ width: 1920, height: 1040, maximised: false });
  });

  it('is never smaller than it can be used', () => {
    const state = fittedState({ x: 10, y: 10, width: 50, height: 40, maximised: false }, [monitor]);
    expect(state).toMatchObject(minimumSize);
  });

  it.each(['', 'null', '{"width":-5,"height":0,"maximised":true}', '{"width":"wide"}', '{'])(
    'opens as new when its state reads %j',
    (text) => {
      const file = join(folder, 'damaged.json');
      writeFileSync(file, text);
      expect(readWindowState(file)).toEqual({ width: 1440, height: 900, maximised: false });
    },
  );
});

describe('the menu', () => {
  it.each(['linux', 'win32', 'darwin'] as const)('sends each command once on %s', (platform) => {
    const sent: DesktopCommand[] = [];
    const template = menuTemplate({ platform, development: false, send: (command) => sent.push(command) });
    const items = template.flatMap((menu) => (Array.isArray(menu.submenu) ? menu.submenu : []));
    // Our items use no argument of Electron's click handlers.
    for (const item of items) (item.click as (() => void) | undefined)?.();
    expect(sent.map(({ command }) => command)).toEqual([
      'open-files',
      'open-folder',
      'export-report',
      'undo',
      'redo',
      'show-keys',
      'show-about',
    ]);
  });

  it('leaves keys to the page except on macOS, so that one press acts once', () => {
    const registered = (platform: NodeJS.Platform) =>
      menuTemplate({ platform, development: false, send: () => {} })
        .flatMap((menu) => (Array.isArray(menu.submenu) ? menu.submenu : []))
        .filter((item) => item.accelerator !== undefined)
        .map((item) => item.registerAccelerator);
    expect(new Set(registered('linux'))).toEqual(new Set([false]));
    expect(new Set(registered('darwin'))).toEqual(new Set([true]));
  });

  it('offers the developer tools only in development', () => {
    const text = (development: boolean) =>
      JSON.stringify(menuTemplate({ platform: 'linux', development, send: () => {} }));
    expect(text(false)).not.toMatch(/toggleDevTools|reload/);
    expect(text(true)).toContain('toggleDevTools');
  });
});

describe('a launch', () => {
  it('takes a library and files, relative to where it was launched', () => {
    expect(launchOf(['--library', 'studies', 'a.dcm', '/b', '--no-sandbox'], '/home/someone', null)).toEqual({
      library: '/home/someone/studies',
      paths: ['/home/someone/a.dcm', '/b'],
    });
  });

  it('does not import the application itself, which development names', () => {
    const argv = ['--inspect=0', '/checkout', 'a.dcm'];
    expect(launchOf(argv, '/tmp', '/checkout').paths).toEqual(['/tmp/a.dcm']);
  });

  it('passes over switches of Chromium', () => {
    expect(launchOf(['--enable-features=x', '--no-sandbox'], '/', null)).toEqual({
      library: null,
      paths: [],
    });
    expect(launchOf(['--library'], '/', null)).toEqual({ library: null, paths: [] });
  });
});
