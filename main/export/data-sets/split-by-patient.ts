import type { DataSetStudy } from './data-set-studies.ts';

/**
 * Which part of a data set each patient's studies belong to: patients take turns in the order of their numbers, so that
 * no patient is in two parts and the parts are as even as they can be.
 *
 * @returns by patient, 0 to `parts` − 1
 */
export function partsByPatient(
  studies: readonly Pick<DataSetStudy, 'patient'>[],
  parts: number,
): ReadonlyMap<number, number> {
  const patients = [...new Set(studies.map(({ patient }) => patient))].sort((a, b) => a - b);
  return new Map(patients.map((patient, index) => [patient, index % parts]));
}
