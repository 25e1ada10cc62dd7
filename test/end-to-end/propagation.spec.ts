import type { Page } from '@playwright/test';
import { speckledBeatingClip } from './beating-clip.ts';
import { expect, openWith, picture, test } from './workstation.ts';

const line = (page: Page) => picture(page, 'cine').getByTestId('contour').first().getAttribute('d');
const history = (page: Page) => page.getByTestId('history').locator('li');
const shown = async (page: Page) => Number(await picture(page, 'cine').getAttribute('data-frame'));

async function goTo(page: Page, key: string, frame: (before: number) => number) {
  const to = frame(await shown(page));
  await page.keyboard.press(key);
  await expect(picture(page, 'cine')).toHaveAttribute('data-frame', String(to));
}

test('a correction is carried over the frames around it, seen before it is kept, and one undo takes both back', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', speckledBeatingClip())]);
  await expect(page.locator('[data-testid=run-status][data-state=finished]')).toBeVisible({
    timeout: 240_000,
  });
  await page.keyboard.press('Space');
  await expect(page.getByTestId('play')).toHaveAttribute('data-playing', 'false');
  await picture(page, 'cine').focus();
  await page.keyboard.press('p');
  await expect(page.getByText('No contour of this clip was corrected')).toBeVisible();

  // A point of the contour at ES is moved by keys, in one step.
  await page.keyboard.press('End');
  const es = Number(await page.locator('[data-marker=es][data-beat="0"]').getAttribute('data-frame'));
  await expect(picture(page, 'cine')).toHaveAttribute('data-frame', String(es));
  const drawnAtEs = await line(page);
  await goTo(page, 'ArrowRight', (frame) => frame + 1);
  const drawnBeside = await line(page);
  await goTo(page, 'ArrowLeft', (frame) => frame - 1);
  for (let point = 0; point < 4; point++) await page.keyboard.press('.');
  // Once: several are one step only where they follow each other fast enough.
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Escape');
  await expect(history(page).filter({ hasText: 'nudged a point' })).toHaveCount(1);
  const corrected = await line(page);
  expect(corrected).not.toBe(drawnAtEs);

  // The ghost says what it would change, and changes nothing.
  await page.keyboard.press('p');
  const words = page.getByTestId('propagation-words');
  await expect(words).toHaveText(/^EF \d+ → \d+ %, \d+ frames$/);
  await expect(page.getByTestId('ghost-curve')).toBeVisible();
  // Through the memory contours come one by one, and are counted as they come.
  await expect(page.getByTestId('propagation-keep')).toBeEnabled();
  await goTo(page, 'ArrowRight', (frame) => frame + 1);
  await expect(picture(page, 'cine').getByTestId('ghost')).toBeVisible();
  expect(await line(page)).toBe(drawnBeside);
  const ghost = await picture(page, 'cine').getByTestId('ghost').getAttribute('d');

  // Its range is shortened by its handle.
  const all = Number(/(\d+) frames/.exec((await words.textContent()) ?? '')?.[1]);
  const end = page.locator('[data-range-end=to]');
  const last = Number(await end.getAttribute('data-frame'));
  await end.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(end).toHaveAttribute('data-frame', String(last - 1));
  await expect(words).toHaveText(new RegExp(`, ${all - 1} frames$`));

  // Escape drops it.
  const steps = await history(page).count();
  await picture(page, 'cine').focus();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('ghost-curve')).toHaveCount(0);
  expect(await history(page).count()).toBe(steps);

  // Enter keeps it; pressed once more it accepts nothing.
  await page.keyboard.press('p');
  await expect(page.getByTestId('propagation-keep')).toBeEnabled();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(history(page).filter({ hasText: `moved after frame ${es + 1}` })).toHaveCount(1);
  await expect(page.getByTestId('ghost-curve')).toHaveCount(0);
  await expect.poll(() => line(page)).toBe(ghost);
  await expect(page.getByTestId('label-cine')).toContainText('follows a correction');
  await expect(history(page).filter({ hasText: /accepted/i })).toHaveCount(0);

  // Both come back together, and go again together.
  await page.keyboard.press('Control+z');
  await expect.poll(() => line(page)).toBe(drawnBeside);
  await goTo(page, 'ArrowLeft', (frame) => frame - 1);
  await expect.poll(() => line(page)).toBe(drawnAtEs);
  await page.keyboard.press('Control+Shift+z');
  await expect.poll(() => line(page)).toBe(corrected);
  await goTo(page, 'ArrowRight', (frame) => frame + 1);
  await expect.poll(() => line(page)).toBe(ghost);

  // What was carried already is not carried again.
  await page.keyboard.press('p');
  await expect(page.getByText('All corrections of this clip were propagated already')).toBeVisible();
});
