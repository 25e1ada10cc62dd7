import { describe, expect, it } from 'vitest';
import { Identifiers } from '../../../main/deidentify/identifiers.ts';

describe('what identifies somebody', () => {
  const identifiers = new Identifiers(
    ['Quibble-Ziegénhals^Zoë', '山田^太郎', "O'Hara-Li^Al"],
    ['HN-4711-77', 'P12', '7', ''],
  );

  it.each([
    ['half of a double name', 'Rest of Ziegénhals'],
    ['a name without its accents', 'ZIEGENHALS 4CH'],
    ['a short one without its accents', 'zoe, apical'],
    ['a name of two characters', '心尖 山田'],
    ['a part behind an apostrophe', 'hara peak'],
    ['a whole ID in another word', 'xHN-4711-77x'],
    ['a short ID', 'clip P12'],
  ])('is found: %s', (_, text) => {
    expect(identifiers.standIn(text)).toBe(true);
  });

  it.each(['Apical 4 chamber', 'Low dose 7', 'Also alive', 'P123', '山 4CH'])(
    'is not found in what names nobody: %s',
    (text) => {
      expect(identifiers.standIn(text)).toBe(false);
    },
  );

  it('is found in bytes by its longer parts', () => {
    expect(identifiers.standInBytes(Buffer.from('..Ziegénhals..', 'latin1'))).toBe(true);
    expect(identifiers.standInBytes(Buffer.from('..ZIEGENHALS..', 'latin1'))).toBe(true);
    expect(identifiers.standInBytes(Buffer.from('..nobody..', 'latin1'))).toBe(false);
  });
});
