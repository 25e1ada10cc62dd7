import type { Point } from '../geometry/point.ts';
import type { PropagationWay } from '../model/propagation-way.ts';

export const traceSourceKinds = ['model', 'propagated', 'edited', 'manual', 'fitted'] as const;

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
  /** A model's contour that follows what a reader corrected on other frames. */
  | {
      readonly kind: 'propagated';
      /** Frames whose corrections it follows, ascending. */
      readonly from: readonly number[];
      readonly way: PropagationWay;
      /** Of the contour that was moved, as in `model`. */
      readonly model: string;
      readonly sha256: string;
      readonly leastConfidence?: number;
    }
  | { readonly kind: 'edited'; readonly from: 'model' | 'manual' }
  | { readonly kind: 'manual' }
  /** Fitted to what another program or its reader drew. */
  | { readonly kind: 'fitted' };

/**
 * The contour of one structure on one frame: control points of a spline, in image pixels. Masks and polygons are
 * derived, never stored.
 */
export interface Trace {
  /** At least 5 points. */
  readonly points: readonly Point[];
  /**
   * Of a structure with hinges and an apex: the spline is open, its first and last points are the hinges,
   * `points[apexIndex]` is the apex, and a base line closes it. null: the spline is closed and has no landmarks.
   */
  readonly apexIndex: number | null;
  readonly source: TraceSource;
  /**
   * How far the model's contour is to be trusted, 0…1; of a propagated one, how far the contour that was moved was;
   * null for traces drawn or corrected by hand. Calibrated against error
   * where the source has a limit, else the sharpness of the model's border.
   */
  readonly confidence: number | null;
}

/** A contour with hinges and an apex, as that of the left ventricle. */
export interface LandmarkedTrace extends Trace {
  readonly apexIndex: number;
}

/** Whether a person drew, corrected or took over a contour: no run and no propagation changes it. */
export const isByReader = ({ source }: Trace): boolean =>
  source.kind === 'edited' || source.kind === 'manual' || source.kind === 'fitted';

/** Whether no model of Systola's drew a contour, nor what it was corrected from. */
export const isWithoutModel = ({ source }: Trace): boolean =>
  source.kind === 'manual' ||
  source.kind === 'fitted' ||
  (source.kind === 'edited' && source.from === 'manual');

export const hasLandmarks = (trace: Trace): trace is LandmarkedTrace => trace.apexIndex !== null;

export type TraceProblem =
  | 'too-few-points'
  | 'zero-area'
  | 'zero-length'
  | 'self-crossing'
  | 'not-finite'
  /** It leaves the two-dimensional picture that the clip is measured in. */
  | 'outside-picture'
  /** A volume that no heart has. */
  | 'impossible-volume'
  /** An atrium that reaches the edge of the sector: how far it goes on beyond is not known. */
  | 'cut-off';
