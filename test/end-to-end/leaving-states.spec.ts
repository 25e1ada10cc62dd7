import type { Page } from '@playwright/test';
import { freePort } from '../fixtures/dcmtk-peer.ts';
import { violations } from './axe.ts';
import { beatingClip, beatingSop, beatingStudy, beatingTraces } from './beating-clip.ts';
import { expect, openWith, recordTraces, routeOpenPage, test } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

/** A node where nothing listens. */
async function configureNode(page: Page): Promise<void> {
  const node = { name: 'Archive', host: '127.0.0.1', port: await freePort(), calledAeTitle: 'ARCHIVE' };
  await page.evaluate(
    async (after) => {
      await fetch('/api/settings', {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ node: { before: null, after } }),
      });
    },
    { ...node, callingAeTitle: 'SYSTOLA', tls: null },
  );
  await page.reload();
  await expect(page.getByTestId('patient-name')).toBeVisible();
}

for (const size of [
  { width: 1280, height: 720 },
  { width: 1600, height: 1000 },
]) {
  test(`every state of what leaves and arrives is sound at ${size.width} × ${size.height}`, async ({
    page,
    workstation,
  }) => {
    test.setTimeout(300_000);
    await page.setViewportSize(size);
    const found: string[] = [];
    const look = async (state: string) => {
      found.push(...(await violations(page, state)));
      await page.screenshot({ path: test.info().outputPath(`${state}.png`) });
      // Nothing stands beside the room that it has.
      const broad = await page
        .locator('dialog[open]')
        .evaluate((dialog) => dialog.scrollWidth - dialog.clientWidth);
      if (broad > 0) found.push(`${state}: ${broad} pixels too broad`);
    };
    const other = { studyInstanceUid: `${beatingStudy}.7`, sopInstanceUid: `${beatingSop}.7` };
    await openWith(page, workstation, [
      workstation.file('beating.dcm', beatingClip()),
      workstation.file('other.dcm', beatingClip({ ...other, patientName: 'Still^Silent' })),
    ]);
    await page.locator('[data-testid=study-list]').getByText('Beating').first().click();
    await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
    await expect(page.getByTestId('ef')).toBeVisible();

    // The network, with nothing there.
    await page.getByRole('button', { name: 'Settings', exact: true }).click();
    await page.getByTestId('setting-network').click();
    await expect(page.getByTestId('dialog-network')).toBeVisible();
    await look('network-empty');
    await page.getByTestId('network-add').click();
    await page.getByTestId('node-tls').check();
    await page.getByTestId('node-name').fill('Archive');
    await page.getByTestId('node-host').fill('127.0.0.1');
    await page.getByTestId('node-port').fill(String(await freePort()));
    await page.getByTestId('node-called').fill('ARCHIVE');
    await page.getByTestId('node-tls').uncheck();
    await page.getByTestId('node-test').press('Enter');
    await expect(page.getByTestId('node-said')).toContainText('nothing listens at this port');
    await look('network-no-answer');
    await page.getByTestId('node-tls').check();
    await look('network-tls');
    await page.getByTestId('receiver-port').fill('1');
    await page.getByTestId('receiver-on').press('Space');
    await expect(page.getByTestId('receiver-state')).not.toHaveAttribute('data-state', 'off');
    await look('network-receiver');
    await page.getByTestId('receiver-on').uncheck();
    await page.keyboard.press('Escape');
    await expect(page.getByTestId('dialog-network')).toBeHidden();

    await configureNode(page);
    await page.keyboard.press('Control+e');
    await expect(page.getByTestId('export-start')).toBeFocused();
    await look('export');
    await page.getByTestId('export-of-listed').check();
    await look('export-ticks');
    await page.getByTestId('export-search').fill('nobody of this name');
    await page.getByTestId('export-tick-none').press('Enter');
    await expect(page.getByTestId('export-start')).toBeDisabled();
    await look('export-no-study');
    await page.getByTestId('export-search').fill('');
    await page.getByTestId('export-of-study').check();

    // Without the patient: nothing looked at, drawing, looked at.
    await page.getByTestId('export-identity-sharing').check();
    await expect(page.getByTestId('masks-checked')).toContainText('0 of 1');
    await look('export-sharing');
    await page.getByTestId('masks-look').press('Enter');
    await expect(page.getByTestId('mask-clip')).toBeFocused();
    await expect(page.getByTestId('mask-from')).not.toContainText('Looking');
    await look('masks');
    await page.getByTestId('mask-draw-anew').press('Enter');
    await expect(page.getByTestId('mask-tick')).toBeDisabled();
    await look('masks-drawing');
    await page.keyboard.press('Escape');
    await page.getByTestId('mask-box').press('Enter');
    await page.getByTestId('mask-tick').press('Space');
    await expect(page.getByTestId('mask-tick')).toBeChecked();
    await look('masks-ticked');
    await page.keyboard.press('Escape');
    await expect(page.getByTestId('masks-look')).toBeFocused();
    await page.getByTestId('attributes-look').press('Enter');
    await page.locator('[data-group=patient] summary').press('Enter');
    await expect(page.locator('[data-tag="00100020"]')).toBeVisible();
    await look('attributes');
    await page.getByTestId('attribute-search').fill('no attribute has this');
    await look('attributes-none');
    await page.getByTestId('masks-done').press('Enter');
    await expect(page.getByTestId('attributes-look')).toBeFocused();
    await page.getByTestId('export-where-node').check();
    await look('send-sharing');
    await expect(page.getByTestId('export-start')).toBeInViewport({ ratio: 1 });
    await page.getByTestId('export-start').press('Enter');
    await expect(page.getByTestId('send-outcome')).toContainText('nothing listens at this port');
    await expect(page.getByTestId('send-close')).toBeFocused();
    await look('send-failed');
    await page.getByTestId('send-another').press('Enter');

    // An export that goes on, and one that is cancelled.
    await page.getByTestId('export-where-here').check();
    await page.getByTestId('export-identity-unnamed').check();
    let state: unknown = null;
    await routeOpenPage(page, '**/api/exports', async (route) => {
      const running = { state: 'running', done: 2, total: 7, files: 3, file: 'systola-report.pdf' };
      state = { exportId: 'one', refused: [], refusedTotal: 0, taken: null, place: null, message: null };
      await route.fulfill({ status: 202, json: { ...(state as object), ...running } });
    });
    await routeOpenPage(page, '**/api/exports/one', (route) =>
      route.fulfill({
        json: { ...(state as object), state: 'cancelled', done: 2, total: 7, files: 3, file: null },
      }),
    );
    await page.getByTestId('export-start').press('Enter');
    await expect(page.getByTestId('export-cancel')).toBeFocused();
    await look('export-running');
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('export-outcome')).toContainText('Cancelled');
    await expect(page.getByTestId('export-close')).toBeFocused();
    await look('export-cancelled');
    await page.getByTestId('export-again').press('Enter');
    await page.unroute('**/api/exports');
    await page.route('**/api/exports', (route) =>
      route.fulfill({
        status: 400,
        json: { error: { code: 'bad-request', message: 'Another export is being written.', file: null } },
      }),
    );
    await page.getByTestId('export-start').press('Enter');
    await expect(page.getByRole('alert')).toContainText('The export did not begin');
    await look('export-not-begun');
    await page.keyboard.press('Escape');
    await expect(page.getByTestId('dialog-export')).toBeHidden();
    expect(found).toEqual([]);
  });
}
