import { join } from 'node:path';
import type { Page } from '@playwright/test';
import {
  copiesThePicture,
  microModel,
  microModelFolder,
  microName,
  takesRootsOfNegatives,
  tinyModelFolder,
} from '../fixtures/models/model-folder.ts';
import { speckledBeatingClip } from './beating-clip.ts';
import { expect, openWith, root, test } from './workstation.ts';

test.use({ viewport: { width: 1280, height: 720 } });

const chooseFolder = async (page: Page, folder: string) => {
  const [chooser] = await Promise.all([
    page.waitForEvent('filechooser'),
    page.getByTestId('add-model').click(),
  ]);
  await chooser.setFiles(folder);
};
const outcome = (page: Page) => page.getByTestId('model-outcome');
const finished = (page: Page) => page.locator('[data-testid=run-status][data-state=finished]');

test.describe('over a study', () => {
  test.use({ workstationOptions: { sample: join(root, 'assets/sample-study') } });

  test('a model is looked at, added, switched to, and back; a bad one is refused and the old one stays', async ({
    page,
    workstation,
  }) => {
    await page.goto(workstation.url);
    await expect(finished(page)).toHaveCount(2, { timeout: 280_000 });
    const shipped = (await page.getByTestId('run-status').first().innerText()).trim();

    // What is known of the model in use.
    await page.getByTestId('model-status').click();
    const dialog = page.getByTestId('dialog-model');
    const details = page.getByTestId('model-details');
    await expect(details).toHaveAttribute('data-model', shipped);
    await expect(page.getByTestId('in-use')).toBeVisible();
    await expect(page.getByTestId('accuracy').locator('tbody tr').first()).toContainText(
      /0\.\d{3} to 0\.\d{3}/,
    );
    // This workstation was started without what tells views.
    await expect(page.getByTestId('recogniser')).toHaveAttribute('data-state', 'missing');
    await expect(page.getByTestId('training-data')).toContainText('CC-BY-NC-SA-4.0');
    await expect(page.getByTestId('model-card').locator('table').first()).toBeAttached();
    const box = await dialog.boundingBox();
    expect(box!.x >= 0 && box!.y >= 0 && box!.x + box!.width <= 1280 && box!.y + box!.height <= 720).toBe(
      true,
    );

    // One more from disk, which changes nothing yet.
    await chooseFolder(page, microModel);
    await expect(outcome(page)).toHaveAttribute('data-kind', 'done', { timeout: 60_000 });
    await expect(details).toHaveAttribute('data-model', microName);
    await expect(page.getByTestId('no-accuracy')).toBeVisible();
    await expect(page.getByTestId('no-calibration')).toBeVisible();
    await expect(page.locator(`[data-model="${shipped}"][data-active=true]`)).toBeVisible();

    // Switched to: it runs from now on, and over the open study when that is asked for.
    await page.getByTestId('use-model').click();
    await expect(page.locator(`[data-model="${microName}"][data-active=true]`)).toBeVisible({
      timeout: 60_000,
    });
    await expect(page.getByTestId('otherwise-traced')).toContainText('2 clips');
    await expect(finished(page).first()).toContainText(shipped);
    await page.getByTestId('retrace').click();
    await expect(page.getByTestId('otherwise-traced')).toHaveCount(0, { timeout: 120_000 });
    await page.keyboard.press('Escape');
    await expect(finished(page).filter({ hasText: microName })).toHaveCount(2, { timeout: 120_000 });
    await expect(page.getByTestId('model-status')).toContainText(microName);

    // A bad one is refused with the reason.
    await page.getByTestId('model-status').click();
    await chooseFolder(page, tinyModelFolder(workstation.folder, 'bad-numbers', takesRootsOfNegatives));
    await expect(outcome(page)).toHaveAttribute('data-kind', 'refused', { timeout: 60_000 });
    await expect(outcome(page)).toContainText('not numbers');
    await expect(outcome(page)).toContainText(`${microName} stays in use`);
    const other = microModelFolder(workstation.folder, 'other', (manifest) => {
      manifest.input.width = 128;
    });
    await chooseFolder(page, other);
    await expect(outcome(page)).toContainText('contradicts itself', { timeout: 60_000 });

    // And back.
    await page.getByTestId('use-default').click();
    await expect(page.locator(`[data-model="${shipped}"][data-active=true]`)).toBeVisible({
      timeout: 60_000,
    });
    await page.locator(`[data-testid=model-list] [data-model="${microName}"]`).click();
    // By keyboard: what is asked next has the focus, and keeping is what Enter does.
    await page.getByTestId('remove-model').focus();
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('remove-keep')).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('remove-model')).toBeFocused();
    await page.keyboard.press('Enter');
    await page.getByTestId('remove-confirm').click();
    await expect(page.locator(`[data-testid=model-list] [data-model="${microName}"]`)).toHaveCount(0);
  });
});

test('a study that is opened before the models are known is traced all the same', async ({
  page,
  workstation,
}) => {
  let know = () => {};
  const known = new Promise<void>((resolve) => (know = resolve));
  await page.route('**/api/models*', async (route) => {
    await known;
    await route.continue();
  });
  await openWith(page, workstation, [workstation.file('beating.dcm', speckledBeatingClip())]);
  await expect(page.getByTestId('ef')).toHaveCount(0);
  know();
  await expect(finished(page)).toBeVisible({ timeout: 240_000 });
});

test('a check that is called off ends at once, and the models stay as they were', async ({
  page,
  workstation,
}) => {
  tinyModelFolder(join(workstation.library, 'models'), 'tiny', copiesThePicture);
  // A check that takes as long as the test wants: the request is held back until it is called off.
  await page.route('**/api/models/active', async () => undefined);
  await page.goto(workstation.url);
  await page.getByTestId('model-status').click();
  await page.locator('[data-testid=model-list] [data-model=tiny]').click();
  await page.getByTestId('use-model').click();
  await page.getByTestId('cancel-check').click();
  await expect(outcome(page)).toHaveText('Cancelled.');
  await expect(page.getByTestId('use-model')).toBeEnabled();
  await expect(page.locator('[data-model=tiny][data-active=true]')).toHaveCount(0);
});

test('a window that was cut off reads the models again', async ({ page, workstation }) => {
  // The first event stream ends at once, and the next is not let through before something has changed.
  const reachable = Promise.withResolvers<void>();
  let streams = 0;
  await page.route('**/api/events', async (route) => {
    streams += 1;
    if (streams === 1) return route.fulfill({ body: '' });
    await reachable.promise;
    return route.continue();
  });
  await page.goto(workstation.url);
  await page.getByTestId('model-status').click();
  const listed = page.getByTestId('model-list').locator('[data-model]');
  await expect(listed.first()).toBeVisible();
  const before = await listed.count();
  await expect.poll(() => streams).toBe(2);
  tinyModelFolder(join(workstation.library, 'models'), 'tiny', copiesThePicture);
  reachable.resolve();
  await expect(listed).toHaveCount(before + 1);
});

test('a folder with a checkpoint is refused with the way to a model', async ({ page, workstation }) => {
  const folder = join(workstation.folder, 'trained');
  workstation.file('trained/best.pth', Buffer.from('weights'));
  await page.goto(workstation.url);
  await page.getByTestId('model-status').click();
  await chooseFolder(page, folder);
  await expect(outcome(page)).toContainText('python -m gdkvm convert best.pth');
  await expect(outcome(page)).toHaveAttribute('data-kind', 'refused');
});

test('the page is used by keyboard', async ({ page, workstation }) => {
  tinyModelFolder(join(workstation.library, 'models'), 'damaged', takesRootsOfNegatives, {
    intendedUse: 'None.',
    knownFailures: ['Every picture that is not black.'],
  });
  await page.goto(workstation.url);
  await page.getByTestId('model-status').focus();
  await page.keyboard.press('Enter');
  const listed = page.getByTestId('model-list').getByRole('button');
  await listed.first().focus();
  // Models that were added come after those that the application brings.
  for (let below = (await listed.count()) - 1; below > 0; below -= 1) await page.keyboard.press('ArrowDown');
  await expect(page.getByTestId('model-details')).toHaveAttribute('data-model', 'damaged');
  await expect(page.getByTestId('known-failures')).toContainText('not black');
  await page.getByTestId('use-model').focus();
  await page.keyboard.press('Enter');
  await expect(outcome(page)).toContainText('not numbers', { timeout: 60_000 });
  await expect(page.locator('[data-model=damaged][data-active=true]')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('dialog-model')).not.toBeVisible();
});
