import { SystolaError } from '../../core/error.ts';
import type { PixelSpacing, Point } from '../../core/geometry/point.ts';
import { message, type Message } from '../../core/language/message.ts';
import { insertPoint, moveApex, moveHinge, movePoint, moveWall, removePoint } from '../../core/trace/edit.ts';
import type { Structure } from '../../core/structure/structure.ts';
import { closedTraceFromStroke, traceFromStroke } from '../../core/trace/from-stroke.ts';
import { nearestOnTrace } from '../../core/trace/nearest.ts';
import { traceProblem } from '../../core/trace/problem.ts';
import { redrawSegment } from '../../core/trace/redraw.ts';
import { hasLandmarks, type Trace } from '../../core/trace/trace.ts';
import type { Grip } from './grip.ts';

/**
 * The contour with what was gripped displaced by `by` image pixels.
 *
 * @param spacing here and below: mm per pixel, or the pixels' proportions where no scale is known
 */
export function movedTrace(
  origin: Trace,
  grip: Grip,
  by: Point,
  wholeWall: boolean,
  spacing: PixelSpacing,
): Trace {
  const from = origin.points[grip.index];
  if (!from) return origin;
  const to: Point = [from[0] + by[0], from[1] + by[1]];
  const options = { spacing };
  if (hasLandmarks(origin)) {
    if (grip.part === 'hinge') return moveHinge(origin, grip.index === 0 ? 'first' : 'second', to, options);
    if (grip.part === 'apex') return moveApex(origin, to, spacing);
  }
  return wholeWall ? moveWall(origin, grip.index, to, spacing) : movePoint(origin, grip.index, to, options);
}

/** The contour with the part that a stroke passes over replaced; null when the stroke cannot be joined to it. */
export function redrawnTrace(origin: Trace, stroke: readonly Point[], spacing: PixelSpacing): Trace | null {
  return sound(() => redrawSegment(origin, stroke, spacing), origin);
}

/**
 * A contour from a stroke or from clicked points, hinge over apex to hinge or all round as its structure has it; null
 * when that makes none.
 */
export function drawnTrace(
  stroke: readonly Point[],
  landmarks: Landmarks,
  spacing: PixelSpacing,
): Trace | null {
  return sound(() => (landmarks === 'none' ? closedTraceFromStroke : traceFromStroke)(stroke, spacing), null);
}

/** Which places of a structure are special; see core/structure. */
export type Landmarks = Structure['landmarks'];

function sound(make: () => Trace, unchanged: Trace | null): Trace | null {
  try {
    const trace = make();
    return trace === unchanged || traceProblem(trace) !== null ? null : trace;
  } catch (error) {
    if (error instanceof SystolaError) return null;
    throw error;
  }
}

/** The contour with a control point added on its line nearest to `at`, and that point's index. */
export function withPointAt(trace: Trace, at: Point, spacing: PixelSpacing): { trace: Trace; index: number } {
  const place = nearestOnTrace(trace, at, spacing);
  return { trace: insertPoint(trace, at, spacing), index: place ? Math.floor(place.position) + 1 : 0 };
}

/** The contour without a control point, or why it has to stay. */
export function withoutPoint(
  trace: Trace,
  index: number,
  spacing: PixelSpacing,
): { readonly trace: Trace; readonly reason: null } | { readonly trace: null; readonly reason: Message } {
  const changed = removePoint(trace, index, spacing);
  if (changed !== trace) return { trace: changed, reason: null };
  const hinge = hasLandmarks(trace) && (index === 0 || index === trace.points.length - 1);
  return {
    trace: null,
    reason: hinge ? message('edit.keeps-hinges') : message('edit.needs-five-points'),
  };
}
