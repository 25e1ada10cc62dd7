import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import PDFDocument from 'pdfkit';
import { describe, expect, it } from 'vitest';
import english from '../../../core/language/en.json' with { type: 'json' };
import { fontFileFor, hanFormOf, selectFont } from '../../../main/report/fonts.ts';
import { unpackWoff } from '../../../main/report/woff.ts';

const familyOf = (text: string, han: 'jp' | 'kr' | 'sc' = 'sc') => {
  const file = fontFileFor(text, 'regular', han);
  return file === null ? null : /^noto-sans-(.*)-400-normal\.woff$/.exec(basename(file))![1];
};

describe('fonts of the report', () => {
  it.each([
    ['A', 'latin'],
    ['ł', 'latin-ext'],
    ['Ж', 'cyrillic'],
    ['Ω', 'greek'],
    ['ễ', 'vietnamese'],
    ['ب', 'arabic-arabic'],
    ['ש', 'hebrew-hebrew'],
    ['ธ', 'thai-thai'],
  ])('%s is drawn with %s', (text, expected) => {
    expect(familyOf(text)).toBe(expected);
  });

  it('draws Han characters in the form of the language around them', () => {
    expect(hanFormOf('山田 やまだ')).toBe('jp');
    expect(hanFormOf('洪 홍')).toBe('kr');
    expect(hanFormOf('王小东')).toBe('sc');
    expect(familyOf('山', 'jp')).toMatch(/^jp-/);
    expect(familyOf('山', 'kr')).toMatch(/^kr-/);
    expect(familyOf('山', 'sc')).toMatch(/^sc-/);
    // 東 is not simplified Chinese, but another font has it.
    expect(familyOf('東', 'sc')).not.toBeNull();
  });

  it('knows when it has no font', () => {
    expect(familyOf('გ')).toBeNull();
  });

  it('unpacks WOFF to TrueType, and refuses anything else', () => {
    const file = fontFileFor('A', 'bold', 'sc')!;
    const font = unpackWoff(readFileSync(file));
    expect(font.readUInt32BE(0)).toBe(0x00010000);
    const tags = Array.from({ length: font.readUInt16BE(4) }, (_, index) =>
      font.toString('latin1', 12 + 16 * index, 16 + 16 * index),
    );
    for (const tag of ['cmap', 'glyf', 'head', 'hhea', 'hmtx', 'loca', 'maxp']) expect(tags).toContain(tag);
    expect(() => unpackWoff(new Uint8Array(100))).toThrow(RangeError);
    expect(() => unpackWoff(new Uint8Array(3))).toThrow(RangeError);
  });
});

/** The parts of an embedded font that say what it draws; pdfkit does not publish them. */
interface Drawn {
  readonly _font: { readonly font: { hasGlyphForCodePoint(codePoint: number): boolean } };
}

it('every character that the catalogue prints is in its font, and not only in the ranges that it claims', () => {
  const document = new PDFDocument({ font: '' });
  const printed = /^(report|conclusion|quality|unit|quantity|method|phase|finding|mean|common|notice)\./;
  const texts = Object.entries(english.messages).flatMap(([id, text]) => (printed.test(id) ? [text] : []));
  const missing = [...new Set(texts.join(''))].filter((character) => {
    const file = fontFileFor(character, 'regular', 'sc');
    if (file === null) return true;
    selectFont(document, file);
    return !(document as unknown as Drawn)._font.font.hasGlyphForCodePoint(character.codePointAt(0)!);
  });
  expect(missing).toEqual([]);
});
