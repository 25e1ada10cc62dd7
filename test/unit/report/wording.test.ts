import { describe, expect, it } from 'vitest';
import { formatDate, formatInstant, formatQuantity } from '../../../main/report/wording.ts';

describe('words of the report', () => {
  it('write dates as the file gives them, or say that it does not', () => {
    expect(formatDate('20250102')).toBe('2025-01-02');
    expect(formatDate('2025-01-02')).toBe('2025-01-02');
    expect(formatDate('1950')).toBe('1950');
    expect(formatDate(null)).toBe('not given');
    expect(formatInstant(new Date('2025-01-02T23:59:58+02:00'))).toBe('2025-01-02 21:59 UTC');
    expect(formatInstant(new Date('nonsense'))).toBe('time not known');
  });

  it('round only what is shown', () => {
    expect(formatQuantity({ name: 'EF', value: 54.96, unit: '%' })).toEqual({ number: '55', unit: '%' });
    expect(formatQuantity({ name: 'EDV', value: 112.4, unit: 'mL' })).toEqual({ number: '112', unit: 'mL' });
    expect(formatQuantity({ name: 'BSA', value: 1.918, unit: 'm²' })).toEqual({ number: '1.92', unit: 'm²' });
    expect(formatQuantity({ name: 'EF', value: -0.2, unit: '%' })).toEqual({ number: '0', unit: '%' });
  });

  it('give areas in cm² and no pixels', () => {
    expect(formatQuantity({ name: 'LV area ED', value: 3462, unit: 'mm²' })).toEqual({
      number: '34.6',
      unit: 'cm²',
    });
    expect(formatQuantity({ name: 'LV area ED', value: 62_587, unit: 'px²' })).toBeNull();
    expect(formatQuantity({ name: 'LV length ED', value: 400, unit: 'px' })).toBeNull();
  });
});
