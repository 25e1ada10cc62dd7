import { distanceToPolyline, pointsOutside } from '../geometry/inside.ts';
import type { Point } from '../geometry/point.ts';

/** How far a cavity comes out of its wall, in the unit of the coordinates; 0 where it does not. */
export interface Protrusion {
  /** Through the epicardium. */
  readonly sides: number;
  /** Beyond the line between the epicardium's ends. */
  readonly base: number;
}

/**
 * Where a cavity lies outside of the wall that should enclose it.
 *
 * @param cavity points along its contour
 * @param epicardium from hinge to hinge, closed by a straight line
 */
export function protrusion(cavity: readonly Point[], epicardium: readonly Point[]): Protrusion {
  const base = [epicardium[0]!, epicardium[epicardium.length - 1]!];
  let out = { sides: 0, base: 0 };
  for (const point of pointsOutside(cavity, epicardium)) {
    const beyondSides = distanceToPolyline(point, epicardium);
    const beyondBase = distanceToPolyline(point, base);
    out =
      beyondBase < beyondSides
        ? { ...out, base: Math.max(out.base, beyondBase) }
        : { ...out, sides: Math.max(out.sides, beyondSides) };
  }
  return out;
}
