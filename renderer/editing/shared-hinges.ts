import type { PixelSpacing, Point } from '../../core/geometry/point.ts';
import type { ClipReview } from '../../core/review/review.ts';
import { traceAt, tracedStructures } from '../../core/review/traces.ts';
import { leftVentricularCavity, type StructureId } from '../../core/structure/structure.ts';
import { moveHinge } from '../../core/trace/edit.ts';
import { hasLandmarks, type LandmarkedTrace, type Trace } from '../../core/trace/trace.ts';

/** How far a hinge was moved, image pixels; null for one that stayed. */
type Way = Point | null;

/**
 * The contours of the other structures of a frame with the hinge that was moved: cavity, wall and atrium end at the
 * same leaflets, so that one hinge has one place. Each contour keeps how far its own lies beside it.
 *
 * @param clip as it was before the hinge was moved
 * @param moved the structure whose hinge was moved, and its contour now
 * @param index of the hinge among the contour's points
 * @param spacing mm per pixel, or the pixels' proportions where no scale is known
 */
export function withHingesMoved(
  clip: ClipReview | undefined,
  frame: number,
  moved: StructureId,
  trace: Trace,
  index: number,
  spacing: PixelSpacing,
): [StructureId, Trace][] {
  const way = wayOf(traceAt(clip, moved, frame)?.points[index], trace.points[index]);
  return othersMoved(clip, frame, moved, index === 0 ? way : null, index === 0 ? null : way, spacing);
}

/**
 * The same where the cavity was drawn otherwise, hinges and all. What is drawn beside it moves no hinge of the cavity: a
 * hand that draws a wall does not hit them exactly, and EF rests on them.
 */
export function withCavityDrawn(
  clip: ClipReview | undefined,
  frame: number,
  trace: Trace,
  spacing: PixelSpacing,
): [StructureId, Trace][] {
  const before = traceAt(clip, leftVentricularCavity, frame);
  if (!before || !hasLandmarks(before) || !hasLandmarks(trace)) return [];
  const first = wayOf(before.points[0], trace.points[0]);
  const second = wayOf(before.points.at(-1), trace.points.at(-1));
  return othersMoved(clip, frame, leftVentricularCavity, first, second, spacing);
}

function wayOf(from: Point | undefined, to: Point | undefined): Way {
  if (!from || !to || (from[0] === to[0] && from[1] === to[1])) return null;
  return [to[0] - from[0], to[1] - from[1]];
}

function othersMoved(
  clip: ClipReview | undefined,
  frame: number,
  moved: StructureId,
  first: Way,
  second: Way,
  spacing: PixelSpacing,
): [StructureId, Trace][] {
  if (!first && !second) return [];
  return tracedStructures(clip, frame).flatMap((structure): [StructureId, Trace][] => {
    const other = traceAt(clip, structure, frame);
    if (structure === moved || !other || !hasLandmarks(other)) return [];
    const one = first ? shifted(other, 'first', first, spacing) : other;
    return [[structure, second ? shifted(one, 'second', second, spacing) : one]];
  });
}

function shifted(
  trace: LandmarkedTrace,
  hinge: 'first' | 'second',
  [dx, dy]: Point,
  spacing: PixelSpacing,
): LandmarkedTrace {
  const [x, y] = hinge === 'first' ? trace.points[0]! : trace.points.at(-1)!;
  return moveHinge(trace, hinge, [x + dx, y + dy], { spacing });
}
