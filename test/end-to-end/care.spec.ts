import type { Page } from '@playwright/test';
import type { Workstation } from './loopback-workstation.ts';
import { beatingClip, beatingSop, beatingStudy } from './beating-clip.ts';
import { expect, giveName, openWith, picture, test } from './workstation.ts';

test.use({ workstationOptions: { models: false }, viewport: { width: 1280, height: 720 } });

const otherStudy = '1.2.826.0.1.3680043.10.3.1';
const rows = (page: Page) => page.getByTestId('study-list').locator('[data-study]');
const row = (page: Page, study: string) => page.getByTestId('study-list').locator(`[data-study="${study}"]`);

async function twoStudies(page: Page, workstation: Workstation): Promise<void> {
  const first = workstation.file('first.dcm', beatingClip());
  const second = workstation.file('second.dcm', beatingClip({ sopInstanceUid: '1.2.3.80' }));
  const other = workstation.file(
    'other.dcm',
    beatingClip({
      studyInstanceUid: otherStudy,
      sopInstanceUid: `${otherStudy}.2`,
      patientName: 'Beating^Hart',
      patientId: 'typed-wrong',
    }),
  );
  await openWith(page, workstation, [first, second]);
  await page.evaluate(
    (paths) =>
      fetch('/api/imports', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ paths }),
      }),
    [other],
  );
  await expect(rows(page)).toHaveCount(2);
}

test('a study is deleted from its menu, out of sight at once, and taken back', async ({
  page,
  workstation,
}) => {
  await twoStudies(page, workstation);
  await row(page, beatingStudy).click({ button: 'right' });
  const menu = page.getByTestId('care-menu');
  await expect(menu.getByRole('menuitem').first()).toBeFocused();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(menu).toHaveCount(0);
  await expect(rows(page)).toHaveCount(1);
  await expect(page.getByTestId('patient-name')).toHaveCount(0);
  await expect(page.getByTestId('removed')).toContainText('Beating, Heart: study deleted');
  await page.getByTestId('take-back').click();
  await expect(rows(page)).toHaveCount(2);
  await expect(page.getByTestId('removed')).toHaveCount(0);
});

test('Delete on a clip of the list removes it from the screen; a signed study asks first', async ({
  page,
  workstation,
}) => {
  await twoStudies(page, workstation);
  await expect(picture(page, 'cine')).toHaveAttribute('data-drawn', 'true');
  const clips = page.getByTestId('clip-list').locator('button[data-clip]');
  await expect(clips).toHaveCount(2);
  await clips.first().focus();
  await page.keyboard.press('Delete');
  await expect(clips).toHaveCount(1);
  await expect(picture(page, 'cine')).toHaveAttribute('data-clip', beatingSop);
  await page.getByTestId('take-back').click();
  await expect(clips).toHaveCount(2);

  await page.getByTestId('reject').click();
  await giveName(page);
  await expect(page.getByTestId('decision')).toHaveAttribute('data-state', 'rejected');
  // What was turned down is deleted as what nobody looked at.
  await row(page, beatingStudy).focus();
  await page.keyboard.press('Delete');
  await expect(page.getByTestId('dialog-delete')).not.toBeVisible();
  await expect(rows(page)).toHaveCount(1);
});

test('a patient is corrected, and two entries of one patient become one', async ({ page, workstation }) => {
  await twoStudies(page, workstation);
  await row(page, otherStudy).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Patient data…' }).click();
  const dialog = page.getByTestId('dialog-patient-data');
  await expect(dialog.getByLabel('Given name')).toHaveValue('Hart');
  await expect(dialog).toContainText('The files say: Beating, Hart');
  await dialog.getByTestId('patient-same').selectOption({ index: 1 });
  await expect(dialog.getByLabel('Given name')).toHaveValue('Heart');
  await dialog.getByTestId('patient-save').click();
  await expect(dialog).not.toBeVisible();
  await expect(rows(page).filter({ hasText: 'Beating, Heart' })).toHaveCount(2);

  // Of both at once: they are one entry now.
  await row(page, beatingStudy).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Patient data…' }).click();
  await expect(dialog.getByTestId('patient-all')).toBeChecked();
  await dialog.getByLabel('Family name').fill('Right');
  await page.keyboard.press('Enter');
  await expect(rows(page).filter({ hasText: 'Right, Heart' })).toHaveCount(2);
  await expect(page.getByTestId('patient-name')).toHaveText('Right, Heart');

  await row(page, otherStudy).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Patient data…' }).click();
  await dialog.getByTestId('patient-all').uncheck();
  await dialog.getByTestId('patient-filed').click();
  await expect(rows(page).filter({ hasText: 'Beating, Hart' })).toHaveCount(1);
});

test('the settings say what the library takes and how it is backed up', async ({ page, workstation }) => {
  await twoStudies(page, workstation);
  await page.getByRole('button', { name: 'Settings' }).click();
  await expect(page.getByTestId('library-size')).toContainText('2 studies, 3 files');
  await expect(page.getByTestId('library-care')).toContainText('systola backup');
});
