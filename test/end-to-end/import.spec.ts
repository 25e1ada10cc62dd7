import { beatingClip, beatingStudy } from './beating-clip.ts';
import { buildDicom } from '../fixtures/dicom/build.ts';
import { expect, openWith, picture, test } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

const apical4 = { code: '399214001', scheme: 'SCT', meaning: 'Apical four chamber' };
const apical2 = { code: '399232001', scheme: 'SCT', meaning: 'Apical two chamber' };

test('files are chosen; what cannot be taken is listed with its reason; the same again changes nothing', async ({
  page,
  workstation,
}) => {
  const good = workstation.file('clip one.dcm', beatingClip());
  const text = workstation.file('notes.txt', Buffer.from('This is no picture.'));
  const cut = workstation.file('cut.dcm', beatingClip({ sopInstanceUid: '1.2.3.77' }).slice(0, 4000));
  const other = workstation.file(
    'report.dcm',
    buildDicom({ sopClassUid: '1.2.840.10008.5.1.4.1.1.88.33', sopInstanceUid: '1.2.3.78' }),
  );
  await page.goto(workstation.url);
  await expect(page.getByText('Nothing here yet', { exact: true })).toBeVisible();
  await expect(page.getByTestId('notice')).toHaveText('Research use only. Not for diagnostic use.');

  const choose = async (files: string[]) => {
    const [chooser] = await Promise.all([
      page.waitForEvent('filechooser'),
      page.getByTestId('open-files').click(),
    ]);
    await chooser.setFiles(files);
  };
  await choose([good, text, cut, other]);
  const panel = page.getByTestId('import-panel');
  await expect(panel).toHaveAttribute('data-state', 'finished');
  // What was refused is listed when it is asked for, not under the hand.
  await expect(page.getByTestId('import-rejected')).toHaveCount(0);
  await page.getByTestId('import-show-list').click();
  const rejected = page.getByTestId('import-rejected').locator('li');
  await expect(rejected).toHaveCount(2);
  await expect(page.getByTestId('import-passed-over')).toHaveText('1 file is no DICOM: notes.txt');
  await expect(rejected.filter({ hasText: 'report.dcm' })).toHaveAttribute(
    'data-code',
    'unsupported-sop-class',
  );
  await expect(rejected.filter({ hasText: 'cut.dcm' })).toHaveAttribute(
    'data-code',
    /truncated|missing-pixel-data|malformed/,
  );
  await expect(page.getByTestId('patient-name')).toHaveText('Beating, Heart');
  await expect(picture(page, 'cine')).toHaveAttribute('data-drawn', 'true');

  await panel.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByTestId('import-rejected')).toHaveCount(0);
  await choose([good]);
  await expect(page.getByTestId('import-known')).toContainText('already in the library');
  await expect(page.getByTestId('study-list').getByRole('button')).toHaveCount(1);
});

test('a folder is dropped on the window', async ({ page, workstation }) => {
  await page.goto(workstation.url);
  await expect(page.getByText('Nothing here yet', { exact: true })).toBeVisible();
  const bytes = Buffer.from(beatingClip()).toString('base64');
  // A drop made in the page: a real DataTransfer with a real File; folders need a person's hand.
  await page.evaluate(async (base64) => {
    const transfer = new DataTransfer();
    const data = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    transfer.items.add(new File([data], 'dropped.dcm'));
    for (const type of ['dragenter', 'dragover', 'drop']) {
      window.dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }
  }, bytes);
  await expect(page.getByTestId('patient-name')).toHaveText('Beating, Heart');
  await expect(page.locator(`[data-study="${beatingStudy}"]`)).toHaveAttribute('aria-current', 'true');
});

test('names of any writing system are shown as they are written', async ({ page, workstation }) => {
  const name = 'Yamada^Tarou=山田^太郎=やまだ^たろう';
  const file = workstation.file(
    'name.dcm',
    beatingClip({ patientName: Buffer.from(name, 'utf8'), characterSet: ['ISO_IR 192'] }),
  );
  await page.goto(workstation.url);
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByTestId('open-files').click(),
  ]);
  await chooser.setFiles([file]);
  await expect(page.getByTestId('patient-name')).toHaveText('Yamada, Tarou · 山田 太郎 · やまだ たろう');
  // The bundled fonts have it, so it does not depend on what the computer has.
  await expect
    .poll(() =>
      page.evaluate(() =>
        [...document.fonts].some((font) => font.family.includes('Noto Sans JP') && font.status === 'loaded'),
      ),
    )
    .toBe(true);
});

for (const { hand, shown } of [
  { hand: 'untouched', shown: 2 },
  { hand: 'touched', shown: 1 },
]) {
  test(`a clip that comes after its study was opened is listed, and moves nothing that is ${hand}`, async ({
    page,
    workstation,
  }) => {
    const first = workstation.file('a2c.dcm', beatingClip({ view: apical2 }));
    const second = workstation.file('a4c.dcm', beatingClip({ sopInstanceUid: '1.2.3.79', view: apical4 }));
    await openWith(page, workstation, [first]);
    await expect(page.locator('[data-picture=cine][data-drawn=true]')).toHaveCount(1);
    if (hand === 'touched') await page.keyboard.press('Space');
    await page.evaluate(
      (paths) =>
        fetch('/api/imports', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ paths }),
        }),
      [second],
    );
    await expect(page.getByTestId('clip-list').locator('[data-clip]')).toHaveCount(2);
    await expect(page.locator('[data-picture=cine][data-drawn=true]')).toHaveCount(shown);
    await expect(page.getByTestId('import-open')).toHaveCount(0);
  });
}
