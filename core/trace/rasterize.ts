import type { Point } from '../geometry/point.ts';
import { tracePolyline } from './spline.ts';
import type { Trace } from './trace.ts';

/**
 * The area inside the trace, closed by the base line, as an 8-bit mask: 255 where the centre of a pixel lies
 * inside (even–odd rule), else 0. Row-major, rows × columns; what lies outside the image is cut off.
 */
export function rasterizeTrace(trace: Trace, rows: number, columns: number): Uint8Array {
  return rasterizePolygon(tracePolyline(trace), rows, columns);
}

/** {@link rasterizeTrace} for any polygon in image pixels, closed by a straight line. */
export function rasterizePolygon(polygon: readonly Point[], rows: number, columns: number): Uint8Array {
  const mask = new Uint8Array(rows * columns);
  const crossings: number[][] = [];
  for (let i = 0; i < polygon.length; i++) {
    const [ax, ay] = polygon[i]!;
    const [bx, by] = polygon[(i + 1) % polygon.length]!;
    if (ay === by || !Number.isFinite(ax + ay + bx + by)) continue;
    const top = Math.min(ay, by);
    const bottom = Math.max(ay, by);
    // Half-open in y, so that a vertex on a row centre is counted once.
    for (let row = Math.max(0, Math.ceil(top)); row < bottom && row < rows; row++) {
      (crossings[row] ??= []).push(ax + ((row - ay) / (by - ay)) * (bx - ax));
    }
  }
  for (let row = 0; row < rows; row++) {
    const at = crossings[row];
    if (at === undefined) continue;
    at.sort((a, b) => a - b);
    for (let k = 0; k + 1 < at.length; k += 2) {
      const from = Math.max(0, Math.ceil(at[k]!));
      const to = Math.min(columns - 1, Math.ceil(at[k + 1]!) - 1);
      if (to >= from) mask.fill(255, row * columns + from, row * columns + to + 1);
    }
  }
  return mask;
}
