import type { ConfidenceModel } from './confidence.ts';
import { defaultWarmFrames, type ModelManifest } from './manifest.ts';

/**
 * All of a manifest that a run's contours and their confidence follow from, with what is meant where it says nothing.
 * The rest (names, licences, accuracy, what a calibration was worth) may change and the contours stay the same. So may
 * the way of propagation and the correction network: what a run draws does not depend on them, and what was carried says
 * for itself in which way.
 */
export function contourRecipe({ graph, input, threshold, passes = 'forward', ...more }: ModelManifest) {
  const { sha256, inputs, outputs, state, maskState } = graph;
  const { warmFrames = defaultWarmFrames, confidence, structureConfidence } = more;
  return {
    graph: { sha256, inputs, outputs, state, maskState },
    input,
    threshold,
    passes,
    warmFrames: passes === 'warm' ? warmFrames : null,
    confidence: confidence === undefined ? null : judgement(confidence),
    // Left out where there is none: recipes from before there was any stay what they were.
    ...(structureConfidence === undefined
      ? {}
      : {
          structureConfidence: Object.fromEntries(
            Object.entries(structureConfidence).map(([structure, one]) => [structure, judgement(one)]),
          ),
        }),
  };
}

function judgement({ features, weights, bias, limit }: ConfidenceModel) {
  return { features, weights, bias, limit };
}
