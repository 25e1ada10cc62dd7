import type { PixelSpacing, Point } from '../geometry/point.ts';
import { boundingBox } from '../geometry/polygon.ts';
import { squarePixels } from '../geometry/proportion.ts';
import { leastControlPoints, mostControlPoints } from './limits.ts';
import { nearestOnTrace } from './nearest.ts';
import { farthestFromBase } from './apex.ts';
import { hasLandmarks, isWithoutModel, type LandmarkedTrace, type Trace } from './trace.ts';

export interface MoveOptions {
  /** How far along the contour neighbours follow, in the unit of `spacing`; 0 moves one point alone. */
  readonly reachMm?: number;
  /** mm per pixel; where no scale is known, the pixels' proportions alone. */
  readonly spacing?: PixelSpacing;
}

/** Reach where nobody says, as a share of the contour's larger extent: 30 mm in an adult, less in a child. */
const defaultReachShare = 0.35;
/** Share of a wall, at its either end, over which a pull on the whole wall fades out. */
const wallFadeShare = 0.25;

/**
 * Moves a control point; neighbours on both sides follow softly, less with their distance along the contour.
 * Hinges stay, unless one is the point itself.
 */
export function movePoint<Kind extends Trace>(
  trace: Kind,
  index: number,
  to: Point,
  options: MoveOptions = {},
): Kind {
  const moved = trace.points[index];
  if (moved === undefined) return trace;
  const spacing = options.spacing ?? squarePixels;
  const reach = options.reachMm ?? defaultReachShare * extent(trace, spacing);
  const along = lengthsAlong(trace.points, spacing);
  const last = trace.points.length - 1;
  const round = hasLandmarks(trace)
    ? Infinity
    : along[last]! + lengthsAlong([trace.points[last]!, trace.points[0]!], spacing)[1]!;
  return edited(
    trace,
    shifted(trace.points, moved, to, (i) => {
      if (i === index) return 1;
      if (!(reach > 0) || (hasLandmarks(trace) && (i === 0 || i === last))) return 0;
      const oneWay = Math.abs(along[i]! - along[index]!);
      const away = Math.min(oneWay, round - oneWay) / reach;
      return away < 1 ? 0.5 * (1 + Math.cos(Math.PI * away)) : 0;
    }),
  );
}

/** Moves a mitral hinge, the first or the second; the near part of its wall follows softly. */
export function moveHinge<Kind extends LandmarkedTrace>(
  trace: Kind,
  hinge: 'first' | 'second',
  to: Point,
  options: MoveOptions = {},
): Kind {
  return movePoint(trace, hinge === 'first' ? 0 : trace.points.length - 1, to, options);
}

/** Moves the apex; both walls stretch with it, the hinges stay. */
export function moveApex<Kind extends LandmarkedTrace>(
  trace: Kind,
  to: Point,
  spacing: PixelSpacing = squarePixels,
): Kind {
  const apex = trace.points[trace.apexIndex];
  if (apex === undefined) return trace;
  const share = wallShares(trace, spacing);
  return edited(
    trace,
    shifted(trace.points, apex, to, (i) => smoothStep(share[i]!)),
  );
}

/**
 * Moves the whole wall that holds a control point, so that this point comes to `to`; the pull fades out towards
 * the hinge and the apex, which stay. On a hinge or the apex it moves that point alone as usual. A contour without
 * landmarks is moved as a whole.
 */
export function moveWall<Kind extends Trace>(
  trace: Kind,
  index: number,
  to: Point,
  spacing: PixelSpacing = squarePixels,
): Kind {
  const moved = trace.points[index];
  if (moved === undefined) return trace;
  if (!hasLandmarks(trace))
    return edited(
      trace,
      shifted(trace.points, moved, to, () => 1),
    );
  if (index === trace.apexIndex) return moveApex(trace, to, spacing);
  if (index === 0 || index === trace.points.length - 1) return movePoint(trace, index, to, { spacing });
  const share = wallShares(trace, spacing);
  const first = index < trace.apexIndex;
  const fade = (i: number): number => smoothStep(Math.min(share[i]!, 1 - share[i]!) / wallFadeShare);
  return edited(
    trace,
    shifted(trace.points, moved, to, (i) => {
      const onWall = first
        ? i > 0 && i < trace.apexIndex
        : i > trace.apexIndex && i < trace.points.length - 1;
      return onWall ? Math.min(1, fade(i) / fade(index)) : 0;
    }),
  );
}

/** Adds a control point on the curve where it is nearest to `at`, so that the curve hardly changes. */
export function insertPoint<Kind extends Trace>(
  trace: Kind,
  at: Point,
  spacing: PixelSpacing = squarePixels,
): Kind {
  if (trace.points.length >= mostControlPoints) return trace;
  const nearest = nearestOnTrace(trace, at, spacing);
  if (nearest === null || nearest.position === Math.round(nearest.position)) return trace;
  const index = Math.floor(nearest.position) + 1;
  return edited(
    trace,
    trace.points.toSpliced(index, 0, nearest.point),
    (trace.apexIndex === null
      ? null
      : trace.apexIndex + Number(index <= trace.apexIndex)) as Kind['apexIndex'],
  );
}

/**
 * Removes a control point. Hinges cannot be removed, nor can one of the last five points: the same trace comes
 * back. Where the apex is removed, the point now farthest from the base becomes the apex.
 */
export function removePoint<Kind extends Trace>(
  trace: Kind,
  index: number,
  spacing: PixelSpacing = squarePixels,
): Kind {
  const last = trace.points.length - 1;
  if (!(index >= 0 && index <= last) || trace.points.length <= leastControlPoints) return trace;
  const points = trace.points.toSpliced(index, 1);
  if (!hasLandmarks(trace)) return edited(trace, points);
  if (index === 0 || index === last) return trace;
  const apexIndex =
    index === trace.apexIndex
      ? farthestFromBase(points, spacing)
      : trace.apexIndex - Number(index < trace.apexIndex);
  return edited(trace, points, apexIndex);
}

/** The trace with new points, marked as edited from what it was; the model's confidence no longer applies. */
export function edited<Kind extends Trace>(
  trace: Kind,
  points: readonly Point[],
  apexIndex: Kind['apexIndex'] = trace.apexIndex,
): Kind {
  const from = isWithoutModel(trace) ? 'manual' : 'model';
  return { ...trace, points, apexIndex, source: { kind: 'edited', from }, confidence: null };
}

function shifted(
  points: readonly Point[],
  from: Point,
  to: Point,
  weight: (index: number) => number,
): Point[] {
  const dx = to[0] - from[0];
  const dy = to[1] - from[1];
  return points.map(([x, y], i) => {
    const share = weight(i);
    return [x + share * dx, y + share * dy];
  });
}

function lengthsAlong(points: readonly Point[], spacing: PixelSpacing): number[] {
  let length = 0;
  return points.map(([x, y], i) => {
    const before = points[i - 1];
    if (before !== undefined) {
      length += Math.hypot((x - before[0]) * spacing.mmPerPixelX, (y - before[1]) * spacing.mmPerPixelY);
    }
    return length;
  });
}

/** Where each control point lies on its wall: 0 at the hinge, 1 at the apex. */
function wallShares(trace: LandmarkedTrace, spacing: PixelSpacing): number[] {
  const along = lengthsAlong(trace.points, spacing);
  const toApex = along[trace.apexIndex]!;
  const total = along.at(-1)!;
  return along.map((length, i) => {
    if (i <= trace.apexIndex) return toApex > 0 ? length / toApex : 0;
    return total > toApex ? (total - length) / (total - toApex) : 0;
  });
}

function smoothStep(share: number): number {
  const t = Math.min(1, Math.max(0, share));
  return t * t * (3 - 2 * t);
}

function extent(trace: Trace, spacing: PixelSpacing): number {
  const box = boundingBox(trace.points);
  if (box === null) return 0;
  return Math.max((box.maxX - box.minX) * spacing.mmPerPixelX, (box.maxY - box.minY) * spacing.mmPerPixelY);
}
