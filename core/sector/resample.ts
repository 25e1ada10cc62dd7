/** Weights of one output pixel: `weights[k]` belongs to source pixel `first + k`. They add up to 1. */
interface Tap {
  readonly first: number;
  readonly weights: Float64Array;
}

/**
 * Resamples one axis: the interval [start, stop) of a source with `size` pixels to `target` pixels.
 *
 * A triangle filter whose support grows with the shrink factor (Pillow's BILINEAR with `box`): antialiased when
 * shrinking, plain linear interpolation when enlarging. `start` and `stop` are pixel edges, so pixel k covers
 * [k, k + 1); pixels outside the interval but inside the source still count, as in Pillow.
 */
export function resamplingTaps(size: number, start: number, stop: number, target: number): Tap[] {
  const scale = (stop - start) / target;
  const support = Math.max(scale, 1);
  return Array.from({ length: target }, (_, index) => {
    const centre = start + (index + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(size, Math.trunc(centre + support + 0.5));
    const weights = new Float64Array(end - first);
    let total = 0;
    for (let k = 0; k < weights.length; k += 1) {
      const weight = Math.max(0, 1 - Math.abs(first + k + 0.5 - centre) / support);
      weights[k] = weight;
      total += weight;
    }
    return { first, weights: weights.map((weight) => weight / total) };
  });
}

/**
 * Applies taps of both axes to a row-major picture.
 * @returns rows.length × columns.length values, row-major
 */
export function resample(
  picture: Uint8Array | Float32Array,
  pictureColumns: number,
  rows: readonly Tap[],
  columns: readonly Tap[],
): Float32Array {
  const firstRow = Math.min(...rows.map(({ first }) => first));
  const lastRow = Math.max(...rows.map(({ first, weights }) => first + weights.length));
  // Rows first shrink to the new width; only those that some tap needs.
  const narrow = new Float32Array((lastRow - firstRow) * columns.length);
  for (let y = firstRow; y < lastRow; y += 1) {
    const line = y * pictureColumns;
    const out = (y - firstRow) * columns.length;
    for (let x = 0; x < columns.length; x += 1) {
      const { first, weights } = columns[x]!;
      let sum = 0;
      for (let k = 0; k < weights.length; k += 1) sum += weights[k]! * picture[line + first + k]!;
      narrow[out + x] = sum;
    }
  }
  const result = new Float32Array(rows.length * columns.length);
  for (let y = 0; y < rows.length; y += 1) {
    const { first, weights } = rows[y]!;
    const out = y * columns.length;
    for (let k = 0; k < weights.length; k += 1) {
      const line = (first - firstRow + k) * columns.length;
      const weight = weights[k]!;
      for (let x = 0; x < columns.length; x += 1) result[out + x]! += weight * narrow[line + x]!;
    }
  }
  return result;
}
