import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import {
  answerFileDialog,
  canDriveWindows,
  focusWindow,
  pressKeys,
  typeText,
  windowGone,
  windows,
} from '../../x11.ts';
import { beatingSop, beatingStudy, beatingTraces, speckledBeatingClip } from '../beating-clip.ts';
import { expect, test, type Desktop } from './desktop.ts';

test.beforeEach(() => {
  test.skip(!canDriveWindows, 'keys are pressed from outside: xdotool is not here');
});

/** A study with contours and a reader with a name, so that one press of Return would accept. */
async function openMeasured(desktop: Desktop): Promise<Page> {
  const page = await desktop.launch(desktop.file('beating.dcm', speckledBeatingClip()));
  await page.locator('[data-testid=study-list]').getByText('Beating').first().click();
  await expect(page.getByTestId('patient-name')).toContainText('Beating');
  await desktop.contour(beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.locator('#setting-reader').fill('Dr. Reader');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('dialog-settings')).toBeHidden();
  await expect(page.getByTestId('decision')).toContainText('Dr. Reader');
  await page.evaluate(() => {
    const seen: string[] = [];
    Object.assign(window, { seen });
    window.addEventListener(
      'keydown',
      (event) => seen.push(`${event.altKey ? 'Alt+' : ''}${event.key}`),
      true,
    );
  });
  await focusWindow('Systola');
  return page;
}

const seen = (page: Page) => page.evaluate(() => (window as unknown as { seen: string[] }).seen.splice(0));
const isPending = (page: Page) =>
  expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'pending');

/** Counts how often a menu opened. */
const watchMenus = (desktop: Desktop) =>
  desktop.inMain(({ Menu }) => {
    if ('counter' in globalThis) return;
    const counter = { opened: 0 };
    Object.assign(globalThis, { counter });
    for (const { submenu } of Menu.getApplicationMenu()?.items ?? [])
      submenu?.on('menu-will-show', () => (counter.opened += 1));
  });
const menusOpened = (desktop: Desktop) =>
  desktop.inMain(() => (globalThis as unknown as { counter: { opened: number } }).counter.opened);

test('no letter with Alt, and no Return after it, decides anything', async ({ desktop }) => {
  const page = await openMeasured(desktop);
  await watchMenus(desktop);
  const { head } = await desktop.document(beatingStudy);

  const mnemonics = 'fevwh';
  for (const letter of 'abcdgijklmnopqrstuxyz') {
    await pressKeys(`alt+${letter}`, 'Return');
  }
  // A key that is the page's shows that all before it were handled.
  await pressKeys('question');
  await expect(page.getByTestId('dialog-keys')).toBeVisible();
  await pressKeys('Escape');
  await expect(page.getByTestId('dialog-keys')).toBeHidden();
  // The modifiers that a press holds do nothing by themselves.
  expect((await seen(page)).filter((key) => !/^(?:Alt\+)?(?:Alt|Shift)$/.test(key))).toEqual(['?', 'Escape']);
  expect(await menusOpened(desktop)).toBe(0);
  await isPending(page);

  for (const [index, letter] of [...mnemonics].entries()) {
    await pressKeys(`alt+${letter}`);
    await expect.poll(() => menusOpened(desktop)).toBe(index + 1);
    await pressKeys('Escape', 'Escape');
  }
  // A menu that a key opened has its first entry chosen: of Help, the list of keys.
  await pressKeys('alt+h');
  await expect.poll(() => menusOpened(desktop)).toBe(mnemonics.length + 1);
  await pressKeys('Return');
  await expect(page.getByTestId('dialog-keys')).toBeVisible();
  await pressKeys('Escape');
  await isPending(page);
  expect((await desktop.document(beatingStudy)).head).toBe(head);

  // And Return means what it says again.
  await pressKeys('Return');
  await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'accepted');
});

test('the keys that the menu shows work, once each, also while text is typed', async ({ desktop }) => {
  const page = await openMeasured(desktop);
  for (const where of ['page', 'search'] as const) {
    if (where === 'search') await page.locator('#study-search').click();
    await pressKeys('F1');
    await expect(page.getByTestId('dialog-keys')).toBeVisible();
    await pressKeys('Escape');
    await expect(page.getByTestId('dialog-keys')).toBeHidden();
    for (const [keys, title] of [
      ['ctrl+o', 'Open files'],
      ['ctrl+shift+o', 'Open folders'],
      ['ctrl+shift+e', 'Export Report .PDF.'],
    ] as const) {
      await focusWindow('^Systola');
      if (where === 'search') await page.locator('#study-search').focus();
      await pressKeys(keys);
      await focusWindow(`^${title}$`);
      expect(await windows(`^${title}$`), `${keys} in the ${where}`).toHaveLength(1);
      await pressKeys('Escape');
      await windowGone(`^${title}$`);
    }
  }
});

test('Undo of the menu is the text field’s while one has the focus', async ({ desktop }) => {
  const page = await openMeasured(desktop);
  let asked = 0;
  const undo = () =>
    desktop.inMain(
      ({ Menu }, number) => {
        // Once, however often it is evaluated.
        const done = ((globalThis as { done?: Set<number> }).done ??= new Set<number>());
        if (!done.has(number)) Menu.getApplicationMenu()?.getMenuItemById('undo')?.click();
        done.add(number);
      },
      (asked += 1),
    );
  const { head } = await desktop.document(beatingStudy);
  const search = page.locator('#study-search');
  await search.click();
  await typeText('beat');
  await expect(search).toHaveValue('beat');
  await undo();
  await expect(search).not.toHaveValue('beat');
  // Ctrl+Z is the page's and the field's on this system.
  await typeText('beat');
  await pressKeys('ctrl+z');
  await expect(search).not.toHaveValue('beat');
  expect((await desktop.document(beatingStudy)).head).toBe(head);

  await search.evaluate((element) => (element as HTMLInputElement).blur());
  await undo();
  await expect.poll(async () => (await desktop.document(beatingStudy)).head).toBeGreaterThan(head);
});

test('a report whose name is typed without ending is a PDF, and replaces none without asking', async ({
  desktop,
}) => {
  const page = await openMeasured(desktop);
  const typed = join(desktop.folder, 'my report');
  const save = async (appear?: () => void) => {
    await focusWindow('^Systola');
    await pressKeys('ctrl+shift+e');
    await answerFileDialog('^Export Report .PDF.$', typed, appear);
  };
  await save();
  await expect(page.getByText(`PENDING report (nobody has signed it) written to ${typed}.pdf`)).toBeVisible({
    timeout: 60_000,
  });
  expect(readFileSync(`${typed}.pdf`).subarray(0, 5).toString()).toBe('%PDF-');
  expect(existsSync(typed)).toBe(false);

  rmSync(`${typed}.pdf`);
  await save(() => writeFileSync(`${typed}.pdf`, 'kept'));
  await focusWindow('^Replace');
  await pressKeys('Return');
  await windowGone('^Replace');
  await isPending(page);
  expect(readFileSync(`${typed}.pdf`, 'utf8')).toBe('kept');
});

test('the page opens no dialog by itself, and one at a time', async ({ desktop }) => {
  const page = await desktop.launch();
  await expect.poll(async () => (await desktop.studies()).length).toBe(1);
  const choose = () =>
    desktop.inPage(`window.systola.chooseFiles().then(() => 'answered', (error) => error.message)`);
  expect(await choose()).toContain('only after a key press');
  await focusWindow('^Systola');
  await pressKeys('shift+F9');
  const first = choose();
  await focusWindow('^Open files$');
  expect(await choose()).toContain('Another dialog is open');
  await pressKeys('Escape');
  expect(await first).toBe('answered');
  expect(await choose()).toContain('only after a key press');
  expect(page.isClosed()).toBe(false);
});
