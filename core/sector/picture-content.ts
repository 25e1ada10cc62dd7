/** Range of grey levels, from the 2nd to the 98th percentile, below which a picture is black or one grey. */
const leastRange = 10;
/** A frame darker than this share of what its clip usually shows has been blanked, whatever text is left on it. */
const blankedShare = 0.2;
/**
 * Mean squared difference of pixels 4 apart over that of neighbours, at 128 × 128: 1.2 to 1.35 for noise squeezed to
 * that size, 2.5 to 7 for 18 real loops of five scanners.
 */
const leastStructure = 1.6;
const structureReach = 4;
const structureSize = 128;

/** Why a picture holds nothing that a heart could be seen in. */
export type PictureFlaw = 'black' | 'uniform' | 'blanked' | 'noise';

/**
 * What is wrong with a picture that a model is about to see, null when it may be an echo.
 *
 * @param grey levels 0…255 of the model's input, row-major
 * @param usualMean mean level of the clip's frames, as far as known
 */
export function pictureFlaw(
  grey: Float32Array,
  columns: number,
  usualMean: number | null = null,
): PictureFlaw | null {
  const { low, high, mean } = levels(grey);
  if (high - low < leastRange) return high < 2 * leastRange ? 'black' : 'uniform';
  if (usualMean !== null && mean < blankedShare * usualMean) return 'blanked';
  return structure(grey, columns) < leastStructure ? 'noise' : null;
}

function levels(grey: Float32Array): { low: number; high: number; mean: number } {
  const counts = new Uint32Array(256);
  let sum = 0;
  for (const level of grey) {
    counts[Math.min(255, Math.max(0, Math.round(level)))]! += 1;
    sum += level;
  }
  return {
    low: percentile(counts, 0.02 * grey.length),
    high: percentile(counts, 0.98 * grey.length),
    mean: sum / grey.length,
  };
}

/** Lowest level that so many pixels do not exceed. */
function percentile(counts: Uint32Array, pixels: number): number {
  let below = 0;
  for (let level = 0; level < counts.length; level += 1) {
    below += counts[level]!;
    if (below > pixels) return level;
  }
  return counts.length - 1;
}

function structure(grey: Float32Array, columns: number): number {
  const scale = columns / structureSize;
  const near = Math.max(1, Math.round(scale));
  const far = Math.max(near + 1, Math.round(structureReach * scale));
  return difference(grey, columns, far) / Math.max(1e-6, difference(grey, columns, near));
}

/** Mean squared difference of pixels so far apart, along rows and along columns together. */
function difference(grey: Float32Array, columns: number, apart: number): number {
  const rows = grey.length / columns;
  let along = 0;
  let down = 0;
  for (let y = 0; y < rows; y += 1) {
    for (let x = 0; x < columns; x += 1) {
      const at = y * columns + x;
      if (x + apart < columns) along += (grey[at + apart]! - grey[at]!) ** 2;
      if (y + apart < rows) down += (grey[at + apart * columns]! - grey[at]!) ** 2;
    }
  }
  return along / (rows * (columns - apart)) + down / ((rows - apart) * columns);
}
