import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { waveform } from '../fixtures/dicom/ecg-elements.ts';
import { beatingClip, beatingSop, beatingStudy, beatingTraces } from './beating-clip.ts';
import { expect, openWith, picture, recordTraces, test } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

test('axe-core finds nothing in marks, a note that is written and the ECG', async ({ page, workstation }) => {
  const elements = [waveform(), { tag: '00186060', vr: 'FL', value: [240] }];
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip({ elements }))]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  await expect(page.getByTestId('ecg-line')).toBeAttached();
  await picture(page, 'ed').focus();
  await page.keyboard.press('q');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('marks-list')).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('t');
  await page.keyboard.press('Enter');
  await page.keyboard.type('written');
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`)).toEqual([]);
});
