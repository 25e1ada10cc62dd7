import { describe, expect, it } from 'vitest';
import { textDecoding } from '../../../main/dicom/character-set.ts';
import { personName } from '../../../main/dicom/person-name.ts';

const bytes = (hexadecimal: string) => Uint8Array.from(Buffer.from(hexadecimal.replaceAll(' ', ''), 'hex'));
const name = (terms: readonly string[], value: Uint8Array) =>
  personName(textDecoding(terms).decode(value, true));

describe('textDecoding', () => {
  it('reads the Japanese examples of PS3.5 annex H', () => {
    // H.3.1: Yamada^Tarou=山田^太郎=やまだ^たろう
    const h31 = bytes(
      '59 61 6d 61 64 61 5e 54 61 72 6f 75 3d 1b 24 42 3b 33 45 44 1b 28 42 5e 1b 24 42 42 40 4f 3a 1b 28 42 3d' +
        '1b 24 42 24 64 24 5e 24 40 1b 28 42 5e 1b 24 42 24 3f 24 6d 24 26 1b 28 42',
    );
    expect(name(['', 'ISO 2022 IR 87'], h31)).toEqual({
      alphabetic: 'Yamada^Tarou',
      ideographic: '山田^太郎',
      phonetic: 'やまだ^たろう',
    });
    // H.3.2: half-width katakana of ISO-IR 13 as the first set.
    const h32 = bytes(
      'd4 cf c0 de 5e c0 db b3 3d 1b 24 42 3b 33 45 44 1b 28 4a 5e 1b 24 42 42 40 4f 3a 1b 28 4a 3d' +
        '1b 24 42 24 64 24 5e 24 40 1b 28 4a 5e 1b 24 42 24 3f 24 6d 24 26 1b 28 4a',
    );
    expect(name(['ISO 2022 IR 13', 'ISO 2022 IR 87'], h32)).toEqual({
      alphabetic: 'ﾔﾏﾀﾞ^ﾀﾛｳ',
      ideographic: '山田^太郎',
      phonetic: 'やまだ^たろう',
    });
  });

  it('reads the Korean example of PS3.5 annex I', () => {
    const value = bytes(
      '48 6f 6e 67 5e 47 69 6c 64 6f 6e 67 3d 1b 24 29 43 fb f3 5e 1b 24 29 43 d1 ce d4 d7 3d' +
        '1b 24 29 43 c8 ab 5e 1b 24 29 43 b1 e6 b5 bf',
    );
    expect(name(['', 'ISO 2022 IR 149'], value)).toEqual({
      alphabetic: 'Hong^Gildong',
      ideographic: '洪^吉洞',
      phonetic: '홍^길동',
    });
  });

  it('reads the Chinese examples of PS3.5 annexes J and K', () => {
    expect(
      name(['GB18030'], bytes('57 61 6e 67 5e 58 69 61 6f 44 6f 6e 67 3d cd f5 5e d0 a1 b6 ab')),
    ).toMatchObject({
      alphabetic: 'Wang^XiaoDong',
      ideographic: '王^小东',
    });
    expect(name(['ISO_IR 192'], Buffer.from('Wang^XiaoDong=王^小東='))).toMatchObject({
      ideographic: '王^小東',
    });
    const gb2312 = bytes(
      '5a 68 61 6e 67 5e 58 69 61 6f 44 6f 6e 67 3d 1b 24 29 41 d5 c5 5e 1b 24 29 41 d0 a1 b6 ab 3d',
    );
    expect(name(['', 'ISO 2022 IR 58'], gb2312)).toMatchObject({ ideographic: '张^小东' });
  });

  it('does not take the second byte of a GBK character for a delimiter', () => {
    // 0x8F5C is one character whose second byte is a backslash.
    const text = textDecoding(['GBK']).decode(bytes('8f 5c 5c 41'));
    expect(text.split('\\')).toHaveLength(2);
  });

  it.each([
    ['ISO_IR 100', 'e6 f8 e5 80', 'æøå\u0080'],
    ['ISO_IR 101', 'b1 e6 ea', 'ąćę'],
    ['ISO_IR 109', 'a1 b1', 'Ħħ'],
    ['ISO_IR 110', 'a1 e0', 'Ąā'],
    ['ISO_IR 144', 'bb ee da 63 65 dc d1 79 70 d3', 'Люкceмбypг'],
    ['ISO_IR 127', 'e2 c8 c7 e6 ea 5e e4 e6 d2 c7 d1', 'قباني^لنزار'],
    ['ISO_IR 126', 'c4 e9 ef ed', 'Διον'],
    ['ISO_IR 138', 'f9 f8 e5 ef', 'שרון'],
    ['ISO_IR 148', 'd0 fd fe', 'Ğış'],
    ['ISO_IR 166', 'ca c1 ca', 'สมส'],
    ['ISO_IR 203', 'a4', '€'],
    ['ISO_IR 13', 'b1 b2', 'ｱｲ'],
  ])('reads %s', (term, hexadecimal, expected) => {
    expect(textDecoding([term]).decode(bytes(hexadecimal))).toBe(expected);
  });

  it('changes between single-byte sets by escape sequences and back at delimiters', () => {
    const decoding = textDecoding(['ISO 2022 IR 100', 'ISO 2022 IR 144']);
    // é, shift to Cyrillic, Ж, a caret that resets in names, é again.
    const value = bytes('e9 1b 2d 4c b6 5e e9');
    expect(decoding.decode(value, true)).toBe('éЖ^é');
    expect(decoding.decode(value, false)).toBe('éЖ^щ');
  });

  it('understands misspelt and missing declarations', () => {
    expect(textDecoding(['ISO-IR 100']).decode(bytes('e9'))).toBe('é');
    expect(textDecoding([]).decode(Buffer.from('Zoë'))).toBe('Zoë');
    expect(textDecoding([]).decode(bytes('5a 6f eb'))).toBe('Zoë');
  });
});
