import { expect, it } from 'vitest';
import { inEnglish } from '../../../core/language/english.ts';
import { Language, type LanguageFile } from '../../../core/language/language.ts';
import { message } from '../../../core/language/message.ts';

const german: LanguageFile = {
  tag: 'de-DE',
  name: 'Deutsch',
  messages: {
    'frames.named': '{count, plural, one {Bild} other {Bilder}} {frames}',
    'test.number': '{value, number, d1} mL von {whole, number, d0}',
    'test.nested': 'Siehe {what}.',
    'test.quoted': "Die '{'Klammer'}'",
  },
};
const inGerman = new Language(german, inEnglish);
const made = (id: string, values: Record<string, never> | object = {}) => ({ id, values }) as never;

it('says a message in its language, plurals and numbers by the language', () => {
  expect(inEnglish.say('frames.named', { count: 1, frames: '4' })).toBe('frame 4');
  expect(inGerman.say('frames.named', { count: 2, frames: '4, 5' })).toBe('Bilder 4, 5');
  expect(inGerman.say(made('test.number', { value: 1234.25, whole: 2.5 }))).toBe('1234,3 mL von 3');
  expect(inGerman.say(made('test.quoted'))).toBe('Die {Klammer}');
});

it('says messages within messages, and lists', () => {
  const frames = message('frames.named', { count: 1, frames: '9' });
  expect(inGerman.say(made('test.nested', { what: frames }))).toBe('Siehe Bild 9.');
  expect(inGerman.say(made('test.nested', { what: ['A', frames, 'B'] }))).toBe('Siehe A, Bild 9 und B.');
  expect(inEnglish.list(['A', 'B', 'C'])).toBe('A, B and C');
});

it('says in English what a language lacks, and shows the id of what nobody has', () => {
  expect(inGerman.say('notice.research-use')).toBe(inEnglish.say('notice.research-use'));
  expect(inGerman.say(made('test.unknown'))).toBe('test.unknown');
  expect(inGerman.say(made('constructor'))).toBe('constructor');
});

it('writes numbers by the language, never below zero without being it', () => {
  expect(inEnglish.decimals(-0.04, 1)).toBe('0.0');
  expect(inEnglish.decimals(-1.25, 0)).toBe('-1');
  expect(inGerman.decimals(12345.678, 2)).toBe('12345,68');
  expect(inGerman.plain(1234.5)).toBe('1234,5');
  expect(inEnglish.plain(2)).toBe('2');
  // By the value that is there, as what was signed is compared: Intl alone makes 1.01 of 1.005.
  for (const value of [54.5, 1.005, 70.05, -2.5, 0.145])
    for (const digits of [0, 1, 2])
      expect(Number(inEnglish.decimals(value, digits))).toBe(Number(value.toFixed(digits)));
  expect(inGerman.say(made('test.number', { value: 1.45, whole: 0.5 }))).toBe('1,4 mL von 1');
});

it.each(['fa', 'ar-EG', 'bn', 'th', 'ja-JP-u-ca-japanese'])(
  'writes digits 0–9 and the Gregorian year in %s',
  (tag) => {
    const language = new Language({
      tag,
      name: tag,
      messages: { 'test.number': '{value, number, d1} {count, plural, other {#}}' },
    });
    expect(language.decimals(132.25, 1)).toMatch(/^132[.,٫]3$/);
    expect(language.say(made('test.number', { value: 7, count: 12 }))).toMatch(/^7[.,٫]0 12$/);
    expect(
      language.date(new Date('2025-01-02T00:00:00Z'), { dateStyle: 'medium', timeZone: 'UTC' }),
    ).toContain('2025');
  },
);

it('says in English what a language cannot say', () => {
  const broken = new Language(
    {
      tag: 'de',
      name: 'de',
      messages: { 'frames.named': '{count, number, ::currency/ZZZZ', 'run.queued': '{x' },
    },
    inEnglish,
  );
  expect(broken.say('frames.named', { count: 1, frames: '4' })).toBe('frame 4');
  expect(broken.say('run.queued')).toBe(inEnglish.say('run.queued'));
});
