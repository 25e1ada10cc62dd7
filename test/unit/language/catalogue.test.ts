import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from '@formatjs/icu-messageformat-parser';
import { describe, expect, it } from 'vitest';
import english from '../../../core/language/en.json' with { type: 'json' };
import { messageArguments } from '../../../main/language/message-arguments.ts';
import { messageValuesSource } from '../../../main/language/message-values-source.ts';

const core = resolve(import.meta.dirname, '../../../core');

describe('the catalogue', () => {
  it('is in order, and its types are those that were written from it (npm run messages)', async () => {
    const ids = Object.keys(english.messages);
    expect(ids).toEqual(ids.toSorted());
    const written = readFileSync(resolve(core, 'language/message-values.ts'), 'utf8');
    expect(written).toBe(await messageValuesSource(english.messages));
  });

  it('has ids of words, and sentences that can be read', () => {
    for (const [id, text] of Object.entries(english.messages)) {
      expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-zA-Z0-9]+(-[a-zA-Z0-9]+)*)+$/);
      expect(() => parse(text, { ignoreTag: true }), id).not.toThrow();
      expect(text.trim(), id).not.toBe('');
      expect(text, id).not.toMatch(/ {2}/);
    }
  });
});

it('reads of a message what it wants to be given', () => {
  const text = '{a} {n, number, d1} {k, select, x {y {b}} other {}} {c, plural, one {one} other {#}}';
  const plainly = { isNumber: false, choices: null, isPrinted: true };
  expect(Object.fromEntries(messageArguments(text))).toEqual({
    a: plainly,
    b: plainly,
    c: { ...plainly, isNumber: true },
    k: { ...plainly, choices: ['x'], isPrinted: false },
    n: { ...plainly, isNumber: true },
  });
});

it.each([
  '{at, date, short}',
  '{n, number}',
  '{n, number, percent}',
  '{n, number, ::scale/0.01}',
  '{n, spellout}',
  '{',
])('takes no message that shows values in its own way: %s', (text) => {
  expect(() => messageArguments(text)).toThrow();
});
