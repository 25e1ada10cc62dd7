import type { CheckpointShelf } from './checkpoint-shelf.ts';
import type { PassProgress } from './clip-stream.ts';
import type { Pass } from './passes.ts';

/**
 * Where a pass goes on from: the state of the shelf that is nearest before a step, else the start of the clip.
 *
 * @param kept key of the shelf; null: nothing is kept
 * @param before first step whose outcome is wanted, or that changes the memory
 */
export function beginPass(
  { frames, silentSteps }: Pass,
  before: number,
  shelf: CheckpointShelf,
  kept: string | null,
): PassProgress {
  const nearest = kept === null ? null : shelf.nearest(kept, frames.slice(0, before));
  return {
    frames,
    silentSteps,
    delivered: nearest?.steps ?? 0,
    checkpoint: nearest === null ? null : { step: nearest.steps - 1, state: nearest.state },
    modelMs: 0,
    timedSteps: 0,
  };
}
