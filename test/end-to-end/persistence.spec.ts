import {
  beatingClip,
  beatingSize,
  beatingSop,
  beatingStudy,
  beatingTrace,
  beatingTraces,
} from './beating-clip.ts';
import {
  expect,
  openWith,
  pageOf,
  picture,
  recordTraces,
  routeOpenPage,
  test,
  valueOf,
} from './workstation.ts';

test.use({ workstationOptions: { models: false } });

test('a correction survives a kill one second later', async ({ page, workstation }) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  await page.keyboard.press('Space');
  const before = await valueOf(page, 'number-EDV');
  const frame = Number(await picture(page, 'ed').getAttribute('data-still-frame'));
  const [x, y] = beatingTrace(frame).points[3] ?? [0, 0];
  const from = await pageOf(page, 'ed', beatingSize, [x, y]);
  const to = await pageOf(page, 'ed', beatingSize, [x - 12, y]);
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 3 });
  await page.mouse.up();
  const released = Date.now();
  const corrected = await valueOf(page, 'number-EDV');
  expect(corrected).toBeGreaterThan(before + 1);
  while (Date.now() - released < 1000) await page.evaluate(() => new Promise(requestAnimationFrame));
  await workstation.kill();

  // An edit made while nobody answers is shown as not saved, stays on screen, and the window says what to do.
  await page.keyboard.press('2');
  await expect(page.getByTestId('view-select')).toHaveValue('a2c');
  await expect(page.getByTestId('unsaved')).toBeVisible();
  await expect(page.getByTestId('stopped')).toContainText('Systola has stopped. Start it again: npm start.');
  await expect(page.getByTestId('stopped')).toContainText('One step is not stored yet: kept in this window');
  await expect(page.getByText('Failed to fetch')).toHaveCount(0);

  await workstation.start();
  await page.goto(workstation.url, { waitUntil: 'load' }).catch(() => undefined);
  await expect(page.getByTestId('number-EDV')).toBeVisible();
  expect(await valueOf(page, 'number-EDV')).toBeCloseTo(corrected, 6);
  await expect(page.getByTestId('history').getByText('moved a point')).toBeVisible();
  // What could not be sent is sent by the window that comes after.
  await expect(page.getByTestId('history').getByText('set view to A2C')).toBeVisible();
  await expect(page.getByTestId('unsaved')).toHaveCount(0);
  await page.reload();
  await expect(page.getByTestId('view-select')).toHaveValue('a2c');
  await page.getByTestId('undo').click();
  await expect(page.getByTestId('view-select')).toHaveValue('a4c');
  await page.getByTestId('undo').click();
  await expect.poll(() => valueOf(page, 'number-EDV')).toBeCloseTo(before, 6);
});

test('no report leaves out what is on screen and not saved yet', async ({ page, workstation }) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  const reports: string[] = [];
  page.on('request', (request) => {
    if (request.url().endsWith('/exports/pdf')) reports.push(request.url());
  });
  const error = { code: 'disk-full', message: 'The disk is full: nothing was saved.', file: null };
  const isRevision = /\/revisions$/;
  await routeOpenPage(page, isRevision, (route) => route.fulfill({ status: 507, json: { error } }));
  await page.keyboard.press('2');
  await expect(page.getByTestId('unsaved')).toBeVisible();
  await page.keyboard.press('Control+Shift+E');
  await expect(page.getByTestId('messages')).toContainText('Nothing was written');
  expect(reports).toEqual([]);

  await page.unroute(isRevision);
  await expect(page.getByTestId('unsaved')).toHaveCount(0);
  const download = page.waitForEvent('download');
  await page.keyboard.press('Control+Shift+E');
  expect((await download).suggestedFilename()).toMatch(/\.pdf$/);
  expect(reports).toHaveLength(1);
});
