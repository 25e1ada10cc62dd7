import { sameStage } from '../../core/clip/stage.ts';
import type { OpenStudy } from '../state/study.svelte.ts';
import { workspace } from '../state/workspace.svelte.ts';

/** The clips that stand for A4C and A2C. */
export interface PlaneClips {
  readonly a4c: string;
  readonly a2c: string;
}

/**
 * The two planes side by side: those of the biplane, else what the numbers rest on and what is on screen; null where the
 * study shows one plane only. By views alone, so that no column comes or goes while contours do.
 */
export function planeClips({ measured, clips }: OpenStudy): PlaneClips | null {
  if (measured.pair) return measured.pair;
  // Planes of two stages are nothing to compare.
  const stage = measured.stages.find((one) => sameStage(one.stage, measured.stage));
  const candidates = stage?.clips ?? clips.map(({ sopInstanceUid }) => sopInstanceUid);
  const inOrder = [...measured.used, ...workspace.shown, ...candidates];
  const [a4c, a2c] = (['a4c', 'a2c'] as const).map((view) =>
    inOrder.find((uid) => candidates.includes(uid) && measured.clips[uid]?.view.code === view),
  );
  return a4c === undefined || a2c === undefined ? null : { a4c, a2c };
}
