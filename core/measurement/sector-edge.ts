import type { Box } from '../geometry/point.ts';
import type { Trace } from '../trace/trace.ts';
import { traceBox } from '../trace/trace-measures.ts';

/** How near the sector's edge a contour has to come, as a share of the sector's width or height. */
const edgeShare = 0.01;

/** Whether a contour reaches the edge of the sector's box. The sector is a fan: at its slanted sides one may go unnoticed. */
export function touchesSectorEdge(trace: Trace, sector: Box): boolean {
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
