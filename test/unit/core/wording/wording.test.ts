import { inEnglish } from '../../../../core/language/english.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { frameNumber, frameRanges } from '../../../../core/wording/frame-number.ts';
import { nameGroups, personNameText, readableName } from '../../../../core/wording/person-name.ts';
import { shownQuantity } from '../../../../core/wording/quantity.ts';

const named = (frames: readonly number[]) => inEnglish.say(frameRanges(frames));

describe('frames as people count them', () => {
  it('count from 1, with neighbours joined', () => {
    expect(frameNumber(0)).toBe(1);
    expect(named([11])).toBe('frame 12');
    expect(named([8, 2, 3, 4, 5, 6, 7, 11])).toBe('frames 3–9, 12');
    expect(named([0, 1])).toBe('frames 1, 2');
    expect(named([5, 5, 3])).toBe('frames 4, 6');
  });

  it('name every frame and no other', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 300 }), { minLength: 1 }), (frames) => {
        const counted = named(frames)
          .replace(/^frames? /, '')
          .split(', ')
          .flatMap((part) => {
            const [from = 0, to = from] = part.split('–').map(Number);
            return Array.from({ length: to - from + 1 }, (_, index) => from + index - 1);
          });
        expect(counted).toEqual(frames.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe('numbers', () => {
  it.each([
    [0.0404, 3, '0.040'],
    [0.0404, 2, '0.04'],
    [12345.678, 1, '12345.7'],
    [-0.04, 1, '0.0'],
    [-0.06, 1, '-0.1'],
    [61.5, 0, '62'],
  ])('%f with %i decimals is read as %s', (value, decimals, text) => {
    expect(inEnglish.decimals(value, decimals)).toBe(text);
  });

  it.each([
    [70, '70'],
    [1.5, '1.5'],
    [0.25, '0.25'],
    [100, '100'],
    [0, '0'],
    [1.23456, '1.235'],
    [0.0001, '0'],
  ])('%f as it was entered is read as %s, and means the same when typed', (value, text) => {
    expect(inEnglish.plain(value)).toBe(text);
    expect(Number(text)).toBeCloseTo(value, 3);
  });
});

describe('names of persons', () => {
  it.each([
    ['Phantom^Systola', 'alphabetic', 'Phantom, Systola'],
    [
      'Adams^John Robert Quincy^^Rev.^B.A. M.Div.',
      'alphabetic',
      'Adams, Rev. John Robert Quincy, B.A. M.Div.',
    ],
    ['Doe^Jane^Q^Dr^Jr', 'alphabetic', 'Doe, Dr Jane Q, Jr'],
    ['Doe', 'alphabetic', 'Doe'],
    ['^Ada', 'alphabetic', 'Ada'],
    ['山田^太郎', 'ideographic', '山田 太郎'],
    ['やまだ^たろう', 'phonetic', 'やまだ たろう'],
    ['', 'ideographic', ''],
    ['^^^^', 'alphabetic', ''],
  ] as const)('%s (%s) is read as %s', (name, group, expected) => {
    expect(readableName(name, group)).toBe(expected);
  });

  it('hold every group that is written', () => {
    const name = { alphabetic: 'Yamada^Tarou', ideographic: '山田^太郎', phonetic: '' };
    expect(nameGroups(name)).toEqual(['Yamada, Tarou', '山田 太郎']);
    expect(personNameText(name)).toBe('Yamada, Tarou · 山田 太郎');
    expect(personNameText({ alphabetic: '', ideographic: '', phonetic: '' })).toBe('');
  });
});

describe('quantities as the clinic reads them', () => {
  it('volumes and percentages are whole, areas in cm², pixels are none', () => {
    expect(shownQuantity({ name: 'EF', value: 54.96, unit: '%' })).toEqual({
      value: 54.96,
      unit: '%',
      decimals: 0,
    });
    expect(shownQuantity({ name: 'LV area ED', value: 3462, unit: 'mm²' })).toEqual({
      value: 34.62,
      unit: 'cm²',
      decimals: 1,
    });
    expect(shownQuantity({ name: 'BSA', value: 1.918, unit: 'm²' })).toMatchObject({ decimals: 2 });
    expect(shownQuantity({ name: 'LV area ED', value: 62_587, unit: 'px²' })).toBeNull();
    expect(shownQuantity({ name: 'LV length ED', value: 400, unit: 'px' })).toBeNull();
    expect(shownQuantity({ name: 'EDV', value: NaN, unit: 'mL' })).toBeNull();
  });
});
