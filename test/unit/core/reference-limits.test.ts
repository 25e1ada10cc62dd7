import { describe, expect, it } from 'vitest';
import { gradeMeasurement } from '../../../core/reference-limits/grade.ts';
import { referenceEdition, referenceTables } from '../../../core/reference-limits/limits.ts';

const grade = (...args: Parameters<typeof gradeMeasurement>): string | null | undefined =>
  gradeMeasurement(...args)?.grade;

describe('reference limits of ASE/EACVI 2015', () => {
  it('name their edition', () => {
    expect(gradeMeasurement('EF', 60, 'male')!.edition).toBe('ASE/EACVI 2015');
    expect(referenceEdition.citation).toMatch(/2015;28:1–39/);
  });

  it.each([
    ['EF', 'male', [73, 52, 51, 41, 40, 30, 29]],
    ['EF', 'female', [75, 54, 53, 41, 40, 30, 29]],
  ] as const)('grade %s of a %s', (name, sex, values) => {
    expect(values.map((value) => grade(name, value, sex))).toEqual([
      'above-range',
      'normal',
      'mild',
      'mild',
      'moderate',
      'moderate',
      'severe',
    ]);
  });

  it.each([
    ['EDV', 'male', [61, 150, 151, 174, 175, 200, 201]],
    ['EDV', 'female', [45, 106, 107, 120, 121, 130, 131]],
    ['EDVI', 'male', [33, 74, 75, 89, 90, 100, 101]],
    ['EDVI', 'female', [28, 61, 62, 70, 71, 80, 81]],
    ['ESV', 'male', [20, 61, 62, 73, 74, 85, 86]],
    ['ESV', 'female', [13, 42, 43, 55, 56, 67, 68]],
    ['ESVI', 'male', [10, 31, 32, 38, 39, 45, 46]],
    ['ESVI', 'female', [7, 24, 25, 32, 33, 40, 41]],
    ['LAVI max', 'male', [15, 34, 35, 41, 42, 48, 49]],
    ['LAVI max', 'unknown', [15, 34, 35, 41, 42, 48, 49]],
  ] as const)('grade %s of a %s', (name, sex, values) => {
    expect(values.map((value) => grade(name, value, sex))).toEqual([
      'below-range',
      'normal',
      'mild',
      'mild',
      'moderate',
      'moderate',
      'severe',
    ]);
  });

  it('put a value between two bands into the one farther from normal', () => {
    expect(grade('EF', 51.9, 'male')).toBe('mild');
    expect(grade('EF', 40.5, 'male')).toBe('moderate');
    expect(grade('EDV', 150.4, 'male')).toBe('mild');
  });

  it.each(['unknown', 'other'] as const)(
    'give both tables and no grade where sex is %s and they disagree',
    (sex) => {
      const result = gradeMeasurement('EF', 53, sex)!;
      expect(result.grade).toBeNull();
      expect(result.tables.map((table) => [table.sex, table.grade])).toEqual([
        ['male', 'normal'],
        ['female', 'mild'],
      ]);
      expect(grade('EDV', 120, sex)).toBeNull();
      expect(grade('EF', 60, sex)).toBe('normal');
      expect(grade('EF', 20, sex)).toBe('severe');
    },
  );

  it('grade nothing else and nothing that is no number', () => {
    expect(gradeMeasurement('LV length ED', 90, 'male')).toBeNull();
    expect(gradeMeasurement('EF', NaN, 'male')).toBeNull();
  });

  it('are in order within each table', () => {
    for (const table of referenceTables) {
      for (const limits of [table.male, table.female]) {
        const steps = [limits.mild, limits.moderate, limits.severe];
        const sorted = steps.toSorted((a, b) => (limits.abnormal === 'low' ? b - a : a - b));
        expect(steps).toEqual(sorted);
        expect(limits.normalLow).toBeLessThan(limits.normalHigh);
      }
    }
  });
});
