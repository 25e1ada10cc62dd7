import type { Locator, Page } from '@playwright/test';
import { openStress, stages, stressClip, traceStress, views } from './stress-study.ts';
import { expect, picture, test } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

const pane = (page: Page, index: number) => page.locator(`[data-pane="${index}"]`);
const hung = (page: Page, index: number) => pane(page, index).locator('[data-column]');
const thumbnail = (page: Page, clip: string) => page.locator(`button[data-clip="${clip}"]`);
const panes = (page: Page) => page.locator('[data-layout]');

/** Which clips hang, in the order of the panes. */
const hanging = (page: Page) =>
  page
    .locator('[data-pane]')
    .evaluateAll((all) =>
      all.map((one) => one.querySelector<HTMLElement>('[data-column]')?.dataset['column'] ?? null),
    );

async function choose(page: Page, layout: string): Promise<void> {
  await page.getByTestId('layout-panel-button').click();
  await page.getByTestId(`layout-${layout}`).click();
  await expect(panes(page)).toHaveAttribute('data-layout', layout);
}

async function dragTo(page: Page, from: Locator, to: Locator): Promise<void> {
  const [start, end] = [await from.boundingBox(), await to.boundingBox()];
  if (!start || !end) throw new Error('There is nothing to drag.');
  await page.mouse.move(start.x + 30, start.y + 20);
  await page.mouse.down();
  await page.mouse.move(start.x + 60, start.y + 24, { steps: 3 });
  await page.mouse.move(end.x + end.width / 2, end.y + end.height / 2, { steps: 6 });
  await expect(to).toHaveClass(/goal/);
  await page.mouse.up();
}

test('a stress study hangs by stage and view, with EF and its change for each stage', async ({
  page,
  workstation,
}) => {
  await page.setViewportSize({ width: 1280, height: 720 });
  await openStress(page, workstation);
  await traceStress(page);
  await expect(panes(page)).toHaveAttribute('data-layout', 'stages');
  await expect(page.getByTestId('clip-group')).toHaveText(stages.map(({ name }) => name));

  // Rest stays on every page, above each of the others.
  for (const [index, other] of [1, 2, 3].entries()) {
    await expect(page.getByTestId('page')).toHaveText(`page ${index + 1} of 3`);
    await expect(page.getByTestId('stage-line').locator('strong')).toHaveText([
      stages[0].name,
      stages[other]?.name ?? '',
    ]);
    const expected = [0, other].flatMap((stage) => views.map((_, view) => stressClip(stage, view)));
    expect(await hanging(page)).toEqual(expected);
    if (index < 2) await page.getByTestId('page-next').click();
  }
  const values = page.getByTestId('stage-ef');
  await expect(values).toHaveCount(2);
  const [rest, recovery] = await values.evaluateAll((all) =>
    all.map((one) => Number((one as HTMLElement).dataset['value'])),
  );
  expect(rest).toBeLessThan(recovery ?? NaN);
  const change = page.getByTestId('stage-change');
  await expect(change).toHaveCount(1);
  expect(Number(await change.getAttribute('data-value'))).toBeCloseTo((recovery ?? NaN) - (rest ?? NaN), 6);
  await expect(change).toHaveText(/^ΔEF \+\d/);

  // A clip of another page brings that page; its own cell has it, not the one that was active.
  await thumbnail(page, stressClip(2, 1)).click();
  await expect(page.getByTestId('page')).toHaveText('page 2 of 3');
  await expect(hung(page, 4)).toHaveAttribute('data-column', stressClip(2, 1));

  // A contour in a small pane is taken hold of as in a large one, and the stage's numbers follow.
  await page.keyboard.press('Space');
  await page.keyboard.press('End');
  const peak = page.getByTestId('stage-ef').nth(1);
  const before = Number(await peak.getAttribute('data-value'));
  const cine = picture(page, 'cine', stressClip(2, 1));
  await expect(cine).not.toHaveAttribute('data-fit', 'sought');
  const point = await cine.locator('[data-testid=contour]').evaluate((path) => {
    const contour = path as unknown as SVGPathElement;
    const matrix = contour.getScreenCTM();
    const at = contour.getPointAtLength(contour.getTotalLength() * 0.25);
    const moved = matrix && new DOMPoint(at.x, at.y).matrixTransform(matrix);
    return { x: moved?.x ?? NaN, y: moved?.y ?? NaN };
  });
  await page.mouse.move(point.x, point.y);
  await page.mouse.down();
  await page.mouse.move(point.x - 14, point.y, { steps: 4 });
  await page.mouse.up();
  await expect.poll(async () => Number(await peak.getAttribute('data-value'))).toBeLessThan(before - 0.5);
});

test('layouts by key and by choice, remembered for studies of the kind', async ({ page, workstation }) => {
  await openStress(page, workstation);
  await traceStress(page, [0]);
  await expect(panes(page)).toHaveAttribute('data-layout', 'stages');
  const order = ['one', 'two', 'four', 'phases', 'stages'];
  for (const layout of order) {
    await page.keyboard.press('l');
    await expect(panes(page)).toHaveAttribute('data-layout', layout);
    await expect(page.locator('.picture.active')).toHaveCount(1);
  }
  for (const layout of ['phases', 'four']) {
    await page.keyboard.press('Shift+L');
    await expect(panes(page)).toHaveAttribute('data-layout', layout);
  }
  // One view in all four stages, the resting one first.
  expect(await hanging(page)).toEqual(stages.map((_, stage) => stressClip(stage, 0)));
  await page.reload();
  await expect(panes(page)).toHaveAttribute('data-layout', 'four');

  await choose(page, 'phases');
  await expect(picture(page, 'ed')).toBeVisible();
  await expect(picture(page, 'cine')).toHaveCount(0);
  await expect(page.locator('[data-picture=es]')).toHaveCount(2);
});

test('thumbnails are dragged into panes, and carried there by keys', async ({ page, workstation }) => {
  await openStress(page, workstation);
  await choose(page, 'four');
  const [a, b, c, d] = await hanging(page);
  const other = stressClip(3, 2);
  await thumbnail(page, other).scrollIntoViewIfNeeded();
  await dragTo(page, thumbnail(page, other), pane(page, 2));
  expect(await hanging(page)).toEqual([a, b, other, d]);
  // Dragging is no click: nothing else changed, and the clip that came has the keys.
  await expect(picture(page, 'cine', other)).toHaveClass(/active/);
  // One that hangs already changes places.
  await dragTo(page, thumbnail(page, other), pane(page, 0));
  expect(await hanging(page)).toEqual([other, b, a, d]);

  // A pane that was emptied stays so until something is put into it.
  await pane(page, 1).getByRole('button', { name: 'Take this clip off the screen' }).click();
  expect(await hanging(page)).toEqual([other, null, a, d]);
  await pane(page, 1).getByTestId('empty-pane').click();
  await thumbnail(page, String(c)).click();
  expect(await hanging(page)).toEqual([other, c, a, d]);

  await thumbnail(page, String(b)).focus();
  await page.keyboard.press('Shift+Enter');
  await expect(pane(page, 1)).toHaveClass(/goal/);
  await page.keyboard.press('ArrowDown');
  await expect(pane(page, 3)).toHaveClass(/goal/);
  await page.keyboard.press('Escape');
  await expect(page.locator('.goal')).toHaveCount(0);
  expect(await hanging(page)).toEqual([other, c, a, d]);
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  expect(await hanging(page)).toEqual([other, c, a, b]);
  await expect(page.getByTestId('play')).toBeVisible();
});

test('steps and scrubbing in one pane take the others along by phase', async ({ page, workstation }) => {
  await openStress(page, workstation);
  await traceStress(page);
  await choose(page, 'four');
  await page.keyboard.press('Space');
  await expect(page.getByTestId('play')).toHaveAttribute('data-playing', 'false');
  const frames = () =>
    page
      .locator('[data-picture=cine]')
      .evaluateAll((all) => all.map((one) => Number((one as HTMLElement).dataset['frame'])));
  await page.keyboard.press('Home');
  const [ed] = await frames();
  await page.keyboard.press('End');
  const es = await frames();
  // All four were drawn alike, in pictures of different times: what one does in its beat all do.
  for (let step = 1; step <= 9; step += 1) {
    await page.keyboard.press('ArrowRight');
    await expect.poll(frames).toEqual(es.map((frame) => frame + step));
  }
  await page.keyboard.press('Home');
  await expect.poll(frames).toEqual([ed, ed, ed, ed]);
  const curve = page.locator('[data-curve] svg').first();
  const box = await curve.boundingBox();
  if (!box) throw new Error('There is no curve.');
  await page.mouse.move(box.x + box.width * 0.3, box.y + box.height - 30);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.34, box.y + box.height - 30, { steps: 3 });
  await page.mouse.up();
  const [lead = NaN] = await frames();
  expect(lead).toBeGreaterThan(0);
  expect(await frames()).toEqual([lead, lead, lead, lead]);
});
