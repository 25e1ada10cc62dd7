import { expect, test } from 'vitest';
import type { ComparedNumber } from '../../../core/document/compared-numbers.ts';
import {
  differenceText,
  noDayText,
  shortWayText,
  writtenDay,
} from '../../../core/document/document-words.ts';
import type { ReportedNumber } from '../../../core/document/reported-number.ts';
import { inEnglish } from '../../../core/language/english.ts';

const number: ReportedNumber = {
  ...{ name: 'EDV', value: 145, unit: 'mL', method: 'single-plane-disks', methodMeaning: null, view: 'a4c' },
  ...{ mode: null, state: null, choice: 'only', of: 1 },
};
const words = (change: Partial<ReportedNumber>): string | null => {
  const text = shortWayText({ ...number, ...change });
  return text && inEnglish.say(text);
};

test('a number by area and length is told from the one by disks of the same plane', () => {
  expect(words({})).toBe('A4C');
  expect(words({ method: 'area-length' })).toBe('A4C area–length');
  expect(words({ method: 'biplane-area-length', view: 'biplane' })).toBe('A4C + A2C area–length');
  expect(words({ method: null, methodMeaning: 'Simpson' })).toBe('A4C');
  expect(words({ method: null, methodMeaning: 'Teichholz', view: null })).toBe('Teichholz');
  expect(words({ mode: 'm-mode', method: 'area-length' })).toBe('M-mode');
});

const difference = (there: number, here: number | null, name: 'EDV' | 'BSA' = 'EDV'): string | null => {
  const unit = name === 'EDV' ? 'mL' : 'm²';
  const ours = here === null ? null : { name, unit, value: here };
  const text = differenceText({
    reported: { ...number, name, unit, value: there },
    ours,
    difference: here === null ? null : here - there,
  } as ComparedNumber);
  return text && inEnglish.say(text);
};

test('a difference is that of the numbers as they stand beside it', () => {
  // 145 and 144 on screen, half a millilitre apart.
  expect(difference(144.4, 144.6)).toBe('+1');
  expect(difference(145.4, 144.6)).toBe('±0');
  expect(difference(144.5, 144.4)).toBe('−1');
  expect(difference(100.49, 99.5)).toBe('±0');
  expect(difference(1.849, 1.851, 'BSA')).toBe('±0');
  expect(difference(1.8449, 1.8551, 'BSA')).toBe('+0.02');
  expect(difference(120, null)).toBeNull();
});

test('a day that was taken out is none, and said so', () => {
  const day = (writtenAt: string | null) =>
    writtenDay({ writtenAt }) ?? inEnglish.say(noDayText({ writtenAt }));
  expect(day('2024-03-02T10:00:00')).toBe('2024-03-02T10:00:00');
  expect(day('1900-01-01T00:00:00')).toBe('date removed');
  expect(day(null)).toBe('no date');
});
