import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { Workstation } from './loopback-workstation.ts';
import { speckledBeatingClip } from './beating-clip.ts';
import { cavity, expect, openWith, picture, root, test } from './workstation.ts';

const line = (page: Page) => cavity(page, 'cine').getAttribute('d');
const history = (page: Page) => page.getByTestId('history').locator('li');
const shown = async (page: Page) => Number(await picture(page, 'cine').getAttribute('data-frame'));

async function goTo(page: Page, key: string, frame: (before: number) => number) {
  const to = frame(await shown(page));
  await page.keyboard.press(key);
  await expect(picture(page, 'cine')).toHaveAttribute('data-frame', String(to));
}

/** Opens a loop that the model has contoured, and pauses it at ES. @returns the frame */
async function openAtEs(page: Page, workstation: Workstation): Promise<number> {
  await openWith(page, workstation, [workstation.file('beating.dcm', speckledBeatingClip())]);
  await expect(page.locator('[data-testid=run-status][data-state=finished]')).toBeVisible({
    timeout: 240_000,
  });
  await page.keyboard.press('Space');
  await expect(page.getByTestId('play')).toHaveAttribute('data-playing', 'false');
  await picture(page, 'cine').focus();
  await page.keyboard.press('End');
  const es = Number(await page.locator('[data-marker=es][data-beat="0"]').getAttribute('data-frame'));
  await expect(picture(page, 'cine')).toHaveAttribute('data-frame', String(es));
  return es;
}

/** Moves a point of the contour on the frame at hand by keys, in one step. */
async function nudge(page: Page): Promise<void> {
  for (let point = 0; point < 4; point++) await page.keyboard.press('.');
  // Once: several are one step only where they follow each other fast enough.
  await page.keyboard.press('Shift+ArrowLeft');
  await page.keyboard.press('Escape');
  await expect(history(page).filter({ hasText: 'nudged a point' })).toHaveCount(1);
}

test('a correction is carried over the frames around it, seen before it is kept, and one undo takes both back', async ({
  page,
  workstation,
}) => {
  const es = await openAtEs(page, workstation);
  await page.keyboard.press('p');
  await expect(page.getByText('No contour of this clip was corrected')).toBeVisible();

  const drawnAtEs = await line(page);
  await goTo(page, 'ArrowRight', (frame) => frame + 1);
  const drawnBeside = await line(page);
  await goTo(page, 'ArrowLeft', (frame) => frame - 1);
  await nudge(page);
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

test.describe('with a model whose correction network is damaged', () => {
  test.use({
    workstationOptions: async ({}, use) => {
      const models = mkdtempSync(join(tmpdir(), 'systola-models-'));
      const name = 'gdkvm-small-camus';
      cpSync(join(root, 'models/shipped', name), join(models, name), { recursive: true });
      const network = join(models, name, 'correction.onnx');
      const bytes = readFileSync(network);
      bytes[bytes.length >> 1]! ^= 1;
      writeFileSync(network, bytes);
      await use({ models });
      rmSync(models, { recursive: true, force: true });
    },
  });

  test('contours are as ever, corrections go by displacement, and page, window and history say so', async ({
    page,
    workstation,
  }) => {
    const es = await openAtEs(page, workstation);
    await page.getByTestId('model-status').click();
    const problem = page.getByTestId('correction-problem');
    await expect(problem).toContainText(/correction network of gdkvm-small-camus is damaged.*Put back/);
    await expect(problem).toContainText('The model contours as before');
    await expect(page.getByTestId('in-use')).toBeVisible();
    await page.screenshot({ path: test.info().outputPath('models-page.png') });
    await page.keyboard.press('Escape');

    await goTo(page, 'ArrowRight', (frame) => frame + 1);
    const drawnBeside = await line(page);
    await goTo(page, 'ArrowLeft', (frame) => frame - 1);
    await nudge(page);
    await page.keyboard.press('p');
    const warning = page.getByTestId('messages').getByText('Corrections are carried by displacement');
    await expect(warning).toContainText('correction network of gdkvm-small-camus is damaged');
    await expect(page.getByTestId('propagation-words')).toHaveText(/^EF \d+ → \d+ %, \d+ frames?$/);
    await expect(page.getByTestId('propagation-keep')).toBeEnabled();
    await page.screenshot({ path: test.info().outputPath('proposed.png') });

    await picture(page, 'cine').focus();
    await page.keyboard.press('Enter');
    const kept = history(page).filter({ hasText: `moved after frame ${es + 1}` });
    await expect(kept).toContainText('by displacement because');
    await goTo(page, 'ArrowRight', (frame) => frame + 1);
    await expect.poll(() => line(page)).not.toBe(drawnBeside);
    await expect(page.getByTestId('label-cine')).toContainText('follows a correction');
    await page.screenshot({ path: test.info().outputPath('kept.png') });
    await page.keyboard.press('Control+z');
    await expect.poll(() => line(page)).toBe(drawnBeside);
  });
});
