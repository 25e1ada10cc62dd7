import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, giveName, root, test, valueOf, saveReport } from './workstation.ts';

test.use({ workstationOptions: { sample: join(root, 'assets/sample-study'), recognisers: true } });

test('the sample study opens, is traced while it plays, and ends as a report', async ({
  page,
  workstation,
}) => {
  await page.addInitScript(() => {
    const watch = (): void => {
      const running = document.querySelector('[data-testid=run-status][data-state=running]') !== null;
      const path = document.querySelector('[data-testid=curve]')?.getAttribute('d') ?? '';
      if (running && path.includes('L')) Object.assign(window, { curveDrawnWhileRunning: true });
      const provisional = document.querySelector('[data-testid=provisional]') !== null;
      const graded = document.querySelector('[data-testid^=grade-]') !== null;
      const open = document.querySelector('[data-testid=accept]:not(:disabled)') !== null;
      if (provisional && !('provisionalSeen' in window)) {
        Object.assign(window, { provisionalSeen: true });
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
      }
      const messages = document.querySelector('[data-testid=messages]')?.textContent ?? '';
      if (messages.includes('still being measured')) Object.assign(window, { refusalSeen: true });
      const accepted = document.querySelector('[data-testid=decision][data-state=accepted]') !== null;
      if (running && (graded || open || accepted)) Object.assign(window, { decidedWhileRunning: true });
    };
    new MutationObserver(watch).observe(document, { childList: true, subtree: true, attributes: true });
  });
  await page.goto(workstation.url);
  await expect(page.getByTestId('patient-name')).toBeVisible();
  await expect(page.getByTestId('notice')).toHaveText('Research use only. Not for diagnostic use.');
  await expect(page.locator('[data-picture=cine]')).toHaveCount(2);
  await expect(page.getByTestId('play')).toHaveAttribute('data-playing', 'true');

  // Contours arrive while the run is still going. It takes about a second, so the page itself keeps watch.
  await expect
    .poll(() => page.evaluate(() => 'curveDrawnWhileRunning' in window), { timeout: 120_000 })
    .toBe(true);
  await expect(page.locator('[data-testid=curve]').first()).toHaveAttribute('d', /L/, { timeout: 60_000 });
  await expect(page.locator('[data-testid=run-status][data-state=finished]')).toHaveCount(2, {
    timeout: 280_000,
  });

  // What two frames of a beat give is no result: it is graded and signed when the runs are over.
  expect(await page.evaluate(() => 'provisionalSeen' in window)).toBe(true);
  expect(await page.evaluate(() => 'decidedWhileRunning' in window)).toBe(false);
  await expect(page.getByTestId('provisional')).toHaveCount(0);
  expect(await page.evaluate(() => 'refusalSeen' in window)).toBe(true);
  await expect(page.getByTestId('grade-EF')).toBeVisible();

  await expect(page.getByTestId('ef-method')).toHaveText('biplane disks');
  // True EF 55 %, EDV 120 mL.
  expect(Math.abs((await valueOf(page, 'ef')) - 55)).toBeLessThanOrEqual(5);
  expect(Math.abs((await valueOf(page, 'number-EDV')) - 120) / 120).toBeLessThanOrEqual(0.15);
  for (const kind of ['ed', 'es']) {
    await expect(page.locator(`[data-picture=${kind}][data-drawn=true][data-traced=true]`)).toHaveCount(2);
  }

  await page.getByTestId('accept').click();
  await giveName(page);
  await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'accepted');
  const [download] = await Promise.all([page.waitForEvent('download'), saveReport(page)]);
  expect(download.suggestedFilename()).toMatch(/^systola-report-\d{4}-\d\d-\d\d-[0-9a-f]{10}\.pdf$/);
  expect(
    readFileSync(await download.path())
      .subarray(0, 5)
      .toString(),
  ).toBe('%PDF-');
});

test('a run is cancelled and goes on', async ({ page, workstation }) => {
  // A run takes about a second: the button is pressed from within the page, as soon as it is there.
  await page.addInitScript(() => {
    const observer = new MutationObserver(() => {
      const button = document.querySelector<HTMLElement>('[data-testid=run-cancel]');
      if (button === null) return;
      observer.disconnect();
      button.click();
    });
    observer.observe(document, { childList: true, subtree: true });
  });
  await page.goto(workstation.url);
  await expect(page.locator('[data-testid=run-status][data-state=cancelled]')).toHaveCount(1);
  await page.getByTestId('run-start').first().click();
  await expect(page.locator('[data-testid=run-status][data-state=cancelled]')).toHaveCount(0);
});
