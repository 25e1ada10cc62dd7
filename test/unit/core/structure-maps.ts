import type { Point } from '../../../core/geometry/point.ts';
import type { MapPlace } from '../../../core/trace/beside-cavity.ts';

/** A map whose pixels are those of the image. */
export const inPlace = (rows: number, columns: number): MapPlace => ({
  rows,
  columns,
  inputPoint: (point) => point,
  imagePoint: (point) => point,
});

/** A map of probabilities: 1 inside, 0 outside, fading over some pixels around 0.5. */
export function softMap(
  rows: number,
  columns: number,
  /** Distance into what is mapped in pixels, negative outside. */
  depth: (point: Point) => number,
  fade = 2,
): Float32Array {
  const map = new Float32Array(rows * columns);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      map[y * columns + x] = Math.min(1, Math.max(0, 0.5 + depth([x, y]) / (2 * fade)));
    }
  }
  return map;
}

/** About how deep a point lies in an ellipse. */
export function inEllipse([x, y]: Point, [cx, cy]: Point, [across, down]: Point): number {
  return (1 - Math.hypot((x - cx) / across, (y - cy) / down)) * Math.min(across, down);
}

/** The mask blurred by a Gaussian. @param sigma pixels */
export function blurred(mask: Float32Array, rows: number, columns: number, sigma: number): Float32Array {
  const reach = Math.ceil(3 * sigma);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) =>
    Math.exp(-0.5 * ((i - reach) / sigma) ** 2),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const along = (values: Float32Array, step: number, limit: (index: number) => [number, number]) => {
    const result = new Float32Array(values.length);
    for (let index = 0; index < values.length; index++) {
      const [before, after] = limit(index);
      let sum = 0;
      for (let k = -Math.min(reach, before); k <= Math.min(reach, after); k++) {
        sum += values[index + k * step]! * weights[k + reach]!;
      }
      result[index] = sum / total;
    }
    return result;
  };
  const across = along(mask, 1, (index) => [index % columns, columns - 1 - (index % columns)]);
  return along(across, columns, (index) => {
    const row = Math.floor(index / columns);
    return [row, rows - 1 - row];
  });
}
