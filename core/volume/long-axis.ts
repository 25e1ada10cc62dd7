import type { PixelSpacing, Point } from '../geometry/point.ts';
import { distance, midpoint } from '../geometry/polygon.ts';

/**
 * The long axis of a left-ventricular contour: from the middle of the base line to the apex
 * (ASE/EACVI chamber quantification, Lang et al., J Am Soc Echocardiogr 2015;28:1–39).
 */
export interface LongAxis {
  readonly base: Point;
  readonly apex: Point;
  readonly length: number;
}

/** Long axis between two hinges and an apex, in the unit of their coordinates. */
export function longAxis(firstHinge: Point, secondHinge: Point, apex: Point): LongAxis {
  const base = midpoint(firstHinge, secondHinge);
  return { base, apex, length: distance(base, apex) };
}

/**
 * Angle in degrees between the normal of the base line and the long axis, 0…90. A tilted base makes disks
 * perpendicular to the axis miss or add volume at the base.
 */
export function basalTiltDegrees(firstHinge: Point, secondHinge: Point, apex: Point): number {
  const axis = longAxis(firstHinge, secondHinge, apex);
  const width = distance(firstHinge, secondHinge);
  if (!(axis.length > 0) || !(width > 0)) return 0;
  const along =
    ((secondHinge[0] - firstHinge[0]) * (apex[0] - axis.base[0]) +
      (secondHinge[1] - firstHinge[1]) * (apex[1] - axis.base[1])) /
    (width * axis.length);
  return (Math.asin(Math.min(1, Math.abs(along))) * 180) / Math.PI;
}

/** Image pixels to millimetres from the image's origin, x and y each with its own spacing. */
export function inMillimetres(points: readonly Point[], spacing: PixelSpacing): Point[] {
  return points.map(([x, y]) => [x * spacing.mmPerPixelX, y * spacing.mmPerPixelY]);
}
