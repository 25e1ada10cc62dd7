import type { Page } from '@playwright/test';
import {
  beatingClip,
  beatingSize,
  beatingSop,
  beatingStudy,
  beatingTrace,
  beatingTraces,
} from './beating-clip.ts';
import { cavity, expect, openWith, pageOf, picture, recordTraces, test, valueOf } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

async function goTo(page: Page, frame: number) {
  while (Number(await picture(page, 'cine').getAttribute('data-frame')) !== frame) {
    await page.keyboard.press('ArrowRight');
  }
}

async function drawContour(page: Page, frame: number) {
  await goTo(page, frame);
  await page.keyboard.press('n');
  const places = [];
  for (const point of beatingTrace(frame).points) places.push(await pageOf(page, 'cine', beatingSize, point));
  const [first, ...rest] = places;
  if (!first) throw new Error('There is nothing to draw.');
  await page.mouse.move(first.x, first.y);
  await page.mouse.down();
  for (const place of rest) await page.mouse.move(place.x, place.y, { steps: 6 });
  await page.mouse.up();
  await expect(page.getByTestId('history').getByText(`drew a contour, frame ${frame + 1}`)).toBeVisible();
}

test('with no model, contours drawn by hand on two frames give an ejection fraction', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await expect(page.getByTestId('model-status')).toContainText('no model');
  await expect(picture(page, 'cine')).toHaveAttribute('data-drawn', 'true');
  await page.keyboard.press('Space');
  await picture(page, 'cine').focus();
  await drawContour(page, 0);
  await drawContour(page, 12);
  await expect(page.getByTestId('ef')).toBeVisible();
  // Half an ellipse of the drawn sizes: EF = 1 − (24/34)³, 64.8 %; a hand is a few points off.
  expect(await valueOf(page, 'ef')).toBeGreaterThan(60);
  expect(await valueOf(page, 'ef')).toBeLessThan(70);
});

test('a contour is clicked point by point and finished with Enter', async ({ page, workstation }) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await expect(picture(page, 'cine')).toHaveAttribute('data-drawn', 'true');
  await page.keyboard.press('Space');
  await picture(page, 'cine').focus();
  await goTo(page, 5);
  await page.getByTestId('tool-draw').click();
  for (const point of beatingTrace(5).points.filter((_, index) => index % 2 === 0)) {
    const place = await pageOf(page, 'cine', beatingSize, point);
    await page.mouse.click(place.x, place.y);
  }
  await picture(page, 'cine').press('Enter');
  await expect(page.getByTestId('history').getByText('drew a contour, frame 6')).toBeVisible();
  await expect(cavity(page, 'cine')).toBeAttached();
  await expect(page.getByTestId('tool-adjust')).toHaveAttribute('aria-checked', 'true');
});

test('a ruler stands in for a missing calibration, and the result says so', async ({ page, workstation }) => {
  const file = workstation.file('beating.dcm', beatingClip({ regions: [] }));
  await openWith(page, workstation, [file]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  const findings = page.getByTestId('findings');
  await expect(findings.locator('[data-code=no-calibration]')).toBeVisible();
  await expect(page.getByTestId('ef')).toBeVisible();
  await expect(page.getByTestId('number-EDV')).toHaveCount(0);
  await page.keyboard.press('Space');

  await findings.getByRole('button', { name: 'Draw a ruler', exact: true }).click();
  // 100 pixels that are 8 cm: 0.8 mm a pixel, as the calibrated clip has.
  const from = await pageOf(page, 'cine', beatingSize, [20, 30]);
  const to = await pageOf(page, 'cine', beatingSize, [20, 130]);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 5 });
  await page.mouse.up();
  await page.getByTestId('ruler-length').fill('8');
  await page.getByTestId('ruler-length').press('Enter');
  await expect(findings.locator('[data-code=calibration-by-user]')).toBeVisible();
  // Half an ellipsoid, 2/3 π a² L with a = 34 px and L = 108.8 px of 0.8 mm: 134.9 mL.
  expect(await valueOf(page, 'number-EDV')).toBeGreaterThan(126);
  expect(await valueOf(page, 'number-EDV')).toBeLessThan(144);
});
