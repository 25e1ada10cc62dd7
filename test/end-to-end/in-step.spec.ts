import type { Page } from '@playwright/test';
import { measureClip } from '../../core/assessment/measure-clip.ts';
import type { StudyDocument } from '../../core/api/requests.ts';
import { defaultSettings } from '../../core/settings/settings.ts';
import { beatTimes, stepOf, type Step, type StepMode } from '../../renderer/playback/in-step.ts';
import { judgeLoops, sampleLoops } from './playback-probe.ts';
import { openStress, stages, stressClip, stressFrames, stressStudy, traceStress } from './stress-study.ts';
import { expect, picture, test } from './workstation.ts';

test.use({ workstationOptions: { models: false } });

/** The four-chamber loops of the four stages. */
const loops = stages.map((_, stage) => stressClip(stage, 0));

/** What the loops have in common, worked out from the study itself and not from what the window made of it. */
async function commonStep(page: Page, mode: StepMode): Promise<Step> {
  const study = (await page.evaluate(
    async (uid) => (await fetch(`/api/studies/${uid}`)).json(),
    stressStudy,
  )) as StudyDocument;
  const step = stepOf(
    mode,
    study.clips.flatMap((facts) => {
      const { sopInstanceUid, timing, heartRateBpm } = facts;
      const review = study.review.clips[sopInstanceUid];
      if (!loops.includes(sopInstanceUid) || !review) return [];
      const { beats } = measureClip(facts, review, defaultSettings);
      return [{ sopInstanceUid, timing, beats: beatTimes(timing, beats, heartRateBpm) }];
    }),
  );
  if (!step) throw new Error('The loops have no beats.');
  return step;
}

for (const mode of ['stretched', 'time'] as const) {
  test(`four loops of 30 to 71 pictures a second run in step: ${mode}`, async ({ page, workstation }) => {
    await openStress(page, workstation);
    await traceStress(page);
    await page.getByTestId('layout-panel-button').click();
    await page.getByTestId(`step-${mode}`).click();
    await page.getByTestId('layout-four').click();
    for (const clip of loops) {
      await expect(picture(page, 'cine', clip)).toHaveAttribute('data-loaded', String(stressFrames));
      await expect(picture(page, 'cine', clip)).not.toHaveAttribute('data-step-ms', '');
    }
    await expect(page.getByTestId('stretched')).toHaveCount(mode === 'stretched' ? 1 : 0);
    const step = await commonStep(page, mode);
    expect(step.clips.size).toBe(4);
    // On a quiet stretch: beside other programs the scheduler takes whole frames away.
    await expect(async () => {
      const samples = await sampleLoops(page, loops, 4);
      const judged = judgeLoops(step, loops, samples);
      const rates = judged.map(({ picturesPerSecond }) => picturesPerSecond.toFixed(1)).join(', ');
      const wrong = judged.reduce((sum, one) => sum + one.wrong, 0);
      console.log(`${mode}: ${rates} pictures/s, ${wrong} wrong of ${4 * samples.length}`);
      expect(wrong).toBe(0);
      for (const { picturesPerSecond } of judged) expect(picturesPerSecond).toBeGreaterThanOrEqual(12);
      // The common time is that of the wall clock.
      const [first, last] = [samples[0], samples.at(-1)];
      const [from, to] = [first?.loops[0]?.stepMs ?? NaN, last?.loops[0]?.stepMs ?? NaN];
      expect(Math.abs(to - from - ((last?.atMs ?? 0) - (first?.atMs ?? 0)))).toBeLessThan(60);
    }).toPass({ timeout: 200_000 });
  });
}
