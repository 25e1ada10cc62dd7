import type { Page } from '@playwright/test';
import { buildDicom } from '../fixtures/dicom/build.ts';
import { loopOf, viewClip } from '../fixtures/views/view-clips.ts';
import { expect, openWith, picture, test } from './workstation.ts';

test.use({ workstationOptions: { recognisers: true } });

const study = '1.2.826.0.1.3680043.10.7.1';
const twoChamber = `${study}.1`;
const duplex = `${study}.2`;
const frames = 12;

/** A simulated clip of which neither file nor reader has said what it shows. */
function file(name: 'two-chamber-still' | 'duplex-still', number: number): Uint8Array {
  const clip = viewClip(name);
  const [, rows, columns] = clip.shape;
  return buildDicom({
    ...{ rows, columns, frames, frameTimeMs: 40, pixels: loopOf(clip, frames) },
    studyInstanceUid: study,
    sopInstanceUid: `${study}.${number}`,
    elements: [{ tag: '00200013', vr: 'IS', value: String(number) }],
  });
}

const thumbnail = (page: Page, clip: string) =>
  page.locator(`[data-clip="${clip}"]`).getByTestId('clip-view');
const finding = (page: Page, code: string) => page.getByTestId('findings').locator(`[data-code=${code}]`);
const history = (page: Page, words: string) => page.getByTestId('history').getByText(words, { exact: false });
const runStatus = (page: Page) => page.getByTestId('run-status');

test('what was recognised of a view is a guess wherever it shows, and a key confirms it', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [
    workstation.file('1.dcm', file('two-chamber-still', 1)),
    workstation.file('2.dcm', file('duplex-still', 2)),
  ]);
  await expect(thumbnail(page, twoChamber)).toContainText(/A2C \d\d %\?/);
  await expect(thumbnail(page, twoChamber)).toHaveClass(/guess/);
  await expect(thumbnail(page, duplex)).toContainText(/not apical \d\d %\?/);
  await expect(page.getByTestId('view-select')).toHaveValue('a2c');
  await expect(page.getByTestId('view-source')).toHaveText(/recognised, \d\d % certain, not confirmed/);
  await expect(runStatus(page)).toHaveAttribute('data-state', 'finished');
  await expect(finding(page, 'view-recognised').first()).toBeVisible();
  await expect(history(page, 'view-apical: A2C')).toBeVisible();

  await page.keyboard.press('?');
  const keys = page.getByTestId('dialog-keys');
  await expect(keys.getByText('Confirm the recognised view', { exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(keys).toBeHidden();

  await page.keyboard.press('y');
  await expect(page.getByTestId('view-source')).toHaveText('set by the reader');
  await expect(thumbnail(page, twoChamber)).toHaveText('A2C');
  await expect(finding(page, 'view-recognised')).toHaveCount(0);
  await expect(history(page, 'confirm view A2C')).toBeVisible();
  await expect(page.getByTestId('confirm-view')).toHaveCount(0);

  await page.keyboard.press('Control+z');
  await expect(page.getByTestId('view-source')).toHaveText(/recognised/);
  await page.getByTestId('confirm-view').click();
  await expect(page.getByTestId('view-source')).toHaveText('set by the reader');
});

test('a clip that is recognised as another view is contoured when the reader says that it is none', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [workstation.file('2.dcm', file('duplex-still', 2))]);
  await expect(runStatus(page)).toHaveText('seems not apical: not measured');
  await expect(page.getByTestId('no-ef')).toHaveText(
    /do not look like an apical view .* set the view yourself/,
  );
  await expect(picture(page, 'ed')).toContainText('seems not apical: not measured');
  await finding(page, 'not-traced').last().getByRole('button', { name: 'A4C', exact: true }).click();
  await expect(page.getByTestId('view-select')).toHaveValue('a4c');
  await expect(page.getByTestId('view-source')).toHaveText('set by the reader');
  await expect(runStatus(page)).toHaveAttribute('data-state', 'finished');
  await expect(history(page, `contours, ${frames} frames`)).toBeVisible();
});
