import { beatingClip, beatingSop, beatingStudy, beatingTraces } from './beating-clip.ts';
import { expect, giveName, openWith, picture, recordTraces, test, valueOf } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

test('a study is reviewed by keyboard alone', async ({ page, workstation }) => {
  const unknownView = beatingClip({ without: ['00540220'] });
  await openWith(page, workstation, [workstation.file('beating.dcm', unknownView)]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();

  await page.keyboard.press('4');
  await expect(page.getByTestId('view-select')).toHaveValue('a4c');
  await page.keyboard.press('End');
  const es = (await picture(page, 'es').getAttribute('data-still-frame')) ?? '';
  await expect(picture(page, 'cine')).toHaveAttribute('data-frame', es);
  await page.keyboard.press('Home');
  const ed = (await picture(page, 'ed').getAttribute('data-still-frame')) ?? '';
  await expect(picture(page, 'cine')).toHaveAttribute('data-frame', ed);

  // Tab reaches the pictures, and focus is to be seen.
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-picture') ?? null);
  await page.locator('#study-search').focus();
  for (let step = 0; step < 40 && (await focused()) !== 'ed'; step += 1) await page.keyboard.press('Tab');
  expect(await focused()).toBe('ed');
  await expect(picture(page, 'ed')).toHaveCSS('outline-style', 'solid');

  const before = await valueOf(page, 'number-EDV');
  await page.keyboard.press('.');
  await page.keyboard.press('.');
  await page.keyboard.press('.');
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(page.getByTestId('history').getByText('nudged a point')).toBeVisible();
  expect(await valueOf(page, 'number-EDV')).toBeGreaterThan(before);
  await page.keyboard.press('Escape');

  const marker = page.locator('[data-marker=es][data-beat="0"]');
  await marker.focus();
  await page.keyboard.press('ArrowRight');
  await expect(marker).toHaveAttribute('data-frame', String(Number(es) + 1));

  await picture(page, 'cine').focus();
  await page.keyboard.press('Enter');
  // Nobody signs without a name, which is asked for once.
  await giveName(page);
  await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'accepted');
  await expect(page.getByTestId('decision')).toContainText('by Dr. Reader');
  await page.keyboard.press('Backspace');
  await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'rejected');
  // A change after the decision takes it back.
  await page.keyboard.press('2');
  await expect(page.getByTestId('view-select')).toHaveValue('a2c');
  await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'pending');

  await page.keyboard.press('?');
  const keys = page.getByTestId('dialog-keys');
  await expect(keys).toBeVisible();
  await keys.getByRole('button', { name: 'Change the key for: Play or pause' }).press('Enter');
  await page.keyboard.press('k');
  // The key goes to another study already, so it is asked whether the two change hands.
  await page.getByTestId('key-conflict').getByRole('button', { name: 'Exchange the keys' }).press('Enter');
  await expect(page.getByTestId('key-conflict')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(keys).not.toBeVisible();
  await picture(page, 'cine').focus();
  await page.keyboard.press('k');
  await expect(page.getByTestId('play')).toHaveAttribute('data-playing', 'true');
});

test('what is known of the body is entered, indexed and recorded', async ({ page, workstation }) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('number-EDV')).toBeVisible();
  await expect(page.getByTestId('number-EDVI')).toHaveCount(0);
  await page.getByTestId('body-heightCm').fill('170');
  await page.getByTestId('body-weightKg').fill('70');
  await page.getByTestId('body-weightKg').press('Enter');
  // Du Bois: 1.8097 m².
  await expect(page.getByTestId('patient-details')).toContainText('BSA 1.81 m²');
  const [edv, indexed] = [await valueOf(page, 'number-EDV'), await valueOf(page, 'number-EDVI')];
  expect(edv / indexed).toBeCloseTo(1.8097, 3);
  await expect(page.getByTestId('history').getByText('Height 170 cm')).toBeVisible();
  await page.getByTestId('body-sex').selectOption('male');
  await expect(page.getByTestId('grade-EF')).toContainText('52–72 % (men)');
});
