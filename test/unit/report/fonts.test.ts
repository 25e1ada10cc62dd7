import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { fontFileFor, hanFormOf } from '../../../main/report/fonts.ts';
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
