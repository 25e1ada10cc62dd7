import type { PixelSpacing } from '../../core/geometry/point.ts';
import type { ClipReview } from '../../core/review/review.ts';
import { traceAt, tracedStructures } from '../../core/review/traces.ts';
import type { StructureId } from '../../core/structure/structure.ts';
import { moveHinge } from '../../core/trace/edit.ts';
import { hasLandmarks, type Trace } from '../../core/trace/trace.ts';

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
  const from = traceAt(clip, moved, frame)?.points[index];
  const to = trace.points[index];
  if (!from || !to) return [];
  return tracedStructures(clip, frame).flatMap((structure): [StructureId, Trace][] => {
    const other = traceAt(clip, structure, frame);
    if (structure === moved || !other || !hasLandmarks(other)) return [];
    const hinge = index === 0 ? 'first' : 'second';
    const own = other.points[index === 0 ? 0 : other.points.length - 1];
    if (!own) return [];
    return [
      [structure, moveHinge(other, hinge, [own[0] + to[0] - from[0], own[1] + to[1] - from[1]], { spacing })],
    ];
  });
}
