import type { Page } from '@playwright/test';
import type { StudyDocument } from '../../core/api/requests.ts';
import type { ClipTiming } from '../../core/clip/timing.ts';
import { beatingClip, beatingSize, beatingSop, beatingStudy, beatingTraces } from './beating-clip.ts';
import { judgePlayback, samplePlayback } from './playback-probe.ts';
import { cavity, expect, openWith, picture, recordTraces, test } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

/** A vector as a scanner that jitters writes it; the first entry is the time before the first frame. */
const jitteredMs = Array.from({ length: beatingSize.frames }, (_, frame) =>
  frame === 0 ? 0 : 28 + ((frame * 7) % 11),
);

async function timingOf(page: Page): Promise<ClipTiming> {
  const document = (await page.evaluate(
    async (study) => (await fetch(`/api/studies/${study}`)).json(),
    beatingStudy,
  )) as StudyDocument;
  const timing = document.clips[0]?.timing;
  if (!timing) throw new Error('The clip has no timing.');
  return timing;
}

const cases = [
  { name: 'even frame times', options: { frameTimeMs: 33.3 } },
  { name: 'a jittered vector', options: { frameTimeVectorMs: jitteredMs } },
] as const;

for (const { name, options } of cases) {
  test(`every animation frame shows the picture of the time table: ${name}, with a 200 ms stall`, async ({
    page,
    workstation,
  }) => {
    await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip(options))]);
    await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
    await expect(page.getByTestId('play')).toHaveAttribute('data-playing', 'true');
    await expect(picture(page, 'cine')).toHaveAttribute('data-drawn', 'true');
    await expect(cavity(page, 'cine')).toBeAttached();
    const timing = await timingOf(page);
    // Judged on a quiet stretch: beside other programs the scheduler takes whole frames away from page and probe.
    await expect(async () => {
      const judged = judgePlayback(timing, await samplePlayback(page, beatingSop, 3, 200));
      expect(judged.wrong).toBe(0);
      expect(judged.driftMs).toBeLessThan(16);
      // 200 ms hold five to six pictures of 33 ms that cannot have been shown.
      expect(judged.dropped).toBeGreaterThanOrEqual(4);
    }).toPass({ timeout: 200_000 });
  });
}

test('speed, steps, pause and a sweep', async ({ page, workstation }) => {
  const sweep = { tag: '00181244', vr: 'US', value: [1] } as const;
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip({ elements: [sweep] }))]);
  await expect(picture(page, 'cine')).toHaveAttribute('data-drawn', 'true');
  const timing = await timingOf(page);
  expect(timing.playback).toBe('sweep');
  await page.getByTestId('speed').selectOption('2');
  await expect(async () => {
    const judged = judgePlayback(timing, await samplePlayback(page, beatingSop, 2, 0), 2);
    expect(judged.wrong).toBe(0);
    expect(judged.driftMs).toBeLessThan(32);
  }).toPass({ timeout: 200_000 });

  await page.keyboard.press('Space');
  await expect(page.getByTestId('play')).toHaveAttribute('data-playing', 'false');
  const frame = Number(await picture(page, 'cine').getAttribute('data-frame'));
  await page.keyboard.press('ArrowRight');
  const next = (frame + 1) % beatingSize.frames;
  await expect(picture(page, 'cine')).toHaveAttribute('data-frame', String(next));
  await page.keyboard.press('ArrowLeft');
  await expect(picture(page, 'cine')).toHaveAttribute('data-frame', String(frame));
});

test('the picture and its contour lie on each other', async ({ page, workstation }) => {
  await openWith(page, workstation, [workstation.file('beating.dcm', beatingClip())]);
  await recordTraces(page, beatingStudy, beatingSop, beatingTraces());
  await expect(page.getByTestId('ef')).toBeVisible();
  await page.keyboard.press('Space');
  await page.keyboard.press('Home');
  await expect(picture(page, 'cine')).toHaveAttribute('data-drawn', 'true');
  // The drawn cavity is dark inside the contour and bright outside: grey levels just inside and outside of it.
  const sides = await picture(page, 'cine').evaluate((element) => {
    const canvas = element.querySelector('canvas');
    const path = element.querySelector<SVGPathElement>('[data-structure=lv-cavity][data-testid=contour]');
    const matrix = path?.getScreenCTM();
    const context = canvas?.getContext('2d');
    if (!canvas || !path || !matrix || !context) throw new Error('There is no picture with a contour.');
    const box = canvas.getBoundingClientRect();
    const grey = (x: number, y: number) => {
      const point = new DOMPoint(x, y).matrixTransform(matrix);
      const scale = canvas.width / box.width;
      return (
        context.getImageData((point.x - box.left) * scale, (point.y - box.top) * scale, 1, 1).data[0] ?? -1
      );
    };
    const centre = [120, 110] as const;
    const length = path.getTotalLength();
    return Array.from({ length: 20 }, (_, index) => {
      const at = path.getPointAtLength((length * (index + 1)) / 21);
      const away = (pixels: number) => {
        const far = Math.hypot(at.x - centre[0], at.y - centre[1]);
        return grey(at.x + ((at.x - centre[0]) / far) * pixels, at.y + ((at.y - centre[1]) / far) * pixels);
      };
      return { inside: away(-2.5), outside: away(2.5) };
    });
  });
  for (const { inside, outside } of sides) {
    expect(inside).toBeLessThan(50);
    expect(outside).toBeGreaterThan(60);
  }
});
