import { expect, test } from 'vitest';
import { shortWayText } from '../../../core/document/document-words.ts';
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
