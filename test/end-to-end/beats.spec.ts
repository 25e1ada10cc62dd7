import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import { beatingSop, beatingStudy, beatingTrace, speckledBeatingClip } from './beating-clip.ts';
import { expect, openWith, picture, recordTraces, test, valueOf } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const frames = 151;

/** Five beats of 30 frames, the second of which is smaller than the others. */
const traces = Object.fromEntries(
  Array.from({ length: frames }, (_, frame) => {
    const trace = beatingTrace(frame % 30);
    const factor = frame > 18 && frame < 78 && Math.floor((frame + 12) / 30) === 2 ? 0.9 : 1;
    const points = trace.points.map(
      ([x, y]) => [120 + (x - 120) * factor, 140 + (y - 140) * factor] as const,
    );
    return [frame, { ...trace, points }];
  }),
);

test('a reader takes a beat out of the mean by its box, by E and by a preset, and sees who did', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [workstation.file('five.dcm', speckledBeatingClip({ frames }))]);
  await recordTraces(page, beatingStudy, beatingSop, traces);
  const beats = page.getByTestId('beats');
  const boxes = beats.getByRole('checkbox');
  await expect(boxes).toHaveCount(5);
  await expect(page.getByTestId('ef-mean')).toContainText('mean of 5 beats');
  const all = await valueOf(page, 'number-EDV');

  await beats.getByRole('checkbox', { name: /^Beat 3 / }).uncheck();
  await expect(page.getByTestId('ef-mean')).toContainText('mean of 4 of 5 beats');
  await expect.poll(() => valueOf(page, 'number-EDV')).not.toBe(all);
  await expect(beats.getByText(/excluded by .+/)).toHaveCount(1);
  await expect(page.locator('[data-excluded="2"]')).toHaveCount(1);

  // E acts on the chosen beat.
  await picture(page, 'cine').focus();
  await page.keyboard.press(']');
  await page.keyboard.press('e');
  await expect(page.getByTestId('ef-mean')).toContainText('mean of 3 of 5 beats');
  await expect(page.getByTestId('history')).toContainText('beat 2 excluded');
  await page.evaluate(axeSource);
  const results = await page.evaluate(() =>
    (window as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  );
  expect(results.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  await page.screenshot({ path: test.info().outputPath('beats.png') });
  await page.keyboard.press('e');
  await expect(page.getByTestId('ef-mean')).toContainText('mean of 4 of 5 beats');

  await page.getByRole('button', { name: 'Sinus 3' }).click();
  await expect(page.getByTestId('ef-mean')).toContainText('mean of 3 of 5 beats');
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await expect(page.getByTestId('ef-mean')).toContainText('mean of 5 beats');
  await expect.poll(() => valueOf(page, 'number-EDV')).toBe(all);
  await page.keyboard.press('Control+z');
  await expect(page.getByTestId('ef-mean')).toContainText('mean of 3 of 5 beats');
});
