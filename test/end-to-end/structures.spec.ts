import type { Structure } from '../../core/structure/structure.ts';
import { beatingClip, beatingSize, beatingSop, beatingStudy, beatingTraces } from './beating-clip.ts';
import { expect, openWith, pageOf, picture, recordTraces, test, valueOf } from './workstation.ts';

/** Nothing in the product knows it. */
const disc: Structure = {
  id: 'test-disc',
  words: 'test disc',
  landmarks: 'none',
  views: ['a4c'],
  colour: '#ff8800',
  code: { scheme: 'SCT', value: '52101004', meaning: 'Present' },
};

test.use({ workstationOptions: { models: false, structures: [disc] } });

test('a structure that the library brings along is drawn, adjusted and undone beside the ventricle', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  const ef = await valueOf(page, 'ef');
  await page.getByTestId('structure-select').selectOption({ label: 'test disc' });

  const still = picture(page, 'ed');
  const on = (share: number, radius = 18) =>
    pageOf(page, 'ed', beatingSize, [
      60 + radius * Math.cos(2 * Math.PI * share),
      60 + radius * Math.sin(2 * Math.PI * share),
    ]);

  await still.focus();
  await page.keyboard.press('n');
  const start = await on(0);
  await page.mouse.move(start.x, start.y);
  await page.mouse.down();
  for (let step = 1; step <= 30; step += 1) {
    const next = await on((0.97 * step) / 30);
    await page.mouse.move(next.x, next.y);
  }
  await page.mouse.up();
  const contour = still.locator('path[data-structure=test-disc]');
  await expect(contour).toHaveCSS('stroke', 'rgb(255, 136, 0)');
  await expect(still.locator('path[data-structure=lv-cavity]')).toBeVisible();
  const drawn = await contour.getAttribute('d');

  // Its lower side is pulled out; the ventricle and its numbers stay.
  const from = await on(0.25);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x, from.y + 12, { steps: 3 });
  await page.mouse.up();
  await expect.poll(() => contour.getAttribute('d')).not.toBe(drawn);
  expect(await valueOf(page, 'ef')).toBe(ef);

  await page.keyboard.press('Control+z');
  await expect.poll(() => contour.getAttribute('d')).toBe(drawn);
  await page.keyboard.press('Control+z');
  await expect(contour).toHaveCount(0);
  await page.keyboard.press('Control+Shift+z');
  await expect(contour).toHaveCount(1);
  await page.reload();
  await expect(still.locator('path[data-structure=test-disc]')).toHaveCount(1);
});
