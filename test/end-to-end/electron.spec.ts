import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { _electron, expect, test } from '@playwright/test';
import type { ElectronApplication, Page } from '@playwright/test';

const root = resolve(import.meta.dirname, '../..');
const { electronPath } = (await import('../../main/start/electron-binary.mjs' as string)) as {
  electronPath(root: string): string | null;
};
const { ensureBuilt } = (await import('../../main/start/build.mjs' as string)) as {
  ensureBuilt(root: string, names: string[]): Promise<void>;
};

const executablePath = electronPath(root);
const display =
  process.platform !== 'linux' || Boolean(process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']);

test.describe('the Electron host', () => {
  test.skip(executablePath === null, "Electron's executable is not here: npx install-electron fetches it");
  test.skip(!display, 'there is no display');

  let folder: string;
  let application: ElectronApplication;
  let page: Page;

  test.beforeAll(async () => {
    test.setTimeout(180_000);
    await ensureBuilt(root, ['renderer', 'preload', 'main']);
    folder = mkdtempSync(join(tmpdir(), 'systola-electron-'));
    application = await _electron.launch({
      executablePath: executablePath ?? '',
      args: [
        root,
        '--library',
        join(folder, 'library'),
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
    });
    page = await application.firstWindow();
  });

  test.afterAll(async () => {
    await application?.close();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  test('opens on its own scheme with the sample study', async () => {
    expect(page.url()).toBe('systola://app/index.html');
    await expect(page).toHaveTitle(/Systola/);
    await expect
      .poll(() =>
        page.evaluate(async () => ((await (await fetch('/api/studies')).json()) as unknown[]).length),
      )
      .toBe(1);
  });

  test('gives the page what only a desktop can do, and nothing of Node', async () => {
    expect(await page.evaluate(() => Object.keys(window.systola ?? {}).sort())).toEqual([
      'chooseFiles',
      'chooseFolder',
      'onCommand',
      'pathsOf',
      'saveReport',
      'windowFullScreen',
    ]);
    expect(await page.evaluate(() => [typeof globalThis.process, 'require' in globalThis])).toEqual([
      'undefined',
      false,
    ]);
  });

  test('reaches nothing but itself', async () => {
    const outcome = (url: string) =>
      page.evaluate(
        (address) =>
          fetch(address, { mode: 'no-cors' }).then(
            () => 'reached',
            () => 'refused',
          ),
        url,
      );
    expect(await outcome('https://example.org/')).toBe('refused');
    expect(await outcome('http://127.0.0.1:9/')).toBe('refused');
    expect(await outcome('file:///etc/hostname')).toBe('refused');
    expect(await page.evaluate(() => window.open('https://example.org/'))).toBeNull();
    expect(application.windows()).toHaveLength(1);
  });

  test('streams events over the scheme', async () => {
    const first = await page.evaluate(async () => {
      const response = await fetch('/api/events');
      const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
      const { value } = await reader.read();
      await reader.cancel();
      return value;
    });
    expect(JSON.parse((first ?? '').split('\n')[0] ?? '')).toMatchObject({ type: 'hello' });
  });
});
