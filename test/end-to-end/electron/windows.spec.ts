import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { canDriveWindows, focusWindow, pressKeys } from '../../x11.ts';
import { beatingSop, beatingStudy, beatingTraces, speckledBeatingClip } from '../beating-clip.ts';
import { giveName } from '../workstation.ts';
import { expect, test, type Desktop } from './desktop.ts';

const otherStudy = `${beatingStudy}.9`;

/** Two studies beside the sample, the first of them open. */
async function openTwo(desktop: Desktop): Promise<Page> {
  const other = speckledBeatingClip({
    studyInstanceUid: otherStudy,
    sopInstanceUid: `${beatingSop}.9`,
    patientName: 'Chosen^Heart',
  });
  const page = await desktop.launch(
    desktop.file('beating.dcm', speckledBeatingClip()),
    desktop.file('other.dcm', other),
  );
  await page.locator('[data-testid=study-list]').getByText('Beating').first().click();
  await expect(page.getByTestId('patient-name')).toContainText('Beating');
  await expect.poll(async () => (await desktop.studies()).length).toBe(3);
  return page;
}

/** Opens the worklist's window by the menu. */
async function openWorklist(desktop: Desktop): Promise<Page> {
  const opened = desktop.application.waitForEvent('window');
  await desktop.inMain(({ Menu, BrowserWindow }) => {
    // Once, however often it is evaluated.
    if (BrowserWindow.getAllWindows().length === 1)
      Menu.getApplicationMenu()?.getMenuItemById('new-window')?.click();
  });
  const list = await opened;
  await expect(list.getByTestId('worklist-grid')).toBeVisible();
  return list;
}

const row = (list: Page, study: string) => list.locator(`[data-row="${study}"]`);
const openWindows = (desktop: Desktop) =>
  desktop.inMain(({ BrowserWindow }) => BrowserWindow.getAllWindows().length);

test('the worklist in a window of its own opens studies among the pictures, and stays in step', async ({
  desktop,
}) => {
  const page = await openTwo(desktop);
  await page.keyboard.press('w');
  const opened = desktop.application.waitForEvent('window');
  await page.getByTestId('worklist-other-screen').click();
  const list = await opened;
  expect(list.url()).toBe('systola://app/index.html?window=worklist');
  await expect(list).toHaveTitle(/^Worklist/);
  await expect(list.getByTestId('worklist-other-screen')).toHaveCount(0);
  await expect(list.getByTestId('play')).toHaveCount(0);
  await expect(row(list, beatingStudy)).toHaveAttribute('aria-selected', 'true');

  // A study that is chosen there opens among the pictures, with the list that it was chosen from.
  await list.getByTestId('filter-to-review').click();
  await row(list, otherStudy).click();
  await expect(page.getByTestId('patient-name')).toContainText('Chosen');
  await expect(page.getByTestId('worklist')).toHaveCount(0);
  await expect(row(list, otherStudy)).toHaveAttribute('aria-selected', 'true');
  await expect(list.getByTestId('worklist')).toBeVisible();
  await page.keyboard.press('w');
  await expect(page.getByTestId('filter-to-review')).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('w');

  // A decision, and settings.
  await list.getByTestId('filter-to-review').click();
  await desktop.contour(otherStudy, `${beatingSop}.9`, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  await page.getByTestId('accept').click();
  await giveName(page);
  await expect(row(list, otherStudy)).toContainText('Signed');
  await expect(row(list, otherStudy)).toContainText('%');
  await list.getByTestId('order-name').click();
  await expect
    .poll(() => desktop.ask('/api/settings').then((settings) => JSON.stringify(settings)))
    .toContain('"worklist.order"');
  // What either window remembers, the other keeps.
  await row(list, beatingStudy).click();
  await expect(page.getByTestId('patient-name')).toContainText('Beating');
  await expect
    .poll(() => desktop.ask('/api/settings').then((settings) => JSON.stringify(settings)))
    .toMatch(new RegExp(`"study.last":"${beatingStudy}"`));
  expect(JSON.stringify(await desktop.ask('/api/settings'))).toContain('"worklist.order"');

  // The keys for the next study act there too.
  await list.getByTestId('worklist-grid').focus();
  await list.keyboard.press('j');
  await expect(page.getByTestId('patient-name')).not.toContainText('Beating');
  await list.keyboard.press('k');
  await expect(page.getByTestId('patient-name')).toContainText('Beating');

  // What is deleted in the one is gone from the other.
  await row(list, beatingStudy).click({ button: 'right' });
  await list.locator('[data-item=delete]').click();
  await expect(row(list, beatingStudy)).toHaveCount(0);
  await expect(page.getByTestId('patient-name')).toHaveCount(0);
  await page.screenshot({ path: test.info().outputPath('pictures.png') });
  await list.screenshot({ path: test.info().outputPath('worklist.png') });
});

test('its page has what every page may do and no more, opens once, and comes back after a crash', async ({
  desktop,
}) => {
  const page = await openTwo(desktop);
  const list = await openWorklist(desktop);
  // Asked again it comes to the front.
  await page.evaluate(() => window.systola?.openWorklist());
  expect(await openWindows(desktop)).toBe(2);
  expect(await list.evaluate(() => [typeof globalThis.process, 'require' in globalThis])).toEqual([
    'undefined',
    false,
  ]);
  expect(await list.evaluate(() => window.open('https://example.org/'))).toBeNull();
  const refused = (argument: unknown) =>
    list.evaluate(
      (study) =>
        window.systola?.openStudy(study as string, { search: '', status: null, onlyToday: false }).then(
          () => 'taken',
          (error: Error) => error.message,
        ),
      argument,
    );
  expect(await refused('../etc')).toContain('Bad request');
  // The window with the pictures is not told to open by itself.
  await page.evaluate(
    (study) => window.systola?.openStudy(study, { search: '', status: null, onlyToday: false }),
    otherStudy,
  );
  await expect(page.getByTestId('patient-name')).toContainText('Beating');

  const ofList = () =>
    desktop.inMain(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()
        .map(({ webContents }) => webContents)
        .find((one) => one.getURL().endsWith('?window=worklist'));
      return contents === undefined || contents.isLoading() ? 0 : contents.getOSProcessId();
    });
  const before = await ofList();
  expect(before).toBeGreaterThan(0);
  process.kill(before, 'SIGKILL');
  await expect.poll(async () => ![0, before].includes(await ofList()), { timeout: 60_000 }).toBe(true);
  // The pictures go on, and what is chosen in the page that was drawn anew opens there.
  await expect(page.getByTestId('patient-name')).toContainText('Beating');
  await expect(async () => {
    await desktop.inMain(({ BrowserWindow }, study) => {
      void BrowserWindow.getAllWindows()
        .find(({ webContents }) => webContents.getURL().endsWith('?window=worklist'))
        ?.webContents.executeJavaScript(`document.querySelector('[data-row="${study}"]')?.click()`);
    }, otherStudy);
    await expect(page.getByTestId('patient-name')).toContainText('Chosen', { timeout: 3000 });
  }).toPass({ timeout: 60_000 });
});

test('closing the worklist leaves the pictures; closing the pictures ends both', async ({ desktop }) => {
  const page = await openTwo(desktop);
  const state = join(desktop.folder, 'user-data', 'window-worklist.json');
  await openWorklist(desktop);
  const size = { width: 1100, height: 700 };
  // As its frame closes it: Playwright's own way asks no window.
  await desktop.inMain(({ BrowserWindow }, { width, height }) => {
    const window = BrowserWindow.getAllWindows().find(({ webContents }) =>
      webContents.getURL().endsWith('?window=worklist'),
    );
    window?.setSize(width, height);
    window?.close();
  }, size);
  await expect.poll(() => openWindows(desktop)).toBe(1);
  await expect
    .poll(() => JSON.parse(readFileSync(state, 'utf8')) as unknown)
    .toMatchObject({
      ...size,
      open: false,
    });
  await expect(page.getByTestId('patient-name')).toContainText('Beating');

  await openWorklist(desktop);
  const sizes = await desktop.inMain(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map((window) => window.getSize()),
  );
  expect(sizes).toContainEqual([size.width, size.height]);
  const ended = new Promise((done) => desktop.application.process().once('exit', done));
  await desktop.inMain(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()
      .find(({ webContents }) => !webContents.getURL().includes('?'))
      ?.close();
  });
  await ended;
  expect(JSON.parse(readFileSync(state, 'utf8'))).toMatchObject({ ...size, open: true });
});

test('the worklist is open again at the next start, where it was, and in sight', async ({ desktop }) => {
  const state = join(desktop.folder, 'user-data', 'window-worklist.json');
  const listWindow = () =>
    desktop.inMain(({ BrowserWindow, screen }) => {
      const window = BrowserWindow.getAllWindows().find(({ webContents }) =>
        webContents.getURL().endsWith('?window=worklist'),
      );
      if (window === undefined || !window.isVisible()) return null;
      const { x, y, width, height } = window.getBounds();
      const { workArea } = screen.getDisplayMatching(window.getBounds());
      return {
        place: [x, y, width, height],
        area: [workArea.x, workArea.y, workArea.width, workArea.height],
      };
    });
  const placed = async () => {
    await expect.poll(listWindow).not.toBeNull();
    return (await listWindow())!;
  };
  await openTwo(desktop);
  await openWorklist(desktop);
  await placed();
  const bounds = { x: 120, y: 90, width: 1100, height: 700 };
  await desktop.inMain(({ BrowserWindow }, to) => {
    BrowserWindow.getAllWindows()
      .find(({ webContents }) => webContents.getURL().endsWith('?window=worklist'))
      ?.setBounds(to);
  }, bounds);
  const there = Object.values(bounds);
  await expect.poll(async () => (await listWindow())?.place).toEqual(there);

  // It ends by the menu; and by what lets nothing be written.
  await desktop.quit();
  let page = await desktop.launch();
  expect((await placed()).place).toEqual(there);
  await expect(page.getByTestId('patient-name')).toContainText('Beating');
  await desktop.kill();
  page = await desktop.launch();
  expect((await placed()).place).toEqual(there);
  await expect(page.getByTestId('patient-name')).toContainText('Beating');
  const list = desktop.application.windows().find((one) => one.url().endsWith('?window=worklist'))!;
  await row(list, otherStudy).click();
  await expect(page.getByTestId('patient-name')).toContainText('Chosen');
  await desktop.quit();

  // The screen that it was on is gone.
  const kept = JSON.parse(readFileSync(state, 'utf8')) as object;
  writeFileSync(state, JSON.stringify({ ...kept, x: -4000, y: 5000 }));
  await desktop.launch();
  const { place, area } = await placed();
  for (const side of [0, 1]) {
    expect(place[side]!).toBeGreaterThanOrEqual(area[side]!);
    expect(place[side]! + place[side + 2]!).toBeLessThanOrEqual(area[side]! + area[side + 2]!);
  }
  expect(place.slice(2)).toEqual([1100, 700]);

  // One that was closed stays closed.
  await desktop.inMain(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()
      .find(({ webContents }) => webContents.getURL().endsWith('?window=worklist'))
      ?.close();
  });
  await expect.poll(() => openWindows(desktop)).toBe(1);
  await desktop.quit();
  page = await desktop.launch();
  await expect(page.getByTestId('patient-name')).toContainText('Chosen');
  expect(await openWindows(desktop)).toBe(1);
});

test('the menu and its keys act in the window that has the focus', async ({ desktop }) => {
  test.skip(!canDriveWindows, 'keys are pressed from outside: xdotool is not here');
  const page = await openTwo(desktop);
  await focusWindow('^Systola');
  const opened = desktop.application.waitForEvent('window');
  await pressKeys('ctrl+shift+n');
  const list = await opened;
  await expect(list.getByTestId('worklist-grid')).toBeVisible();
  await focusWindow('^Worklist');
  await pressKeys('F1');
  await expect(list.getByTestId('dialog-keys')).toBeVisible();
  await expect(page.getByTestId('dialog-keys')).toBeHidden();
  await pressKeys('Escape');
  await focusWindow('^Systola');
  await pressKeys('F1');
  await expect(page.getByTestId('dialog-keys')).toBeVisible();
  await expect(list.getByTestId('dialog-keys')).toBeHidden();
});
