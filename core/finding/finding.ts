import type { Message } from '../language/message.ts';
import type { FrameReference } from '../measurement/measurement.ts';

export const findingCodes = [
  'timing-guessed',
  'no-calibration',
  'calibration-does-not-fit',
  'calibration-by-user',
  'few-frames-per-beat',
  'low-frame-rate',
  'no-full-beat',
  'axis-lengths-differ',
  'basal-tilt',
  'contour-touches-sector-edge',
  'view-unknown',
  'view-recognised',
  'view-contradicted',
  'colour-overlay',
  'no-contour',
  'few-beats',
  'long-beat',
  'short-beat',
  'early-beat',
  'beats-excluded',
  'no-beat-included',
  'exclusion-lost',
  'identical-frames',
  'low-confidence',
  'different-patients',
  'not-traced',
  'trace-invalid',
  'analysis-incomplete',
  'ef-implausible',
  'empty-frames',
  'not-analysed',
  'sector-doubtful',
  'view-doubtful',
  'area-jumps',
  'correction-disagrees',
  'read-again',
  'differs-from-signed',
  'not-read-again',
  'several-pictures',
  'frozen-picture',
  'volume-impossible',
  'stages-differ',
  'heart-rates-differ',
  'no-resting-stage',
  'file-repaired',
  'frames-differ',
  'frames-undecodable',
  'timing-contradicts',
  'heart-rate-contradicts',
  'spacing-contradicts',
  'structure-invalid',
  'structure-unsure',
  'wall-cut-off',
  'wall-not-enclosing',
  'atrium-off-base',
  'atrium-cut-off',
  'atrial-axes-differ',
  'ejection-changed',
] as const;
export type FindingCode = (typeof findingCodes)[number];

/** `warning` qualifies a number, `refusal` says why a number is not given, `information` is for the record. */
export type FindingSeverity = 'information' | 'warning' | 'refusal';

/** A flag that qualifies a measurement. */
export interface Finding {
  readonly code: FindingCode;
  readonly severity: FindingSeverity;
  /** One sentence for a person: what is wrong and what can be done. */
  readonly message: Message;
  readonly sources: readonly FrameReference[];
}
