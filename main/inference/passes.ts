import { drawnBesideCavity } from '../../core/model/drawn-structures.ts';
import { defaultWarmFrames, type ModelManifest, type ModelPasses } from '../../core/model/manifest.ts';
import { mapsFit } from './forward-maps.ts';

/** One pass over a clip from an empty memory; a step is one frame seen by the model. */
export interface Pass {
  /** Frame of each step, in the order in which the model sees them. */
  readonly frames: readonly number[];
  /** The first so many steps only fill the memory: what comes out of them is not handed on. */
  readonly silentSteps: number;
}

/**
 * How a clip is to be run. `both-directions` keeps the maps of every frame, 2 bytes a pixel; a clip for which that
 * would be more than 256 MiB is run forwards only.
 */
export function feasiblePasses(
  { passes = 'forward', input, graph }: Pick<ModelManifest, 'passes' | 'input' | 'graph'>,
  frames: number,
): ModelPasses {
  const maps = frames * (1 + drawnBesideCavity({ graph }).length);
  return passes === 'both-directions' && !mapsFit(input, maps) ? 'forward' : passes;
}

/**
 * The passes over frames `from` to `to − 1`, as the manifest's contract has them. `warm`: the first `warmFrames`
 * frames backwards, then all forwards with the memory that came of it. `both-directions`: forwards, then backwards,
 * each from an empty memory.
 */
export function passesOver(
  passes: ModelPasses,
  from: number,
  to: number,
  warmFrames = defaultWarmFrames,
): readonly Pass[] {
  const forward = Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
  switch (passes) {
    case 'forward':
      return [{ frames: forward, silentSteps: 0 }];
    case 'warm': {
      const warming = forward.slice(0, warmFrames).reverse();
      return [{ frames: [...warming, ...forward], silentSteps: warming.length }];
    }
    case 'both-directions':
      return [
        { frames: forward, silentSteps: 0 },
        { frames: forward.toReversed(), silentSteps: 0 },
      ];
  }
}
