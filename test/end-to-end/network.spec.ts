import { connect } from 'node:net';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { apicalClip } from '../integration/application/workstation.ts';
import { beatingClip, beatingStudy } from './beating-clip.ts';
import { freePort, hasDcmtk, run, storescp } from '../fixtures/dcmtk-peer.ts';
import { expect, openWith, test } from './workstation.ts';

test.use({ workstationOptions: { models: false } });
test.skip(!hasDcmtk, 'dcmtk is not installed');

async function openNetwork(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Settings', exact: true }).click();
  await page.getByTestId('setting-network').click();
  await expect(page.getByTestId('dialog-network')).toBeVisible();
}

const isHeard = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });

test('a node is configured, tested and sent to, from the export dialog', async ({ page, workstation }) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  const archive = join(workstation.folder, 'archive');
  const peer = await storescp(archive);
  try {
    // Until one is configured there is no such place.
    await page.keyboard.press('Control+e');
    await expect(page.getByTestId('export-start')).toBeVisible();
    await expect(page.getByTestId('export-where-node')).toHaveCount(0);
    await page.keyboard.press('Escape');

    await openNetwork(page);
    await expect(page.getByTestId('dialog-network')).toContainText('Nothing is sent anywhere.');
    await page.getByTestId('network-add').click();
    await expect(page.getByTestId('node-name')).toBeFocused();
    await page.getByTestId('node-name').fill('Archive');
    await page.getByTestId('node-host').fill('127.0.0.1');
    await page.getByTestId('node-port').fill(String(await freePort()));
    await page.getByTestId('node-called').fill('ARCHIVE');
    await page.getByTestId('node-test').click();
    await expect(page.getByTestId('node-said')).toContainText('nothing listens at this port');
    await page.getByTestId('node-port').fill(String(peer.port));
    await page.getByTestId('node-test').click();
    await expect(page.getByTestId('node-said')).toContainText('It answers');
    await page.getByTestId('node-save').click();
    await expect(page.getByTestId('network-node')).toContainText(`ARCHIVE · 127.0.0.1:${peer.port}`);
    await page.screenshot({ path: test.info().outputPath('network.png') });
    await page.keyboard.press('Escape');

    await page.keyboard.press('Control+e');
    await page.getByTestId('export-where-node').check();
    await expect(page.getByTestId('export-pdf')).toBeDisabled();
    await page.getByTestId('export-dicom-measurements').uncheck();
    await page.getByTestId('export-dicom-pdf').check();
    await page.screenshot({ path: test.info().outputPath('send.png') });
    await page.getByTestId('export-start').click();
    await expect(page.getByTestId('send-outcome')).toContainText(
      /objects? stored by ARCHIVE at 127\.0\.0\.1/,
    );
    const arrived = readdirSync(archive).length;
    expect(arrived).toBeGreaterThanOrEqual(2);

    // Not twice, and said so.
    await page.getByTestId('send-another').click();
    await page.getByTestId('export-start').click();
    await expect(page.getByTestId('send-objects')).toContainText('there already');
    await page.screenshot({ path: test.info().outputPath('sent.png') });

    // Nobody answers any more: the reason is read once.
    await peer.stop();
    await page.getByTestId('send-another').click();
    await page.getByTestId('send-again').check();
    await page.getByTestId('export-start').click();
    await expect(page.getByTestId('send-outcome')).toContainText('nothing listens at this port');
    const job = await page.getByTestId('send-job').innerText();
    expect(job.split('nothing listens at this port')).toHaveLength(2);
    await page.screenshot({ path: test.info().outputPath('not-sent.png') });
  } finally {
    await peer.stop();
  }
});

test('a study is sent without its patient once its pictures were looked at', async ({
  page,
  workstation,
}) => {
  const patient = { patientName: 'Quibble^Zoe', patientId: 'HN-4711' };
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip(patient))]);
  const archive = join(workstation.folder, 'archive');
  const peer = await storescp(archive);
  try {
    await page.evaluate(async (port) => {
      const node = { name: 'Study centre', host: '127.0.0.1', port, calledAeTitle: 'CENTRE' };
      await fetch('/api/settings', {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          node: { before: null, after: { ...node, callingAeTitle: 'SYSTOLA', tls: null } },
        }),
      });
    }, peer.port);
    await page.reload();
    await expect(page.getByTestId('patient-name')).toBeVisible();
    await page.keyboard.press('Control+e');
    await page.getByTestId('export-where-node').check();
    await page.getByTestId('export-identity-sharing').check();
    await expect(page.getByTestId('export-dicom-pdf')).toBeDisabled();
    await expect(page.getByTestId('send-originals')).toBeChecked();
    await page.getByTestId('masks-look').click();
    if ((await page.getByTestId('mask-area').count()) === 0) await page.getByTestId('mask-box').click();
    await page.getByTestId('mask-tick').check();
    await page.getByTestId('masks-done').click();
    await page.screenshot({ path: test.info().outputPath('send-deidentified.png') });
    for (const box of await page
      .locator('[data-testid=dialog-export] fieldset')
      .first()
      .getByRole('checkbox')
      .all()) {
      if (await box.isEnabled()) await box.uncheck();
    }
    await page.getByTestId('export-start').click();
    await expect(page.getByTestId('send-outcome')).toContainText('1 object stored by CENTRE');
    await expect(page.getByTestId('mapping-save')).toBeVisible();
    await page.screenshot({ path: test.info().outputPath('sent-deidentified.png') });
    const [arrived = ''] = readdirSync(archive);
    const bytes = readFileSync(join(archive, arrived)).toString('latin1');
    expect([bytes.includes('Quibble'), bytes.includes('HN-4711'), bytes.includes(beatingStudy)]).toEqual([
      false,
      false,
      false,
    ]);
  } finally {
    await peer.stop();
  }
});

test('the receiver is turned on, seen while it is, and its studies come into the list', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  const port = await freePort();
  expect(await isHeard(port)).toBe(false);
  await expect(page.getByTestId('receiver-status')).toHaveCount(0);
  await openNetwork(page);
  await expect(page.getByTestId('receiver-state')).toHaveText('Off. Nothing listens.');
  await expect(page.getByTestId('receiver-address')).toHaveValue('127.0.0.1');
  await page.getByTestId('receiver-port').fill(String(port));
  await page.getByTestId('receiver-on').check();
  await expect(page.getByTestId('receiver-state')).toContainText(`Listening as SYSTOLA at 127.0.0.1:${port}`);
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('receiver-status')).toContainText('Receiving as SYSTOLA');

  const clip = workstation.file('scanner.dcm', apicalClip({ patientName: 'Sent^Over' }));
  const sent = await run('storescu', '-xe', '-aec', 'SYSTOLA', '127.0.0.1', String(port), clip);
  expect(sent.code).toBe(0);
  await expect(page.locator('[data-study]')).toHaveCount(2);

  await page.getByTestId('receiver-status').click();
  await expect(page.getByTestId('receiver-state')).toContainText('1 stored, 0 refused');
  await page.screenshot({ path: test.info().outputPath('receiver.png') });
  await page.getByTestId('receiver-on').uncheck();
  await expect(page.getByTestId('receiver-state')).toHaveText('Off. Nothing listens.');
  await expect.poll(() => isHeard(port)).toBe(false);
  expect(beatingStudy).not.toBe('');
});
