import { beatingClip, beatingStudy, beatingSop, beatingTraces } from './beating-clip.ts';
import { unseenFocus } from './seen-focus.ts';
import { expect, openWith, picture, recordTraces, test } from './workstation.ts';

test.use({ workstationOptions: { models: true }, contextOptions: { reducedMotion: 'reduce' } });

test('whatever has the focus shows it by a ring of two pixels that stands out', async ({
  page,
  workstation,
}) => {
  test.setTimeout(600_000);
  await page.route('**/api/clips/*/runs', (route) => route.abort());
  await openWith(page, workstation, [
    workstation.file('beating.dcm', beatingClip()),
    workstation.file('second.dcm', beatingClip({ sopInstanceUid: '1.2.826.0.1.3680043.10.1.9' })),
  ]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  await expect(picture(page, 'cine')).toHaveAttribute('data-drawn', 'true');
  // Measured ahead all the same: controls come and go until that is done.
  await expect(page.getByTestId('reliability')).toContainText('Check 2', { timeout: 120_000 });
  await expect(page.locator('[data-clip]').getByText('⚑ 2')).toHaveCount(2, { timeout: 120_000 });
  const unseen: string[] = [];
  const look = async (state: string, part = page.locator('#app')) =>
    unseen.push(...(await unseenFocus(page, part, state)));
  const dialog = page.locator('dialog[open]');

  await look('study');
  await page.keyboard.press('w');
  await expect(page.getByTestId('worklist-grid')).toBeFocused();
  await look('worklist', page.getByTestId('worklist'));
  await page.keyboard.press('w');

  await page.getByTestId('layout-panel-button').click();
  await look('layouts', page.getByTestId('layout-panel'));
  await page.keyboard.press('Escape');

  for (const [key, name] of [
    ['v', 'views'],
    ['F1', 'keys'],
    ['Control+e', 'export'],
  ] as const) {
    await page.keyboard.press(key);
    await expect(page.getByTestId(`dialog-${name}`)).toBeVisible();
    await look(name, dialog);
    if (name === 'export') {
      await page.getByTestId('export-identity-sharing').check();
      await page.getByTestId('masks-look').click();
      await expect(page.getByTestId('mask-corner').first()).toBeVisible();
      await look('masks', dialog);
      await page.keyboard.press('Escape');
    }
    await page.keyboard.press('Escape');
    await expect(dialog).toHaveCount(0);
  }
  await page.getByTestId('report').click();
  await expect(page.getByTestId('preview-page').first()).toBeVisible();
  await look('report', dialog);
  await page.keyboard.press('Escape');
  await page.getByTestId('model-status').click();
  await look('models', dialog);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await look('settings', dialog);

  expect(unseen).toEqual([]);
});
