import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';
import { describedColumns } from '../../../main/export/research/described-columns.ts';

const page = resolve(import.meta.dirname, '../../../docs/how-to/read-research-exports.md');

it.each(['measurements', 'contours'])(
  'the columns of the table of %s stand on their page as they are',
  (name) => {
    const [, part = ''] = readFileSync(page, 'utf8').split(new RegExp(`^### ${name}$`, 'm'));
    const section = part.split(/^##/m)[0] ?? '';
    const rows = [...section.matchAll(/^\| `(\w+)` \| (\w+) \| (.*?) \| (.+) \|$/gm)].map(
      ([, ...cells]) => cells,
    );
    expect(rows).toEqual(
      describedColumns()
        .filter(({ table }) => table === name)
        .map((column) => [
          column.name,
          column.type,
          column.unit ?? '',
          column.description.replaceAll('|', '\\|'),
        ]),
    );
  },
);

it('names are of letters, digits and underscores, each once in its table', () => {
  const names = describedColumns().map(({ table, name }) => `${table} ${name}`);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z]+ [a-z][a-z0-9_]*$/);
});
