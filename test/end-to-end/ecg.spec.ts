import { curve, waveform } from '../fixtures/dicom/ecg-elements.ts';
import { beatingClip, beatingSize, beatingSop, beatingStudy, beatingTraces } from './beating-clip.ts';
import { expect, openWith, picture, recordTraces, test } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

/** The loop is 31 frames of 40 ms: its last frame begins at 1,200 ms. */
const endMs = 1200;
const wave = (group: Parameters<typeof waveform>[0] = {}) =>
  waveform({ samplesPerSecond: 250, group: [{ tag: '00181068', vr: 'DS', value: '0' }], ...group });
const rWaves = { tag: '00186060', vr: 'FL', value: [240, 1240, 640] };

test('the ECG of the file lies on the time axis of the curve, with its R waves, and scrubs it', async ({
  page,
  workstation,
}) => {
  await openWith(page, workstation, [
    workstation.file('beating.dcm', beatingClip({ elements: [wave(), rWaves] })),
  ]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  const strip = page.getByTestId('ecg');
  await expect(strip).toContainText('ECG II');
  await expect(strip).toContainText('mV');
  await expect(strip).toHaveAttribute('aria-label', 'ECG II, 2 R waves stated in the file');

  // The R wave of the file, that of the line and the frame at that time are in one place.
  const [curveBox, box] = [await page.locator('[data-curve] > svg').boundingBox(), await strip.boundingBox()];
  const [left, right] = [box!.x + 46, box!.x + box!.width - 10];
  const at = (ms: number) => left + ((right - left) * ms) / endMs;
  expect(curveBox!.x).toBe(box!.x);
  expect(curveBox!.width).toBeCloseTo(box!.width, 0);
  const mark = await page.locator('[data-r-wave="240"] line').boundingBox();
  expect(Math.abs(mark!.x - at(240))).toBeLessThan(1.5);
  const top = await page.getByTestId('ecg-line').evaluate((line: SVGPathElement) => {
    const length = line.getTotalLength();
    let best = line.getPointAtLength(0);
    for (let step = 0; step <= 4000; step += 1) {
      const point = line.getPointAtLength((length * step) / 4000);
      if (point.y < best.y) best = point;
    }
    return best.x;
  });
  expect(Math.abs(box!.x + top - at(240))).toBeLessThan(3);
  await expect(page.locator('[data-r-wave="1240"]')).toHaveCount(0);

  await page.mouse.move(at(240), box!.y + 30);
  await page.mouse.down();
  await page.mouse.up();
  await expect(page.locator('.playhead[data-frame]')).toHaveAttribute('data-frame', '6');

  await page.getByTestId('ecg-toggle').click();
  await expect(strip).toHaveCount(0);
  await page.reload();
  await expect(page.getByTestId('ecg-toggle')).toHaveText('ECG');
  await expect(strip).toHaveCount(0);
  await page.getByTestId('ecg-toggle').click();
  await expect(strip).toContainText('ECG II');
});

test('a curve whose place is not stated says so', async ({ page, workstation }) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip({ elements: curve() }))]);
  await expect(page.getByTestId('ecg')).toContainText('ECG aVF');
  await expect(page.getByTestId('ecg')).toContainText('place in time not stated');
});

test('an ECG that is only drawn in is shown as picture, on no time axis', async ({ page, workstation }) => {
  const { rows, columns } = beatingSize;
  const regions = [
    { box: [0, 0, columns - 1, 140], deltaX: 0.08, deltaY: 0.08 },
    { spatialFormat: 4, dataType: 10, box: [10, 150, columns - 10, rows - 4], deltaX: 0.01, deltaY: 1 },
  ] as const;
  await openWith(page, workstation, [workstation.file('drawn.dcm', beatingClip({ regions }))]);
  await expect(picture(page, 'cine')).toHaveAttribute('data-drawn', 'true');
  await expect(page.getByTestId('ecg-picture')).toContainText('drawn in the picture, not on this time axis');
  await expect(page.getByTestId('ecg')).toHaveCount(0);
});

test('where a file has none nothing is shown', async ({ page, workstation }) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await expect(picture(page, 'cine')).toHaveAttribute('data-drawn', 'true');
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  await expect(page.getByTestId('ecg-toggle')).toHaveCount(0);
});
