import type { Page } from '@playwright/test';
import type { Trace } from '../../core/trace/trace.ts';
import {
  beatingAtrium,
  beatingClipWithAtrium,
  beatingSize,
  beatingSop,
  beatingStudy,
  beatingTraces,
  beatingWall,
} from './beating-clip.ts';
import { expect, openWith, pageOf, picture, recordTraces, test, valueOf } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

/** Draws a contour of the chosen structure on one of the pictures in one stroke, as a hand does. */
async function stroke(page: Page, kind: 'ed' | 'es', { points }: Trace) {
  await picture(page, kind).focus();
  await page.keyboard.press('n');
  const places = [];
  for (const point of points) places.push(await pageOf(page, kind, beatingSize, point));
  const [first, ...rest] = places;
  await page.mouse.move(first!.x, first!.y);
  await page.mouse.down();
  for (const place of rest) await page.mouse.move(place.x, place.y, { steps: 6 });
  await page.mouse.up();
}

const contour = (page: Page, kind: 'ed' | 'es', structure: string) =>
  picture(page, kind).locator(`path[data-structure=${structure}]`);

test('wall and atrium are drawn by hand, measured, hidden and shown, and undone', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClipWithAtrium())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  await page.keyboard.press('Space');
  const ef = await valueOf(page, 'ef');
  const edv = await valueOf(page, 'number-EDV');

  await page.getByTestId('besides').locator('summary').click();
  const besides = page.getByTestId('besides');
  // From 34 to 24 pixels of half the width, everything in proportion: 100 · (24/34 − 1).
  await expect(besides).toContainText('Contour strain');
  expect(await valueOf(page, 'number-Contour strain contour')).toBeCloseTo(-29.4, 0);

  await page.getByTestId('structure-select').selectOption({ label: 'LV wall' });
  await stroke(page, 'ed', beatingWall(0));
  await expect(contour(page, 'ed', 'lv-wall')).toHaveCSS('stroke', 'rgb(180, 227, 95)');
  await stroke(page, 'es', beatingWall(12));
  await expect(contour(page, 'es', 'lv-wall')).toBeVisible();
  await expect(page.getByTestId('number-Contour strain mid-wall contour')).toBeVisible();

  // T goes on to the next structure.
  await page.keyboard.press('s');
  await expect(page.getByTestId('structure-select')).toHaveValue('left-atrium');
  await stroke(page, 'es', beatingAtrium(12));
  await stroke(page, 'ed', beatingAtrium(0));
  await expect(contour(page, 'ed', 'left-atrium')).toHaveCSS('stroke', 'rgb(199, 161, 255)');
  // An ellipsoid cut off, half-axes of 42 pixels of 0.8 mm, 34.4 pixels beyond its middle: 155 mL, and 74 at ED.
  const largest = await valueOf(page, 'number-LAV max single-plane-disks');
  expect(Math.abs(largest / 155 - 1)).toBeLessThan(0.06);
  expect(Math.abs((await valueOf(page, 'number-LAV min single-plane-disks')) / 74 - 1)).toBeLessThan(0.08);
  await expect(besides).toContainText('LAV max area–length');
  expect(await valueOf(page, 'ef')).toBe(ef);
  expect(await valueOf(page, 'number-EDV')).toBe(edv);
  const keep = process.env['SYSTOLA_SCREENS'];
  if (keep !== undefined) await page.screenshot({ path: `${keep}/wall-and-atrium.png` });

  // Hidden, remembered, and shown again when it is turned to.
  await page.keyboard.press('Shift+C');
  await expect(contour(page, 'ed', 'left-atrium')).toHaveCount(0);
  await expect(contour(page, 'ed', 'lv-wall')).toBeVisible();
  await page.getByTestId('show-lv-wall').click();
  await expect(contour(page, 'ed', 'lv-wall')).toHaveCount(0);
  await expect(page.getByTestId('show-lv-wall')).toHaveAttribute('aria-pressed', 'false');
  await page.reload();
  await expect(contour(page, 'ed', 'lv-cavity')).toBeVisible();
  await expect(contour(page, 'ed', 'lv-wall')).toHaveCount(0);
  await expect(contour(page, 'ed', 'left-atrium')).toHaveCount(0);
  await page.getByTestId('structure-select').selectOption({ label: 'left atrium' });
  await expect(contour(page, 'ed', 'left-atrium')).toBeVisible();
  await expect(contour(page, 'ed', 'lv-wall')).toHaveCount(0);

  // The last stroke is undone: the atrium of ED goes, and with it what was reckoned from it.
  await expect(page.getByTestId('number-LAEF single-plane-disks')).toHaveCount(1);
  await page.keyboard.press('Control+z');
  await expect(contour(page, 'ed', 'left-atrium')).toHaveCount(0);
  await expect(page.getByTestId('number-LAEF single-plane-disks')).toHaveCount(0);
  await expect(page.getByTestId('number-LAV max single-plane-disks')).toHaveCount(1);
});

test('a hidden contour is not taken hold of, and a wall inside of its cavity is a finding', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClipWithAtrium())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await recordTraces(page, beatingStudy, beatingSop, { 0: beatingWall(0), 12: beatingWall(24) }, 'lv-wall');
  await expect(page.getByTestId('ef')).toBeVisible();
  await page.keyboard.press('Space');
  const findings = page.getByTestId('findings');
  await expect(findings.locator('[data-code=wall-not-enclosing]')).toHaveCount(0);

  await page.getByTestId('show-lv-cavity').click();
  await expect(contour(page, 'ed', 'lv-cavity')).toHaveCount(0);
  const cavity = beatingTraces([0])[0]!;
  const side = await pageOf(page, 'ed', beatingSize, cavity.points[3]!);
  await page.mouse.move(side.x, side.y);
  await page.mouse.down();
  await page.mouse.move(side.x - 30, side.y, { steps: 3 });
  await page.mouse.up();
  await expect(page.getByTestId('history').getByText(/frame 1/)).toHaveCount(0);

  // The top of the wall is pulled into the cavity.
  const top = await pageOf(page, 'ed', beatingSize, beatingWall(0).points[6]!);
  await page.mouse.move(top.x, top.y);
  await page.mouse.down();
  await page.mouse.move(top.x, top.y + 60, { steps: 5 });
  await page.mouse.up();
  await expect(findings.locator('[data-code=wall-not-enclosing]')).toBeVisible();
});
