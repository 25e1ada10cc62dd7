import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { structureLevels, threeStructuresFolder } from '../fixtures/models/three-structures.ts';
import { layeredBeatingClip } from './beating-clip.ts';
import { expect, openWith, picture, test, valueOf, saveReport } from './workstation.ts';

test.use({
  workstationOptions: async ({}, use) => {
    const models = mkdtempSync(join(tmpdir(), 'systola-three-structures-'));
    try {
      threeStructuresFolder(models);
      await use({ models });
    } finally {
      rmSync(models, { recursive: true, force: true });
    }
  },
});

const contour = (page: Page, kind: 'cine' | 'ed' | 'es', structure: string) =>
  picture(page, kind).locator(`path[data-structure=${structure}]`);

test('a model that draws wall and atrium has them shown, hidden, measured and reported as the cavity is', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [workstation.file('layered.dcm', layeredBeatingClip(structureLevels))]);
  await expect(page.locator('[data-testid=run-status][data-state=finished]')).toBeVisible({
    timeout: 240_000,
  });
  await page.keyboard.press('Space');
  for (const structure of ['lv-cavity', 'lv-wall', 'left-atrium']) {
    for (const kind of ['ed', 'es'] as const) await expect(contour(page, kind, structure)).toBeVisible();
  }
  await expect(contour(page, 'ed', 'lv-wall')).toHaveCSS('stroke', 'rgb(180, 227, 95)');
  await page.getByTestId('besides').locator('summary').click();
  expect(Math.abs((await valueOf(page, 'number-LAV max single-plane-disks')) / 155 - 1)).toBeLessThan(0.08);
  expect(await valueOf(page, 'number-Contour strain contour')).toBeLessThan(-20);
  await expect(page.getByTestId('number-Contour strain mid-wall contour')).toBeVisible();
  const findings = page.getByTestId('findings');
  for (const code of ['wall-not-enclosing', 'atrium-off-base']) {
    await expect(findings.locator(`[data-code=${code}]`)).toHaveCount(0);
  }
  const keep = process.env['SYSTOLA_SCREENS'];
  if (keep !== undefined) await page.screenshot({ path: `${keep}/model-structures.png` });

  // T goes on to the next structure, V hides it, and T around to it shows it again.
  await page.keyboard.press('s');
  await expect(page.getByTestId('structure-select')).toHaveValue('lv-wall');
  await page.keyboard.press('Shift+C');
  await expect(contour(page, 'ed', 'lv-wall')).toHaveCount(0);
  await expect(contour(page, 'ed', 'left-atrium')).toBeVisible();
  await page.keyboard.press('Shift+C');
  await expect(contour(page, 'ed', 'lv-wall')).toBeVisible();

  // A correction of the wall is the reader's, and goes back to what the model drew.
  await picture(page, 'es').focus();
  const drawn = await contour(page, 'es', 'lv-wall').getAttribute('d');
  for (const key of ['.', '.', 'Shift+ArrowLeft', 'Shift+ArrowLeft', 'Escape'])
    await page.keyboard.press(key);
  await expect.poll(() => contour(page, 'es', 'lv-wall').getAttribute('d')).not.toBe(drawn);
  await expect(
    page
      .getByTestId('history')
      .getByText(/LV wall: nudged a point/)
      .first(),
  ).toBeVisible();
  await expect(page.getByTestId('label-es')).toContainText('● LV wall');
  await expect(page.getByTestId('back-to-model-es')).toBeVisible();
  await picture(page, 'es').focus();
  await page.keyboard.press('Shift+Delete');
  await expect.poll(() => contour(page, 'es', 'lv-wall').getAttribute('d')).toBe(drawn);

  const saved = page.waitForEvent('download');
  await saveReport(page);
  const text = textOf(await (await saved).path());
  if (text !== null) {
    expect(text).toMatch(/LAV max/);
    expect(text).toMatch(/Contour strain/);
    expect(text).toMatch(/LV wall mid ED/);
  }
});

/** Text of a PDF as it stands; null where no program reads it. */
function textOf(path: string): string | null {
  try {
    return execFileSync('pdftotext', ['-layout', path, '-'], { encoding: 'utf8' });
  } catch {
    console.log('poppler-utils is not installed: the report is not read back');
    return null;
  }
}
