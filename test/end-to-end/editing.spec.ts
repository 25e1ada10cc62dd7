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

const at = (page: Page, point: readonly [number, number]) => pageOf(page, 'ed', beatingSize, point);

test.beforeEach(async ({ page, workstation }) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  await page.keyboard.press('Space');
  await expect(picture(page, 'ed')).toHaveAttribute('data-drawn', 'true');
});

async function dragPoint(
  page: Page,
  index: number,
  by: readonly [number, number],
  keys: 'Shift' | null = null,
) {
  const frame = Number(await picture(page, 'ed').getAttribute('data-still-frame'));
  const [x, y] = beatingTrace(frame).points[index] ?? [0, 0];
  const from = await at(page, [x, y]);
  const to = await at(page, [x + by[0], y + by[1]]);
  await page.mouse.move(from.x, from.y);
  if (keys) await page.keyboard.down(keys);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2);
  await page.mouse.move(to.x, to.y);
  return async () => {
    await page.mouse.up();
    if (keys) await page.keyboard.up(keys);
  };
}

test('a dragged point moves the contour and the numbers before it is let go, in one undo step', async ({
  page,
}) => {
  const before = await valueOf(page, 'number-EDV');
  const line = await cavity(page, 'ed').getAttribute('d');
  const release = await dragPoint(page, 3, [-12, 0]);
  const during = await valueOf(page, 'number-EDV');
  expect(during).toBeGreaterThan(before + 1);
  expect(await cavity(page, 'ed').getAttribute('d')).not.toBe(line);
  await release();
  await expect(page.getByTestId('history').getByText('moved a point, frame')).toBeVisible();
  expect(await valueOf(page, 'number-EDV')).toBeCloseTo(during, 6);

  await page.keyboard.press('Control+z');
  await expect.poll(() => valueOf(page, 'number-EDV')).toBeCloseTo(before, 6);
  await page.keyboard.press('Control+Shift+Z');
  await expect.poll(() => valueOf(page, 'number-EDV')).toBeCloseTo(during, 6);
});

test('hinges, apex and whole walls are dragged; Escape drops a gesture', async ({ page }) => {
  let edv = await valueOf(page, 'number-EDV');
  const changes = [
    { index: 0, by: [-8, 0], keys: null, label: 'moved a hinge' },
    { index: 6, by: [0, -8], keys: null, label: 'moved the apex' },
    { index: 9, by: [8, 0], keys: 'Shift', label: 'pulled a wall' },
  ] as const;
  for (const { index, by, keys, label } of changes) {
    const release = await dragPoint(page, index, by, keys);
    await release();
    await expect(page.getByTestId('history').getByText(label)).toBeVisible();
    const after = await valueOf(page, 'number-EDV');
    expect(after).toBeGreaterThan(edv);
    await page.keyboard.press('Control+z');
    await expect.poll(() => valueOf(page, 'number-EDV')).not.toBeCloseTo(after, 6);
    edv = await valueOf(page, 'number-EDV');
  }
  const release = await dragPoint(page, 3, [-15, 0]);
  expect(await valueOf(page, 'number-EDV')).toBeGreaterThan(edv + 1);
  await page.keyboard.press('Escape');
  expect(await valueOf(page, 'number-EDV')).toBeCloseTo(edv, 6);
  await release();
  expect(await valueOf(page, 'number-EDV')).toBeCloseTo(edv, 6);
});

/** Control points of the frame's contour, as the library has them. */
const points = (page: Page, frame: number) =>
  page.evaluate(
    async ({ study, clip, frame }) => {
      const { review } = (await (await fetch(`/api/studies/${study}`)).json()) as {
        review: { clips: Record<string, { traces: Record<string, Record<number, { points: unknown[] }>> }> };
      };
      return review.clips[clip]?.traces['lv-cavity']?.[frame]?.points.length;
    },
    { study: beatingStudy, clip: beatingSop, frame },
  );

test('points are added by double-click, deleted and nudged by keys', async ({ page }) => {
  const frame = Number(await picture(page, 'ed').getAttribute('data-still-frame'));
  const [a, b] = beatingTrace(frame).points.slice(2, 4) as [
    readonly [number, number],
    readonly [number, number],
  ];
  const middle = await at(page, [(a[0] + b[0]) / 2 - 0.5, (a[1] + b[1]) / 2]);
  await page.mouse.dblclick(middle.x, middle.y);
  await expect(page.getByTestId('history').getByText('added a point')).toBeVisible();
  await expect.poll(() => points(page, frame)).toBe(14);
  await page.keyboard.press('Delete');
  await expect(page.getByTestId('history').getByText('deleted a point')).toBeVisible();
  await expect.poll(() => points(page, frame)).toBe(13);

  const [x, y] = beatingTrace(frame).points[3] ?? [0, 0];
  const point = await at(page, [x, y]);
  await page.mouse.click(point.x, point.y);
  const before = await valueOf(page, 'number-EDV');
  await page.keyboard.down('ArrowLeft');
  const nudged = await valueOf(page, 'number-EDV');
  await page.keyboard.up('ArrowLeft');
  // A tenth of a millimetre on part of one wall: well under a millilitre, and not nothing.
  expect(nudged - before).toBeGreaterThan(0.005);
  expect(nudged - before).toBeLessThan(1);
  await expect(page.getByTestId('history').getByText('nudged a point')).toBeVisible();
});

test('nudges that follow each other are one step of history', async ({ page }) => {
  const frame = Number(await picture(page, 'ed').getAttribute('data-still-frame'));
  const point = await at(page, beatingTrace(frame).points[3] ?? [0, 0]);
  const before = await valueOf(page, 'number-EDV');
  await page.mouse.click(point.x, point.y);
  // Ten presses within the page, so that a busy machine does not pause between them.
  await page.evaluate(() => {
    for (const type of Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? 'keydown' : 'keyup')))
      document.activeElement?.dispatchEvent(new KeyboardEvent(type, { key: 'ArrowLeft', bubbles: true }));
  });
  await page.keyboard.press('Control+z');
  await expect.poll(() => valueOf(page, 'number-EDV')).toBeCloseTo(before, 6);
  await expect(
    page
      .getByTestId('history')
      .locator('li')
      .filter({ hasText: /^[^U]*nudged a point/ }),
  ).toHaveCount(1);
  await expect(page.getByTestId('history').getByText('Undo: nudged a point')).toHaveCount(1);
});

test('nudges of one point that are recorded apart and soon after are still one line and one step', async ({
  page,
}) => {
  const frame = Number(await picture(page, 'ed').getAttribute('data-still-frame'));
  const point = await at(page, beatingTrace(frame).points[3] ?? [0, 0]);
  const before = await valueOf(page, 'number-EDV');
  await page.mouse.click(point.x, point.y);
  // Comma and point turn to the neighbour and back, which ends a nudge: each is recorded by itself.
  for (const key of ['ArrowLeft', ',', '.', 'ArrowLeft', ',', '.', 'ArrowLeft', ','])
    await page.keyboard.press(key);
  const line = page.getByTestId('history').locator('li').filter({ hasText: 'nudged a point' });
  await expect(line).toHaveCount(1);
  await expect(line).toContainText('× 3');
  expect(await valueOf(page, 'number-EDV')).not.toBe(before);
  await page.keyboard.press('Control+z');
  await expect.poll(() => valueOf(page, 'number-EDV')).toBeCloseTo(before, 6);
});

test('a part is redrawn by drawing over it', async ({ page }) => {
  const frame = Number(await picture(page, 'ed').getAttribute('data-still-frame'));
  const { points } = beatingTrace(frame);
  const before = await valueOf(page, 'number-EDV');
  await picture(page, 'ed').focus();
  await page.keyboard.press('r');
  const stroke = [points[1], points[2], points[3], points[4]].map((point, index) => [
    (point?.[0] ?? 0) - (index === 0 || index === 3 ? 0 : 10),
    point?.[1] ?? 0,
  ]) as [number, number][];
  const first = await at(page, stroke[0] ?? [0, 0]);
  await page.mouse.move(first.x, first.y);
  await page.mouse.down();
  for (const point of stroke.slice(1)) {
    const to = await at(page, point);
    await page.mouse.move(to.x, to.y, { steps: 6 });
  }
  await page.mouse.up();
  await expect(page.getByTestId('history').getByText('redrew a part')).toBeVisible();
  expect(await valueOf(page, 'number-EDV')).toBeGreaterThan(before + 1);
});

test('ED is dragged to another frame and the numbers follow', async ({ page }) => {
  const marker = page.locator('[data-marker=ed][data-beat="0"]');
  const frameBefore = Number(await marker.getAttribute('data-frame'));
  const edvBefore = await valueOf(page, 'number-EDV');
  const box = (await marker.locator('path').boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(box.x + 60, box.y + 6, { steps: 4 });
  const during = Number(await marker.getAttribute('data-frame'));
  expect(during).toBeGreaterThan(frameBefore);
  expect(await valueOf(page, 'number-EDV')).toBeLessThan(edvBefore);
  await page.mouse.up();
  await expect(page.getByTestId('history').getByText(`ED moved to frame ${during + 1}`)).toBeVisible();
  await expect(picture(page, 'ed')).toHaveAttribute('data-still-frame', String(during));
  await page.keyboard.press('Control+z');
  await expect(picture(page, 'ed')).toHaveAttribute('data-still-frame', String(frameBefore));
  await expect.poll(() => valueOf(page, 'number-EDV')).toBeCloseTo(edvBefore, 6);
});

test('a number lights its contour, a contour its numbers, and a press goes to the frame', async ({
  page,
}) => {
  const contour = cavity(page, 'es');
  await page.getByTestId('number-ESV').hover();
  await expect(contour).toHaveClass(/lit/);
  await page.mouse.move(0, 0);
  await expect(contour).not.toHaveClass(/lit/);
  await page.getByTestId('number-ESV').click();
  const es = await picture(page, 'es').getAttribute('data-still-frame');
  await expect(picture(page, 'cine')).toHaveAttribute('data-frame', es ?? '');

  const apex = await pageOf(page, 'es', beatingSize, beatingTrace(Number(es)).points[6] ?? [0, 0]);
  await page.mouse.move(apex.x, apex.y);
  await expect(page.getByTestId('number-ESV')).toHaveClass(/lit/);
  await expect(page.getByTestId('number-EDV')).not.toHaveClass(/lit/);
});
