import type { Measurement } from '../../../core/measurement/measurement.ts';
import { isLater } from '../../../core/quantity/quantities.ts';

/** A number as fixtures of earlier formats have it. */
export type StoredNumber = Pick<Measurement, 'name' | 'method' | 'view' | 'value' | 'unit' | 'beat'>;

/** Numbers as they were stored: without what was not measured yet when the fixtures were written. */
export const storedNumbers = (
  measurements: readonly Measurement[],
  later: readonly Measurement['name'][] = [],
): StoredNumber[] =>
  measurements
    .filter(({ name }) => !later.includes(name) && !isLater(name))
    .map(({ name, method, view, value, unit, beat }) => ({ name, method, view, value, unit, beat }));
