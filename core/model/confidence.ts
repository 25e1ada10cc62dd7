import { z } from 'zod';

/**
 * What a frame's confidence is computed from; all but `areaJump` from the frame's own probability map, at the
 * model's resolution. `core/trace` computes them, `models/gdkvm/studies` fits them.
 */
export const confidenceFeatures = [
  /** Mean of |2p − 1| over pixels with p in (0.02, 0.98); 1 when there are none. */
  'borderConfidence',
  /** Pixels with 0.1 < p < 0.9, divided by max(1, pixels above the threshold). */
  'uncertainShare',
  /** Share of pixels above the threshold. */
  'areaShare',
  /** Largest p. */
  'peak',
  /** Share of the pixels above the threshold that are not in the largest 4-connected component. */
  'fragmentShare',
  /** |A − median of A over two frames before to two after| / max(1, that median), A = pixels above the threshold. */
  'areaJump',
] as const;
export type ConfidenceFeature = (typeof confidenceFeatures)[number];

const share = z.number().min(0).max(1);
/** Bounded, so that no sum of products overflows into a confidence that is not a number and flags nothing. */
const weight = z.number().min(-1e6).max(1e6);

/** Logistic regression over features of the probability map, fitted on frames of known Dice. */
export const confidenceSchema = z
  .object({
    features: z.array(z.enum(confidenceFeatures)).min(1),
    /** One weight per feature, in the same order. */
    weights: z.array(weight).min(1),
    bias: weight,
    /** A frame whose 1 / (1 + exp(−(bias + Σ weight · feature))) is below this is flagged. */
    limit: share,
    /** What the flag was worth on the frames that it was fitted on or tested with. */
    calibration: z.object({
      dataset: z.string(),
      frames: z.number().int().min(0),
      /** A frame counts as bad below this Dice. */
      badDice: share,
      /** Area under the curve of telling bad frames from others. */
      auc: share,
      flaggedShare: share,
      /** null when no frame was flagged, or none was not. */
      flaggedMeanDice: share.nullable(),
      unflaggedMeanDice: share.nullable(),
    }),
  })
  .refine(({ features, weights }) => features.length === weights.length, {
    path: ['weights'],
    message: 'there must be one weight per feature',
  })
  .refine(({ features }) => new Set(features).size === features.length, {
    path: ['features'],
    message: 'a feature is named twice',
  });

export type ConfidenceModel = z.infer<typeof confidenceSchema>;
