import type { Page } from '@playwright/test';
import { beatingSop, beatingStudy, speckledBeatingClip } from './beating-clip.ts';
import { expect, openWith, test } from './workstation.ts';

/** So long that its run goes on while the page is drawn anew, as slow as the machine may be: both wait for it. */
const frames = 1200;
const otherStudy = '1.2.826.0.1.3680043.10.9.1';

/**
 * What the page shows of the run: its state, and the place at which the curve begins, null where there is none yet.
 * Read in one moment, so that what is said of a run that goes on was on screen while it went on.
 */
const shown = (page: Page) =>
  page.evaluate(() => {
    const curve = document.querySelector('[data-testid=curve]')?.getAttribute('d') ?? '';
    const status = document.querySelector<HTMLElement>('[data-testid=run-status]');
    return {
      state: status?.dataset['state'] ?? 'none',
      words: status?.textContent.trim() ?? '',
      begins: /^M\s*([\d.]+)/.exec(curve)?.[1] ?? null,
    };
  });

/** The first moment in which the page shows contours of a run that is going on. */
async function inTheMiddle(page: Page) {
  let now = await shown(page);
  await expect
    .poll(
      async () => {
        now = await shown(page);
        const before = ['none', 'queued', 'loading-model'].includes(now.state);
        return before || now.begins === null ? 'nothing yet' : now.state;
      },
      { timeout: 240_000 },
    )
    .toBe('running');
  return now;
}

test('a page that is drawn anew in the middle of a run shows all contours so far, and so does a study returned to', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [workstation.file('long.dcm', speckledBeatingClip({ frames }))]);
  const before = await inTheMiddle(page);

  await page.reload();
  const anew = await inTheMiddle(page);
  expect(anew.begins, 'where the curve of the page drawn anew begins').toBe(before.begins);
  expect(anew.words).toMatch(/^frame \d+ of 1200/);
  // The first frame has its contour on the picture, too.
  await page.keyboard.press('Space');
  await expect(page.locator('[data-picture=cine]')).toHaveAttribute('data-traced', 'true');

  // To another study and back: what was found meanwhile is there.
  const other = speckledBeatingClip({
    studyInstanceUid: otherStudy,
    sopInstanceUid: `${otherStudy}.1`,
    patientName: 'Other^Heart',
  });
  await page.evaluate(
    async (paths) => {
      await fetch('/api/imports', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ paths }),
      });
    },
    [workstation.file('other.dcm', other)],
  );
  await page.getByTestId('study-list').getByText('Other').first().click();
  await expect(page.getByTestId('patient-name')).toContainText('Other');
  await page.getByTestId('study-list').getByText('Beating').first().click();
  await expect(page.getByTestId('patient-name')).toContainText('Beating');
  const back = await inTheMiddle(page);
  expect(back.begins, 'where the curve of the study returned to begins').toBe(before.begins);

  // A run that is called off stores nothing, whatever was shown of it.
  await page.getByTestId('run-cancel').click();
  await expect(page.locator('[data-testid=run-status][data-state=cancelled]')).toBeVisible();
  const stored = await page.evaluate(
    async ({ study, clip }) => {
      const { review } = (await (await fetch(`/api/studies/${study}`)).json()) as {
        review: { clips: Record<string, { traces: Record<string, object> }> };
      };
      return Object.keys(review.clips[clip]?.traces['lv-cavity'] ?? {}).length;
    },
    { study: beatingStudy, clip: beatingSop },
  );
  expect(stored).toBe(0);
});
