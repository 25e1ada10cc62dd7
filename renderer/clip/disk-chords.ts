import type { PixelSpacing, Point } from '../../core/geometry/point.ts';
import { tracePolyline } from '../../core/trace/spline.ts';
import type { LandmarkedTrace } from '../../core/trace/trace.ts';
import { diskCount } from '../../core/volume/disks.ts';

/**
 * The disks of the method of disks as lines to draw: for each disk centre the chord of the contour perpendicular
 * to the long axis, image pixels. Perpendicular is meant in millimetres, so unequal spacings slant the lines.
 */
export function diskChords(trace: LandmarkedTrace, spacing: PixelSpacing | null): [Point, Point][] {
  const sx = spacing?.mmPerPixelX ?? 1;
  const sy = spacing?.mmPerPixelY ?? 1;
  const polygon = tracePolyline(trace).map(([x, y]): Point => [x * sx, y * sy]);
  const first = polygon[0];
  const last = polygon[polygon.length - 1];
  const apexPoint = trace.points[trace.apexIndex];
  if (!first || !last || !apexPoint) return [];
  const base: Point = [(first[0] + last[0]) / 2, (first[1] + last[1]) / 2];
  const apex: Point = [apexPoint[0] * sx, apexPoint[1] * sy];
  const length = Math.hypot(apex[0] - base[0], apex[1] - base[1]);
  if (!(length > 0)) return [];
  const ux = (apex[0] - base[0]) / length;
  const uy = (apex[1] - base[1]) / length;
  const chords: [Point, Point][] = [];
  for (let disk = 0; disk < diskCount; disk += 1) {
    const level = ((disk + 0.5) / diskCount) * length;
    let least = Infinity;
    let most = -Infinity;
    for (let i = 0; i < polygon.length; i += 1) {
      const from = polygon[i] as Point;
      const to = polygon[(i + 1) % polygon.length] as Point;
      const a = (from[0] - base[0]) * ux + (from[1] - base[1]) * uy - level;
      const b = (to[0] - base[0]) * ux + (to[1] - base[1]) * uy - level;
      if (a > 0 === b > 0) continue;
      const t = a / (a - b);
      const x = from[0] + t * (to[0] - from[0]);
      const y = from[1] + t * (to[1] - from[1]);
      const aside = (x - base[0]) * uy - (y - base[1]) * ux;
      least = Math.min(least, aside);
      most = Math.max(most, aside);
    }
    if (!(most > least)) continue;
    const at = (aside: number): Point => [
      (base[0] + level * ux + aside * uy) / sx,
      (base[1] + level * uy - aside * ux) / sy,
    ];
    chords.push([at(least), at(most)]);
  }
  return chords;
}
