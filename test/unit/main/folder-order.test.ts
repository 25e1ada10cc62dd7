import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { expect, it } from 'vitest';

const main = resolve(import.meta.dirname, '../../../main');

/**
 * The folders of main from the bottom up: each imports only what stands below it. Those of one row stand side by side and
 * do not know each other.
 */
const floors: readonly (readonly string[])[] = [
  ['concurrency', 'files'],
  ['dicom', 'language'],
  ['library', 'inference', 'network'],
  ['backup', 'models', 'review', 'import', 'report'],
  ['analysis', 'export'],
  ['deidentify', 'worklist'],
  ['application', 'archive'],
  ['api'],
  ['hosts'],
  ['cli', 'packaging', 'start'],
];

/** Every import of another file of main, static or not, of types or not, as paths from main. */
function* imports(): Generator<readonly [file: string, imported: string]> {
  for (const entry of readdirSync(main, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.m?ts$|\.mjs$/.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const text = readFileSync(path, 'utf8');
    for (const [, imported = ''] of text.matchAll(/(?:from|import\()\s*'(\.[^']+)'/g)) {
      const target = normalize(join(dirname(path), imported));
      if (target.startsWith(`${main}/`)) yield [path.slice(main.length + 1), target.slice(main.length + 1)];
    }
  }
}

it('every folder of main imports only what stands below it', () => {
  const floorOf = new Map(floors.flatMap((row, floor) => row.map((folder) => [folder, floor] as const)));
  const folders = readdirSync(main, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect([...floorOf.keys()].sort()).toEqual(folders.sort());
  const all = [...imports()].map(
    ([file, imported]) => [file, imported, folder(file), folder(imported)] as const,
  );
  const between = all.filter(([, , from, to]) => from !== to);
  expect(between.length).toBeGreaterThan(100);
  expect(between.filter(([, , from, to]) => floorOf.get(to)! >= floorOf.get(from)!)).toEqual([]);
});

it('only the review service appends revisions', () => {
  const writers = readdirSync(main, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .filter((name) => /\brevisions\.append\(/.test(readFileSync(join(main, name), 'utf8')));
  expect(writers.toSorted()).toEqual(['library/study-revisions.ts', 'review/review-service.ts']);
});

const folder = (path: string): string => path.split('/')[0]!;
