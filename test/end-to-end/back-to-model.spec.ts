import type { Page } from '@playwright/test';
import { speckledBeatingClip } from './beating-clip.ts';
import { cavity, expect, openWith, picture, test } from './workstation.ts';

const line = (page: Page) => cavity(page, 'cine').getAttribute('d');
const history = (page: Page, words: string | RegExp) =>
  page.getByTestId('history').locator('li').filter({ hasText: words });

/** Moves a point of the contour on screen by keys; one step of history. */
async function correct(page: Page, frame: number) {
  await page.keyboard.press('.');
  await page.keyboard.press('.');
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Escape');
  await expect(history(page, `nudged a point, frame ${frame + 1}`).first()).toBeVisible();
}

test('a corrected contour goes back to what the model drew, frame by frame and all of a clip at once', async ({
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
  const frame = Number(await picture(page, 'cine').getAttribute('data-frame'));
  const back = page.getByTestId('back-to-model-cine');
  const drawn = await line(page);
  expect(drawn).toMatch(/^M/);
  await expect(back).toHaveCount(0);

  await correct(page, frame);
  await expect.poll(() => line(page)).not.toBe(drawn);
  await expect(page.getByTestId('label-cine')).toContainText('●');
  await back.click();
  await expect.poll(() => line(page)).toBe(drawn);
  await expect(history(page, `back to the model, frame ${frame + 1}`)).toHaveCount(1);
  await expect(back).toHaveCount(0);

  // One step, taken back like any other; and by key.
  await page.keyboard.press('Control+z');
  await expect.poll(() => line(page)).not.toBe(drawn);
  await picture(page, 'cine').focus();
  await page.keyboard.press('Shift+Delete');
  await expect.poll(() => line(page)).toBe(drawn);

  // Two frames of the clip at once.
  await correct(page, frame);
  await page.keyboard.press('ArrowRight');
  await expect(picture(page, 'cine')).not.toHaveAttribute('data-frame', String(frame));
  const next = Number(await picture(page, 'cine').getAttribute('data-frame'));
  const drawnNext = await line(page);
  await correct(page, next);
  await expect.poll(() => line(page)).not.toBe(drawnNext);
  await page.keyboard.press('Control+Shift+Delete');
  await expect(history(page, 'back to the model, 2 frames')).toHaveCount(1);
  await expect.poll(() => line(page)).toBe(drawnNext);
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => line(page)).toBe(drawn);

  // Nothing is left to take back, which is said and changes nothing.
  const steps = await page.getByTestId('history').locator('li').count();
  await page.keyboard.press('Shift+Delete');
  await expect(page.getByText('This frame has the model’s contour already')).toBeVisible();
  expect(await page.getByTestId('history').locator('li').count()).toBe(steps);
});
