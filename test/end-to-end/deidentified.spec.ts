import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { buildDicom } from '../fixtures/dicom/build.ts';
import { screenFrames, usualScreen } from '../unit/inference/scanner-screen.ts';
import { expect, openWith, test } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

const { rows, columns } = usualScreen;
const frames = screenFrames({ ...usualScreen, frames: 4 });
const loop = (sopInstanceUid: string): Uint8Array =>
  buildDicom({
    ...{ rows, columns, frames: frames.length, photometric: 'RGB', sopInstanceUid },
    ...{ patientName: 'Quibble^Zoe', patientId: 'HN-4711' },
    pixels: (frame) => frames[frame]!.data,
    elements: [{ tag: '00081090', vr: 'LO', value: 'Scanner 7' }],
  });

async function look(page: Page): Promise<void> {
  await page.keyboard.press('Control+e');
  await page.getByTestId('export-identity-sharing').check();
  await page.getByTestId('masks-look').click();
  await expect(page.getByTestId('mask-tick')).toBeEnabled();
}

/** A place of the picture, as shares of its sides, on the screen. */
async function placeIn(picture: Locator, x: number, y: number): Promise<readonly [number, number]> {
  const box = (await picture.boundingBox())!;
  return [box.x + x * box.width, box.y + y * box.height];
}

test('what stays of each clip is looked at, changed, ticked, and leaves', async ({ page, workstation }) => {
  const paths = ['1.2.3.9.1', '1.2.3.9.2'].map((uid) => workstation.file(`${uid}.dcm`, loop(uid)));
  await openWith(page, workstation, paths);
  await look(page);
  await expect(page.getByTestId('mask-clip')).toHaveCount(2);
  await expect(page.getByTestId('mask-from')).toContainText('Found from the regions');
  await expect(page.getByTestId('mask-area')).toHaveCount(1);
  await page.screenshot({ path: test.info().outputPath('found.png') });

  // A corner is dragged, by key too, and taken back.
  const corner = page.getByTestId('mask-corner').nth(3);
  const points = () => page.getByTestId('mask-area').first().getAttribute('points');
  const before = await points();
  const from = (await corner.boundingBox())!;
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x - 40, from.y + 30, { steps: 4 });
  await page.mouse.up();
  const dragged = await points();
  expect(dragged).not.toBe(before);
  await page.getByTestId('mask-undo').click();
  expect(await points()).toBe(before);
  await corner.focus();
  await page.keyboard.press('Shift+ArrowLeft');
  expect(await points()).not.toBe(before);
  await page.keyboard.press('Delete');
  await page.getByTestId('mask-undo').click();
  await page.getByTestId('mask-undo').click();
  expect(await points()).toBe(before);

  for (const part of ['stays', 'goes'] as const) {
    await page.getByTestId(`mask-part-${part}`).check();
    await page.screenshot({ path: test.info().outputPath(`${part}.png`) });
  }

  // Ticked, the next clip comes, and begins with the mask of the same scanner.
  await page.getByTestId('mask-tick').click();
  await expect(page.getByTestId('mask-clip').first()).toContainText('✓ looked at');
  await expect(page.getByTestId('mask-clip').nth(1)).toHaveAttribute('aria-current', 'true');
  await expect(page.getByTestId('mask-tick')).not.toBeChecked();
  await expect(page.getByTestId('mask-from')).toContainText('As ticked for the last clip');

  // Drawn anew.
  await page.getByTestId('mask-draw-anew').click();
  const picture = page.getByTestId('mask-picture');
  for (const [x, y] of [
    [0.45, 0.1],
    [0.75, 0.7],
    [0.2, 0.75],
  ] as const) {
    await page.mouse.click(...(await placeIn(picture, x, y)));
  }
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('mask-corner')).toHaveCount(3);
  await page.screenshot({ path: test.info().outputPath('drawn.png') });
  await page.getByTestId('mask-tick').click();
  await expect(page.getByTestId('mask-clip').nth(1)).toContainText('✓');

  await page.getByTestId('masks-done').click();
  await expect(page.getByTestId('masks-checked')).toContainText('2 of 2 clips looked at');
  for (const box of await page.getByTestId('dialog-export').getByRole('checkbox').all()) {
    if (await box.isEnabled())
      await box.setChecked((await box.getAttribute('data-testid')) === 'export-clips');
  }
  await expect(page.getByTestId('export-pdf')).toBeDisabled();
  await page.screenshot({ path: test.info().outputPath('export.png') });
  const zipped = page.waitForEvent('download');
  await page.getByTestId('export-start').click();
  const zip = await zipped;
  const script =
    'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); ' +
    'print(z.testzip()); print(*z.namelist(), sep="\\n"); ' +
    'print(any(w in z.read(n) for n in z.namelist() for w in (b"Quibble", b"HN-4711", b"1.2.3.9.")))';
  const said = execFileSync('python3', ['-c', script, await zip.path()], { encoding: 'utf8' })
    .trim()
    .split('\n');
  expect(said[0]).toBe('None');
  expect(said.filter((line) => line.endsWith('.dcm'))).toHaveLength(2);
  expect(said.at(-1)).toBe('False');
});

test('Escape gives up a drawing, then goes back to the export with what was drawn', async ({
  page,
  workstation,
}) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await openWith(page, workstation, [workstation.file('a.dcm', loop('1.2.3.9.1'))]);
  await look(page);
  await expect(page.getByTestId('mask-clip')).toBeFocused();
  // The tick is what the step is for.
  await expect(page.getByTestId('mask-tick')).toBeInViewport({ ratio: 1 });
  await page.getByTestId('mask-box').click();
  await expect(page.getByTestId('mask-area')).toHaveCount(2);
  await page.getByTestId('mask-draw').click();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('mask-draw')).toHaveAttribute('aria-pressed', 'false');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('mask-step')).toHaveCount(0);
  await expect(page.getByTestId('masks-look')).toBeFocused();
  await expect(page.getByTestId('dialog-export')).toContainText('are not made de-identified');
  await page.getByTestId('masks-look').click();
  await expect(page.getByTestId('mask-area')).toHaveCount(2);
});

test('a mask that is drawn and not ticked survives closing the dialog with ✕', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [workstation.file('a.dcm', loop('1.2.3.9.1'))]);
  await look(page);
  await page.getByTestId('mask-box').click();
  await expect(page.getByTestId('mask-area')).toHaveCount(2);
  await page.getByTestId('dialog-export').getByRole('button', { name: 'Close' }).click();
  await expect(page.getByTestId('dialog-export')).toBeHidden();
  await look(page);
  await expect(page.getByTestId('mask-area')).toHaveCount(2);
  await expect(page.getByTestId('mask-tick')).not.toBeChecked();
  await page.getByTestId('mask-undo').click();
  await expect(page.getByTestId('mask-area')).toHaveCount(1);
});

test('single attributes are chosen, remembered and followed, and who is who is told when asked', async ({
  page,
  workstation,
}) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await openWith(page, workstation, [workstation.file('a.dcm', loop('1.2.3.9.1'))]);
  await look(page);
  await page.getByTestId('mask-tick').check();
  await page.keyboard.press('Escape');
  await page.getByTestId('attributes-look').click();
  await expect(page.getByTestId('attribute-search')).toBeFocused();
  await page.screenshot({ path: test.info().outputPath('attributes.png') });
  await page.getByTestId('attribute-search').fill('manufacturer model');
  const model = page.locator('[data-tag="00081090"]');
  await expect(model).toContainText('stays');
  await model.getByRole('combobox').selectOption('blank');
  await expect(model).toContainText('left without a value');
  await page.getByTestId('attribute-search').fill('0010,0020');
  await page.locator('[data-tag="00100020"]').getByRole('combobox').selectOption('keep');
  await expect(page.getByTestId('attributes-weakened')).toContainText('may name somebody');
  await page.screenshot({ path: test.info().outputPath('attributes-chosen.png') });
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('attributes-look')).toBeFocused();
  await expect(page.getByTestId('attributes-chosen')).toContainText('2 attributes');

  // Remembered after the window was closed.
  await page.reload();
  await expect(page.getByTestId('patient-name')).toBeVisible();
  await page.keyboard.press('Control+e');
  await expect(page.getByTestId('attributes-chosen')).toContainText('2 attributes');
  for (const box of await page
    .locator('[data-testid=dialog-export] fieldset')
    .first()
    .getByRole('checkbox')
    .all()) {
    if (await box.isEnabled())
      await box.setChecked((await box.getAttribute('data-testid')) === 'export-clips');
  }
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByTestId('export-start').click(),
  ]);
  const script =
    'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); b = b"".join(z.read(n) for n in z.namelist()); ' +
    'print([w in b for w in (b"HN-4711", b"Quibble", b"Scanner 7")])';
  const said = execFileSync('python3', ['-c', script, await download.path()], { encoding: 'utf8' });
  expect(said.trim()).toBe('[True, False, False]');
  await expect(page.getByTestId('export-job')).toContainText('can tell whose it is');
  await page.screenshot({ path: test.info().outputPath('mapping.png') });
  const [mapping] = await Promise.all([
    page.waitForEvent('download'),
    page.getByTestId('mapping-save').click(),
  ]);
  expect(mapping.suggestedFilename()).toBe('mapping.csv');
  expect(readFileSync(await mapping.path(), 'utf8')).toContain('1.2.3.9.1');
  await expect(page.getByTestId('mapping-saved')).toContainText('mapping.csv');
});

test('a tick goes when the mask is changed after it', async ({ page, workstation }) => {
  await openWith(page, workstation, [workstation.file('a.dcm', loop('1.2.3.9.1'))]);
  await look(page);
  await expect(page.getByTestId('mask-area')).toHaveCount(1);
  await page.getByTestId('mask-tick').check();
  await expect(page.getByTestId('mask-clip').first()).toContainText('✓');
  await page.getByTestId('mask-corner').first().focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.getByTestId('mask-tick')).not.toBeChecked();
  await expect(page.getByTestId('mask-clip').first()).not.toContainText('✓');
});

const real = join(process.env['SYSTOLA_TEST_DATA'] ?? '/nowhere', 'dicom');
test('a real loop begins with its fan', async ({ page, workstation }) => {
  test.skip(!existsSync(real), 'SYSTOLA_TEST_DATA names no folder that holds dicom/');
  await openWith(page, workstation, [join(real, 'acuson-sequoia-a4c', 'DIRW0007.dcm')]);
  await look(page);
  await expect(page.getByTestId('mask-from')).toContainText('Found');
  await page.screenshot({ path: test.info().outputPath('real.png') });
});
