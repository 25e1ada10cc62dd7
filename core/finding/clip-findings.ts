import type { Beat } from '../beat/beat.ts';
import type { Exclusions } from '../beat/excluded-beats.ts';
import type { ClipFacts } from '../clip/clip.ts';
import type { MeasuredBeat } from '../measurement/beat-measurements.ts';
import type { BeatRow } from '../measurement/beat-table.ts';
import type { ClipCurve } from '../measurement/clip-curve.ts';
import type { MeasureOptions } from '../measurement/measure-options.ts';
import type { Measurement } from '../measurement/measurement.ts';
import type { ClipReview } from '../review/review.ts';
import { acquisitionFindings } from './acquisition-findings.ts';
import { beatChoiceFindings } from './beat-choice-findings.ts';
import { beatFindings } from './beat-findings.ts';
import { contourFindings } from './contour-findings.ts';
import { correctionFindings } from './correction-findings.ts';
import { ejectionFindings } from './ejection-findings.ts';
import { fileFindings } from './file-findings.ts';
import type { Finding } from './finding.ts';
import { pictureFindings } from './picture-findings.ts';
import { shapeFindings } from './shape-findings.ts';

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
}

const order = { refusal: 0, warning: 1, information: 2 } as const;

/** Everything that qualifies the numbers of a clip, the gravest first. */
export function clipFindings(evidence: ClipEvidence): Finding[] {
  const findings = [
    ...fileFindings(evidence.facts),
    ...acquisitionFindings(evidence),
    ...pictureFindings(evidence),
    ...contourFindings(evidence),
    ...shapeFindings(evidence),
    ...correctionFindings(evidence),
    ...beatFindings(evidence),
    ...beatChoiceFindings(evidence),
    ...ejectionFindings(evidence.measurements, 'single-plane-disks'),
  ];
  return gravestFirst(findings);
}

/** Findings in order of severity; equals keep their order. */
export function gravestFirst(findings: readonly Finding[]): Finding[] {
  return findings.toSorted((a, b) => order[a.severity] - order[b.severity]);
}
