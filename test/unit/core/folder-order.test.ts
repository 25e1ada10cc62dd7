import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const core = resolve(import.meta.dirname, '../../../core');

/** The folders of core from the bottom up: each imports only what stands below it. Those of one row stand side by side. */
const floors: readonly (readonly string[])[] = [
  ['geometry', 'model', 'settings'],
  ['clip', 'volume'],
  ['beat', 'body', 'sector', 'trace'],
  ['structure'],
  ['quantity'],
  ['reference-limits', 'wording'],
  ['review'],
  ['measurement'],
  ['finding'],
  ['assessment'],
  ['analysis', 'api'],
];

it('every folder of core imports only what stands below it', () => {
  const floorOf = new Map(floors.flatMap((row, floor) => row.map((folder) => [folder, floor] as const)));
  const folders = readdirSync(core, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect([...floorOf.keys()].sort()).toEqual(folders.sort());
  const wrong: string[] = [];
  let imports = 0;
  for (const folder of folders) {
    for (const file of readdirSync(join(core, folder)).filter((name) => name.endsWith('.ts'))) {
      const text = readFileSync(join(core, folder, file), 'utf8');
      for (const [, other = ''] of text.matchAll(/ from '\.\.\/([a-z-]+)\/[^']+'/g)) {
        imports += 1;
        if (!(floorOf.get(other)! < floorOf.get(folder)!)) wrong.push(`${folder}/${file} → ${other}`);
      }
    }
  }
  expect(imports).toBeGreaterThan(100);
  expect(wrong).toEqual([]);
});
