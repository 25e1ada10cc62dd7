import type { FrameFailure } from './protocol.ts';

/** Rounding of a provider may carry a probability this far over 0 or 1. */
const tolerance = 1e-3;

/** Why a model's output is no map of probabilities; null when it is one. */
export function probabilityFlaw(
  values: Float32Array,
): { readonly failure: FrameFailure; readonly reason: string } | null {
  let least = Infinity;
  let greatest = -Infinity;
  let finite = true;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index]!;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
    finite &&= Number.isFinite(value);
  }
  if (!finite) return { failure: 'not-finite', reason: 'the model returned values that are not numbers' };
  if (least >= -tolerance && greatest <= 1 + tolerance) return null;
  const range = `${Number(least.toPrecision(3))} to ${Number(greatest.toPrecision(3))}`;
  return {
    failure: 'not-probabilities',
    reason: `the model returned values from ${range}, where probabilities lie between 0 and 1`,
  };
}

export function allFinite(values: Float32Array): boolean {
  // One pass without branches: a sum of (x − x) is 0 for finite values and NaN otherwise.
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index]! - values[index]!;
  return sum === 0;
}
