import type { Point } from '../geometry/point.ts';
import { distance } from '../geometry/polygon.ts';
import { moveHinge } from './edit.ts';
import { traceProblem } from './problem.ts';
import type { LandmarkedTrace } from './trace.ts';

/**
 * A contour that ends on the hinges of another one of its frame, as wall and atrium do on those of the cavity: the near part
 * of its line follows softly. It is no less whose it was for it.
 *
 * @returns the same where it ends there already, or where it would be no contour that way
 */
export function endingOn<Kind extends LandmarkedTrace>(trace: Kind, cavity: LandmarkedTrace): Kind {
  const ends: [Point, Point] = [trace.points[0]!, trace.points[trace.points.length - 1]!];
  const hinges: [Point, Point] = [cavity.points[0]!, cavity.points[cavity.points.length - 1]!];
  const straight = distance(ends[0], hinges[0]) + distance(ends[1], hinges[1]);
  const crossed = distance(ends[0], hinges[1]) + distance(ends[1], hinges[0]);
  // A contour drawn by hand may begin at the other hinge.
  const [first, second] = crossed < straight ? [hinges[1], hinges[0]] : hinges;
  if (Math.min(straight, crossed) === 0) return trace;
  const { points } = moveHinge(moveHinge(trace, 'first', first), 'second', second);
  const moved = { ...trace, points: [first, ...points.slice(1, -1), second] };
  return traceProblem(moved) === null ? moved : trace;
}
