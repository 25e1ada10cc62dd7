import type { ConclusionInput } from '../../../../core/conclusion/conclusion-input.ts';
import type { StudyMeasurements } from '../../../../core/assessment/measure-study.ts';
import type { Finding, FindingCode } from '../../../../core/finding/finding.ts';
import { message } from '../../../../core/language/message.ts';
import type { Measurement, MeasurementName } from '../../../../core/measurement/measurement.ts';
import { quantityOf } from '../../../../core/quantity/quantities.ts';
import type { PriorRow } from '../../../../core/prior/prior-rows.ts';

export const number = (
  name: MeasurementName,
  value: number,
  changes: Partial<Measurement> = {},
): Measurement => ({
  ...{ name, value, method: 'biplane-disks', view: 'biplane', beat: null, sources: [] },
  unit: quantityOf(name)!.unit,
  ...changes,
});

export const finding = (code: FindingCode, severity: Finding['severity'] = 'warning'): Finding => ({
  ...{ code, severity, sources: [] },
  message: message(`finding.${code}.short`),
});

/** A biplane study of two clips; what is not said is as at rest and of an adult. */
export function measuredStudy(
  measurements: readonly Measurement[],
  changes: Partial<StudyMeasurements> = {},
  ofClips: Readonly<Record<'a4c' | 'a2c', readonly Finding[]>> = { a4c: [], a2c: [] },
): StudyMeasurements {
  const clip = (code: 'a4c' | 'a2c') => ({
    ...{ view: { code, source: 'file' }, findings: ofClips[code], beatTable: [], measurements: [] },
  });
  return {
    clips: { '2.25.1': clip('a4c'), '2.25.2': clip('a2c') } as unknown as StudyMeasurements['clips'],
    pair: { a4c: '2.25.1', a2c: '2.25.2' },
    ...{ stages: [], stage: null, atRest: true, ofChild: false, offeredPair: null },
    ...{ measurements, spread: [], beatPairs: [], findings: [], used: ['2.25.1', '2.25.2'] },
    ...changes,
  };
}

export const input = (
  measured: StudyMeasurements,
  changes: Partial<ConclusionInput> = {},
): ConclusionInput => ({ measured, sex: 'male', prior: null, ...changes });

/** EF of an earlier study beside today's. */
export const ejectionRow = (
  prior: number | null,
  today: number | null,
  changes: Partial<PriorRow> = {},
): PriorRow => {
  const change = prior === null || today === null ? null : Math.round(today) - Math.round(prior);
  return {
    ...{ name: 'EF', method: 'biplane-disks', view: 'biplane', unit: '%', today, prior, change },
    ...{ beyondSpread: change === null ? null : Math.abs(change) > 10, notCompared: null },
    ...changes,
  };
};
