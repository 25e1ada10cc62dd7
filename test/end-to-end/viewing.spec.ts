import type { Page } from '@playwright/test';
import {
  beatingClip,
  beatingSize,
  beatingSop,
  beatingStudy,
  beatingTrace,
  beatingTraces,
} from './beating-clip.ts';
import { cavity, expect, openWith, pageOf, picture, recordTraces, test, valueOf } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

type Kind = 'cine' | 'ed' | 'es';
const at = (page: Page, kind: Kind, point: readonly [number, number]) =>
  pageOf(page, kind, beatingSize, point);
const zoomOf = async (page: Page, kind: Kind) => Number(await picture(page, kind).getAttribute('data-zoom'));
const stillFrame = async (page: Page) => Number(await picture(page, 'ed').getAttribute('data-still-frame'));

/** Turns the wheel over an image point, which must not move on screen. */
async function zoomAt(page: Page, kind: Kind, point: readonly [number, number], notches: number) {
  const exact = await at(page, kind, point);
  // A wheel's position is whole pixels.
  const place = { x: Math.round(exact.x), y: Math.round(exact.y) };
  await page.mouse.move(place.x, place.y);
  const before = await zoomOf(page, kind);
  for (let notch = 0; notch < Math.abs(notches); notch += 1)
    await page.mouse.wheel(0, notches > 0 ? -100 : 100);
  await expect.poll(() => zoomOf(page, kind)).not.toBe(before);
  return place;
}

/** Grey levels of a picture's canvas at image points. */
const levels = (page: Page, kind: Kind, points: readonly (readonly [number, number])[]) =>
  picture(page, kind).evaluate((element, points) => {
    const canvas = element.querySelector('canvas');
    const context = canvas?.getContext('2d');
    const placement = (element as HTMLElement).dataset['placement']?.split(' ').map(Number);
    if (!canvas || !context || !placement) throw new Error('There is no picture.');
    const [scaleX = 0, scaleY = 0, originX = 0, originY = 0] = placement;
    const ratio = canvas.width / canvas.getBoundingClientRect().width;
    return points.map(
      ([x, y]) =>
        context.getImageData(
          Math.floor((originX + x * scaleX) * ratio),
          Math.floor((originY + y * scaleY) * ratio),
          1,
          1,
        ).data[0],
    );
  }, points);

test.beforeEach(async ({ page, workstation }) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  await page.keyboard.press('Space');
  await expect(picture(page, 'ed')).toHaveAttribute('data-drawn', 'true');
});

test('the wheel zooms at the pointer, in loop, ED and ES alike, and double-click beside the contour fits', async ({
  page,
}) => {
  const under = await at(page, 'ed', [86, 120]);
  const scale = Number((await picture(page, 'ed').getAttribute('data-placement'))?.split(' ')[0]);
  const point = [
    86 + (Math.round(under.x) - under.x) / scale,
    120 + (Math.round(under.y) - under.y) / scale,
  ] as const;
  const before = await zoomAt(page, 'ed', point, 6);
  const zoom = await zoomOf(page, 'ed');
  expect(zoom).toBeGreaterThan(2.5);
  const after = await at(page, 'ed', point);
  expect(after.x).toBeCloseTo(before.x, 3);
  expect(after.y).toBeCloseTo(before.y, 3);
  expect(await zoomOf(page, 'cine')).toBe(zoom);
  expect(await zoomOf(page, 'es')).toBe(zoom);

  await zoomAt(page, 'ed', point, 20);
  expect(await zoomOf(page, 'ed')).toBe(8);
  // Inside the cavity, far from the contour: the way back to the whole sector.
  const inside = await at(page, 'ed', [90, 120]);
  await page.mouse.dblclick(inside.x + 120, inside.y);
  await expect.poll(() => zoomOf(page, 'ed')).toBe(1);
});

test('the middle button and H pan by what the hand moves; keys zoom and fit', async ({ page }) => {
  await picture(page, 'cine').focus();
  for (let press = 0; press < 4; press += 1) await page.keyboard.press('+');
  await expect.poll(() => zoomOf(page, 'cine')).toBeCloseTo(1.25 ** 4, 6);
  for (const way of ['middle', 'H'] as const) {
    const before = await at(page, 'cine', [120, 100]);
    await page.mouse.move(before.x, before.y);
    if (way === 'H') await page.keyboard.down('h');
    await page.mouse.down({ button: way === 'H' ? 'left' : 'middle' });
    await page.mouse.move(before.x + 40, before.y + 25, { steps: 4 });
    await page.mouse.up({ button: way === 'H' ? 'left' : 'middle' });
    if (way === 'H') await page.keyboard.up('h');
    const after = await at(page, 'cine', [120, 100]);
    expect(after.x).toBeCloseTo(before.x + 40, 3);
    expect(after.y).toBeCloseTo(before.y + 25, 3);
  }
  await expect(page.getByTestId('history').getByText('moved')).toHaveCount(0);
  await page.keyboard.press('-');
  await expect.poll(() => zoomOf(page, 'cine')).toBeCloseTo(1.25 ** 3, 6);
  await page.keyboard.press('Control+0');
  await expect.poll(() => zoomOf(page, 'cine')).toBe(1);
});

test('at 8× a point is dragged by one pixel on screen, with the loupe beside it, by a quarter with Alt', async ({
  page,
}) => {
  const frame = await stillFrame(page);
  const point = beatingTrace(frame).points[3] ?? [0, 0];
  await zoomAt(page, 'ed', point, 20);
  const scale = Number((await picture(page, 'ed').getAttribute('data-placement'))?.split(' ')[0]);
  const pointOf = () =>
    page.evaluate(
      async ({ study, clip, frame }) => {
        const { review } = (await (await fetch(`/api/studies/${study}`)).json()) as {
          review: {
            clips: Record<string, { traces: Record<string, Record<number, { points: [number, number][] }>> }>;
          };
        };
        return review.clips[clip]?.traces['lv-cavity']?.[frame]?.points[3]?.[0];
      },
      { study: beatingStudy, clip: beatingSop, frame },
    );
  for (const [keys, share] of [
    ['', 1],
    ['Alt', 0.25],
  ] as const) {
    const start = (await pointOf()) ?? NaN;
    const place = await at(page, 'ed', [start, point[1]]);
    await page.mouse.move(place.x, place.y);
    if (keys) await page.keyboard.down(keys);
    await page.mouse.down();
    await page.mouse.move(place.x - 1, place.y);
    const loupe = page.getByTestId('loupe');
    await expect(loupe).toBeVisible();
    const box = (await loupe.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    expect(box.width).toBeGreaterThanOrEqual(160);
    const under =
      place.x >= box.x && place.x <= box.x + box.width && place.y >= box.y && place.y <= box.y + box.height;
    expect(under).toBe(false);
    await expect(loupe.locator('path.contour')).toBeAttached();
    expect(await loupe.locator('.handle').count()).toBeGreaterThan(0);
    await page.mouse.up();
    if (keys) await page.keyboard.up(keys);
    await expect(loupe).toHaveCount(0);
    await expect.poll(pointOf).toBeCloseTo(start - share / scale, 6);
  }
});

test('handles are near the pointer only', async ({ page }) => {
  const frame = await stillFrame(page);
  const handles = picture(page, 'ed').locator('.handle');
  const { points } = beatingTrace(frame);
  const hinge = await at(page, 'ed', points[0] ?? [0, 0]);
  await page.mouse.move(hinge.x, hinge.y);
  await expect(handles.first()).toBeAttached();
  expect(await handles.count()).toBeLessThan(points.length);
  for (const box of await Promise.all((await handles.all()).map((handle) => handle.boundingBox()))) {
    const away = Math.hypot(
      (box?.x ?? 0) + (box?.width ?? 0) / 2 - hinge.x,
      (box?.y ?? 0) + (box?.height ?? 0) / 2 - hinge.y,
    );
    expect(away).toBeLessThan(44);
  }
  await page.mouse.move(2, 2);
  await expect(handles).toHaveCount(0);
});

test('brightness and contrast change what is seen, say so, and nothing else', async ({ page }) => {
  const places = [
    [20, 20],
    [60, 30],
    [120, 100],
    [200, 150],
  ] as const;
  const ef = await valueOf(page, 'ef');
  const recorded = await levels(page, 'ed', places);
  const centre = await at(page, 'ed', [120, 90]);
  await page.mouse.move(centre.x, centre.y);
  await page.mouse.down({ button: 'right' });
  await page.mouse.move(centre.x, centre.y - 40, { steps: 5 });
  await page.mouse.up({ button: 'right' });
  await expect(page.getByTestId('altered-ed')).toBeVisible();
  await expect(page.getByTestId('altered-cine')).toBeVisible();
  // Drawn in the next animation frame.
  await expect.poll(() => levels(page, 'ed', places)).not.toEqual(recorded);
  const brighter = await levels(page, 'ed', places);
  brighter.forEach((level, index) => expect(level).toBeGreaterThanOrEqual(recorded[index] ?? 255));
  expect(await valueOf(page, 'ef')).toBe(ef);
  await expect(page.getByTestId('history').getByText(/bright|contrast/i)).toHaveCount(0);

  // Two presses within half a second, which beside other programs take more than one try.
  await expect(async () => {
    await page.mouse.click(centre.x, centre.y, { button: 'right', clickCount: 2 });
    await expect(page.getByTestId('altered-ed')).toHaveCount(0, { timeout: 1000 });
  }).toPass();
  await expect.poll(() => levels(page, 'ed', places)).toEqual(recorded);

  await picture(page, 'ed').focus();
  await page.keyboard.press('Control+3');
  await expect(page.getByTestId('altered-ed')).toBeVisible();
  await page.keyboard.press('Control+1');
  await expect(page.getByTestId('altered-ed')).toHaveCount(0);

  // A slider that was reached by keyboard has the arrows; the loop stands meanwhile.
  const shown = await page.getByTestId('frame-readout').getAttribute('data-frame');
  await page.getByTestId('picture-panel-button').focus();
  await page.keyboard.press('Enter');
  const brightness = page.getByTestId('brightness');
  for (let tabs = 0; tabs < 10 && !(await brightness.evaluate((it) => it.matches(':focus'))); tabs += 1)
    await page.keyboard.press('Tab');
  await expect(brightness).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(page.getByTestId('altered-ed')).toBeVisible();
  expect(await page.getByTestId('frame-readout').getAttribute('data-frame')).toBe(shown);
  await page.getByTestId('picture-panel').getByRole('button', { name: 'As recorded' }).click();
  await expect(page.getByTestId('altered-ed')).toHaveCount(0);
});

test('a contour drawn while contours are hidden is seen', async ({ page }) => {
  await picture(page, 'cine').focus();
  await page.keyboard.press('c');
  await expect(cavity(page, 'cine')).toHaveCount(0);
  await page.keyboard.press('n');
  const { points } = beatingTrace(0);
  const first = await at(page, 'cine', points[0] ?? [0, 0]);
  await page.mouse.move(first.x, first.y);
  await page.mouse.down();
  for (const point of points.slice(1)) {
    const place = await at(page, 'cine', point);
    await page.mouse.move(place.x, place.y, { steps: 4 });
  }
  // On the picture; the loupe beside the pointer shows it too.
  await expect(picture(page, 'cine').getByTestId('overlay').locator('path.stroke')).toBeVisible();
  await page.mouse.up();
  await expect(page.getByTestId('history').getByText('drew a contour')).toBeVisible();
  await expect(cavity(page, 'cine')).toBeVisible();
});
