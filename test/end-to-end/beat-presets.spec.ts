import type { Page } from '@playwright/test';
import type { Trace } from '../../core/trace/trace.ts';
import { beatingSop, beatingStudy, beatingTrace, speckledBeatingClip } from './beating-clip.ts';
import { expect, openWith, recordTraces, test } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

/**
 * Contours of beats of these lengths in frames of 40 ms, smaller by a share that grows with the beat, so that no two have
 * the same numbers; the clip ends with the last ED.
 */
function tracesOf(lengths: readonly number[]): Record<number, Trace> {
  const traces: Record<number, Trace> = {};
  let start = 0;
  lengths.forEach((length, beat) => {
    for (let within = 0; within < length; within += 1) {
      // Systole takes what it takes, diastole the rest.
      const place = within <= 12 ? within : 12 + (18 * (within - 12)) / (length - 12);
      traces[start + within] = scaled(beatingTrace(place), 1 - 0.004 * beat);
    }
    start += length;
  });
  traces[start] = beatingTrace(0);
  return traces;
}

const scaled = (trace: Trace, factor: number): Trace => ({
  ...trace,
  points: trace.points.map(([x, y]) => [120 + (x - 120) * factor, 140 + (y - 140) * factor] as const),
});

const counted = (page: Page, view = 'A4C') =>
  page
    .getByRole('checkbox', { name: new RegExp(`^Beat \\d+ of ${view} counts`) })
    .evaluateAll((boxes) =>
      boxes.flatMap((box, index) => ((box as HTMLInputElement).checked ? [index + 1] : [])),
    );

test('atrial fibrillation takes five beats in a row, and the index beat is the one behind two alike', async ({
  page,
  workstation,
}) => {
  // 840, 1240, 1200, 1480, 960, 1120, 1400 ms: the second and third are alike, so the fourth is the index beat.
  const lengths = [21, 31, 30, 37, 24, 28, 35];
  const traces = tracesOf(lengths);
  const frames = Object.keys(traces).length;
  await openWith(page, workstation, [workstation.file('af.dcm', speckledBeatingClip({ frames }))]);
  await recordTraces(page, beatingStudy, beatingSop, traces);
  const mean = page.getByTestId('ef-mean');
  await expect(mean).toContainText('mean of 7 beats');

  await page.getByRole('button', { name: 'AF 5' }).click();
  await expect(mean).toContainText('mean of 5 of 7 beats');
  await expect(mean).toContainText('2 excluded');
  expect(await counted(page)).toEqual([1, 2, 3, 4, 5]);
  await expect(page.getByTestId('history')).toContainText('mean of beat 1, 2, 3, 4, 5');
  await page.screenshot({ path: test.info().outputPath('af-5.png') });

  await page.getByRole('button', { name: 'Index' }).click();
  await expect(mean).toContainText('of one of 7 beats, 6 excluded');
  expect(await counted(page)).toEqual([4]);
  await page.keyboard.press('Control+z');
  await expect(mean).toContainText('mean of 5 of 7 beats');
  await page.keyboard.press('Control+z');
  await expect(mean).toContainText('mean of 7 beats');
});

test('the biplane headline says which beats it paired, and pairs what is left when one is taken out', async ({
  page,
  workstation,
}) => {
  const lengths = [30, 30, 30];
  const traces = tracesOf(lengths);
  const frames = Object.keys(traces).length;
  const other = `${beatingSop}.7`;
  const view = { code: '399232001', scheme: 'SCT', meaning: 'Apical two chamber' };
  await openWith(page, workstation, [
    workstation.file('a4c.dcm', speckledBeatingClip({ frames })),
    workstation.file('a2c.dcm', speckledBeatingClip({ frames, sopInstanceUid: other, view })),
  ]);
  await recordTraces(page, beatingStudy, beatingSop, traces);
  await recordTraces(page, beatingStudy, other, traces);
  const mean = page.getByTestId('ef-mean');
  await expect(mean).toContainText('mean of 3 pairs of beats (A4C+A2C 1+1, 2+2, 3+3)');

  await page.getByRole('checkbox', { name: /^Beat 2 of A2C / }).uncheck();
  await expect(mean).toContainText('mean of 2 pairs of beats (A4C+A2C');
  await expect(mean).toContainText('1 excluded');
  await expect(mean).not.toContainText('+2');
  await page.screenshot({ path: test.info().outputPath('biplane.png') });
});
