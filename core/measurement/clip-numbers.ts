import type { Beat } from '../beat/beat.ts';
import type { Calibration } from '../clip/calibration.ts';
import type { View } from '../clip/view.ts';
import type { PixelSpacing } from '../geometry/point.ts';
import type { MeasuredBeat } from './beat-measurements.ts';
import type { BeatStructures } from './beat-structures.ts';
import type { BeatRow } from './beat-table.ts';
import type { CurveUnit } from './clip-curve.ts';
import type { Measurement } from './measurement.ts';
import type { Spread } from './spread.ts';

/** Everything that is measured in the contours of one clip, before anything is found of it. */
export interface ClipNumbers {
  readonly calibration: Calibration | null;
  /** What its contours are measured with: the calibration, else pixels in their true proportions. */
  readonly spacing: PixelSpacing;
  /** What it is taken for: the review's view, unless that is the file's word on one of several pictures. */
  readonly view: View;
  /** Volume of each frame, or its area where nothing calibrates the clip; null where there is no contour. */
  readonly curve: readonly (number | null)[];
  readonly curveUnit: CurveUnit;
  /** The user's beats, else those found on the curve. */
  readonly beats: readonly Beat[];
  /** The same beats with their own numbers, and whether the means rest on them. */
  readonly beatTable: readonly BeatRow[];
  readonly measurements: readonly Measurement[];
  /** How far the beats of each mean lie apart. */
  readonly spread: readonly Spread[];
  readonly measuredBeats: readonly MeasuredBeat[];
  /** Those of them that the means rest on: all but what the reader excluded. */
  readonly includedBeats: readonly MeasuredBeat[];
  /** Strain, wall and atrium of the same beats. */
  readonly includedStructures: readonly BeatStructures[];
  readonly tracedFrames: number;
  readonly editedFrames: number;
}
