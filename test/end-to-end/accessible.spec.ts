import { violations } from './axe.ts';
import {
  beatingClip,
  beatingSize,
  beatingSop,
  beatingStudy,
  beatingTrace,
  beatingTraces,
} from './beating-clip.ts';
import { expect, giveName, openWith, pageOf, picture, recordTraces, test } from './workstation.ts';

test.use({ workstationOptions: { models: true } });

test('axe-core finds nothing in any state or dialog of the window', async ({ page, workstation }) => {
  test.setTimeout(400_000);
  const found: string[] = [];
  const look = async (state: string) => {
    found.push(...(await violations(page, state)));
    await page.screenshot({ path: test.info().outputPath(`${state}.png`) });
  };

  // The model's run is asked for and held back, so that measuring is a state to look at.
  let goOn: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (goOn = resolve));
  await page.route('**/api/clips/*/runs', async (route) => {
    await held;
    await route.abort();
  });

  await page.goto(workstation.url);
  await expect(page.getByText('Nothing here yet', { exact: true })).toBeVisible();
  await look('empty');

  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByTestId('open-files').click(),
  ]);
  await chooser.setFiles([
    workstation.file('beating.dcm', beatingClip()),
    workstation.file('cut.dcm', beatingClip({ sopInstanceUid: '1.2.3.77' }).slice(0, 4000)),
    workstation.file('notes.txt', Buffer.from('This is no picture.')),
  ]);
  await expect(page.getByTestId('patient-name')).toBeVisible();
  await expect(page.getByTestId('run-status')).toHaveAttribute('data-state', 'queued');
  await expect(page.getByTestId('accept')).toBeDisabled();
  await expect(page.getByTestId('findings').locator('.refusal')).toHaveCount(0);
  await look('measuring');
  goOn();
  await expect(page.getByTestId('run-status')).toHaveAttribute('data-state', 'failed');
  await look('failed');

  await page.getByTestId('import-show-list').click();
  await expect(page.getByTestId('import-rejected')).toBeVisible();
  await look('refused-files');
  await page.getByRole('button', { name: 'Close', exact: true }).click();

  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  await expect(page.getByTestId('play')).toHaveAttribute('data-playing', 'true');
  await look('playing');
  await page.keyboard.press('Space');

  const frame = Number(await picture(page, 'ed').getAttribute('data-still-frame'));
  const point = await pageOf(page, 'ed', beatingSize, beatingTrace(frame).points[3] ?? [0, 0]);
  await page.mouse.click(point.x, point.y);
  await expect(picture(page, 'ed').locator('.handle.chosen')).toBeVisible();
  await look('editing');
  await page.keyboard.press('Escape');
  await page.keyboard.press('n');
  await look('drawing');
  await page.keyboard.press('Escape');

  for (const [opener, name] of [
    ['Keys', 'keys'],
    ['Settings', 'settings'],
  ] as const) {
    await page.getByRole('button', { name: opener, exact: true }).click();
    await expect(page.getByTestId(`dialog-${name}`)).toBeVisible();
    await look(name);
    await page.keyboard.press('Escape');
    await expect(page.getByTestId(`dialog-${name}`)).not.toBeVisible();
  }
  await page.getByTestId('model-status').click();
  await expect(page.getByTestId('model-list').getByRole('button').first()).toBeVisible();
  await look('models');
  await page.keyboard.press('Escape');

  await page.keyboard.press('Control+e');
  await expect(page.getByTestId('dialog-export')).toBeVisible();
  await look('export');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('dialog-export')).not.toBeVisible();

  await page.keyboard.press('w');
  await expect(page.getByTestId('worklist-grid')).toBeFocused();
  await look('worklist');
  await page.keyboard.press('w');
  await expect(page.getByTestId('worklist')).toHaveCount(0);

  await page.getByTestId('layout-panel-button').click();
  await expect(page.getByTestId('layout-panel')).toBeVisible();
  await look('layouts');
  await page.getByTestId('layout-phases').click();
  await expect(page.getByTestId('layout-panel')).toBeHidden();
  await look('layout of phases');
  await page.keyboard.press('Shift+L');
  await page.keyboard.press('v');
  await expect(page.getByTestId('dialog-views')).toBeVisible();
  await look('views');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('dialog-views')).not.toBeVisible();

  await page.locator('button.study').click({ button: 'right' });
  await expect(page.getByTestId('care-menu')).toBeVisible();
  await look('care menu');
  await page.getByTestId('care-menu').locator('[data-item=patient]').click();
  await expect(page.locator('dialog[open]')).toBeVisible();
  await look('patient data');
  await page.keyboard.press('Escape');
  await expect(page.locator('dialog[open]')).toHaveCount(0);

  await page.getByTestId('report').click();
  await expect(page.getByTestId('preview-page').first()).toBeVisible();
  await look('preview');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByTestId('setting-report').click();
  await expect(page.getByTestId('dialog-report-settings')).toBeVisible();
  await look('report settings');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('dialog-report-settings')).not.toBeVisible();

  await page.keyboard.press('Enter');
  await expect(page.getByTestId('dialog-reader')).toBeVisible();
  await look('reader');
  await giveName(page);
  await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'accepted');
  await Promise.all([page.waitForEvent('download'), page.keyboard.press('Control+Shift+E')]);
  await expect(page.getByTestId('messages')).toContainText('Report saved as');
  await look('report');

  await workstation.kill();
  await page.keyboard.press('2');
  await expect(page.getByTestId('stopped')).toBeVisible();
  await look('stopped');

  expect(found).toEqual([]);
});

test('the way from the loop to Accept by keys alone is short, and the focus is seen all the way', async ({
  page,
  workstation,
}) => {
  await page.route('**/api/clips/*/runs', (route) => route.abort());
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  // The loop has the keys from the start: no Tab is needed to get there.
  await expect(picture(page, 'cine')).toBeFocused();
  let presses = 0;
  const focusedId = () => page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? '');
  while ((await focusedId()) !== 'accept' && presses < 20) {
    await page.keyboard.press('F6');
    presses += 1;
    const ring = await page.evaluate(() => {
      const style = getComputedStyle(document.activeElement ?? document.body);
      return { width: parseFloat(style.outlineWidth), style: style.outlineStyle };
    });
    expect(ring).toEqual({ width: 2, style: 'solid' });
  }
  await page.keyboard.press('Enter');
  presses += 1;
  await expect(page.getByTestId('dialog-reader')).toBeVisible();
  console.log(`loop to Accept: ${presses} presses`);
  expect(presses).toBeLessThanOrEqual(4);
  await giveName(page);
  await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'accepted');
});

test.describe('for those who asked for stillness', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  test('a loop waits, and the playhead is moved and said by keys', async ({ page, workstation }) => {
    await page.route('**/api/clips/*/runs', (route) => route.abort());
    await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
    await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
    await expect(page.getByTestId('ef')).toBeVisible();
    await expect(page.getByTestId('play')).toHaveAttribute('data-playing', 'false');

    const playhead = page.getByTestId('playhead').first();
    await playhead.focus();
    await expect(playhead).toHaveAttribute('aria-valuenow', '0');
    await page.keyboard.press('ArrowRight');
    await expect(playhead).toHaveAttribute('aria-valuenow', '1');
    await expect(playhead).toHaveAttribute('aria-valuetext', /^frame 2, [\d.]+ mL/);
    const end = Number(await picture(page, 'es').getAttribute('data-still-frame'));
    for (let frame = 1; frame < end; frame += 1) await page.keyboard.press('ArrowRight');
    await expect(playhead).toHaveAttribute('aria-valuetext', /mL, end-systole$/);
  });
});
