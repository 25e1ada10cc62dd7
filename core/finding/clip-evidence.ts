import type { Beat } from '../beat/beat.ts';
import type { Exclusions } from '../beat/excluded-beats.ts';
import type { ClipFacts } from '../clip/clip.ts';
import type { MeasuredBeat } from '../measurement/beat-measurements.ts';
import type { BeatRow } from '../measurement/beat-table.ts';
import type { BeatStructures } from '../measurement/beat-structures.ts';
import type { ClipCurve } from '../measurement/clip-curve.ts';
import type { MeasureOptions } from '../measurement/measure-options.ts';
import type { Measurement } from '../measurement/measurement.ts';
import type { StructureFrames } from '../measurement/structure-frames.ts';
import type { ClipReview } from '../review/review.ts';

/** All that is known of a clip when its findings are made. */
export interface ClipEvidence {
  readonly facts: ClipFacts;
  readonly review: ClipReview;
  readonly options: MeasureOptions;
  readonly curve: ClipCurve;
  readonly beats: readonly Beat[];
  readonly measured: readonly MeasuredBeat[];
  /** Those of the measured beats that nobody excluded. */
  readonly included: readonly MeasuredBeat[];
  readonly table: readonly BeatRow[];
  readonly exclusions: Exclusions;
  readonly measurements: readonly Measurement[];
  /** Of the included beats, what was read of wall and atrium. */
  readonly includedStructures: readonly BeatStructures[];
  /** Contours of wall and atrium. */
  readonly structures: StructureFrames;
}
