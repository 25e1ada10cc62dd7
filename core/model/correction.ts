import { z } from 'zod';
import { confidenceSchema } from './confidence.ts';
import { graphFileFields, pictureSide } from './graph-file.ts';

/**
 * A network of its own that carries corrections, beside the one that contours. All tensors are float32; pictures are
 * (1, 1, height, width).
 *
 * - `image`: what the model sees of the frame (crop, orientation and range of the manifest's `input`), at this size
 * - `found`: the model's own map of the frame, 0…1
 * - `given`: mask of the reader's contour, 0…1; zeros where there is none
 * - `isGiven`: (1,), 1 where there is one: it is written into the state, which a step with 0 leaves as it is
 * - `probability`: the map as the reader would have it; the model's own, its log-odds limited to ±6, while the state
 *   is empty
 *
 * The state does not decay, knows no order of frames, and does not grow.
 */
export const correctionSchema = z.object({
  ...graphFileFields,
  width: pictureSide,
  height: pictureSide,
  /**
   * How far a correction is carried where nothing shortens it. `phase`, also where it is left out: as by displacement, to
   * the next corrected frame or the neighbouring end-diastole or end-systole. `clip`: over all beats.
   */
  reach: z.enum(['phase', 'clip']).optional(),
  inputs: z.object({ image: z.string(), found: z.string(), given: z.string(), isGiven: z.string() }),
  /** Of contours that a correction was carried to, whose maps are surer than the model's; else the model's own counts. */
  confidence: confidenceSchema.optional(),
});

export type CorrectionGraph = z.infer<typeof correctionSchema>;

/** Log-odds beyond which a correction network takes the model's maps for no surer. */
export const surestFoundLogOdds = 6;
