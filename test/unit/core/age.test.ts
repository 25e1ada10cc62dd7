import { describe, expect, it } from 'vitest';
import { type Age, ageAtStudy, isChild } from '../../../core/body/age.ts';

const ages: readonly (readonly [birthDate: string | null, studyDate: string | null, age: Age | null])[] = [
  ['1970-01-02', '2025-01-01', { value: 54, unit: 'years' }],
  ['1970-01-02', '2025-01-02', { value: 55, unit: 'years' }],
  ['2000-02-29', '2018-02-28', { value: 17, unit: 'years' }],
  ['2000-02-29', '2018-03-01', { value: 18, unit: 'years' }],
  ['2024-01-31', '2025-12-30', { value: 22, unit: 'months' }],
  ['2024-01-31', '2026-01-31', { value: 2, unit: 'years' }],
  ['2025-01-01', '2025-01-31', { value: 30, unit: 'days' }],
  ['2025-01-01', '2025-01-01', { value: 0, unit: 'days' }],
  ['2025-01-02', '2025-01-01', null],
  ['2025-02-30', '2025-03-01', null],
  [null, '2025-03-01', null],
  ['1970-01-01', null, null],
];

describe('age at the study', () => {
  it.each(ages)('born %s, examined %s', (birthDate, studyDate, age) => {
    expect(ageAtStudy({ patient: { birthDate }, studyDate })).toEqual(age);
  });

  it.each([
    ['045Y', { value: 45, unit: 'years' }],
    ['001Y', { value: 12, unit: 'months' }],
    ['030M', { value: 2, unit: 'years' }],
    ['018M', { value: 18, unit: 'months' }],
    ['003W', { value: 21, unit: 'days' }],
    ['010D', { value: 10, unit: 'days' }],
    ['old', null],
  ] as const)('stated as %s', (statedAge, age) => {
    expect(ageAtStudy({ patient: { birthDate: null, statedAge }, studyDate: '2025-01-01' })).toEqual(age);
  });

  it('goes by the date of birth where both are there', () => {
    const patient = { birthDate: '1970-01-01', statedAge: '010Y' };
    expect(isChild({ patient, studyDate: '2025-01-01' })).toBe(false);
    expect(isChild({ patient, studyDate: null })).toBe(true);
  });

  it('calls nobody a child whose age is not known', () => {
    expect(isChild({ patient: { birthDate: null }, studyDate: null })).toBe(false);
    expect(isChild({ patient: { birthDate: '2007-01-02' }, studyDate: '2025-01-01' })).toBe(true);
    expect(isChild({ patient: { birthDate: '2007-01-01' }, studyDate: '2025-01-01' })).toBe(false);
  });
});
