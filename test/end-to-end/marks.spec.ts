import type { Page } from '@playwright/test';
import type { StudyReview } from '../../core/review/review.ts';
import { beatingClip, beatingSize, beatingSop, beatingStudy, beatingTraces } from './beating-clip.ts';
import { expect, openWith, pageOf, picture, recordTraces, test } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

type Kind = 'cine' | 'ed' | 'es';
type At = readonly [number, number];
const at = (page: Page, point: At, kind: Kind = 'ed') => pageOf(page, kind, beatingSize, point);

const readout = (page: Page, kind: Kind = 'ed') => picture(page, kind).getByTestId('caliper-readout');

async function press(page: Page, point: At, kind: Kind = 'ed') {
  const { x, y } = await at(page, point, kind);
  await page.mouse.move(x, y);
  await page.mouse.down();
}

async function moveTo(page: Page, point: At, kind: Kind = 'ed') {
  const { x, y } = await at(page, point, kind);
  await page.mouse.move(x, y, { steps: 4 });
}

async function drag(page: Page, from: At, to: At, kind: Kind = 'ed') {
  await press(page, from, kind);
  await moveTo(page, to, kind);
  await page.mouse.up();
}

async function marksOf(page: Page) {
  const { review } = (await page.evaluate(
    async (study) => (await fetch(`/api/studies/${study}`)).json() as Promise<unknown>,
    beatingStudy,
  )) as { review: StudyReview };
  return Object.values(review.clips[beatingSop]?.marks ?? {});
}

async function stop(page: Page) {
  await expect(picture(page, 'cine')).toHaveAttribute('data-drawn', 'true');
  if ((await page.getByTestId('play').getAttribute('data-playing')) === 'true')
    await page.keyboard.press('Space');
}

async function open(page: Page, workstation: Parameters<typeof openWith>[1]) {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  await expect(picture(page, 'ed')).toHaveAttribute('data-drawn', 'true');
  await stop(page);
}

test('a distance is read while it is drawn, kept in millimetres, dragged, nudged, deleted and taken back', async ({
  page,
  workstation,
}) => {
  await open(page, workstation);
  await page.keyboard.press('q');
  await press(page, [60, 40]);
  await moveTo(page, [100, 40]);
  // 40 pixels of 0.8 mm.
  await expect(readout(page)).toHaveText('32.0 mm');
  await expect(page.getByTestId('loupe')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(readout(page)).toHaveCount(0);
  await page.mouse.up();
  expect(await marksOf(page)).toEqual([]);

  // The tool is still at hand.
  await drag(page, [60, 40], [100, 40]);
  await expect(readout(page)).toHaveText('32.0 mm');
  await expect(page.getByTestId('history')).toContainText('distance 32.0 mm, frame 1');
  await expect(page.getByTestId('marks-list')).toContainText('32.0 mm');
  // Its still and its loop show it on its frame, and the curve where that is.
  await expect(page.locator('[data-marked-frame="0"]')).toBeVisible();
  await expect(readout(page, 'es')).toHaveCount(0);
  await expect(page.getByTestId('clip-marks')).toHaveText('1 mark');

  // A second one by two clicks.
  await page.keyboard.press('q');
  const [a, b] = [await at(page, [60, 80]), await at(page, [60, 100])];
  await page.mouse.click(a.x, a.y);
  await page.mouse.click(b.x, b.y);
  await expect(readout(page)).toHaveText(['32.0 mm', '16.0 mm']);

  // Its end moves along an axis, in tenths of a millimetre by keys, and by the pointer.
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(readout(page)).toHaveText(['32.0 mm', '17.1 mm']);
  await expect(page.getByTestId('history')).toContainText('distance changed to 17.1 mm, frame 1');
  await drag(page, [100, 40], [110, 40]);
  await expect(readout(page)).toHaveText(['40.0 mm', '17.1 mm']);
  await page.keyboard.press('Control+z');
  await expect(readout(page)).toHaveText(['32.0 mm', '17.1 mm']);
  await page.keyboard.press('Control+z');
  await expect(readout(page)).toHaveText(['32.0 mm', '16.0 mm']);

  await drag(page, [60, 100], [60, 100]);
  await page.keyboard.press('Delete');
  await expect(readout(page)).toHaveText(['32.0 mm']);
  await page.keyboard.press('Control+z');
  await expect(readout(page)).toHaveText(['32.0 mm', '16.0 mm']);
  await expect.poll(async () => (await marksOf(page)).length).toBe(2);

  // From the list to the frame, from wherever one is.
  await page.keyboard.press('End');
  await expect(readout(page, 'cine')).toHaveCount(0);
  await page.getByTestId('marks-list').getByRole('button', { name: '32.0 mm' }).first().click();
  await expect(readout(page, 'cine')).toHaveText(['32.0 mm', '16.0 mm']);
  await page.reload();
  await expect(readout(page, 'ed')).toHaveText(['32.0 mm', '16.0 mm']);
});

test('a distance is given a name by keyboard, by pointer and in own words, and is a number of the study', async ({
  page,
  workstation,
}) => {
  await open(page, workstation);
  const ejection = await page.getByTestId('ef').getAttribute('data-value');
  const naming = page.getByTestId('distance-naming');
  const distances = page.getByTestId('distances');
  await page.keyboard.press('q');
  await drag(page, [60, 40], [100, 40]);
  await expect(distances).toHaveCount(0);
  await page.keyboard.press('Enter');
  await expect(naming.getByRole('menuitemradio').first()).toBeFocused();
  // Nothing was accepted by that Enter, and no key of the window's is one of the list's.
  await expect(page.getByTestId('dialog-reader')).toBeHidden();
  await page.keyboard.press('q');
  await expect(page.getByTestId('tool-caliper')).toHaveAttribute('aria-checked', 'false');
  await page.keyboard.press('1');
  await expect(naming).toHaveCount(0);
  await expect(readout(page)).toHaveText('LVIDd 32.0 mm');
  await expect(page.getByTestId('history')).toContainText('distance is now LVIDd 32.0 mm, frame 1');
  await expect(distances.locator('[data-row=LVIDd]')).toContainText('32.0');
  await expect(page.getByTestId('marks-list')).toContainText('LVIDd 32.0 mm');
  expect(await marksOf(page)).toMatchObject([{ kind: 'caliper', name: 'LVIDd' }]);

  // Measured once more: the number is the mean.
  await page.keyboard.press('q');
  await drag(page, [60, 80], [110, 80]);
  await page.getByTestId('name-distance').click();
  await naming.locator('[data-distance=LVIDd]').click();
  await expect(distances.locator('[data-row=LVIDd]')).toContainText('36.0');
  await expect(distances.locator('[data-row=LVIDd]')).toContainText('32.0–40.0');

  // Another name, from the list of marks; the arrows go through the names.
  await page.getByTestId('marks-list').getByRole('button', { name: 'Name: LVIDd 40.0 mm' }).click();
  await expect(naming.locator('[data-distance=LVIDd]')).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(distances.locator('[data-row=IVSd]')).toContainText('40.0');
  await page.keyboard.press('Control+z');
  await expect(distances.locator('[data-row=IVSd]')).toHaveCount(0);
  await expect(distances.locator('[data-row=LVIDd]')).toContainText('36.0');

  // Words of one's own are no number of the study; Escape leaves all as it was.
  await page.getByTestId('marks-list').getByRole('button', { name: 'Name: LVIDd 40.0 mm' }).click();
  await page.keyboard.press('Escape');
  await expect(naming).toHaveCount(0);
  await page.getByTestId('marks-list').getByRole('button', { name: 'Name: LVIDd 40.0 mm' }).click();
  await page.keyboard.press('0');
  await page.keyboard.type('effusion 2');
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('marks-list')).toContainText('effusion 2 40.0 mm');
  await expect(distances.locator('[data-row=LVIDd]')).toContainText('32.0');
  expect(await page.getByTestId('ef').getAttribute('data-value')).toBe(ejection);
  // The next one is meant for the study.
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('dialog-reader')).toBeVisible();
});

test('contours are as they were: nothing of the ventricle rests on marks', async ({ page, workstation }) => {
  await open(page, workstation);
  const ejection = await page.getByTestId('ef').getAttribute('data-value');
  await page.keyboard.press('q');
  await drag(page, [100, 100], [140, 100]);
  await expect(readout(page)).toHaveText('32.0 mm');
  expect(await page.getByTestId('ef').getAttribute('data-value')).toBe(ejection);
});

test('a distance needs a scale, and stays within the picture that it is of', async ({
  page,
  workstation,
}) => {
  const { columns } = beatingSize;
  // A picture on the left of a spectrum, whose axes are velocity and time.
  const duplex = beatingClip({
    regions: [
      { box: [0, 0, 140, 179], deltaX: 0.08, deltaY: 0.08 },
      { spatialFormat: 3, dataType: 3, box: [150, 0, columns - 1, 179], deltaX: 0.01, deltaY: 0.5 },
    ],
  });
  await openWith(page, workstation, [workstation.file('duplex.dcm', duplex)]);
  await stop(page);
  await page.keyboard.press('q');
  await press(page, [100, 40], 'cine');
  await moveTo(page, [200, 40], 'cine');
  await expect(readout(page, 'cine')).toHaveText('outside the picture');
  await page.mouse.up();
  await expect(page.getByTestId('messages')).toContainText('within the two-dimensional picture');
  await expect(readout(page, 'cine')).toHaveCount(0);
  expect(await marksOf(page)).toEqual([]);
});

test('without a scale the ruler is asked for, and its scale counts', async ({ page, workstation }) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip({ regions: [] }))]);
  await stop(page);
  await page.keyboard.press('q');
  await expect(page.getByTestId('messages')).toContainText('draw the ruler along the depth scale (M)');
  await expect(page.getByTestId('tool-caliper')).toHaveAttribute('aria-checked', 'false');
  await page.keyboard.press('m');
  await drag(page, [20, 20], [20, 120], 'cine');
  await page.getByTestId('ruler-length').fill('10');
  await page.keyboard.press('Enter');
  await page.keyboard.press('q');
  await drag(page, [60, 40], [60, 80], 'cine');
  await expect(readout(page, 'cine')).toHaveText('40.0 mm');
});

test('M-mode and spectra are left alone', async ({ page, workstation }) => {
  const spectrum = beatingClip({
    regions: [{ spatialFormat: 3, dataType: 3, box: [0, 0, 239, 179], deltaX: 0.01, deltaY: 0.5 }],
  });
  await openWith(page, workstation, [workstation.file('spectrum.dcm', spectrum)]);
  await expect(picture(page, 'cine')).toHaveAttribute('data-drawn', 'true');
  await page.getByTestId('tool-caliper').click();
  await drag(page, [60, 40], [60, 80], 'cine');
  await expect(page.getByTestId('messages')).toContainText('M-mode and spectra have other axes');
  expect(await marksOf(page)).toEqual([]);
});

test('a note is written at its place, written anew, moved, deleted and taken back', async ({
  page,
  workstation,
}) => {
  await open(page, workstation);
  const note = picture(page, 'ed').getByTestId('note');
  await page.keyboard.press('t');
  const place = await at(page, [50, 60]);
  await page.mouse.click(place.x, place.y);
  const input = picture(page, 'ed').getByTestId('note-input');
  await expect(input).toBeFocused();
  await page.keyboard.type('Thrombus? 4 mm');
  await page.keyboard.press('Enter');
  await expect(note).toHaveText('Thrombus? 4 mm');
  await expect(page.getByTestId('history')).toContainText('note “Thrombus? 4 mm”, frame 1');
  // Nothing was accepted by that Enter.
  await expect(page.getByTestId('dialog-reader')).toBeHidden();
  expect(await marksOf(page)).toMatchObject([{ kind: 'note', frame: 0, text: 'Thrombus? 4 mm' }]);

  await note.dblclick();
  await expect(input).toBeFocused();
  await input.fill('Thrombus');
  await page.keyboard.press('Escape');
  await expect(note).toHaveText('Thrombus? 4 mm');
  await note.dblclick();
  await input.fill('Thrombus');
  await page.keyboard.press('Enter');
  await expect(note).toHaveText('Thrombus');
  // The next one is meant for the study.
  await page.keyboard.press('Enter');
  await expect(page.getByTestId('dialog-reader')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('dialog-reader')).toBeHidden();

  await drag(page, [50, 60], [70, 30]);
  await expect
    .poll(async () => {
      const [mark] = await marksOf(page);
      return mark?.kind === 'note' ? mark.at.map(Math.round) : null;
    })
    .toEqual([70, 30]);
  await page.keyboard.press('Delete');
  await expect(note).toHaveCount(0);
  await page.keyboard.press('Control+z');
  await expect(note).toHaveText('Thrombus');
});

test('by keyboard alone, and by touch', async ({ page, workstation }) => {
  await open(page, workstation);
  await picture(page, 'ed').focus();
  await page.keyboard.press('q');
  await page.keyboard.press('Enter');
  // A fifth of the picture's width, in its middle.
  await expect(readout(page)).toHaveText('38.2 mm');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(readout(page)).toHaveText('39.2 mm');
  await page.keyboard.press(',');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(readout(page)).toHaveText('38.2 mm');
  await page.keyboard.press('Escape');
  await page.keyboard.press('t');
  await page.keyboard.press('Enter');
  await page.keyboard.type('middle');
  await page.keyboard.press('Enter');
  await expect(picture(page, 'ed').getByTestId('note')).toHaveText('middle');
  await page.keyboard.press('Escape');

  await page.keyboard.press('q');
  const [from, to] = [await at(page, [30, 20]), await at(page, [30, 60])];
  const touch = (type: string, { x, y }: { x: number; y: number }) =>
    picture(page, 'ed').dispatchEvent(type, {
      pointerId: 7,
      pointerType: 'touch',
      isPrimary: true,
      button: type === 'pointermove' ? -1 : 0,
      buttons: type === 'pointerup' ? 0 : 1,
      clientX: x,
      clientY: y,
    });
  // A synthetic pointer cannot be captured.
  await picture(page, 'ed').evaluate((element) => (element.setPointerCapture = () => undefined));
  await touch('pointerdown', from);
  await touch('pointermove', to);
  await touch('pointerup', to);
  await expect(readout(page)).toHaveText(['32.0 mm', '38.2 mm']);
});
