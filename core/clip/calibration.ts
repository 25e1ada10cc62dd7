import type { Box, PixelSpacing } from '../geometry/point.ts';

/** One item of SequenceOfUltrasoundRegions (0018,6011), PS3.3 C.8.5.5. */
export interface UltrasoundRegion {
  /** (0018,6012) 1 = 2D, 2 = M-mode, 3 = spectral, … */
  readonly spatialFormat: number;
  /** (0018,6014) 1 = tissue, 2 = colour flow, … */
  readonly dataType: number;
  /** Box as written, in pixels; may lie outside the image. */
  readonly box: Box;
  /** (0018,6024/6026); 3 = cm. null when absent. */
  readonly unitsX: number | null;
  readonly unitsY: number | null;
  /** (0018,602C/602E) in the units above, may be negative. null when absent. */
  readonly deltaX: number | null;
  readonly deltaY: number | null;
}

export type CalibrationSource = 'region' | 'pixel-spacing' | 'user-ruler';

export interface Calibration extends PixelSpacing {
  readonly source: CalibrationSource;
}

/** Two points on the depth scale and the true distance between them, drawn by the user. */
export interface RulerCalibration {
  readonly from: readonly [number, number];
  readonly to: readonly [number, number];
  readonly distanceMm: number;
}

export type CalibrationRefusal =
  | 'no-calibration'
  | 'calibration-does-not-fit'
  /** The clip shows several pictures, and nobody has said which one is meant. */
  | 'picture-not-chosen';

export type CalibrationResult =
  | { readonly calibration: Calibration; readonly refusal: null }
  | { readonly calibration: null; readonly refusal: CalibrationRefusal };
