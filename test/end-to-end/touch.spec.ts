import type { Locator, Page } from '@playwright/test';
import {
  beatingClip,
  beatingSize,
  beatingSop,
  beatingStudy,
  beatingTrace,
  beatingTraces,
} from './beating-clip.ts';
import { dragPen, Fingers, type Place } from './touch.ts';
import { cavity, expect, openWith, pageOf, picture, recordTraces, test } from './workstation.ts';
import type { Workstation } from './loopback-workstation.ts';

test.use({
  workstationOptions: { models: true },
  hasTouch: true,
  contextOptions: { reducedMotion: 'reduce' },
});

const secondSop = '1.2.826.0.1.3680043.10.1.9';

async function openBeating(page: Page, workstation: Workstation): Promise<Fingers> {
  await page.route('**/api/clips/*/runs', (route) => route.abort());
  await openWith(page, workstation, [
    workstation.file('beating.dcm', beatingClip()),
    workstation.file('second.dcm', beatingClip({ sopInstanceUid: secondSop })),
  ]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  return Fingers.on(page);
}

async function middleOf(locator: Locator): Promise<Place> {
  const box = await locator.boundingBox();
  if (!box) throw new Error('It is not there.');
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

const by = ({ x, y }: Place, dx: number, dy: number): Place => ({ x: x + dx, y: y + dy });

test('a finger or a pen drags points of a contour, and two fingers zoom and move the picture', async ({
  page,
  workstation,
}) => {
  const fingers = await openBeating(page, workstation);
  const steps = page.getByTestId('history').getByRole('listitem');
  const count = await steps.count();
  const frame = Number(await picture(page, 'ed').getAttribute('data-still-frame'));
  const shape = () => cavity(page, 'ed').getAttribute('d');

  // A finger covers the point: it takes hold of it from beside it.
  const before = await shape();
  const point = await pageOf(page, 'ed', beatingSize, beatingTrace(frame).points[3] ?? [0, 0]);
  await fingers.drag([[by(point, -14, 0), by(point, -40, 0)]]);
  await expect(steps).toHaveCount(count + 1);
  const byFinger = await shape();
  expect(byFinger).not.toBe(before);

  const other = await pageOf(page, 'ed', beatingSize, beatingTrace(frame).points[9] ?? [0, 0]);
  await dragPen(page, other, by(other, 20, 0));
  await expect(steps).toHaveCount(count + 2);
  const byPen = await shape();
  expect(byPen).not.toBe(byFinger);

  // Both fingers begin on the contour, and it stays as it is.
  const scale = async () => Number((await picture(page, 'ed').getAttribute('data-placement'))?.split(' ')[0]);
  const fitted = await scale();
  const base = await pageOf(page, 'ed', beatingSize, beatingTrace(frame).points[6] ?? [0, 0]);
  await fingers.drag([
    [by(base, -10, 0), by(base, -70, 30)],
    [by(base, 10, 0), by(base, 50, 30)],
  ]);
  expect(await scale()).toBeGreaterThan(fitted * 2);
  await expect(steps).toHaveCount(count + 2);
  expect(await shape()).toBe(byPen);
  // The place between the fingers went with them.
  const moved = await pageOf(page, 'ed', beatingSize, beatingTrace(frame).points[6] ?? [0, 0]);
  expect(Math.hypot(moved.x - (base.x - 10), moved.y - (base.y + 30))).toBeLessThan(12);
});

test('a finger scrubs the curve, moves ED, drags splitters and hangs a clip beside', async ({
  page,
  workstation,
}) => {
  const fingers = await openBeating(page, workstation);

  const playhead = page.getByTestId('playhead').first();
  await expect(playhead).toHaveAttribute('aria-valuenow', '0');
  const curve = await middleOf(page.locator('[data-curve]').first());
  await fingers.drag([[by(curve, -60, 10), by(curve, 80, 10)]]);
  expect(Number(await playhead.getAttribute('aria-valuenow'))).toBeGreaterThan(12);

  const end = page.locator('[data-marker=es]').first();
  const was = Number(await end.getAttribute('data-frame'));
  const mark = await middleOf(end);
  await fingers.drag([[{ ...mark, y: mark.y }, by(mark, 70, 0)]]);
  await expect(end).not.toHaveAttribute('data-frame', String(was));

  const splitter = page.getByRole('separator').first();
  const size = Number(await splitter.getAttribute('aria-valuenow'));
  const line = await middleOf(splitter);
  await fingers.drag([[by(line, 9, 0), by(line, 69, 0)]]);
  await expect(splitter).toHaveAttribute('aria-valuenow', String(size + 60));

  await expect(page.locator(`[data-picture][data-clip="${secondSop}"]`)).toHaveCount(0);
  const thumbnail = await middleOf(page.locator(`button[data-clip="${secondSop}"]`));
  await fingers.drag([[thumbnail, await middleOf(picture(page, 'cine'))]]);
  await expect(page.locator(`[data-picture=cine][data-clip="${secondSop}"]`)).toBeVisible();
});

test('what is pressed is large enough for a finger', async ({ page, workstation }) => {
  await openBeating(page, workstation);
  const small = (part: Locator) =>
    part
      .locator(':is(button, a[href], input, select, textarea, summary, [tabindex="0"]):not([disabled])')
      .evaluateAll((controls) =>
        controls.flatMap((control) => {
          // The words of a tick box are pressed as well as the box.
          const pressed = control.closest('label') ?? control;
          const { width, height } = pressed.getBoundingClientRect();
          const seen = control.checkVisibility({ visibilityProperty: true });
          const name = control.getAttribute('aria-label') ?? control.textContent.trim();
          // Splitters have a wider place around them, which the other test drags at.
          const isLarge = Math.round(width) >= 24 && Math.round(height) >= 24;
          return !seen || isLarge || control.getAttribute('role') === 'separator'
            ? []
            : [`${control.tagName} ${name.slice(0, 40)} ${Math.round(width)} x ${Math.round(height)}`];
        }),
      );
  expect(await small(page.locator('#app'))).toEqual([]);
  await page.keyboard.press('w');
  await expect(page.getByTestId('worklist-grid')).toBeFocused();
  expect(await small(page.getByTestId('worklist'))).toEqual([]);
  await page.keyboard.press('w');
  for (const [key, name] of [
    ['v', 'views'],
    ['F1', 'keys'],
    ['Control+e', 'export'],
  ] as const) {
    await page.keyboard.press(key);
    await expect(page.getByTestId(`dialog-${name}`)).toBeVisible();
    expect(await small(page.locator('dialog[open]')), name).toEqual([]);
    await page.keyboard.press('Escape');
  }
});
