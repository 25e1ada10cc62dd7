import type { Page } from '@playwright/test';
import type { StudyDocument } from '../../core/api/requests.ts';
import { buildReport } from '../fixtures/dicom/build-report.ts';
import { withoutPrivateBlock } from '../fixtures/dicom/stripped-report.ts';
import { scannerReport } from '../fixtures/dicom/scanner-report.ts';
import { beatingClip, beatingSop, beatingStudy, beatingTraces } from './beating-clip.ts';
import { expect, openWith, recordTraces, test } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

const studyOf = (page: Page) =>
  page.evaluate(
    async (study) => (await (await fetch(`/api/studies/${study}`)).json()) as StudyDocument,
    beatingStudy,
  );

async function importFiles(page: Page, paths: readonly string[]): Promise<void> {
  await page.evaluate(async (files) => {
    const answer = await fetch('/api/imports', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ paths: files }),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }, paths);
}

const exportedAs = (page: Page, format: string) =>
  page.evaluate(
    async ({ study, format }) => {
      const answer = await fetch(`/api/studies/${study}/exports/${format}`);
      if (!answer.ok) throw new Error(await answer.text());
      return [...new Uint8Array(await answer.arrayBuffer())];
    },
    { study: beatingStudy, format },
  );

for (const size of [
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
]) {
  test(`numbers of a scanner stand beside ours, with the difference, at ${size.width} × ${size.height}`, async ({
    page,
    workstation,
  }) => {
    await page.setViewportSize(size);
    const numbers = buildReport(scannerReport('srt'), { studyInstanceUid: beatingStudy });
    await openWith(page, workstation, [
      workstation.file('beating.dcm', beatingClip()),
      workstation.file('numbers.dcm', numbers),
    ]);
    await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
    await expect(page.getByTestId('ef')).toBeVisible();
    const table = page.getByTestId('document-numbers');
    await expect(table.getByRole('heading')).toHaveText('Measured on the scanner');
    await expect(table).toContainText('Scanners Model T');
    await expect(page.getByTestId('study-list')).toContainText('1 clip · 1 report');
    const edv = table.locator('[data-quantity=EDV]').nth(0);
    await expect(edv).toContainText('A4C + A2C');
    await expect(edv).toContainText('120');
    await edv.scrollIntoViewIfNeeded();
    await page.screenshot({ path: test.info().outputPath('scanner-numbers.png') });
    // Ours less theirs, as both are shown.
    const cells = await edv.locator('td').allTextContents();
    const [there, here, difference] = cells.map((text) =>
      Number.parseInt(text.replace('−', '-').replace('±', ''), 10),
    );
    expect(difference).toBe(here! - there!);
  });
}

test('another reading is offered, put aside, used as one step and taken back', async ({
  page,
  workstation,
}) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  const written = await studyOf(page);
  // Without the block that tells a Systola its own contours, they are those of any program.
  const report = withoutPrivateBlock(Uint8Array.from(await exportedAs(page, 'dicom-all-contours')));
  await page.getByTestId('undo').click();
  await expect(page.getByTestId('no-ef')).toBeVisible();

  await importFiles(page, [workstation.file('contours.dcm', report)]);
  const offer = page.getByTestId('offered-readings');
  await expect(offer).toContainText('to which contours are fitted');
  await expect(page.getByTestId('no-ef')).toBeVisible();
  await page.screenshot({ path: test.info().outputPath('offered.png') });

  await page.getByTestId('reading-not-now').click();
  await expect(offer).toHaveCount(0);
  await expect(page.getByTestId('other-readings')).toBeVisible();
  await page.setViewportSize({ width: 1920, height: 1080 });
  await page.screenshot({ path: test.info().outputPath('put-aside.png') });
  await page.getByTestId('reading-use').click();
  await expect(page.getByTestId('ef')).toBeVisible();
  await expect(page.getByTestId('other-readings')).toContainText('used');
  const [taken, own] = [await studyOf(page), written].map(
    ({ review }) => review.clips[beatingSop]!.traces['lv-cavity']!,
  );
  expect(Object.keys(taken!)).toEqual(Object.keys(own!));
  expect(taken![0]!.points[0]![0]).toBeCloseTo(own![0]!.points[0]![0], 2);
  await page.screenshot({ path: test.info().outputPath('used.png') });

  await page.getByTestId('undo').click();
  await expect(page.getByTestId('no-ef')).toBeVisible();
  await expect(page.getByTestId('other-readings')).not.toContainText('used');
  expect((await studyOf(page)).review.clips[beatingSop]?.traces).toEqual({});
});

test('what this study itself was at a revision is no offer, and can be gone back to', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  const written = await studyOf(page);
  const report = Uint8Array.from(await exportedAs(page, 'dicom-contours'));
  await page.getByTestId('undo').click();
  await expect(page.getByTestId('no-ef')).toBeVisible();
  await importFiles(page, [workstation.file('contours.dcm', report)]);
  await expect(page.getByTestId('other-readings')).toContainText('an earlier state of this study');
  await expect(page.getByTestId('offered-readings')).toHaveCount(0);
  await page.getByTestId('reading-use').click();
  await expect(page.getByTestId('ef')).toBeVisible();
  expect((await studyOf(page)).review.clips).toEqual(written.review.clips);
});
