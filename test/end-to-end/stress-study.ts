import type { Page } from '@playwright/test';
import type { Trace } from '../../core/trace/trace.ts';
import { beatingSize, beatingTrace, speckledBeatingClip } from './beating-clip.ts';
import { openWith, recordTraces } from './workstation.ts';
import type { Workstation } from './loopback-workstation.ts';

export const stressStudy = '1.2.826.0.1.3680043.10.17.1';
/** Two beats. */
export const stressFrames = 2 * (beatingSize.frames - 1) + 1;

/** Stages of a protocol: the heart is faster, and at the peak it empties more. */
export const stages = [
  { name: 'Rest', frameTimeMs: 33, emptying: 0.6 },
  { name: 'Low dose', frameTimeMs: 26, emptying: 0.8 },
  { name: 'Peak', frameTimeMs: 14, emptying: 1 },
  { name: 'Recovery', frameTimeMs: 20, emptying: 0.7 },
] as const;

export const views = [
  { code: '399214001', meaning: 'Apical four chamber', name: 'A4C' },
  { code: '399232001', meaning: 'Apical two chamber', name: 'A2C' },
  { code: '399339008', meaning: 'Apical long axis', name: 'A3C' },
] as const;

/** The clip of a stage and view, by their places. */
export const stressClip = (stage: number, view: number): string => `${stressStudy}.${stage + 1}.${view + 1}`;

/** The drawn contour, of a ventricle that empties by only a part of what is drawn. */
function stressTrace(frame: number, emptying: number): Trace {
  const [full, now] = [beatingTrace(0), beatingTrace(frame % (beatingSize.frames - 1))];
  return {
    ...now,
    points: now.points.map(([x, y], index) => {
      const [fromX = x, fromY = y] = full.points[index] ?? [];
      return [fromX + emptying * (x - fromX), fromY + emptying * (y - fromY)] as const;
    }),
  };
}

/** Imports a stress study of four stages and three views, and opens it. */
export async function openStress(
  page: Page,
  workstation: Workstation,
  { viewed = true }: { readonly viewed?: boolean } = {},
): Promise<void> {
  const files = stages.flatMap(({ name, frameTimeMs }, stage) =>
    views.map((view, column) =>
      workstation.file(
        `${name} ${view.name}.dcm`,
        speckledBeatingClip({
          frames: stressFrames,
          frameTimeMs,
          studyInstanceUid: stressStudy,
          sopInstanceUid: stressClip(stage, column),
          ...(viewed ? { view: { code: view.code, scheme: 'SCT', meaning: view.meaning } } : {}),
          elements: [
            { tag: '00200013', vr: 'IS', value: String(stage * views.length + column + 1) },
            { tag: '00082120', vr: 'SH', value: name },
            { tag: '00082122', vr: 'IS', value: String(stage + 1) },
            { tag: '00082127', vr: 'SH', value: view.name },
          ],
        }),
      ),
    ),
  );
  await openWith(page, workstation, files);
}

/** Contours on every frame of every clip, as a run would leave them. */
export async function traceStress(page: Page, clips = stages.map((_, stage) => stage)): Promise<void> {
  for (const stage of clips) {
    for (const column of views.keys()) {
      const traces = Array.from({ length: stressFrames }, (_, frame) => [
        frame,
        stressTrace(frame, stages[stage]?.emptying ?? 1),
      ]);
      await recordTraces(page, stressStudy, stressClip(stage, column), Object.fromEntries(traces));
    }
  }
}
