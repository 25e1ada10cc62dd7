import type { Point } from '../../core/geometry/point.ts';

const rounded = (value: number) => Math.round(value * 100) / 100;

/** An SVG path through points, to a hundredth of their unit. */
export function svgPath(points: readonly Point[]): string {
  let path = '';
  for (let i = 0; i < points.length; i += 1) {
    const [x, y] = points[i] as Point;
    path += `${i === 0 ? 'M' : 'L'}${rounded(x)} ${rounded(y)}`;
  }
  return path;
}
