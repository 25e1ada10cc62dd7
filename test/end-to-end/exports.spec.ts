import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import type { Analysis } from '../../core/analysis/analysis.ts';
import { readCsv } from '../fixtures/strict-csv.ts';
import { beatingClip, beatingSop, beatingStudy, beatingTraces } from './beating-clip.ts';
import { expect, openWith, recordTraces, test, saveReport } from './workstation.ts';
import type { Workstation } from './loopback-workstation.ts';

test.use({ workstationOptions: { models: false } });

async function openMeasured(page: Page, workstation: Workstation): Promise<void> {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
}

/** Ticks these formats and no others. */
async function choose(page: Page, ids: readonly string[]): Promise<void> {
  for (const box of await page
    .locator('[data-testid=dialog-export] input[data-testid^=export-]:not([type=radio]):not([type=search])')
    .all()) {
    const id = (await box.getAttribute('data-testid'))?.replace('export-', '') ?? '';
    await box.setChecked(ids.includes(id));
  }
}

test('the report is one click or key, and names nobody', async ({ page, workstation }) => {
  await openMeasured(page, workstation);
  const report = page.waitForEvent('download');
  await saveReport(page);
  const pdf = await report;
  expect(pdf.suggestedFilename()).toMatch(/^systola-report-(\d{4}-\d\d-\d\d|undated)-[0-9a-f]{10}\.pdf$/);
  await expect(page.getByTestId('messages')).toContainText('PENDING report (nobody has signed it) saved as');
  const [again] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Control+Shift+E')]);
  expect(again.suggestedFilename()).toBe(pdf.suggestedFilename());
});

test('everything else is chosen in one dialog, which remembers what was chosen', async ({
  page,
  workstation,
}) => {
  await openMeasured(page, workstation);
  await page.keyboard.press('Control+e');
  const dialog = page.getByTestId('dialog-export');
  await expect(dialog).toBeVisible();
  await expect(dialog).toContainText('Research use only. Not for diagnostic use.');
  // The report and the DICOM objects that are the default.
  await expect(page.getByTestId('export-pdf')).toBeChecked();
  await expect(page.getByTestId('export-dicom-measurements')).toBeChecked();
  await expect(page.getByTestId('export-json')).not.toBeChecked();
  await expect(page.getByTestId('export-identity-unnamed')).toBeChecked();
  await expect(page.getByTestId('export-identity-sharing')).not.toBeChecked();
  // Where it goes to and what starts it are seen without scrolling, on a small screen too.
  await page.setViewportSize({ width: 1280, height: 720 });
  for (const part of [page.getByTestId('export-start'), dialog.getByText('A download of this browser')]) {
    await expect(part).toBeInViewport({ ratio: 1 });
  }
  await page.screenshot({ path: test.info().outputPath('export-dialog.png') });

  // Of several files a ZIP, which other programs read.
  await choose(page, ['pdf', 'dicom-measurements', 'measurements-csv']);
  const zipped = page.waitForEvent('download');
  await page.getByTestId('export-start').click();
  const zip = await zipped;
  expect(zip.suggestedFilename()).toMatch(/^systola-export-(\d{4}-\d\d-\d\d|undated)-[0-9a-f]{10}\.zip$/);
  await expect(page.getByTestId('export-outcome')).toContainText(
    '3 files given to the browser as systola-export-',
  );
  await page.screenshot({ path: test.info().outputPath('export-done.png') });
  const listing = execFileSync(
    'python3',
    [
      '-c',
      'import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); print(z.testzip()); print(*z.namelist(), sep="\\n")',
      await zip.path(),
    ],
    { encoding: 'utf8' },
  );
  const [damaged, ...names] = listing.trim().split('\n');
  expect(damaged).toBe('None');
  expect(names.map((name) => name.replace(/^systola-([a-z]+)-.*\.([a-z]+)$/, '$1.$2')).sort()).toEqual([
    'measurements.csv',
    'measurements.dcm',
    'report.pdf',
  ]);

  // One file is that file; the patient stands in names and tables where the reader says so.
  await page.getByTestId('export-again').click();
  await expect(page.getByTestId('export-measurements-csv')).toBeChecked();
  await choose(page, ['measurements-csv']);
  await page.getByTestId('export-identity-named').check();
  const table = page.waitForEvent('download');
  await page.getByTestId('export-start').click();
  const csv = await table;
  expect(csv.suggestedFilename()).toMatch(/^systola-measurements-[^.]*Beat[^.]*\.csv$/);
  const rows = readCsv(new Uint8Array(readFileSync(await csv.path())));
  expect(rows.find(({ measurement }) => measurement === 'EF')).toMatchObject({ study_uid: beatingStudy });
  expect(rows[0]?.['patient_name']).toContain('Beat');
  await page.getByTestId('export-close').click();
  await expect(dialog).toBeHidden();

  // Remembered after the window was closed.
  await page.reload();
  await expect(page.getByTestId('ef')).toBeVisible();
  await page.getByTestId('export').click();
  await expect(page.getByTestId('export-measurements-csv')).toBeChecked();
  await expect(page.getByTestId('export-pdf')).not.toBeChecked();
  await expect(page.getByTestId('export-identity-named')).toBeChecked();
  await choose(page, ['json']);
  const document = page.waitForEvent('download');
  await page.getByTestId('export-start').click();
  const json = JSON.parse(readFileSync(await (await document).path(), 'utf8')) as Analysis;
  expect(json.studies.map(({ studyInstanceUid }) => studyInstanceUid)).toEqual([beatingStudy]);
});

test('the dialog needs no mouse, keeps the keys of the loops away, and says what is missing', async ({
  page,
  workstation,
}) => {
  await openMeasured(page, workstation);
  await page.keyboard.press('Control+e');
  const dialog = page.getByTestId('dialog-export');
  await expect(page.getByTestId('export-start')).toBeFocused();
  // Round and round, never behind it.
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press('Tab');
    const outside = await page.evaluate(() => {
      const { activeElement } = document;
      return activeElement !== document.body && activeElement?.closest('dialog') === null;
    });
    expect(outside).toBe(false);
  }
  await choose(page, []);
  await expect(page.getByTestId('export-start')).toBeDisabled();
  await expect(dialog).toContainText('Choose at least one format.');
  await page.getByTestId('export-json').focus();
  await page.keyboard.press('Space');
  await expect(page.getByTestId('export-json')).toBeChecked();
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  expect(download.suggestedFilename()).toMatch(/^systola-analysis-/);
  await expect(page.getByTestId('export-close')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  // Nothing of it decided anything.
  await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'pending');
});

test('single studies are ticked, also over several searches, and only those are exported', async ({
  page,
  workstation,
}) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  const named = (number: number, patientName: string) =>
    workstation.file(
      `${number}.dcm`,
      beatingClip({
        ...{ studyInstanceUid: `${beatingStudy}.${number}`, sopInstanceUid: `${beatingSop}.${number}` },
        ...{ patientName, patientId: `ID-${number}` },
      }),
    );
  await openWith(page, workstation, [
    named(1, 'Anders^Ann'),
    named(2, 'Berg^Bo'),
    named(3, 'Berg^Britt'),
    named(4, 'Dahl^Dan'),
  ]);
  await expect(page.locator('[data-testid=study-list] button.study')).toHaveCount(4);
  await page.locator('[data-testid=study-list]').getByText('Anders').click();
  await page.keyboard.press('Control+e');
  await page.getByTestId('export-of-listed').check();
  // The open one is ticked, and nothing that nobody chose.
  await expect(page.getByTestId('export-ticked')).toHaveText('1 study ticked');
  await expect(page.getByTestId('export-studies').getByRole('checkbox', { checked: true })).toHaveCount(1);
  await page.getByTestId('export-search').fill('berg');
  await expect(page.getByTestId('export-studies').getByRole('checkbox')).toHaveCount(2);
  await expect(page.getByTestId('export-ticked')).toContainText('(1 not shown)');
  await page.getByTestId('export-studies').getByText('Britt').click();
  await expect(page.getByTestId('export-ticked')).toContainText('2 studies ticked');
  await page.getByTestId('export-tick-shown').click();
  await expect(page.getByTestId('export-ticked')).toContainText('3 studies ticked');
  await page.getByTestId('export-studies').getByText('Bo').first().click();
  await page.screenshot({ path: test.info().outputPath('ticks.png') });
  await expect(page.getByTestId('export-start')).toBeInViewport({ ratio: 1 });
  await choose(page, ['clips']);
  const zipped = page.waitForEvent('download');
  await page.getByTestId('export-start').click();
  expect((await zipped).suggestedFilename()).toBe('systola-export-2-studies.zip');
  await page.getByTestId('export-again').click();
  await page.getByTestId('export-of-listed').check();
  await page.getByTestId('export-tick-none').click();
  await expect(page.getByTestId('export-start')).toBeDisabled();
  await expect(page.getByTestId('dialog-export')).toContainText('No study is ticked.');
});

test('all studies of the list are one export, and what cannot be written is named beside what was', async ({
  page,
  workstation,
}) => {
  const other = beatingClip({
    studyInstanceUid: `${beatingStudy}.7`,
    sopInstanceUid: `${beatingSop}.7`,
    patientName: 'Still^Silent',
  });
  await openWith(page, workstation, [
    workstation.file('beating.dcm', beatingClip()),
    workstation.file('other.dcm', other),
  ]);
  await expect(page.locator('[data-testid=study-list] button.study')).toHaveCount(2);
  await page.locator('[data-testid=study-list]').getByText('Beat').first().click();
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  await page.keyboard.press('Control+e');
  await page.getByTestId('export-of-listed').check();
  await page.getByTestId('export-tick-shown').click();
  await expect(page.getByTestId('export-ticked')).toHaveText('2 studies ticked');
  await choose(page, ['json', 'dicom-measurements']);
  const zipped = page.waitForEvent('download');
  await page.getByTestId('export-start').click();
  expect((await zipped).suggestedFilename()).toBe('systola-export-2-studies.zip');
  await expect(page.getByTestId('export-outcome')).toContainText('3 files');
  // Nothing is measured in the other one.
  await expect(page.getByTestId('export-refused').locator('li')).toHaveCount(1);
  await expect(page.getByTestId('export-refused')).toContainText('nothing is measured');
  await page.screenshot({ path: test.info().outputPath('export-refused.png') });
});
