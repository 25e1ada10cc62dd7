import { describe, expect, it } from 'vitest';
import { formatDate, formatInstant, formatName, formatValue } from '../../../main/report/wording.ts';

describe('words of the report', () => {
  it.each([
    ['Phantom^Systola', 'alphabetic', 'Phantom, Systola'],
    [
      'Adams^John Robert Quincy^^Rev.^B.A. M.Div.',
      'alphabetic',
      'Adams, John Robert Quincy, Rev., B.A. M.Div.',
    ],
    ['Doe', 'alphabetic', 'Doe'],
    ['^Ada', 'alphabetic', 'Ada'],
    ['山田^太郎', 'ideographic', '山田 太郎'],
    ['やまだ^たろう', 'phonetic', 'やまだ たろう'],
    ['', 'ideographic', ''],
  ] as const)('write the name %s (%s) as %s', (name, group, expected) => {
    expect(formatName(name, group)).toBe(expected);
  });

  it('write dates as the file gives them, or say that it does not', () => {
    expect(formatDate('20250102')).toBe('2025-01-02');
    expect(formatDate('2025-01-02')).toBe('2025-01-02');
    expect(formatDate('1950')).toBe('1950');
    expect(formatDate(null)).toBe('not given');
    expect(formatInstant(new Date('2025-01-02T23:59:58+02:00'))).toBe('2025-01-02 21:59 UTC');
    expect(formatInstant(new Date('nonsense'))).toBe('time not known');
  });

  it('round only what is shown', () => {
    expect(formatValue({ value: 54.96, unit: '%' })).toBe('55.0');
    expect(formatValue({ value: 60.4, unit: 'bpm' })).toBe('60');
    expect(formatValue({ value: 1.918, unit: 'm²' })).toBe('1.92');
  });
});
