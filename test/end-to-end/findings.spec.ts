import { violations } from './axe.ts';
import { beatingClip, beatingSop, beatingStudy, beatingTrace, beatingTraces } from './beating-clip.ts';
import { expect, openWith, picture, recordTraces, test } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

test('findings are short, lead to their frames by key and press, and say more on demand', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  // A frame whose contour disagrees with its neighbours' is a finding that names it.
  const traces = { ...beatingTraces(), 5: beatingTrace(12) };
  await recordTraces(page, beatingStudy, beatingSop, traces);
  await expect(page.getByTestId('ef')).toBeVisible();
  await page.keyboard.press('Space');
  await expect(page.getByTestId('reliability')).toHaveText(/Check \d/);

  const lines = page.getByTestId('findings').locator('li[data-code]');
  for (const words of await lines.locator('.line > button:first-child').allInnerTexts()) {
    const said = words
      .replace(/(Refused|Warning|Note):/, '')
      .split(/\s+/)
      .filter((word) => /\p{L}|\d/u.test(word));
    expect(said.length, words).toBeLessThanOrEqual(8);
  }
  await page.keyboard.press('i');
  const current = page.getByTestId('findings').locator('li[aria-current=true]');
  await expect(current).toHaveCount(1);
  const first = await current.innerText();
  await expect(picture(page, 'cine')).toBeFocused();
  await page.keyboard.press('i');
  await expect(current).toHaveCount(1);
  const more = current.locator('.more');
  await expect(more).toHaveAttribute('aria-expanded', 'false');
  await more.click();
  await expect(more).toHaveAttribute('aria-expanded', 'true');
  await expect(current.locator('.message')).toBeVisible();
  expect(first).not.toBe('');
  expect(await violations(page, 'findings')).toEqual([]);
});

test('the audit log of a study is read in the window', async ({ page, workstation }) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  await Promise.all([page.waitForEvent('download'), page.keyboard.press('Control+Shift+E')]);
  await page.getByTestId('open-audit').click();
  const rows = page.getByTestId('audit').locator('tbody tr');
  await expect(rows.first()).toContainText('Exported Report (PDF), 1 file');
  await expect(rows.filter({ hasText: 'contours of the test' })).toHaveCount(1);
  await expect(rows.last()).toContainText('Imported, 1 file');
  expect(await violations(page, 'audit')).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('dialog-audit')).toBeHidden();
});
