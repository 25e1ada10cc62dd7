import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModelManifest } from '../../core/model/manifest.ts';
import { expect, root, test } from './workstation.ts';

const shipped = join(root, 'models/shipped');
const models = mkdtempSync(join(tmpdir(), 'systola-unsure-models-'));

/** The fast model with a calibration by which no contour can be trusted. */
const name = 'gdkvm-small-camus';
cpSync(join(shipped, name), join(models, name), { recursive: true });
const manifestPath = join(models, name, 'manifest.json');
const manifest = JSON.parse(readFileSync(manifestPath, 'utf8')) as ModelManifest;
manifest.confidence = {
  features: ['peak'],
  weights: [0],
  bias: -2,
  limit: 0.5,
  calibration: {
    dataset: 'none',
    frames: 0,
    badDice: 0.85,
    auc: 0.5,
    flaggedShare: 1,
    flaggedMeanDice: null,
    unflaggedMeanDice: null,
  },
};
writeFileSync(manifestPath, JSON.stringify(manifest));

test.use({ workstationOptions: { sample: join(root, 'assets/sample-study'), models } });
test.afterAll(() => rmSync(models, { recursive: true, force: true }));

test('contours that the model is unsure of are dashed, and a finding says so', async ({
  page,
  workstation,
}) => {
  await page.goto(workstation.url);
  await expect(page.locator('[data-testid=run-status][data-state=finished]')).toHaveCount(2, {
    timeout: 280_000,
  });
  const contour = page.getByTestId('contour').first();
  await expect(contour).toHaveClass(/uncertain/);
  await expect(contour).toHaveCSS('stroke-dasharray', /\d/);
  // A finding is a few words on the list; what it means is told on demand.
  const meanings = page.getByRole('button', { name: 'What it means: Model unsure of contours' });
  await expect(meanings.first()).toBeVisible();
  for (const meaning of await meanings.all()) {
    if ((await meaning.getAttribute('aria-expanded')) !== 'true') await meaning.click();
  }
  await expect(page.getByText(/unsure of the contour at ED or ES/).first()).toBeVisible();
  await expect(page.getByText(/unsure of most contours of this clip/).first()).toBeVisible();
  await page.screenshot({ path: test.info().outputPath('unsure.png') });
});
