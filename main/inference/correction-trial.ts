import { surestFoundLogOdds } from '../../core/model/correction.ts';
import { describeCorrection } from './describe-model.ts';
import type { LoadedModel } from './loaded-model.ts';
import {
  inTrialProcess,
  isSameMap,
  loadForTrial,
  TrialFailed,
  trialMaps,
  type TrialRunOptions,
} from './trial-run.ts';

/** How far the map of an empty memory may be from the model's own, whose rounding weights of 8 bits may move. */
const mostDeparture = 1e-3;
/** Half the height of the ventricle that is found, and of those that are given, as shares of the picture's. */
const foundReach = 0.25;
const givenReaches = [0.18, 0.32] as const;

/**
 * Tries the correction network of a model as `trialRun` does the model: besides, it has to give the model's own map back
 * while nothing was given to it, and maps that differ where a reader drew differently.
 *
 * @throws as `trialRun`
 */
export async function correctionTrialRun(model: LoadedModel, options: TrialRunOptions): Promise<void> {
  const graph = describeCorrection(model);
  if (graph === null) return;
  const { rows, columns } = graph;
  await inTrialProcess(options, async (child) => {
    await loadForTrial(child, graph, options);
    const found = ellipse(rows, columns, foundReach, 4);
    const [own] = await trialMaps(
      child,
      graph.role,
      1,
      [{ image: options.picture(0), found, mask: null }],
      options,
    );
    if (own!.some((value, index) => Math.abs(value - limited(found[index]!)) > mostDeparture)) {
      throw new TrialFailed(
        "it does not give the model's own map back while nothing was given to it (trial run)",
      );
    }
    const read: Float32Array[] = [];
    for (const [index, reach] of givenReaches.entries()) {
      const maps = await trialMaps(
        child,
        graph.role,
        2 + index,
        [
          { image: options.picture(0), found, mask: ellipse(rows, columns, reach, 1e6) },
          { image: options.picture(1), found, mask: null },
        ],
        options,
      );
      read.push(maps[1]!);
    }
    if (isSameMap(read[0]!, read[1]!)) {
      throw new TrialFailed('it gives the same probabilities whatever a reader drew (trial run)');
    }
  });
}

/** The map that a network gives back: the model's, no surer than the limit. */
function limited(probability: number): number {
  const logOdds = Math.log(probability / (1 - probability));
  const bounded = Math.min(surestFoundLogOdds, Math.max(-surestFoundLogOdds, logOdds));
  return 1 / (1 + Math.exp(-bounded));
}

/** An ellipse about the middle of a picture, 0…1. @param steepness of its border; a mask where it is very steep */
function ellipse(rows: number, columns: number, reach: number, steepness: number): Float32Array {
  const map = new Float32Array(rows * columns);
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      const away = Math.hypot((x + 0.5) / columns - 0.5, ((y + 0.5) / rows - 0.5) / 1.6) / reach;
      map[y * columns + x] = 1 / (1 + Math.exp(-steepness * (1 - away)));
    }
  }
  return map;
}
