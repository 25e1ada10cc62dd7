import type { StudyMeasurements } from './measure-study.ts';

/** True for a study that has something to accept: at least one number that was read from contours. */
export function hasResult({ measurements }: Pick<StudyMeasurements, 'measurements'>): boolean {
  return measurements.some(({ name }) => name === 'EF' || name === 'EDV');
}
