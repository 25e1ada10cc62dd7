import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import type { StudyDocument } from '../../core/api/requests.ts';
import { violations } from './axe.ts';
import { beatingSize, beatingTrace, speckledBeatingClip } from './beating-clip.ts';
import { expect, openWith, recordTraces, test } from './workstation.ts';

interface Visit {
  readonly uid: string;
  readonly date: string;
  readonly name?: string;
  readonly id?: string;
  /** How much smaller than drawn the ventricle is at ES. */
  readonly scale?: number;
}

const frames = [0, 12, 30];
/** Contours whose ES is narrower the harder the heart works. */
const contours = (scale: number) =>
  Object.fromEntries(
    frames.map((frame) => {
      const trace = beatingTrace(frame);
      const by = frame === 12 ? scale : 1;
      return [frame, { ...trace, points: trace.points.map(([x, y]) => [120 + (x - 120) * by, y] as const) }];
    }),
  );

function fileOf({ uid, date, name = 'Beating^Heart', id = 'P-1' }: Visit, parent: string): string {
  const path = join(parent, `${uid}.dcm`);
  const clip = speckledBeatingClip({
    studyInstanceUid: uid,
    sopInstanceUid: `${uid}.1`,
    patientName: name,
    patientId: id,
    elements: [{ tag: '00080020', vr: 'DA', value: date }],
  });
  writeFileSync(path, clip);
  return path;
}

/** Contours and one whole beat in the clip of a study. */
async function measure(page: Page, { uid, scale = 1 }: Visit) {
  await recordTraces(page, uid, `${uid}.1`, contours(scale));
  await revise(page, uid, {
    slot: 'beats',
    sopInstanceUid: `${uid}.1`,
    before: null,
    after: [{ edFrame: 0, esFrame: 12, nextEdFrame: beatingSize.frames - 1, source: 'user' }],
  });
}

async function revise(page: Page, uid: string, change: unknown) {
  const status = await page.evaluate(
    async ({ uid: study, change: one }) => {
      const { head } = (await (await fetch(`/api/studies/${study}`)).json()) as StudyDocument;
      const answer = await fetch(`/api/studies/${study}/revisions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ head, label: 'by the test', changes: [one] }),
      });
      return answer.status;
    },
    { uid, change },
  );
  expect(status).toBe(201);
}

const sign = (page: Page, uid: string) =>
  revise(page, uid, { slot: 'decision', before: { state: 'pending' }, after: { state: 'accepted' } });

async function open(page: Page, uid: string) {
  await page.locator(`[data-region=studies] [data-study="${uid}"]`).click();
  await expect(page.locator(`[data-column="${uid}.1"]`)).toBeVisible();
}

const today: Visit = { uid: '1.2.826.1', date: '20260105' };
const last: Visit = { uid: '1.2.826.2', date: '20240102', scale: 0.72 };
const first: Visit = { uid: '1.2.826.3', date: '20220301', scale: 0.8 };
const married: Visit = { uid: '1.2.826.4', date: '20210301', name: 'Other^Heart' };
const alike: Visit = { uid: '1.2.826.5', date: '20230301', id: 'P-2' };

test('priors: what changed, the clip beside, the course, and who is asked about', async ({
  page,
  workstation,
}) => {
  const parent = test.info().outputPath();
  mkdirSync(parent, { recursive: true });
  await openWith(
    page,
    workstation,
    [today, last, first, married, alike].map((visit) => fileOf(visit, parent)),
  );
  await expect(page.locator('[data-region=studies] [data-study]')).toHaveCount(5);
  for (const visit of [today, last, first, married, alike]) await measure(page, visit);
  await sign(page, last.uid);
  await open(page, today.uid);

  await test.step('the last study before it is the prior, and never one of another patient', async () => {
    await expect(page.getByTestId('prior-chip')).toHaveText(/Prior\s+2 Jan 2024: EF \d+ %/u);
    const numbers = page.getByTestId('prior-numbers');
    await expect(page.getByTestId('prior-standing')).toContainText('signed by');
    const ejection = numbers.locator('[data-quantity="EF"]');
    await expect(ejection).toHaveAttribute('data-beyond', 'true');
    await expect(ejection).toContainText('▼');
    // Said once, among the findings, with an arrow to the frames that today's EF was read from.
    await expect(page.getByText('EF changed by over 10 points')).toHaveCount(1);
    const changed = page.getByTestId('findings').locator('[data-code=ejection-changed]');
    await expect(changed).toContainText('→');
    await changed.getByRole('button', { name: 'EF changed by over 10 points' }).first().click();
    await expect(changed).toHaveAttribute('aria-current', 'true');
    await expect(numbers.locator('[data-quantity="EDV"]')).toHaveAttribute('data-beyond', 'false');
    await page.getByTestId('prior-menu-opener').click();
    await expect(page.getByTestId('prior-menu').locator('[data-study]')).toHaveCount(2);
    expect(await violations(page, 'menu')).toEqual([]);
    await page.screenshot({ path: test.info().outputPath('menu.png') });
    await page.keyboard.press('Escape');
    await expect(page.getByTestId('prior-menu')).toBeHidden();
    await expect(page.getByTestId('prior-menu-opener')).toBeFocused();
  });

  await test.step('O puts its clip beside, marked and only to be looked at, and takes it off', async () => {
    await page.keyboard.press('o');
    const guest = page.locator(`[data-guest="${last.uid}"]`);
    await expect(guest).toContainText('Prior 2 Jan 2024');
    await expect(page.getByTestId('prior-chip')).toHaveAttribute('aria-pressed', 'true');
    await expect(guest.getByTestId('view-select')).toHaveCount(0);
    expect(await violations(page, 'beside')).toEqual([]);
    await page.screenshot({ path: test.info().outputPath('beside.png') });
    await page.keyboard.press('o');
    await expect(guest).toHaveCount(0);
    await expect(page.locator(`[data-column="${today.uid}.1"]`)).toBeVisible();
  });

  await test.step('another study is chosen and measured otherwise where it is', async () => {
    await page.getByTestId('prior-menu-opener').click();
    await page.getByTestId('prior-menu').locator(`[data-study="${first.uid}"]`).click();
    await expect(page.getByTestId('prior-chip')).toContainText('1 Mar 2022');
    await expect(page.getByTestId('prior-standing')).toContainText('not signed');
  });

  await test.step('the chosen study is what the report is compared with, and undo takes it back', async () => {
    const compared = page.getByTestId('report-prior');
    await page.getByTestId('report').click();
    await expect(compared).toHaveText('Compared with the study of 1 Mar 2022, chosen by hand.');
    await expect(page.getByTestId('report-conclusion')).toHaveValue(/ on Mar 1, 2022 | on 1 Mar 2022 /u);
    await page.screenshot({ path: test.info().outputPath('preview.png') });
    await page.getByTestId('report-cancel').click();
    await page.keyboard.press('Control+z');
    await expect(page.getByTestId('prior-chip')).toContainText('2 Jan 2024');
    await page.getByTestId('report').click();
    await expect(compared).toHaveText('Compared with the study of 2 Jan 2024.');
    await page.getByTestId('report-cancel').click();
    await page.keyboard.press('Control+Shift+z');
    await expect(page.getByTestId('prior-chip')).toContainText('1 Mar 2022');
  });

  await test.step('the course is read as a table, by keyboard, and a point opens its study', async () => {
    await page.getByTestId('prior-trend').click();
    const dialog = page.getByTestId('dialog-trend');
    await expect(dialog.getByTestId('trend-table').locator('tbody tr')).toHaveCount(3);
    const points = dialog.getByTestId('trend-plot').locator('[data-point]');
    await expect(points).toHaveCount(3);
    expect(await violations(page, 'trend')).toEqual([]);
    await page.screenshot({ path: test.info().outputPath('trend.png') });
    await expect(points.nth(2)).toHaveAttribute('aria-label', /5 Jan 2026: \d+ %, not signed, this study/u);
    await expect(points.nth(1)).toHaveAttribute('aria-label', /2 Jan 2024: \d+ %, signed/u);
    await points.nth(2).focus();
    await page.keyboard.press('ArrowLeft');
    await expect(points.nth(1)).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(dialog).toBeHidden();
    await expect(page.locator(`[data-column="${last.uid}.1"]`)).toBeVisible();
    // Of today's study, which is later, no change is said.
    await expect(page.getByTestId('prior-chip')).toContainText('1 Mar 2022');
    await open(page, today.uid);
    // What was chosen is kept with the study.
    await expect(page.getByTestId('prior-chip')).toContainText('1 Mar 2022');
  });

  await test.step('a changed name is asked, and the answer joins and is taken back', async () => {
    await expect(page.getByTestId('patient-question')).toHaveText('Same patient?');
    await page.getByTestId('patient-question').click();
    const doubt = page.getByTestId('patient-doubt');
    await expect(doubt).toHaveCount(1);
    await expect(doubt).toContainText('Other, Heart');
    await expect(doubt.locator('[data-line="name"]')).toContainText('another family name');
    await expect(doubt.locator('[data-line="id"]')).toHaveAttribute('data-outcome', 'equal');
    expect(await violations(page, 'question')).toEqual([]);
    await page.screenshot({ path: test.info().outputPath('question.png') });
    await doubt.getByTestId('same-patient').click();
    const joined = page.getByTestId('joined-studies').locator('li');
    await expect(joined).toHaveCount(3);
    await joined.filter({ hasText: 'somebody said so' }).getByTestId('part-study').click();
    await expect(doubt).toHaveCount(1);
    await expect(joined).toHaveCount(2);
    await doubt.getByTestId('other-patient').click();
    await expect(page.getByTestId('parted-studies').locator('li')).toHaveCount(1);
    await page.keyboard.press('Escape');
    await expect(page.getByTestId('patient-question')).toHaveCount(0);
  });

  await test.step('nothing is said of another patient who looks alike', async () => {
    await open(page, alike.uid);
    await expect(page.getByTestId('prior-chip')).toHaveCount(0);
    await expect(page.getByTestId('patient-question')).toHaveCount(0);
    await page.keyboard.press('o');
    const none = page.getByText('No earlier study of this patient.');
    await expect(none).toBeVisible();
    await page.getByRole('button', { name: 'Find one' }).click();
    await expect(page.getByTestId('dialog-identity')).toContainText('under another ID');
    await page.keyboard.press('Escape');
    await page.keyboard.press('o');
    await expect(none).toHaveCount(1);
  });

  await test.step('what is signed meanwhile is shown as signed', async () => {
    await open(page, last.uid);
    await expect(page.getByText('No earlier study of this patient.')).toHaveCount(0);
    await expect(page.getByTestId('prior-standing')).toContainText('not signed');
    await sign(page, first.uid);
    await expect(page.getByTestId('prior-standing')).toContainText('signed by');
  });
});
