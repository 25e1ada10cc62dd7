import { exclusionsOf } from '../beat/excluded-beats.ts';
import { findBeats } from '../beat/find-beats.ts';
import { calibrateClip } from '../clip/calibrate.ts';
import type { Calibration } from '../clip/calibration.ts';
import type { ClipFacts } from '../clip/clip.ts';
import { pixelAspect } from '../clip/pixel-aspect.ts';
import { clipFindings } from '../finding/clip-findings.ts';
import type { Finding } from '../finding/finding.ts';
import { untraceableFindings } from '../finding/untraceable-findings.ts';
import { viewFindings } from '../finding/view-findings.ts';
import { gravestFirst } from '../finding/severity.ts';
import { beatMeasurements, measuredBeats } from '../measurement/beat-measurements.ts';
import { beatStructures } from '../measurement/beat-structures.ts';
import { beatTable } from '../measurement/beat-table.ts';
import { distanceMeasurements, namedDistances } from '../measurement/named-distances.ts';
import { clipCurve } from '../measurement/clip-curve.ts';
import type { ClipNumbers } from '../measurement/clip-numbers.ts';
import type { MeasureOptions } from '../measurement/measure-options.ts';
import { spreadOf } from '../measurement/spread.ts';
import { structureFrames } from '../measurement/structure-frames.ts';
import { structureMeasurements } from '../measurement/structure-measurements.ts';
import { clipView, untraceable, type Untraceable } from '../measurement/untraceable.ts';
import { isByReader } from '../trace/trace.ts';
import type { ClipReview } from '../review/review.ts';

/** Everything that is derived from the contours of one clip. */
export interface ClipMeasurements extends ClipNumbers {
  readonly findings: readonly Finding[];
}

interface Known {
  readonly facts: ClipFacts;
  readonly options: MeasureOptions;
  readonly measured: ClipMeasurements;
}

/** A review is replaced when anything in it changes, so that its object identifies what was computed from it. */
const known = new WeakMap<ClipReview, Known>();

/**
 * Curve, beats, measurements and findings of one clip. Pure: the same traces give the same numbers; cheap after
 * a change of one trace, because every contour is measured once.
 */
export function measureClip(facts: ClipFacts, review: ClipReview, options: MeasureOptions): ClipMeasurements {
  const before = known.get(review);
  if (before !== undefined && before.facts === facts && sameOptions(before.options, options)) {
    return before.measured;
  }
  const measured = compute(facts, review, options);
  known.set(review, { facts, options, measured });
  return measured;
}

function compute(facts: ClipFacts, review: ClipReview, options: MeasureOptions): ClipMeasurements {
  const view = clipView(facts, review);
  const distances = distanceMeasurements(namedDistances(facts, review));
  const reason = untraceable(facts, review);
  if (reason !== null) {
    return {
      calibration: distanceScale(facts, review),
      spacing: { mmPerPixelX: pixelAspect(facts, review.picture), mmPerPixelY: 1 },
      view,
      curve: new Array<null>(facts.frames).fill(null),
      curveUnit: 'px²',
      beats: [],
      beatTable: [],
      // What nothing is contoured in has diameters all the same.
      measurements: distances,
      spread: [],
      findings: untraceableClipFindings(reason, facts, review),
      measuredBeats: [],
      includedBeats: [],
      includedStructures: [],
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
  const structures = structureFrames(facts, review, curve);
  const besides = beatStructures(measured, curve, structures, facts.timing);
  const includedStructures = besides.filter(({ index }) => !exclusions.markOf.has(index));
  const measurements = [
    ...beatMeasurements(facts, view, measured, included, calibrated),
    ...structureMeasurements(facts, view, besides, includedStructures, calibrated),
    ...distances,
  ];
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
      structures,
      includedStructures,
    }),
    measuredBeats: measured,
    includedBeats: included,
    includedStructures,
    tracedFrames: traced.length,
    editedFrames: traced.filter(({ trace }) => isByReader(trace)).length,
  };
}

/** What distances of a clip that nothing is contoured in are measured by; null where there are none. */
function distanceScale(facts: ClipFacts, review: ClipReview): Calibration | null {
  const isMeasured = facts.bMode && Object.values(review.marks).some(({ kind }) => kind === 'caliper');
  return isMeasured ? calibrateClip(facts, review.ruler, review.picture).calibration : null;
}

/** Why there are no numbers; of a clip whose view stands against them, what speaks for another view too. */
function untraceableClipFindings(reason: Untraceable, facts: ClipFacts, review: ClipReview): Finding[] {
  const findings = untraceableFindings(reason, clipView(facts, review));
  return reason === 'not-apical' ? gravestFirst([...findings, ...viewFindings(facts, review)]) : findings;
}

function sameOptions(a: MeasureOptions, b: MeasureOptions): boolean {
  return (
    a.bsaFormula === b.bsaFormula &&
    a.axisDifferenceLimitPercent === b.axisDifferenceLimitPercent &&
    a.basalTiltLimitDegrees === b.basalTiltLimitDegrees
  );
}
