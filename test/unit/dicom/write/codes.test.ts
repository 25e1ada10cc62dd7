import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { quantities, type Quantity } from '../../../../core/quantity/quantities.ts';
import { structureOf, structures } from '../../../../core/structure/structure.ts';
import { preCoordinated } from '../../../../main/export/dicom/simplified-concepts.ts';
import { type Code, codes } from '../../../../main/dicom/write/codes.ts';

const list = join(import.meta.dirname, '../../../fixtures/dicom/codes.tsv');
const known = new Map(
  readFileSync(list, 'utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split('\t') as [string, string, string])
    .map(([scheme, value, meaning]) => [`${scheme} ${value}`, meaning]),
);

/** What is measured, and on what, as far as it has a code. */
const measured = quantities.flatMap(({ code, structure, site }: Quantity): Code[] =>
  code === null
    ? []
    : [
        code,
        ...(structure === null ? [] : [structureOf(structure)!.code]),
        ...(site === undefined ? [] : [site]),
      ],
);
/** Sites of what is drawn. */
const drawn = structures().map(({ code }): Code => code);
const written: Code[] = [...Object.values(codes), ...measured, ...drawn, ...Object.values(preCoordinated)];

it.each(written.map((code) => [`${code.scheme} ${code.value}`, code.meaning]))(
  '%s means what the list says: %s',
  (code, meaning) => {
    // Capitals are a matter of edition; the words are not.
    expect(meaning.toLowerCase()).toBe(known.get(code)?.toLowerCase());
  },
);

it('the list has no code that is not written', () => {
  expect(new Set(known.keys())).toEqual(new Set(written.map(({ scheme, value }) => `${scheme} ${value}`)));
});

it('no code is in the table twice', () => {
  const values = Object.values(codes).map(({ scheme, value }) => `${scheme} ${value}`);
  expect(new Set(values).size).toBe(values.length);
});

it.each(written)('$scheme $value fits into a code sequence', ({ value, meaning }) => {
  expect(value.length).toBeLessThanOrEqual(16);
  expect(meaning.length).toBeLessThanOrEqual(64);
});
