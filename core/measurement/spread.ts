import type { Measurement } from './measurement.ts';

/** How far the beats of a mean lie apart. */
export interface Spread extends Pick<Measurement, 'name' | 'method' | 'unit'> {
  /** Beats, or pairs of beats, that the mean is of. */
  readonly count: number;
  readonly least: number;
  readonly greatest: number;
}

/** Spread of each kind of number over the beats that its mean is of. */
export function spreadOf(ofBeats: readonly Measurement[]): Spread[] {
  const spreads = new Map<string, Spread>();
  for (const { name, method, unit, value } of ofBeats) {
    const key = `${name}/${method}/${unit}`;
    const { count, least, greatest } = spreads.get(key) ?? { count: 0, least: value, greatest: value };
    spreads.set(key, {
      name,
      method,
      unit,
      count: count + 1,
      least: Math.min(least, value),
      greatest: Math.max(greatest, value),
    });
  }
  return [...spreads.values()];
}
