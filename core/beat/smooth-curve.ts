import { quantile } from './extrema.ts';

/**
 * A curve without holes for finding beats on: values missing between two frames are interpolated in time,
 * those at the ends repeat the nearest. Never used for a measurement. null when nothing is known.
 */
export function fillGaps(curve: readonly (number | null)[], timesMs: readonly number[]): Float64Array | null {
  const known: number[] = [];
  curve.forEach((value, frame) => {
    if (value !== null && Number.isFinite(value)) known.push(frame);
  });
  if (known.length === 0) return null;
  const filled = new Float64Array(curve.length);
  let next = 0;
  for (let frame = 0; frame < curve.length; frame++) {
    while (next < known.length && known[next]! < frame) next++;
    const after = known[Math.min(next, known.length - 1)]!;
    const before = known[Math.max(0, next - (known[next] === frame ? 0 : 1))]!;
    const a = curve[before]!;
    const b = curve[after]!;
    const span = timesMs[after]! - timesMs[before]!;
    const share = span > 0 ? (timesMs[frame]! - timesMs[before]!) / span : 0;
    filled[frame] = a + (b - a) * Math.min(1, Math.max(0, share));
  }
  return filled;
}

/** A frame that sticks out of both its neighbours by this share of the curve's range is an outlier. */
const outlierShare = 0.25;

/**
 * A curve with single-frame outliers replaced by the median of three and noise damped (Gaussian weights in
 * time). Short curves are returned as they are: with a handful of frames every one of them counts.
 */
export function smoothCurve(values: Float64Array, timesMs: readonly number[], sigmaMs: number): Float64Array {
  const n = values.length;
  if (n < 8) return values;
  const clean = values.slice();
  const limit = outlierShare * (quantile(values, 0.95) - quantile(values, 0.05));
  for (let i = 1; i + 1 < n; i++) {
    const median = medianOfThree(values[i - 1]!, values[i]!, values[i + 1]!);
    if (Math.abs(values[i]! - median) > limit) clean[i] = median;
  }
  const smooth = new Float64Array(n);
  let first = 0;
  for (let i = 0; i < n; i++) {
    while (timesMs[first]! < timesMs[i]! - 3 * sigmaMs) first++;
    let sum = 0;
    let weights = 0;
    for (let j = first; j < n && timesMs[j]! <= timesMs[i]! + 3 * sigmaMs; j++) {
      const weight = Math.exp(-0.5 * ((timesMs[j]! - timesMs[i]!) / sigmaMs) ** 2);
      sum += weight * clean[j]!;
      weights += weight;
    }
    smooth[i] = sum / weights;
  }
  return smooth;
}

function medianOfThree(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
