import type { Page } from '@playwright/test';
import type { Trace } from '../../core/trace/trace.ts';
import type { DicomOptions } from '../fixtures/dicom/build.ts';
import {
  beatingClip,
  beatingSize,
  beatingSop,
  beatingStudy,
  beatingTraces,
  speckledBeatingClip,
} from './beating-clip.ts';
import { expect, openWith, picture, recordTraces, test, valueOf } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

const views = {
  a4c: { code: '399214001', scheme: 'SCT', meaning: 'Apical four chamber' },
  a2c: { code: '399232001', scheme: 'SCT', meaning: 'Apical two chamber' },
};

/** A clip of the study, the n-th one, of a stage of a stress protocol. */
const staged = (
  n: number,
  stage: { readonly name: string; readonly number: number; readonly bpm: number },
  options: DicomOptions = {},
) =>
  beatingClip({
    sopInstanceUid: `${beatingSop}.${n}`,
    elements: [
      { tag: '00200013', vr: 'IS', value: String(n) },
      { tag: '00082120', vr: 'SH', value: stage.name },
      { tag: '00082122', vr: 'IS', value: String(stage.number) },
      { tag: '00181088', vr: 'IS', value: String(stage.bpm) },
    ],
    ...options,
  });

/** The beating contours, smaller by a factor and moved to the side, in pixels. */
const changedTraces = (factor: number, aside = 0): Record<number, Trace> =>
  Object.fromEntries(
    Object.entries(beatingTraces()).map(([frame, trace]) => [
      frame,
      {
        ...trace,
        points: trace.points.map(([x, y]) => [120 + (x - 120) * factor + aside, 140 + (y - 140) * factor]),
      },
    ]),
  );

const history = (page: Page, words: string) => page.getByTestId('history').getByText(words, { exact: false });
const finding = (page: Page, code: string) => page.getByTestId('findings').locator(`[data-code=${code}]`);

test('the numbers are those of the resting stage until another is chosen, with its heart rate', async ({
  page,
  workstation,
}) => {
  // The stage under stress comes first in the list and in the study.
  await openWith(page, workstation, [
    workstation.file('peak.dcm', staged(1, { name: 'PEAK', number: 2, bpm: 142 })),
    workstation.file('rest.dcm', staged(2, { name: 'REST', number: 1, bpm: 61 })),
  ]);
  await expect(page.getByTestId('clip-group')).toHaveText(['REST', 'PEAK'], { ignoreCase: true });
  await recordTraces(page, beatingStudy, `${beatingSop}.1`, changedTraces(0.9));
  await recordTraces(page, beatingStudy, `${beatingSop}.2`, changedTraces(1));
  const stage = page.getByTestId('stage-select');
  await expect(stage.locator('option:checked')).toHaveText('REST (1)');
  await expect(page.getByTestId('ef')).toBeVisible();
  const rest = await valueOf(page, 'number-EDV');
  await expect(page.getByTestId('body-heartRateBpm')).toHaveValue('61');
  await expect(page.getByTestId('heart-rate-origin')).toHaveText('REST');
  await expect(page.getByTestId('grade-EF')).toBeVisible();

  await stage.selectOption({ label: 'PEAK (1)' });
  await expect(history(page, 'numbers of PEAK')).toBeVisible();
  // A tenth smaller each way: 0.9³ of the volume.
  await expect.poll(async () => (await valueOf(page, 'number-EDV')) / rest).toBeCloseTo(0.729, 2);
  await expect(page.getByTestId('body-heartRateBpm')).toHaveValue('142');
  await expect(page.getByTestId('heart-rate-origin')).toHaveText('PEAK');
  await expect(page.getByTestId('patient-details')).toContainText('HR 142');
  // Limits are those of hearts at rest.
  await expect(page.getByTestId('grade-EF')).toHaveCount(0);

  await page.keyboard.press('Control+z');
  await expect(stage.locator('option:checked')).toHaveText('REST (1)');
  await expect.poll(() => valueOf(page, 'number-EDV')).toBeCloseTo(rest, 6);
  await expect(page.getByTestId('body-heartRateBpm')).toHaveValue('61');
});

test('where no stage is the resting one there are no study numbers until one is chosen', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [
    workstation.file('low.dcm', staged(1, { name: 'LOW DOSE', number: 2, bpm: 88 })),
    workstation.file('peak.dcm', staged(2, { name: 'PEAK', number: 3, bpm: 142 })),
  ]);
  for (const n of [1, 2]) await recordTraces(page, beatingStudy, `${beatingSop}.${n}`, changedTraces(1));
  await expect(page.getByTestId('no-ef')).toBeVisible();
  await expect(page.getByTestId('body-heartRateBpm')).toHaveValue('');
  await expect(page.getByTestId('heart-rate-origin')).toHaveText('88 to 142 by clip');
  await finding(page, 'no-resting-stage').getByRole('button', { name: 'LOW DOSE', exact: true }).click();
  await expect(page.getByTestId('ef')).toBeVisible();
  await expect(finding(page, 'no-resting-stage')).toHaveCount(0);
  await expect(page.getByTestId('heart-rate-origin')).toHaveText('LOW DOSE');
});

test('clips of two stages are one biplane on the reader’s word only, and can be taken apart again', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [
    workstation.file('rest.dcm', staged(1, { name: 'REST', number: 1, bpm: 61 }, { view: views.a4c })),
    workstation.file('peak.dcm', staged(2, { name: 'PEAK', number: 2, bpm: 142 }, { view: views.a2c })),
  ]);
  for (const n of [1, 2]) await recordTraces(page, beatingStudy, `${beatingSop}.${n}`, changedTraces(1));
  const method = page.getByTestId('ef-method');
  await expect(method).toBeVisible();
  await expect(method).not.toContainText(/biplane/i);
  const combine = page.getByTestId('combine');
  await expect(combine).toHaveCount(1);
  await combine.click();
  await expect(method).toContainText(/biplane/i);
  await expect(history(page, 'two clips combined to biplane')).toBeVisible();
  // What stands against it is said as long as it holds.
  await expect(finding(page, 'stages-differ')).toBeVisible();

  await page.reload();
  await expect(method).toContainText(/biplane/i);
  await page.getByTestId('take-apart').click();
  await expect(method).not.toContainText(/biplane/i);
  await expect(history(page, 'biplane taken apart')).toBeVisible();
});

test('of several pictures in a file the one that the reader names is measured', async ({
  page,
  workstation,
}) => {
  const { rows, columns } = beatingSize;
  const half = columns / 2;
  const scale = { deltaX: 0.08, deltaY: 0.08 };
  await openWith(page, workstation, [
    workstation.file(
      'dual.dcm',
      speckledBeatingClip({
        regions: [
          { box: [0, 0, half - 1, rows - 1], ...scale },
          { box: [half, 0, columns - 1, rows - 1], ...scale },
        ],
      }),
    ),
  ]);
  await expect(finding(page, 'several-pictures')).toHaveClass(/refusal/);
  await expect(page.getByTestId('run-status')).toHaveText('several pictures: choose one');
  await expect(page.getByTestId('no-ef')).toBeVisible();

  await finding(page, 'several-pictures').getByRole('button', { name: 'The left picture' }).click();
  await expect(history(page, 'left picture chosen')).toBeVisible();
  const choice = page.getByTestId('picture-choice');
  const left = choice.getByRole('button', { name: 'left' });
  const right = choice.getByRole('button', { name: 'right' });
  await expect(left).toHaveAttribute('aria-pressed', 'true');
  await recordTraces(page, beatingStudy, beatingSop, changedTraces(0.8, -60));
  await expect(page.getByTestId('ef')).toBeVisible();
  const ef = await valueOf(page, 'ef');
  await expect(picture(page, 'ed')).toHaveAttribute('data-drawn', 'true');

  // Contours of the left picture are none of the right one.
  await right.click();
  await expect(right).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByTestId('no-ef')).toBeVisible();
  await left.click();
  await expect.poll(() => valueOf(page, 'ef')).toBeCloseTo(ef, 6);

  // Undone to the beginning, none is chosen.
  for (let step = 0; step < 4; step += 1) {
    await page.keyboard.press('Control+z');
    await expect(page.getByTestId('history').getByText(/^Undo: |Undo: /)).toHaveCount(step + 1);
  }
  await expect(page.getByTestId('run-status')).toHaveText('several pictures: choose one');
});
