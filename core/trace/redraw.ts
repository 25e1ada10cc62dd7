import type { PixelSpacing, Point } from '../geometry/point.ts';
import { distance, polylineLength, resamplePolyline } from '../geometry/polygon.ts';
import { proportionOf, squarePixels } from '../geometry/proportion.ts';
import { farthestFromBase } from './apex.ts';
import { edited } from './edit.ts';
import { mostControlPoints } from './limits.ts';
import { nearestOnTrace, type NearestPlace } from './nearest.ts';
import { defaultSamplesPerSegment, tracePolyline } from './spline.ts';
import { hasLandmarks, type LandmarkedTrace, type Trace } from './trace.ts';

/**
 * Replaces the part of a contour that a stroke was drawn over: between the places on the curve nearest to its
 * two ends, in whichever direction it was drawn. Hinges stay, except that a stroke which begins or ends beyond
 * the curve's end next to a hinge moves that hinge there. Where the apex was in the replaced part, the point now
 * farthest from the base becomes the apex; a contour without landmarks has none of this. At both ends the stroke grows
 * out of the old curve, in its direction, so that no corner is left where a hand did not hit it exactly. A stroke too
 * short to mean anything gives the same trace back.
 *
 * @param stroke pointer positions in image pixels
 * @param spacing how wide pixels are for their height: lengths are compared as in the body
 */
export function redrawSegment<Kind extends Trace>(
  trace: Kind,
  stroke: readonly Point[],
  spacing: PixelSpacing = squarePixels,
): Kind {
  return hasLandmarks(trace) ? redrawOpen(trace, stroke, spacing) : redrawClosed(trace, stroke, spacing);
}

/** Cut open where the stroke is not, a closed contour is redrawn as an open one is. */
function redrawClosed<Kind extends Trace>(
  trace: Kind,
  stroke: readonly Point[],
  spacing: PixelSpacing,
): Kind {
  const { points } = trace;
  const middle = stroke[Math.floor(stroke.length / 2)];
  const nearest = middle === undefined ? null : nearestOnTrace(trace, middle, spacing);
  if (nearest === null) return trace;
  const seam = Math.round(nearest.position + points.length / 2) % points.length;
  const opened = [...points.slice(seam), ...points.slice(0, seam + 1)];
  const open: LandmarkedTrace = { ...trace, points: opened, apexIndex: 1 };
  const redrawn = redrawOpen(open, stroke, spacing);
  return redrawn === open ? trace : edited(trace, redrawn.points.slice(0, -1));
}

function redrawOpen<Kind extends LandmarkedTrace>(
  trace: Kind,
  stroke: readonly Point[],
  spacing: PixelSpacing,
): Kind {
  const { seen, image } = proportionOf(spacing);
  const moves = withoutRepeats(stroke);
  const drawn = moves.map(seen);
  const old = trace.points.map(seen);
  const gap = polylineLength(old) / Math.max(1, old.length - 1);
  if (drawn.length < 2 || polylineLength(drawn) < gap / 4) return trace;
  const start = nearestOnTrace(trace, moves[0]!, spacing);
  const end = nearestOnTrace(trace, moves[moves.length - 1]!, spacing);
  if (start === null || end === null) return trace;
  const forwards = start.position <= end.position;
  const [from, to] = forwards ? [start, end] : [end, start];
  const last = old.length - 1;
  const curve = tracePolyline(trace).map(seen);
  const line = joinedSmoothly(curve, forwards ? drawn : drawn.toReversed(), from, to, last, gap);

  const length = polylineLength(line);
  // Close enough for what was drawn and for how it leaves the old curve, far enough to be edited by hand.
  const step = Math.max(leastStepPx, Math.min(stepShare * gap, length / 5));
  const inserted = Math.max(2, Math.min(60, Math.round(length / step) + 1));
  const { apexIndex: oldApex } = trace;
  const overApex = oldApex >= from.position && oldApex <= to.position;
  const points = overApex
    ? resampledWithTip([old[0]!, old[last]!], line, inserted)
    : resamplePolyline(line, inserted);
  // A control point right beside the stroke's end would only make a kink.
  const clear = step / 2;
  const before = trace.points.filter(
    (_, i) => i < from.position && (i === 0 || distance(old[i]!, points[0]!) > clear),
  );
  const after = trace.points.filter(
    (_, i) => i > to.position && (i === last || distance(old[i]!, points[points.length - 1]!) > clear),
  );
  const joined = [...before, ...points.map(image), ...after];
  if (joined.length < 5 || joined.length > mostControlPoints) return trace;

  const apex = trace.points[trace.apexIndex];
  const kept = apex === undefined ? -1 : [...before, ...after].indexOf(apex);
  const apexIndex =
    kept < 0 ? farthestFromBase(joined, spacing) : kept < before.length ? kept : kept + points.length;
  return edited(trace, joined, apexIndex);
}

/** Distance of new control points: a share of the old ones', heights of a pixel at least. */
const stepShare = 0.7;
const leastStepPx = 3;
/** How far along a stroke it takes on the old curve's course, in control points' distances and times its miss. */
const joinSpacings = 1.5;
const joinOffsets = 4;
/** At most this share of the stroke at either end. */
const largestJoin = 0.45;

/**
 * The stroke with its ends led over into the old curve: it begins on the curve and in its direction and is wholly
 * itself a little farther on. An end that lies beyond a hinge stays, for it moves the hinge.
 *
 * @param curve the old curve, and `line` the stroke, both in the body's proportions
 * @param last index of the second hinge
 * @param gap mean distance of the old control points
 */
function joinedSmoothly(
  curve: readonly Point[],
  line: readonly Point[],
  from: NearestPlace,
  to: NearestPlace,
  last: number,
  gap: number,
): Point[] {
  const length = polylineLength(line);
  const dense = resamplePolyline(line, Math.max(16, Math.min(600, Math.round(length) + 1)));
  const along = [0];
  for (let i = 1; i < curve.length; i++) along.push(along[i - 1]! + distance(curve[i - 1]!, curve[i]!));
  const join = ({ distancePx }: NearestPlace): number =>
    Math.min(largestJoin * length, Math.max(joinSpacings * gap, joinOffsets * distancePx));
  const led = (place: NearestPlace, sign: 1 | -1) => {
    const start = lengthAt(along, place.position * defaultSamplesPerSegment);
    const reach = join(place);
    return (point: Point, away: number): Point => {
      if (away >= reach) return point;
      const t = away / reach;
      const share = t * t * t * (10 - 15 * t + 6 * t * t);
      const [x, y] = pointAt(curve, along, start + sign * away);
      return [x + share * (point[0] - x), y + share * (point[1] - y)];
    };
  };
  const atStart = from.position > 0 ? led(from, 1) : null;
  const atEnd = to.position < last ? led(to, -1) : null;
  return dense.map((point, i) => {
    const away = (i * length) / (dense.length - 1);
    const started = atStart ? atStart(point, away) : point;
    return atEnd ? atEnd(started, length - away) : started;
  });
}

/** Length along a polyline at a place between its points. */
function lengthAt(along: readonly number[], place: number): number {
  const index = Math.min(along.length - 2, Math.max(0, Math.floor(place)));
  return along[index]! + (place - index) * (along[index + 1]! - along[index]!);
}

function pointAt(curve: readonly Point[], along: readonly number[], length: number): Point {
  let index = along.findIndex((reached) => reached > length) - 1;
  if (index < 0) index = length <= 0 ? 0 : along.length - 2;
  const [ax, ay] = curve[index]!;
  const [bx, by] = curve[index + 1]!;
  const span = along[index + 1]! - along[index]!;
  const t = span > 0 ? Math.min(1, Math.max(0, (length - along[index]!) / span)) : 0;
  return [ax + t * (bx - ax), ay + t * (by - ay)];
}

/** The stroke resampled so that its point farthest from the base stays one: the apex to be. */
function resampledWithTip(
  [first, second]: readonly [Point, Point],
  line: readonly Point[],
  count: number,
): Point[] {
  const tip = farthestFromBase([first, ...line, second]) - 1;
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
