import { describe, expect, it } from 'vitest';
import { inEnglish } from '../../../core/language/english.ts';
import { Language } from '../../../core/language/language.ts';
import { dayText, momentText, quantityText } from '../../../main/report/wording.ts';

const inGerman = new Language({ tag: 'de-DE', name: 'Deutsch', messages: {} }, inEnglish);

describe('words of the report', () => {
  it('write dates by the language, as the file gives them, or say that it does not', () => {
    const day = (date: string | null) => dayText(date, inEnglish);
    expect(day('20250102')).toBe('2 Jan 2025');
    expect(day('2025-01-02')).toBe('2 Jan 2025');
    expect(dayText('2025-01-02', inGerman)).toBe('02.01.2025');
    expect(day('1950')).toBe('1950');
    expect(day('20250230')).toBe('20250230');
    expect(day(null)).toBe('not given');
    const moment = (instant: string) => inEnglish.say(momentText(new Date(instant), inEnglish));
    expect(moment('2025-01-02T23:59:58+02:00')).toBe('2 Jan 2025, 21:59 UTC');
    expect(moment('nonsense')).toBe('time not known');
  });

  const shown = (name: 'EF' | 'EDV' | 'BSA' | 'LV area ED' | 'LV length ED', value: number, unit: string) => {
    const words = quantityText({ name, value, unit: unit as '%' });
    return words && inEnglish.say(words);
  };

  it('round only what is shown', () => {
    expect(shown('EF', 54.96, '%')).toBe('55 %');
    expect(shown('EDV', 112.4, 'mL')).toBe('112 mL');
    expect(shown('BSA', 1.918, 'm²')).toBe('1.92 m²');
    expect(shown('EF', -0.2, '%')).toBe('0 %');
  });

  it('give areas in cm² and no pixels', () => {
    expect(shown('LV area ED', 3462, 'mm²')).toBe('34.6 cm²');
    expect(shown('LV area ED', 62_587, 'px²')).toBeNull();
    expect(shown('LV length ED', 400, 'px')).toBeNull();
  });
});
