import { expect, it } from 'vitest';
import { sentenceParts } from '../../../renderer/words/sentence.ts';

const parts = (sentence: string) =>
  sentenceParts(sentence).map(({ kind, text }) => (kind === 'key' ? `[${text}]` : text));

it('what stands in backticks is a key', () => {
  expect(parts('Press `Shift` and drag; `Ctrl``Z` takes it back.')).toEqual([
    'Press ',
    '[Shift]',
    ' and drag; ',
    '[Ctrl]',
    '[Z]',
    ' takes it back.',
  ]);
  expect(parts('`F6`')).toEqual(['[F6]']);
  expect(parts('no key')).toEqual(['no key']);
});

it('the backtick has a key too, and one that stands alone is a sign', () => {
  expect(parts('`Alt```` is taken')).toEqual(['[Alt]', '[`]', ' is taken']);
  expect(parts('a ` b')).toEqual(['a ` b']);
  expect(parts('')).toEqual([]);
});
