import { describe, expect, it } from 'vitest';
import german from '../../../core/language/de.json' with { type: 'json' };
import english from '../../../core/language/en.json' with { type: 'json' };
import { Language } from '../../../core/language/language.ts';
import { checkLanguage } from '../../../main/language/check-language.ts';

const inGerman = new Language(german);
const shorts = Object.entries(german.messages).filter(([id]) => /^finding\..*\.short/.test(id));

describe('German', () => {
  it('has every message of English and no other, in its order', () => {
    expect(Object.keys(german.messages)).toEqual(Object.keys(english.messages));
  });

  it('says every message about the same values', () => {
    const { unusable, messages, of } = checkLanguage(german, 'de.json');
    expect(unusable).toEqual([]);
    expect(messages).toBe(of);
  });

  it.each(shorts)('names the finding %s in at most eight words', (_, words) => {
    expect(words.split(' ').length).toBeLessThanOrEqual(8);
  });

  it('writes decimals with a comma, without dots in thousands', () => {
    expect(inGerman.say('clip.contour-volume', { ml: 1234.56 })).toBe('1234,6 mL');
    expect(inGerman.say('numbers.whole-beats', { whole: 1, count: 2 })).toBe('1 von 2 Schlägen vollständig');
  });

  it('addresses nobody as "du" and leaves no quotation mark of English', () => {
    const wrong = Object.entries(german.messages).filter(
      ([, text]) => /\b([Dd]u|[Dd]eine?|[Dd]ich|[Dd]ir)\b(?! Bois)/.test(text) || /[”’]/.test(text),
    );
    expect(wrong).toEqual([]);
  });
});
