import { readFileSync } from 'node:fs';
import {
  beatingClip,
  beatingSize,
  beatingSop,
  beatingStudy,
  beatingTrace,
  beatingTraces,
} from './beating-clip.ts';
import {
  expect,
  giveName,
  openWith,
  pageOf,
  picture,
  recordTraces,
  test,
  valueOf,
  saveReport,
} from './workstation.ts';

test.use({ workstationOptions: { models: false } });

test('a signed study is amended with a reason, and the version before stays readable', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  await page.keyboard.press('Space');
  const decision = page.getByTestId('decision');
  const versions = page.getByTestId('signed-versions');
  await expect(versions).toHaveCount(0);
  await page.getByTestId('accept').click();
  await giveName(page);
  await expect(decision).toHaveAttribute('data-state', 'accepted');
  await expect(versions.locator('li')).toHaveCount(1);
  const signedEdv = await valueOf(page, 'number-EDV');

  // While the contour is being dragged nothing is said of the signature; it is taken back with the drag.
  const frame = Number(await picture(page, 'ed').getAttribute('data-still-frame'));
  const [x, y] = beatingTrace(frame).points[3] ?? [0, 0];
  const from = await pageOf(page, 'ed', beatingSize, [x, y]);
  const to = await pageOf(page, 'ed', beatingSize, [x - 12, y]);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 3 });
  await expect(page.locator('[data-code="differs-from-signed"]')).toHaveCount(0);
  await page.mouse.up();
  await expect(decision).toHaveAttribute('data-state', 'pending');
  await expect(versions).toContainText('taken back');

  // Enter asks for the reason; without one nothing is signed, and Escape leaves the field.
  await page.keyboard.press('Enter');
  const form = page.getByTestId('reason-form');
  await expect(form).toContainText('Version 1 was accepted by Dr. Reader');
  await expect(form.getByRole('textbox')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('reason-sign')).toBeDisabled();
  await expect(decision).toHaveAttribute('data-state', 'pending');
  await page.keyboard.type('Lateral wall drawn too narrow');
  await page.screenshot({ path: test.info().outputPath('reason.png') });
  await page.keyboard.press('Enter');
  await expect(decision).toHaveAttribute('data-state', 'accepted');
  await expect(decision).toContainText('version 2');
  await expect(form).toHaveCount(0);

  const [second, first] = [versions.locator('[data-version="2"]'), versions.locator('[data-version="1"]')];
  await expect(second).toContainText('in force');
  await expect(second).toContainText('Lateral wall drawn too narrow');
  await expect(first).toContainText('replaced by version 2');
  await first.locator('summary').click();
  await expect(first.locator('dl')).toContainText(`${Math.round(signedEdv)} mL`);
  await second.locator('summary').click();
  await expect(second.locator('dl')).toContainText(`${Math.round(await valueOf(page, 'number-EDV'))} mL`);
  await page.screenshot({ path: test.info().outputPath('versions.png') });

  const download = page.waitForEvent('download');
  await saveReport(page);
  expect(
    readFileSync(await (await download).path())
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-');

  // Undone, the version before is not in force again: its contour is another one.
  await page.getByTestId('undo').click();
  await expect(decision).toHaveAttribute('data-state', 'pending');
  await page.getByTestId('undo').click();
  await expect(decision).toHaveAttribute('data-state', 'accepted');
  await expect(first).toContainText('in force');
  await expect(second).toContainText('undone');
  await page.reload();
  await expect(versions.locator('[data-version="1"]')).toContainText('in force');
});

test('numbers that settings changed after they were signed are said to be others', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  for (const [field, value] of [
    ['body-heightCm', '180'],
    ['body-weightKg', '110'],
  ] as const) {
    await page.getByTestId(field).fill(value);
    await page.getByTestId(field).press('Enter');
  }
  await expect(page.getByTestId('number-EDVI')).toBeVisible();
  await page.getByTestId('accept').click();
  await giveName(page);
  await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'accepted');
  const differs = page.locator('[data-code="differs-from-signed"]');
  await expect(differs).toHaveCount(0);
  await page.evaluate(() =>
    fetch('/api/settings', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ bsaFormula: 'mosteller' }),
    }),
  );
  await page.reload();
  await expect(differs).toContainText('Numbers differ from those signed');
  await expect(differs.locator('.message')).toContainText('BSA by Du Bois, now by Mosteller');
  await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'accepted');
  await differs.getByRole('button', { expanded: false }).click();
  await page.screenshot({ path: test.info().outputPath('differs.png') });
});
