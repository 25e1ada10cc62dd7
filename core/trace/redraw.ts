import type { Point } from '../geometry/point.ts';
import { distance, polylineLength, resamplePolyline } from '../geometry/polygon.ts';
import { farthestFromBase } from './apex.ts';
import { edited } from './edit.ts';
import { mostControlPoints } from './limits.ts';
import { nearestOnTrace } from './nearest.ts';
import type { Trace } from './trace.ts';

/**
 * Replaces the part of a contour that a stroke was drawn over: between the places on the curve nearest to its
 * two ends, in whichever direction it was drawn. Hinges stay, except that a stroke which begins or ends beyond
 * the curve's end next to a hinge moves that hinge there. Where the apex was in the replaced part, the point now
 * farthest from the base becomes the apex. A stroke too short to mean anything gives the same trace back.
 *
 * @param stroke pointer positions in image pixels
 */
export function redrawSegment(trace: Trace, stroke: readonly Point[]): Trace {
  const drawn = withoutRepeats(stroke);
  const spacing = polylineLength(trace.points) / Math.max(1, trace.points.length - 1);
  if (drawn.length < 2 || polylineLength(drawn) < spacing / 4) return trace;
  const start = nearestOnTrace(trace, drawn[0]!);
  const end = nearestOnTrace(trace, drawn[drawn.length - 1]!);
  if (start === null || end === null) return trace;
  const forwards = start.position <= end.position;
  const line = forwards ? drawn : drawn.toReversed();
  const [from, to] = forwards ? [start, end] : [end, start];

  const last = trace.points.length - 1;
  const inserted = Math.max(2, Math.min(60, Math.round(polylineLength(line) / spacing) + 1));
  const { apexIndex: oldApex } = trace;
  const overApex = oldApex >= from.position && oldApex <= to.position;
  const points = overApex ? resampledWithTip(trace, line, inserted) : resamplePolyline(line, inserted);
  // A control point right beside the stroke's end would only make a kink.
  const clear = spacing / 3;
  const before = trace.points.filter(
    (point, i) => i < from.position && (i === 0 || distance(point, points[0]!) > clear),
  );
  const after = trace.points.filter(
    (point, i) => i > to.position && (i === last || distance(point, points[points.length - 1]!) > clear),
  );
  const joined = [...before, ...points, ...after];
  if (joined.length < 5 || joined.length > mostControlPoints) return trace;

  const apex = trace.points[trace.apexIndex];
  const kept = apex === undefined ? -1 : [...before, ...after].indexOf(apex);
  const apexIndex = kept < 0 ? farthestFromBase(joined) : kept < before.length ? kept : kept + points.length;
  return edited(trace, joined, apexIndex);
}

/** The stroke resampled so that its point farthest from the base stays one: the apex to be. */
function resampledWithTip(trace: Trace, line: readonly Point[], count: number): Point[] {
  const tip = farthestFromBase([trace.points[0]!, ...line, trace.points[trace.points.length - 1]!]) - 1;
  const share = polylineLength(line.slice(0, tip + 1)) / polylineLength(line);
  const before = Math.max(2, Math.round(share * count) + 1);
  const after = Math.max(2, count - before + 2);
  if (tip === 0 || tip === line.length - 1) return resamplePolyline(line, count);
  return [
    ...resamplePolyline(line.slice(0, tip + 1), before),
    ...resamplePolyline(line.slice(tip), after).slice(1),
  ];
}

/** Pointer positions without those that did not move. */
export function withoutRepeats(stroke: readonly Point[]): Point[] {
  return stroke.filter(
    (point, i) =>
      Number.isFinite(point[0]) &&
      Number.isFinite(point[1]) &&
      (i === 0 || distance(point, stroke[i - 1]!) > 1e-6),
  );
}
