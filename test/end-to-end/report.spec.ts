import { execFileSync } from 'node:child_process';
import type { Page } from '@playwright/test';
import { beatingClip, beatingSop, beatingStudy, beatingTraces } from './beating-clip.ts';
import type { Workstation } from './loopback-workstation.ts';
import { expect, giveName, openWith, recordTraces, saveReport, test } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

async function openMeasured(page: Page, workstation: Workstation): Promise<void> {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
}

const conclusion = (page: Page) => page.getByTestId('conclusion-text');

/** What a saved report says. */
async function savedText(page: Page, save: () => Promise<unknown>): Promise<string> {
  const [download] = await Promise.all([page.waitForEvent('download'), save()]);
  return execFileSync('pdftotext', ['-layout', await download.path(), '-'], { encoding: 'utf8' });
}

test('a conclusion is proposed, written over, undone and put back', async ({ page, workstation }) => {
  await openMeasured(page, workstation);
  await expect(conclusion(page)).toHaveValue(/^Ejection fraction \d+ % \(single-plane disks, A4C\)/);
  const proposed = await conclusion(page).inputValue();
  const section = page.getByTestId('conclusion');
  await expect(section).toContainText('Proposed from the numbers');

  await conclusion(page).fill('Good function.\nNothing else.');
  await conclusion(page).blur();
  await expect(section).toContainText('Written by the reader');
  await expect(page.getByTestId('history')).toContainText('wrote the conclusion');
  await page.reload();
  await expect(conclusion(page)).toHaveValue('Good function.\nNothing else.');

  await page.keyboard.press('Control+z');
  await expect(conclusion(page)).toHaveValue(proposed);
  await page.keyboard.press('Control+Shift+z');
  await expect(conclusion(page)).toHaveValue('Good function.\nNothing else.');
  await page.getByTestId('conclusion-proposed').click();
  await expect(conclusion(page)).toHaveValue(proposed);
  await expect(page.getByTestId('conclusion-proposed')).toHaveCount(0);
});

test('what was written is marked when its numbers change, and is part of what is signed', async ({
  page,
  workstation,
}) => {
  await openMeasured(page, workstation);
  await conclusion(page).fill('Seen, and as it should be.');
  await conclusion(page).blur();
  await expect(page.getByTestId('text-changed')).toHaveCount(0);
  await page.getByLabel('Heart rate').fill('60');
  await page.getByLabel('Heart rate').blur();
  await expect(page.getByTestId('text-changed')).toHaveText(
    /^Numbers have changed since this was written: HR not given \(now 60 bpm\), CO not given/,
  );
  await page.keyboard.press('Control+z');
  await expect(page.getByTestId('text-changed')).toHaveCount(0);

  await page.getByTestId('accept').click();
  await giveName(page);
  await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'accepted');
  await expect(page.getByTestId('conclusion')).toContainText('As it was signed');
  const text = await savedText(page, () => page.keyboard.press('Control+Shift+E'));
  expect(text).toContain('Seen, and as it should be.');
  expect(text).toContain('Dr. Reader');

  await conclusion(page).fill('Seen again.');
  await conclusion(page).blur();
  await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'pending');
});

test('the preview shows the very pages, with fields beside them', async ({ page, workstation }) => {
  await openMeasured(page, workstation);
  await page.getByTestId('report').click();
  const pages = page.getByTestId('preview-page');
  await expect(pages).toHaveCount(2);
  await expect(pages.first()).toContainText('Research use only. Not for diagnostic use.');
  await page.getByTestId('report-indication').fill('Dyspnoea on effort');
  await page.getByTestId('report-referrer').fill('Dr. Wren');
  await page.getByTestId('report-rhythm').fill('Sinus rhythm');
  for (const words of ['Dyspnoea on effort', 'Dr. Wren', 'Sinus rhythm'])
    await expect(pages.first()).toContainText(words);
  // Drawn, and not a white page.
  await expect
    .poll(() =>
      pages
        .first()
        .locator('canvas')
        .evaluate((canvas: HTMLCanvasElement) => {
          const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
          return data.filter((value, index) => index % 4 === 0 && value < 64).length / (data.length / 4);
        }),
    )
    .toBeGreaterThan(0.02);
  await page.screenshot({ path: test.info().outputPath('preview.png') });

  await page.getByTestId('report-cancel').click();
  await page.getByTestId('report').click();
  await expect(page.getByTestId('report-indication')).toHaveValue('');
  await page.getByTestId('report-indication').fill('Dyspnoea on effort');
  const text = await savedText(page, () => page.getByTestId('report-save').click());
  expect(text).toContain('Dyspnoea on effort');
  await expect(page.getByTestId('dialog-report')).not.toBeVisible();
  await expect(page.getByTestId('history')).toContainText('wrote the indication');
});

test('paper and language of the report are settings, and a file is a template', async ({
  page,
  workstation,
}) => {
  await openMeasured(page, workstation);
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByTestId('setting-report').click();
  await page.getByLabel('Paper').selectOption('letter');
  await page.getByLabel('Address').fill('Riverside 1\n12345 Town');
  await page.getByLabel('Address').blur();
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><rect width="40" height="10" fill="#246"/></svg>';
  await page
    .getByTestId('logo-file')
    .setInputFiles({ name: 'house.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(svg) });
  await expect(page.getByTestId('dialog-report-settings')).toContainText('logo.svg');
  const hostile = svg.replace('<rect', '<script>1</script><rect');
  await page
    .getByTestId('logo-file')
    .setInputFiles({ name: 'house.svg', mimeType: 'image/svg+xml', buffer: Buffer.from(hostile) });
  await expect(page.getByTestId('logo-problem')).toContainText('it has <script>, which is not drawn');
  await page.screenshot({ path: test.info().outputPath('settings.png') });
  await page.keyboard.press('Escape');
  const [download] = await Promise.all([page.waitForEvent('download'), saveReport(page)]);
  const information = execFileSync('pdfinfo', [await download.path()], { encoding: 'utf8' });
  expect(information).toMatch(/Page size:\s+612 x 792/);
  const text = execFileSync('pdftotext', ['-layout', await download.path(), '-'], { encoding: 'utf8' });
  expect(text).toContain('12345 Town');
});
