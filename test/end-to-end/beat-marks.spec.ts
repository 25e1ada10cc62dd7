import type { Page } from '@playwright/test';
import type { StudyDocument } from '../../core/api/requests.ts';
import { beatingSop, beatingStudy, beatingTrace, speckledBeatingClip } from './beating-clip.ts';
import { expect, openWith, picture, recordTraces, test } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

const frames = 151;
/** Five beats of 30 frames. */
const traces = Object.fromEntries(
  Array.from({ length: frames }, (_, frame) => [frame, beatingTrace(frame % 30)]),
);

const marks = (page: Page) => page.locator('[data-marker=ed]');
const edFrames = (page: Page) =>
  marks(page).evaluateAll((all) => all.map((mark) => Number(mark.getAttribute('data-frame'))));

/** Where a frame lies on the curve, in the page. */
async function placeOf(page: Page, frame: number): Promise<{ x: number; y: number }> {
  const box = await page.locator('figure[data-curve] svg').boundingBox();
  if (!box) throw new Error('The curve is not shown.');
  const [left, right] = [46, box.width - 10];
  return { x: box.x + left + ((right - left) * frame) / (frames - 1), y: box.y + box.height - 40 };
}

test('a reader adds and removes beats by key, menu and Delete, each one step of undo', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [workstation.file('five.dcm', speckledBeatingClip({ frames }))]);
  await recordTraces(page, beatingStudy, beatingSop, traces);
  await expect(marks(page)).toHaveCount(5);
  const found = await edFrames(page);
  const history = page.getByTestId('history');
  const mean = page.getByTestId('ef-mean');
  const stored = () =>
    page.evaluate(
      async ([study, clip]) => {
        const answer = (await (await fetch(`/api/studies/${study}`)).json()) as StudyDocument;
        return answer.review.clips[clip];
      },
      [beatingStudy, beatingSop] as const,
    );

  // The third beat is left out; what is excluded follows its beat through all that comes.
  await page.getByRole('checkbox', { name: /^Beat 3 / }).uncheck();
  await expect(page.locator('[data-excluded="2"]')).toHaveCount(1);

  // By key: the chosen beat goes, and comes back at the frame on screen.
  await picture(page, 'cine').focus();
  await page.keyboard.press(']');
  await page.keyboard.press('Shift+B');
  await expect(marks(page)).toHaveCount(4);
  await expect(history).toContainText('beat 2 removed');
  await expect(page.locator('[data-excluded="1"]')).toHaveCount(1);
  await expect(mean).toContainText('mean of 3 of 4 beats');
  const { x, y } = await placeOf(page, found[1]! + 4);
  await page.mouse.click(x, y);
  await page.keyboard.press('b');
  await expect(marks(page)).toHaveCount(5);
  await expect(history).toContainText(`beat 2 added at frame ${found[1]! + 1}`);
  expect(await edFrames(page)).toEqual(found);
  await expect(page.locator('[data-excluded="2"]')).toHaveCount(1);
  await expect(mean).toContainText('mean of 4 of 5 beats');
  await page.keyboard.press('Control+z');
  await expect(marks(page)).toHaveCount(4);
  await page.keyboard.press('Control+z');
  await expect(marks(page)).toHaveCount(5);
  await expect.poll(async () => (await stored())?.beats).toBeNull();

  // By mouse, over the fourth beat.
  const fourth = await placeOf(page, found[3]! + 20);
  await page.mouse.click(fourth.x, fourth.y, { button: 'right' });
  await page.screenshot({ path: test.info().outputPath('curve-menu.png') });
  await page.getByTestId('remove-beat').click();
  await expect(history).toContainText('beat 4 removed');
  await expect(marks(page)).toHaveCount(4);
  await page.mouse.click(fourth.x, fourth.y, { button: 'right' });
  await page.getByTestId('add-beat').click();
  await expect(marks(page)).toHaveCount(5);
  expect(await edFrames(page)).toEqual(found);
  // Between ED and ES of a beat there is no room for another.
  const within = await placeOf(page, found[3]! + 6);
  await page.mouse.click(within.x, within.y, { button: 'right' });
  await page.getByTestId('add-beat').click();
  await expect(page.getByTestId('messages')).toContainText('There is no room for a beat');
  await expect(marks(page)).toHaveCount(5);

  // By keyboard, on a mark; the focus stays on the marks.
  await page.keyboard.press('Shift');
  await page.locator('[data-marker=es][data-beat="0"]').focus();
  await page.keyboard.press('Delete');
  await expect(marks(page)).toHaveCount(4);
  await expect(history).toContainText('beat 1 removed');
  await expect(page.locator('[data-marker=ed][data-beat="0"]')).toBeFocused();
  await expect(page.locator('[data-excluded="1"]')).toHaveCount(1);
  expect(await edFrames(page)).toEqual(found.slice(1));

  // Back to what the curve shows, the exclusion kept.
  await page.getByTestId('beats-as-found').click();
  await expect(marks(page)).toHaveCount(5);
  expect(await edFrames(page)).toEqual(found);
  await expect(page.locator('[data-excluded="2"]')).toHaveCount(1);
  await expect(page.getByTestId('beats-as-found')).toHaveCount(0);
  await expect.poll(async () => (await stored())?.beats).toBeNull();
  await page.screenshot({ path: test.info().outputPath('as-found.png') });
});
