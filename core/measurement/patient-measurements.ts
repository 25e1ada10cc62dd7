import { bodySurfaceArea } from '../body/surface-area.ts';
import type { Body } from '../body/body.ts';
import type { MeasureOptions } from './measure-options.ts';
import type { Measurement, MeasurementName } from './measurement.ts';

/**
 * Numbers that need more than contours: heart rate, body surface area, output and indexed volumes. Each is given
 * only where everything it rests on is known.
 *
 * @param volumes the study's EDV, ESV and SV
 * @param heartRates what the clips used say: the mean of what their files state, and what their frame times give. A
 *   rate that the reader entered comes first, then what these files state, then the study's own, then frame times
 */
export function patientMeasurements(
  volumes: readonly Measurement[],
  heartRates: { readonly statedBpm: number | null; readonly measured: Measurement | null },
  body: Body,
  options: MeasureOptions,
): Measurement[] {
  const result: Measurement[] = [];
  const heartRate = statedHeartRate(body, heartRates.statedBpm) ?? heartRates.measured;
  if (heartRate !== null) result.push({ ...heartRate, beat: null });

  const area =
    body.heightCm === null || body.weightKg === null
      ? null
      : bodySurfaceArea(body.heightCm.value, body.weightKg.value, options.bsaFormula);
  if (area !== null && area > 0) {
    result.push({
      name: 'BSA',
      method: options.bsaFormula,
      view: null,
      value: area,
      unit: 'm²',
      beat: null,
      sources: [],
    });
  }

  const volume = (name: MeasurementName): Measurement | undefined => volumes.find((one) => one.name === name);
  const stroke = volume('SV');
  const output =
    stroke !== undefined && stroke.value > 0 && heartRate !== null
      ? {
          ...stroke,
          name: 'CO' as const,
          value: (stroke.value * heartRate.value) / 1000,
          unit: 'L/min' as const,
        }
      : null;
  if (output !== null) result.push(output);
  if (area !== null && area > 0) {
    if (output !== null) result.push({ ...output, name: 'CI', value: output.value / area, unit: 'L/min/m²' });
    for (const [name, indexed] of [
      ['EDV', 'EDVI'],
      ['ESV', 'ESVI'],
    ] as const) {
      const plain = volume(name);
      if (plain !== undefined)
        result.push({ ...plain, name: indexed, value: plain.value / area, unit: 'mL/m²' });
    }
  }
  return result;
}

function statedHeartRate({ heartRateBpm }: Body, ofClips: number | null): Measurement | null {
  const entered = heartRateBpm?.source === 'user';
  const value = entered ? heartRateBpm.value : (ofClips ?? heartRateBpm?.value ?? null);
  if (value === null) return null;
  const method = entered ? 'entered' : 'file';
  return { name: 'HR', method, view: null, value, unit: 'bpm', beat: null, sources: [] };
}
