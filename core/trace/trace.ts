import type { Point } from '../geometry/point.ts';

export type TraceSource =
  | {
      readonly kind: 'model';
      readonly model: string;
      readonly sha256: string;
      /**
       * Limit below which the model's calibration flags a frame; left out when the model has none, and in what
       * was stored before models had one.
       */
      readonly leastConfidence?: number;
    }
  | { readonly kind: 'edited'; readonly from: 'model' | 'manual' }
  | { readonly kind: 'manual' };

/**
 * The left-ventricular endocardial contour of one frame: control points of an open spline from hinge to hinge,
 * in image pixels. The base line closes it. Masks and polygons are derived, never stored.
 */
export interface Trace {
  /** At least 5 points; the first and last are the mitral hinges, `points[apexIndex]` is the apex. */
  readonly points: readonly Point[];
  readonly apexIndex: number;
  readonly source: TraceSource;
  /**
   * How far the model's contour is to be trusted, 0…1; null for traces drawn by hand. Calibrated against error
   * where the source has a limit, else the sharpness of the model's border.
   */
  readonly confidence: number | null;
}

export type TraceProblem =
  | 'too-few-points'
  | 'zero-area'
  | 'zero-length'
  | 'self-crossing'
  | 'not-finite'
  /** It leaves the two-dimensional picture that the clip is measured in. */
  | 'outside-picture'
  /** A volume that no heart has. */
  | 'impossible-volume';
