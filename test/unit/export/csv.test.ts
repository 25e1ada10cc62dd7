import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Column, csvOf } from '../../../main/export/research/csv.ts';
import { readCsv } from '../../fixtures/strict-csv.ts';

interface Pair {
  readonly word: string | null;
  readonly number: number | null;
}
const shared = { unit: null, description: '' };
const columns: readonly Column<Pair>[] = [
  { ...shared, name: 'word', type: 'text', of: ({ word }) => word },
  { ...shared, name: 'number', type: 'number', of: ({ number }) => number },
];
const written = (...rows: Pair[]): string => new TextDecoder().decode(csvOf(columns, rows));

describe('a table', () => {
  it('has quotes where they are needed, CRLF, and empty cells for what is not known', () => {
    expect(written({ word: 'a "b", c', number: 1.5 }, { word: null, number: null })).toBe(
      'word,number\r\n"a ""b"", c",1.5\r\n,\r\n',
    );
    expect(written()).toBe('word,number\r\n');
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '\rx', '\nx', '＝1'])('makes no formula of %j', (word) => {
    expect(readCsv(csvOf(columns, [{ word, number: -1.25 }]))).toEqual([
      { word: `'${word}`, number: '-1.25' },
    ]);
  });

  it('leaves other texts as they are', () => {
    for (const word of ['a=b', ' =b', "'=b", '1.2.840', 'Müller', '山田']) {
      expect(readCsv(csvOf(columns, [{ word, number: 0 }]))[0]).toEqual({ word, number: '0' });
    }
  });

  it.each([NaN, Infinity])('holds no %d', (number) => {
    expect(() => written({ word: '', number })).toThrow('no number, as column number has to hold');
  });

  it('comes back as it was, whatever is in it', () => {
    const pair = fc.record({
      word: fc.string({ unit: 'grapheme', maxLength: 20 }),
      number: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
    });
    fc.assert(
      fc.property(fc.array(pair, { maxLength: 30 }), (rows) => {
        const read = readCsv(csvOf(columns, rows));
        expect(read.map(({ number }) => Number(number))).toEqual(rows.map(({ number }) => number + 0));
        expect(read.map(({ word }) => word)).toEqual(
          rows.map(({ word }) => (/^[=+\-@\t\r\n＝＋－＠]/u.test(word) ? `'${word}` : word)),
        );
      }),
    );
  });

  it('is written in parts that join', () => {
    const rows = Array.from({ length: 10_000 }, (_, number) => ({ word: 'x', number }));
    expect(readCsv(csvOf(columns, rows)).map(({ number }) => Number(number))).toEqual(
      rows.map(({ number }) => number),
    );
  });
});
