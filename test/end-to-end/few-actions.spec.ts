import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { beatingClip } from './beating-clip.ts';
import { expect, openWith, test } from './workstation.ts';

test.use({ workstationOptions: { models: true, recognisers: true } });

const data = process.env['SYSTOLA_TEST_DATA'] ?? '';
const acuson = join(data, 'dicom/acuson-stress-rest');
const sequoia = join(data, 'dicom/acuson-sequoia-a4c/DIRW0007.dcm');

/** Imports files beside the study that is open. */
async function importBeside(page: Page, paths: readonly string[]): Promise<void> {
  await page.evaluate(async (files) => {
    await fetch('/api/imports', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ paths: files }),
    });
  }, paths);
}

/** Another study is open, and the one that is meant is the next in the list. */
async function besideAnother(page: Page, paths: readonly string[]): Promise<'j' | 'k'> {
  await importBeside(page, paths);
  await expect(page.getByTestId('study-list').getByRole('button')).toHaveCount(2);
  await page.getByTestId('study-list').locator('button:not([aria-current=true])').click();
  await expect(page.getByTestId('ef')).toBeVisible();
  const names = await page.getByTestId('study-list').getByRole('button').allTextContents();
  const open = await page.getByTestId('study-list').locator('[aria-current=true]').textContent();
  return names.indexOf(open ?? '') === 0 ? 'j' : 'k';
}

/** Presses keys as a reader would, and counts them. */
function reader(page: Page) {
  let presses = 0;
  return {
    press: async (key: string) => {
      presses += 1;
      await page.keyboard.press(key);
    },
    presses: () => presses,
  };
}

test('EF of an A4C that is measured already, with its PDF, takes three actions and five seconds', async ({
  page,
  workstation,
}) => {
  test.skip(!existsSync(sequoia), 'needs real loops (SYSTOLA_TEST_DATA)');
  await openWith(page, workstation, [sequoia]);
  await expect(page.getByTestId('run-status')).toHaveAttribute('data-state', 'finished');
  await page.keyboard.press('y');
  const patient = (await page.getByTestId('patient-name').textContent()) ?? '';
  const towards = await besideAnother(page, [workstation.file('beating.dcm', beatingClip())]);

  const { press, presses } = reader(page);
  const start = Date.now();
  await press(towards);
  await expect(page.getByTestId('patient-name')).toHaveText(patient);
  await expect(page.getByTestId('ef')).toBeVisible();
  const [download] = await Promise.all([page.waitForEvent('download'), press('Control+Shift+E')]);
  expect(await download.failure()).toBeNull();
  const seconds = (Date.now() - start) / 1000;
  console.log(`EF of a measured A4C with its PDF: ${presses()} actions, ${seconds.toFixed(1)} s`);
  expect(presses()).toBeLessThanOrEqual(3);
  expect(seconds).toBeLessThanOrEqual(5);
});

test('biplane of a resting stage whose views are guesses, with its PDF, takes five actions', async ({
  page,
  workstation,
}) => {
  test.skip(!existsSync(acuson), 'needs real loops (SYSTOLA_TEST_DATA)');
  const files = readdirSync(acuson).filter((name) => name.endsWith('.dcm'));
  await openWith(
    page,
    workstation,
    files.map((name) => join(acuson, name)),
  );
  await expect(page.getByTestId('ef-method')).toHaveText('biplane disks');
  await expect(page.getByTestId('provisional')).toHaveCount(0);
  const towards = await besideAnother(page, [workstation.file('beating.dcm', beatingClip())]);

  const { press, presses } = reader(page);
  await press(towards);
  await expect(page.getByTestId('ef-method')).toHaveText('biplane disks');
  // The number is grey for as long as a view that it rests on is a guess.
  await expect(page.getByTestId('ef-guess')).toBeVisible();
  await expect(page.getByTestId('ef').locator('.value')).toHaveCSS('color', 'rgb(170, 176, 182)');
  await press('y');
  await press('y');
  await expect(page.getByTestId('ef-guess')).toHaveCount(0);
  await expect(page.getByTestId('ef').locator('.value')).toHaveCSS('color', 'rgb(230, 232, 234)');
  const [download] = await Promise.all([page.waitForEvent('download'), press('Control+Shift+E')]);
  expect(await download.failure()).toBeNull();
  console.log(`biplane of the resting stage with its PDF: ${presses()} actions`);
  expect(presses()).toBeLessThanOrEqual(5);
});
