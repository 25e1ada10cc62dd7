import { readFileSync } from 'node:fs';
import type { Analysis } from '../../core/analysis/analysis.ts';
import { readCsv } from '../fixtures/strict-csv.ts';
import { beatingClip, beatingSop, beatingStudy, beatingTraces } from './beating-clip.ts';
import { expect, openWith, recordTraces, test } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

test('the report is one click, other formats one more, and files name nobody unless asked', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();

  const report = page.waitForEvent('download');
  await page.getByTestId('report').click();
  const pdf = await report;
  expect(pdf.suggestedFilename()).toMatch(/^systola-report-(\d{4}-\d\d-\d\d|undated)-[0-9a-f]{10}\.pdf$/);
  await expect(page.getByTestId('messages')).toContainText('PENDING report (nobody has signed it) saved as');

  // By mouse, with the patient in the name.
  await page.getByTestId('export-menu-button').click();
  await expect(page.getByTestId('export-menu')).toBeVisible();
  await page.screenshot({ path: test.info().outputPath('export-menu.png') });
  await page.getByTestId('patient-in-file-names').check();
  await expect(page.getByTestId('export-menu')).toBeVisible();
  const named = page.waitForEvent('download');
  await page.getByTestId('export-json').click();
  await expect(page.getByTestId('export-menu')).toBeHidden();
  const json = await named;
  expect(json.suggestedFilename()).toMatch(/^systola-analysis-[^.]*Beat[^.]*\.json$/);
  const analysis = JSON.parse(readFileSync(await json.path(), 'utf8')) as Analysis;
  expect(analysis.studies.map(({ studyInstanceUid }) => studyInstanceUid)).toEqual([beatingStudy]);
  expect(analysis.studies[0]?.clips[0]?.traces.length).toBeGreaterThan(0);

  // A table for research, which then names the patient too.
  await page.getByTestId('export-menu-button').click();
  const table = page.waitForEvent('download');
  await page.getByTestId('export-measurements-csv').click();
  const csv = await table;
  expect(csv.suggestedFilename()).toMatch(/^systola-measurements-[^.]*Beat[^.]*\.csv$/);
  const rows = readCsv(new Uint8Array(readFileSync(await csv.path())));
  expect(rows.find(({ measurement }) => measurement === 'EF')).toMatchObject({ study_uid: beatingStudy });
  expect(rows[0]?.['patient_name']).toContain('Beat');

  // By keyboard, and remembered.
  await page.keyboard.press('Shift');
  await page.getByTestId('export-menu-button').focus();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('export-menu')).toBeVisible();
  await expect(page.getByTestId('patient-in-file-names')).toBeChecked();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(page.getByTestId('export-json')).toBeFocused();
  const again = page.waitForEvent('download');
  await page.keyboard.press('Enter');
  expect((await again).suggestedFilename()).toBe(json.suggestedFilename());
});
