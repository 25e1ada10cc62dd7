import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canDriveWindows, focusWindow, pressKeys, typeText, windowGone, windows } from '../../x11.ts';
import { beatingSop, beatingStudy, beatingTraces, speckledBeatingClip } from '../beating-clip.ts';
import { expect, test } from './desktop.ts';

test.beforeEach(() => {
  test.skip(!canDriveWindows, 'keys are pressed from outside: xdotool is not here');
});

test('a study is exported to a folder that the system’s dialog gave, over nothing without asking', async ({
  desktop,
}) => {
  const page = await desktop.launch(desktop.file('beating.dcm', speckledBeatingClip()));
  await page.locator('[data-testid=study-list]').getByText('Beating').first().click();
  await expect(page.getByTestId('patient-name')).toContainText('Beating');
  await desktop.contour(beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  const out = join(desktop.folder, 'exported');
  mkdirSync(out);

  await focusWindow('^Systola');
  await pressKeys('ctrl+e');
  const dialog = page.getByTestId('dialog-export');
  await expect(dialog).toBeVisible();
  await expect(dialog).toContainText('Research use only. Not for diagnostic use.');
  await expect(page.getByTestId('export-start')).toBeDisabled();
  // The dialog may lose letters, or complete what is typed: it is asked again.
  await expect(async () => {
    await focusWindow('^Systola');
    await page.getByTestId('export-choose-folder').focus();
    await pressKeys('space');
    await focusWindow('^Export to a folder$');
    await pressKeys('ctrl+l', 'ctrl+a');
    await typeText(out);
    await pressKeys('Return');
    if ((await windows('^Export to a folder$')).length > 0) await pressKeys('Return');
    await windowGone('^Export to a folder$', 15_000);
    await expect(page.getByTestId('export-folder')).toHaveText(out, { timeout: 5000 });
  }).toPass({ timeout: 120_000 });
  await page.screenshot({ path: test.info().outputPath('export-desktop.png') });

  await page.getByTestId('export-start').click();
  await expect(page.getByTestId('export-job')).toHaveAttribute('data-state', 'finished', {
    timeout: 120_000,
  });
  await expect(page.getByTestId('export-outcome')).toContainText(`written to ${out}`);
  const names = readdirSync(out).sort();
  expect(names.length).toBeGreaterThan(2);
  const pdf = names.find((name) => name.endsWith('.pdf')) ?? '';
  expect(readFileSync(join(out, pdf)).subarray(0, 5).toString()).toBe('%PDF-');

  // What a file manager is shown is what was written, by the export's name alone.
  await desktop.inMain(({ shell }) => {
    shell.showItemInFolder = (path) => void Object.assign(globalThis, { shownPath: path });
  });
  await page.getByTestId('export-show').click();
  await expect
    .poll(() => desktop.inMain(() => (globalThis as { shownPath?: string }).shownPath ?? ''))
    .toBe(join(out, names[0] ?? ''));

  for (const name of names) writeFileSync(join(out, name), 'kept');
  await page.getByTestId('export-again').click();
  await page.getByTestId('export-start').click();
  await expect(page.getByTestId('export-job')).toHaveAttribute('data-state', 'asking');
  await page.screenshot({ path: test.info().outputPath('export-asking.png') });
  await expect(page.getByTestId('export-leave')).toBeFocused();
  await pressKeys('Return');
  await expect(page.getByTestId('export-outcome')).toHaveText('Cancelled. Nothing was written.');
  expect(readdirSync(out).sort()).toEqual(names);
  for (const name of names) expect(readFileSync(join(out, name), 'utf8')).toBe('kept');

  // The folder is remembered; no page names another.
  await pressKeys('Escape');
  await expect(dialog).toBeHidden();
  expect(
    await desktop.inPage(
      `fetch('/api/settings', { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ exportFolder: '/' }) }).then(({ status }) => status)`,
    ),
  ).toBe(400);
  await desktop.quit();
  const again = await desktop.launch();
  await again.locator('[data-testid=study-list]').getByText('Beating').first().click();
  await expect(again.getByTestId('ef')).toBeVisible();
  await again.getByTestId('export').click();
  await expect(again.getByTestId('export-folder')).toHaveText(out);
});
