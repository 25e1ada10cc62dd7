import { message } from '../language/message.ts';
import type { Measurement, MeasurementMethod } from '../measurement/measurement.ts';
import type { Finding } from './finding.ts';

/** EF outside these is rarer in patients than a wrong contour or a swapped ED and ES. */
const leastPlausiblePercent = 5;
const greatestPlausiblePercent = 85;

/** Flags an EF, a mean over beats or a biplane one, that hardly any heart has. */
export function ejectionFindings(measurements: readonly Measurement[], method: MeasurementMethod): Finding[] {
  return measurements
    .filter(({ name, beat }) => name === 'EF' && beat === null)
    .filter((measurement) => measurement.method === method)
    .filter(({ value }) => value < leastPlausiblePercent || value > greatestPlausiblePercent)
    .map(({ value, sources }) => ({
      code: 'ef-implausible' as const,
      severity: 'warning' as const,
      message:
        value <= 0
          ? message('finding.ef-implausible.not-smaller')
          : message('finding.ef-implausible', { percent: value }),
      sources,
    }));
}
