import type { Beat } from '../beat/beat.ts';
import { exclusionsOf } from '../beat/excluded-beats.ts';
import { findBeats } from '../beat/find-beats.ts';
import type { Calibration } from '../clip/calibration.ts';
import type { ClipFacts } from '../clip/clip.ts';
import { pixelAspect } from '../clip/pixel-aspect.ts';
import type { View } from '../clip/view.ts';
import { clipFindings } from '../finding/clip-findings.ts';
import type { Finding } from '../finding/finding.ts';
import { untraceableFindings } from '../finding/untraceable-findings.ts';
import type { PixelSpacing } from '../geometry/point.ts';
import type { ClipReview } from '../review/review.ts';
import { beatMeasurements, measuredBeats, type MeasuredBeat } from '../measurement/beat-measurements.ts';
import { beatTable, type BeatRow } from '../measurement/beat-table.ts';
import { clipCurve, type CurveUnit } from '../measurement/clip-curve.ts';
import type { MeasureOptions } from '../measurement/measure-options.ts';
import type { Measurement } from '../measurement/measurement.ts';
import { spreadOf, type Spread } from '../measurement/spread.ts';
import { clipView, untraceable } from '../measurement/untraceable.ts';

export type { CurveUnit } from '../measurement/clip-curve.ts';
export type { MeasureOptions } from '../measurement/measure-options.ts';

/** Everything that is derived from the contours of one clip. */
export interface ClipMeasurements {
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
  readonly findings: readonly Finding[];
}

/** {@link ClipMeasurements} with what the study needs to combine clips. */
export interface ClipAnalysis extends ClipMeasurements {
  readonly measuredBeats: readonly MeasuredBeat[];
  /** Those of them that the means rest on: all but what the reader excluded. */
  readonly includedBeats: readonly MeasuredBeat[];
  readonly tracedFrames: number;
  readonly editedFrames: number;
}

interface Known {
  readonly facts: ClipFacts;
  readonly options: MeasureOptions;
  readonly analysis: ClipAnalysis;
}

/** A review is replaced when anything in it changes, so that its object identifies what was computed from it. */
const known = new WeakMap<ClipReview, Known>();

/**
 * Curve, beats, measurements and findings of one clip. Pure: the same traces give the same numbers; cheap after
 * a change of one trace, because every contour is measured once.
 */
export function measureClip(facts: ClipFacts, review: ClipReview, options: MeasureOptions): ClipMeasurements {
  return analyseClip(facts, review, options);
}

/** As {@link measureClip}, with the measured beats themselves. */
export function analyseClip(facts: ClipFacts, review: ClipReview, options: MeasureOptions): ClipAnalysis {
  const before = known.get(review);
  if (before !== undefined && before.facts === facts && sameOptions(before.options, options)) {
    return before.analysis;
  }
  const analysis = compute(facts, review, options);
  known.set(review, { facts, options, analysis });
  return analysis;
}

function compute(facts: ClipFacts, review: ClipReview, options: MeasureOptions): ClipAnalysis {
  const view = clipView(facts, review);
  const reason = untraceable(facts, review);
  if (reason !== null) {
    return {
      calibration: null,
      spacing: { mmPerPixelX: pixelAspect(facts, review.picture), mmPerPixelY: 1 },
      view,
      curve: new Array<null>(facts.frames).fill(null),
      curveUnit: 'px²',
      beats: [],
      beatTable: [],
      measurements: [],
      spread: [],
      findings: untraceableFindings(reason),
      measuredBeats: [],
      includedBeats: [],
      tracedFrames: 0,
      editedFrames: 0,
    };
  }
  const curve = clipCurve(facts, review);
  const beats =
    review.beats?.filter((beat) => beat.edFrame < facts.frames && beat.esFrame < facts.frames) ??
    findBeats(curve.curve, facts.timing, facts);
  const measured = measuredBeats(beats, curve);
  const calibrated = curve.calibration.calibration !== null;
  const exclusions = exclusionsOf(beats, review.excludedBeats);
  const included = measured.filter(({ index }) => !exclusions.markOf.has(index));
  const table = beatTable(facts, beats, measured, exclusions, calibrated);
  const measurements = beatMeasurements(facts, view, measured, included, calibrated);
  const traced = curve.frames.filter((frame) => frame !== null);
  return {
    calibration: curve.calibration.calibration,
    spacing: curve.spacing,
    view,
    curve: curve.curve,
    curveUnit: curve.unit,
    beats,
    beatTable: table,
    measurements,
    spread: spreadOf(measurements.filter(({ beat }) => included.some(({ index }) => index === beat))),
    findings: clipFindings({
      facts,
      review,
      options,
      curve,
      beats,
      measured,
      included,
      table,
      exclusions,
      measurements,
    }),
    measuredBeats: measured,
    includedBeats: included,
    tracedFrames: traced.length,
    editedFrames: traced.filter(({ trace }) => trace.source.kind !== 'model').length,
  };
}

function sameOptions(a: MeasureOptions, b: MeasureOptions): boolean {
  return (
    a.bsaFormula === b.bsaFormula &&
    a.axisDifferenceLimitPercent === b.axisDifferenceLimitPercent &&
    a.basalTiltLimitDegrees === b.basalTiltLimitDegrees
  );
}
