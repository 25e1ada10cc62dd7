import type { FanSides, Sector } from '../clip/clip.ts';
import type { Box } from '../geometry/point.ts';
import { tracePolyline } from '../trace/spline.ts';
import type { Trace } from '../trace/trace.ts';
import { traceBox } from '../trace/trace-measures.ts';

/** How near the sector's edge a contour has to come, as a share of the sector's width or height. */
const edgeShare = 0.01;

/** Whether a contour reaches the edge of the sector: of its box, or of the slanted sides of the fan where they were seen. */
export function touchesSectorEdge(trace: Trace, { box, fan }: Pick<Sector, 'box' | 'fan'>): boolean {
  return touchesBox(trace, box) || (fan !== undefined && leavesFan(trace, fan));
}

function touchesBox(trace: Trace, sector: Box): boolean {
  const box = traceBox(trace);
  if (box === null) return false;
  const nearX = Math.max(1, edgeShare * (sector.maxX - sector.minX));
  const nearY = Math.max(1, edgeShare * (sector.maxY - sector.minY));
  return (
    box.minX <= sector.minX + nearX ||
    box.maxX >= sector.maxX - nearX ||
    box.minY <= sector.minY + nearY ||
    box.maxY >= sector.maxY - nearY
  );
}

/**
 * Whether a contour reaches a side of the fan. The sides are drawn along the tissue that is seen, which is dim there: they
 * lie rather within the sector than outside, so that nothing is said of a contour that only comes near.
 */
function leavesFan(trace: Trace, fan: FanSides): boolean {
  return tracePolyline(trace).some(([x, y]) => outsideFanPx([x, y], fan) >= 0);
}

/** How far a point lies outside of the nearer side of a fan, pixels; below 0 inside. */
export function outsideFanPx(
  [x, y]: readonly [number, number],
  { apexX, apexY, leftAngle, rightAngle }: FanSides,
): number {
  const [right, down] = [x - apexX, y - apexY];
  return Math.max(
    -right * Math.cos(leftAngle) - down * Math.sin(leftAngle),
    right * Math.cos(rightAngle) - down * Math.sin(rightAngle),
  );
}
