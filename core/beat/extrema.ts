/** A turning point of a curve. */
export interface Extremum {
  readonly kind: 'maximum' | 'minimum';
  readonly frame: number;
}

/**
 * Turning points that stand out by at least `prominence`, in order, maxima and minima in turn (zigzag with
 * hysteresis). The first and the last one may lie on the ends of the curve, where the true extremum may
 * have been cut off.
 */
export function findExtrema(curve: Float64Array, prominence: number): Extremum[] {
  const extrema: Extremum[] = [];
  let highest = 0;
  let lowest = 0;
  let rising: boolean | null = null;
  for (let frame = 1; frame < curve.length; frame++) {
    const value = curve[frame]!;
    if (value > curve[highest]!) highest = frame;
    if (value < curve[lowest]!) lowest = frame;
    if (rising !== true && value >= curve[lowest]! + prominence) {
      extrema.push({ kind: 'minimum', frame: lowest });
      rising = true;
      highest = frame;
    } else if (rising !== false && value <= curve[highest]! - prominence) {
      extrema.push({ kind: 'maximum', frame: highest });
      rising = false;
      lowest = frame;
    }
  }
  if (rising === true) extrema.push({ kind: 'maximum', frame: highest });
  if (rising === false) extrema.push({ kind: 'minimum', frame: lowest });
  return extrema;
}

/** The value below which a share of the numbers lies. */
export function quantile(values: readonly number[] | Float64Array, share: number): number {
  const sorted = Float64Array.from(values).sort();
  if (sorted.length === 0) return NaN;
  const position = (sorted.length - 1) * share;
  const low = Math.floor(position);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (position - low);
}
