import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inEnglish } from '../../../core/language/english.ts';
import { message } from '../../../core/language/message.ts';
import { reportPdf } from '../../../main/export/report-pdf.ts';
import { CommandOutbox } from '../../../main/hosts/electron/ipc/command-outbox.ts';
import { handedOver, launchOf, otherLibraryWords } from '../../../main/hosts/electron/launch.ts';
import { MenuKeys, mnemonicsOf } from '../../../main/hosts/electron/menu/menu-keys.ts';
import { menuTemplate } from '../../../main/hosts/electron/menu/menu-template.ts';
import type { DesktopCommand } from '../../../main/hosts/electron/preload/api.ts';
import { ReloadLimit } from '../../../main/hosts/electron/window/reload-limit.ts';
import { WindowStateFile } from '../../../main/hosts/electron/window/window-state-file.ts';
import {
  besideState,
  fittedState,
  initialState,
  minimumSize,
} from '../../../main/hosts/electron/window/window-state.ts';
import { inRespelled } from '../../fixtures/language/respelled.ts';

const monitor = { x: 0, y: 0, width: 1920, height: 1040 };
const second = { x: 1920, y: 0, width: 3840, height: 2160 };

describe('the window', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'systola-window-'));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('comes back where it was', async () => {
    const file = new WindowStateFile(join(folder, 'window.json'));
    const state = { x: 2000, y: 100, width: 1600, height: 1000, maximised: true };
    file.write(state);
    await file.written();
    expect(fittedState(file.read() ?? initialState, [monitor, second])).toEqual(state);
  });

  it('is kept as it was last, however quickly it opens and closes, and whether it was open', async () => {
    const file = new WindowStateFile(join(folder, 'new folder', 'window.json'));
    for (let width = 1101; width <= 1120; width += 1)
      file.write({ x: 5, y: 6, width, height: 700, maximised: false, open: width % 2 === 1 });
    await file.written();
    expect(file.read()).toEqual({ x: 5, y: 6, width: 1120, height: 700, maximised: false, open: false });
    // A folder in its place takes no file; nothing is thrown, and the next one has its turn.
    const blocked = new WindowStateFile(folder);
    blocked.write(initialState);
    await blocked.written();
    expect(blocked.read()).toBeNull();
  });

  it('leaves the place of a monitor that is gone', () => {
    const state = { x: 2000, y: 100, width: 3000, height: 2000, maximised: false };
    expect(fittedState(state, [monitor])).toEqual({ width: 1920, height: 1040, maximised: false });
  });

  it('can be taken hold of where displays are arranged otherwise', () => {
    const state = { x: 300, width: 1200, height: 800, maximised: false };
    expect(fittedState({ ...state, y: -500 }, [monitor]).y).toBe(0);
    expect(fittedState({ ...state, y: 700 }, [monitor]).y).toBe(700);
    expect(fittedState({ ...state, y: 480, height: 100 }, [{ ...monitor, height: 505 }]).y).toBe(465);
  });

  it('is never smaller than it can be used', () => {
    const state = fittedState({ x: 10, y: 10, width: 50, height: 40, maximised: false }, [monitor]);
    expect(state).toMatchObject(minimumSize);
  });

  it.each(['', 'null', '{"width":-5,"height":0,"maximised":true}', '{"width":"wide"}', '{'])(
    'opens as new when its state reads %j',
    (text) => {
      const path = join(folder, 'damaged.json');
      writeFileSync(path, text);
      expect(new WindowStateFile(path).read()).toBeNull();
      expect(initialState).toEqual({ width: 1440, height: 900, maximised: false });
    },
  );
});

describe('the second window', () => {
  const first = { x: 100, y: 100, width: 1440, height: 900 };
  const filling = { ...initialState, x: second.x, y: second.y, maximised: true };

  it('fills the other display, whichever the first one is on', () => {
    expect(besideState(null, first, [monitor, second])).toEqual(filling);
    const onSecond = { x: 2500, y: 100, width: 1440, height: 900 };
    expect(besideState(null, onSecond, [monitor, second])).toEqual({
      ...filling,
      x: monitor.x,
      y: monitor.y,
    });
  });

  it('comes back where it was, but not over the first one', () => {
    const elsewhere = { x: 2000, y: 100, width: 1600, height: 1000, maximised: false };
    expect(besideState(elsewhere, first, [monitor, second])).toEqual(elsewhere);
    const over = { x: 150, y: 150, width: 1600, height: 800, maximised: false };
    expect(besideState(over, first, [monitor, second])).toEqual(filling);
  });

  it('goes beside the first one where there is one display, and where its own was unplugged', () => {
    const saved = { x: 2000, y: 100, width: 1100, height: 700, maximised: false };
    expect(besideState(null, first, [monitor])).toEqual(initialState);
    expect(fittedState(besideState(saved, first, [monitor]), [monitor])).toEqual({
      width: 1100,
      height: 700,
      maximised: false,
    });
  });
});

describe('the menu', () => {
  it.each(['linux', 'win32', 'darwin'] as const)('sends each command once on %s', (platform) => {
    const sent: DesktopCommand[] = [];
    let opened = 0;
    const template = menuTemplate({
      platform,
      development: false,
      report: reportPdf.label,
      words: inEnglish,
      send: (command) => sent.push(command),
      openWorklist: () => (opened += 1),
    });
    const items = template.flatMap((menu) => (Array.isArray(menu.submenu) ? menu.submenu : []));
    // Our items use no argument of Electron's click handlers.
    for (const item of items) (item.click as (() => void) | undefined)?.();
    expect(opened).toBe(1);
    expect(sent.map(({ command }) => command)).toEqual([
      'open-files',
      'open-folder',
      'show-export',
      'export-report',
      'undo',
      'redo',
      'show-keys',
      'show-about',
    ]);
  });

  it('leaves undo to page and text field except on macOS, and takes the other keys where the page does not', () => {
    const leftAlone = (platform: NodeJS.Platform) =>
      menuTemplate({
        platform,
        development: false,
        report: reportPdf.label,
        words: inEnglish,
        send: () => {},
        openWorklist: () => {},
      })
        .flatMap((menu) => (Array.isArray(menu.submenu) ? menu.submenu : []))
        .filter((item) => item.accelerator !== undefined && item.registerAccelerator === false)
        .map((item) => item.id);
    expect(leftAlone('linux')).toEqual(['undo', 'redo']);
    expect(leftAlone('win32')).toEqual(['undo', 'redo']);
    expect(leftAlone('darwin')).toEqual([]);
  });

  it('opens every menu by a letter of its own', () => {
    const labels = menuTemplate({
      platform: 'linux',
      development: false,
      report: reportPdf.label,
      words: inEnglish,
      send: () => {},
      openWorklist: () => {},
    }).map(({ label }) => label);
    expect(mnemonicsOf(labels).size).toBe(labels.length);
    expect([...mnemonicsOf(labels)].sort().join('')).toBe('efhvw');
  });

  it.each(['linux', 'win32', 'darwin'] as const)('speaks one language in every entry on %s', (platform) => {
    const template = menuTemplate({
      platform,
      development: true,
      report: reportPdf.label,
      words: inRespelled,
      send: () => {},
      openWorklist: () => {},
    });
    const entries = template.flatMap((menu) => {
      const items = Array.isArray(menu.submenu) ? menu.submenu : [];
      // A menu of Electron's own, and an entry without a label, would be English.
      expect(items.length).toBeGreaterThan(0);
      // The system names the menu of the application.
      return menu.role === 'appMenu' ? items : [menu, ...items];
    });
    for (const { type, label } of entries) if (type !== 'separator') expect(label).toMatch(/^⟦[^a-zA-Z]+⟧$/);
  });

  it('offers the developer tools only in development', () => {
    const text = (development: boolean) =>
      JSON.stringify(
        menuTemplate({
          platform: 'linux',
          development,
          report: reportPdf.label,
          words: inEnglish,
          send: () => {},
          openWorklist: () => {},
        }),
      );
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

  it('takes what a desktop hands over as URLs', () => {
    expect(launchOf(['file:///data/a%20b.dcm', 'file:///%zz'], '/home/someone', null).paths).toEqual([
      '/data/a b.dcm',
      '/home/someone/file:/%zz',
    ]);
  });

  it('passes over switches of Chromium', () => {
    expect(launchOf(['--enable-features=x', '--no-sandbox'], '/', null)).toEqual({
      library: null,
      paths: [],
    });
    expect(launchOf(['--library'], '/', null)).toEqual({ library: null, paths: [] });
  });
});

describe('a second launch', () => {
  it('is taken as it was read by itself', () => {
    const launch = { library: '/b', paths: ['/a b', '-x'] };
    expect(handedOver(structuredClone(launch))).toEqual(launch);
  });

  it.each([null, 'x', {}, { library: 1, paths: [] }, { library: null, paths: [1] }])('is not %j', (data) => {
    expect(handedOver(data)).toBeNull();
  });

  it('is told when it asks for another library, by whatever name the open one goes', () => {
    const folder = mkdtempSync(join(tmpdir(), 'systola-second-'));
    try {
      const [open, other, link] = ['open', 'other', 'link'].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ];
      mkdirSync(open);
      symlinkSync(open, link, 'junction');
      expect(otherLibraryWords(open, { library: null, paths: ['/a'] })).toBeNull();
      expect(otherLibraryWords(open, { library: join(open, '..', 'open'), paths: [] })).toBeNull();
      expect(otherLibraryWords(open, { library: link, paths: [] })).toBeNull();
      const told = (paths: string[]) => {
        const words = otherLibraryWords(open, { library: other, paths });
        return words === null ? '' : inEnglish.say(words);
      };
      const words = told(['/a']);
      expect(words).toContain(other);
      expect(words).toContain(open);
      expect(words).toContain('Nothing was imported');
      expect(told([])).not.toContain('imported');
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('commands for the page', () => {
  const files = (path: string): DesktopCommand => ({ command: 'import', paths: [path] });

  it('wait for it where they must not be lost, before it is there and after it died', () => {
    const outbox = new CommandOutbox();
    const got: DesktopCommand[] = [];
    outbox.send(files('/cold'));
    outbox.send({ command: 'undo' });
    outbox.listening((command) => got.push(command));
    expect(got).toEqual([files('/cold')]);
    outbox.send({ command: 'undo' });
    expect(got).toEqual([files('/cold'), { command: 'undo' }]);
    outbox.gone();
    outbox.send({ command: 'undo' });
    const words = message('desktop.no-sandbox');
    outbox.send({ command: 'tell', words });
    outbox.send(files('/later'));
    const anew: DesktopCommand[] = [];
    outbox.listening((command) => anew.push(command));
    expect(anew).toEqual([{ command: 'tell', words }, files('/later')]);
    expect(got).toHaveLength(2);
  });

  it('keeps the study that was chosen last in the other window, and only that', () => {
    const outbox = new CommandOutbox();
    const listing = { search: '', status: null, onlyToday: false };
    const open = (study: string): DesktopCommand => ({ command: 'open-study', study, listing });
    outbox.send(open('1.2'));
    outbox.send(files('/cold'));
    outbox.send(open('1.3'));
    const got: DesktopCommand[] = [];
    outbox.listening((command) => got.push(command));
    expect(got).toEqual([files('/cold'), open('1.3')]);
  });
});

describe('a page that dies', () => {
  it('is drawn anew, but not for ever', () => {
    const limit = new ReloadLimit();
    expect([0, 1000, 2000].map((at) => limit.mayReload(at))).toEqual([true, true, false]);
    limit.forgive();
    expect(limit.mayReload(3000)).toBe(true);
    expect([100_000, 200_000, 300_000, 400_000].map((at) => limit.mayReload(at))).toEqual(
      Array(4).fill(true),
    );
  });
});

describe('keys that are meant for the menu', () => {
  const press = (key: string, more: Partial<Parameters<MenuKeys['keeps']>[0]> = {}) => ({
    type: 'keyDown',
    key,
    alt: false,
    control: false,
    meta: false,
    ...more,
  });
  const keys = () => new MenuKeys(new Set(['f', 'h']));

  it('go by the page until the menu is open', () => {
    const menu = keys();
    expect(menu.keeps(press('Alt', { alt: true }))).toBe(false);
    expect(menu.keeps(press('H', { alt: true }))).toBe(false);
    expect(['ArrowDown', 'Enter', 'Enter'].map((key) => menu.keeps(press(key)))).toEqual([true, true, true]);
    menu.done();
    expect(menu.keeps(press('Enter'))).toBe(false);
  });

  it('are kept where no menu has the letter, with the key after it', () => {
    const menu = keys();
    expect(menu.keeps(press('j', { alt: true }))).toBe(true);
    expect(menu.keeps(press('j', { type: 'keyUp' }))).toBe(false);
    expect(menu.keeps(press('Enter'))).toBe(true);
    expect(menu.keeps(press('Enter'))).toBe(false);
  });

  it('are not those that type or belong to the page', () => {
    const menu = keys();
    expect(menu.keeps(press('{', { alt: true, control: true }))).toBe(false);
    expect(menu.keeps(press('ArrowLeft', { alt: true }))).toBe(false);
    expect(menu.keeps(press('a'))).toBe(false);
    expect(menu.keeps(press('Enter'))).toBe(false);
  });
});
