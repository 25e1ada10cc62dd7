import type { Page } from '@playwright/test';
import { buildDicom } from '../fixtures/dicom/build.ts';
import { loopOf, viewClip } from '../fixtures/views/view-clips.ts';
import { violations } from './axe.ts';
import { expect, openWith, picture, test } from './workstation.ts';

test.use({ workstationOptions: { recognisers: true } });

const study = '1.2.826.0.1.3680043.10.7.2';
const frames = 8;
const stages = ['Rest', 'Low dose', 'Peak', 'Recovery'] as const;
const clipOf = (number: number) => `${study}.${number}`;

/** A loop of a stress study: its file states the stage, and not the view. */
function file(number: number): Uint8Array {
  const clip = viewClip(number % 2 === 0 ? 'duplex-still' : 'two-chamber-still');
  const [, rows, columns] = clip.shape;
  const stage = Math.floor((number - 1) / 4);
  return buildDicom({
    ...{ rows, columns, frames, frameTimeMs: 40, pixels: loopOf(clip, frames) },
    studyInstanceUid: study,
    sopInstanceUid: clipOf(number),
    elements: [
      { tag: '00200013', vr: 'IS', value: String(number) },
      { tag: '00082120', vr: 'SH', value: stages[stage] ?? 'Rest' },
      { tag: '00082122', vr: 'IS', value: String(stage + 1) },
    ],
  });
}

const tile = (page: Page, number: number) => page.locator(`[data-view-tile="${clipOf(number)}"]`);
const left = (page: Page) => page.getByTestId('views-left');
const history = (page: Page, words: string) =>
  page.getByTestId('history').getByRole('listitem').filter({ hasText: words });

async function openStress(
  page: Page,
  workstation: Parameters<typeof openWith>[1],
  count: number,
): Promise<void> {
  const numbers = Array.from({ length: count }, (_, index) => index + 1);
  await openWith(
    page,
    workstation,
    numbers.map((number) => workstation.file(`${number}.dcm`, file(number))),
  );
  // What is recognised of the last has arrived.
  await expect(page.locator('[data-testid=clip-view].guess')).toHaveCount(count);
}

test('thirteen stress clips are named in fourteen presses, each its own step back', async ({
  page,
  workstation,
}) => {
  await openStress(page, workstation, 13);
  let presses = 0;
  const press = async (key: string) => {
    presses += 1;
    await page.keyboard.press(key);
  };
  await press('v');
  await expect(page.getByTestId('dialog-views')).toBeVisible();
  await expect(tile(page, 1)).toBeFocused();
  await expect(tile(page, 5)).toContainText('Low dose');
  await expect(tile(page, 1)).toContainText(/A2C \d\d %\?/);
  await expect(left(page)).toContainText('13 views to name');
  await expect(tile(page, 1).locator('canvas')).toHaveAttribute('data-playing', 'true');
  await page.screenshot({ path: test.info().outputPath('views.png') });
  expect(await violations(page, 'views')).toEqual([]);

  // Suggestions are confirmed, by either key; the others are named.
  const keys = ['y', '4', 'Enter', '0', '2', '4', '3', '0', 'Enter', '4', 'y', '0', '2'];
  for (const [index, key] of keys.entries()) {
    await expect(tile(page, index + 1)).toBeFocused();
    await press(key);
    await expect(tile(page, index + 1)).toHaveAttribute('data-waits', 'false');
  }
  console.log(`13 views named: ${presses} presses`);
  expect(presses).toBeLessThanOrEqual(14);
  await expect(left(page)).toHaveText('All views are named.');
  await expect(tile(page, 2)).toContainText('A4C');
  await expect(tile(page, 4)).toContainText('not apical');
  expect(await violations(page, 'all named')).toEqual([]);

  await page.keyboard.press('Control+z');
  await expect(tile(page, 13)).toHaveAttribute('data-waits', 'true');
  await expect(tile(page, 12)).toHaveAttribute('data-waits', 'false');
  await expect(tile(page, 13)).toBeFocused();
  await page.keyboard.press('2');
  await expect(left(page)).toHaveText('All views are named.');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('dialog-views')).toBeHidden();
  await expect(history(page, 'confirm view A2C')).toHaveCount(4);
  await expect(history(page, 'set view to A4C')).toHaveCount(3);
});

test('arrows move among the clips, a held key names one, the mouse names too, and Escape closes', async ({
  page,
  workstation,
}) => {
  await openStress(page, workstation, 3);
  await page.getByTestId('open-views').click();
  await expect(tile(page, 1)).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(tile(page, 2)).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('End');
  await expect(tile(page, 3)).toBeFocused();
  await page.keyboard.press('Home');
  await page.keyboard.down('4');
  await page.keyboard.down('4');
  await page.keyboard.up('4');
  await expect(left(page)).toContainText('2 views to name');
  await expect(tile(page, 2)).toBeFocused();
  await page.getByTestId('name-a3c').click();
  await expect(tile(page, 2)).toContainText('A3C');
  await expect(tile(page, 3)).toBeFocused();
  await page.getByTestId('views-confirm').click();
  await expect(left(page)).toHaveText('All views are named.');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('dialog-views')).toBeHidden();
  await expect(picture(page, 'cine')).toBeFocused();
});
