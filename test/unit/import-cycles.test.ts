import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** What each file of the product imports of it, types included: those that run are held by knip (`npm run lint`). */
function importGraph(): Map<string, readonly string[]> {
  const files = ['core', 'main', 'renderer'].flatMap((place) =>
    readdirSync(join(root, place), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|mts|mjs|svelte)$/.test(name))
      .map((name) => join(place, name)),
  );
  return new Map(
    files.map((file) => {
      const text = readFileSync(join(root, file), 'utf8');
      const imports = text.matchAll(/(?:from |import |import\()'(\.[^']+)'/g);
      return [file, [...imports].map(([, to = '']) => normalize(join(dirname(file), to)))];
    }),
  );
}

/** The files of the first ring that is found, in order; null where there is none. */
function ringIn(graph: ReadonlyMap<string, readonly string[]>): readonly string[] | null {
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (file: string): readonly string[] | null => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return null;
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const ring = visit(next);
      if (ring) return ring;
    }
    path.pop();
    done.add(file);
    return null;
  };
  for (const file of graph.keys()) {
    const ring = visit(file);
    if (ring) return ring;
  }
  return null;
}

it('no file imports itself by way of others', () => {
  const graph = importGraph();
  expect([...graph.values()].flat().length).toBeGreaterThan(1000);
  expect(ringIn(graph)).toBeNull();
});

it('a ring is found and told', () => {
  const graph = new Map(Object.entries({ a: ['b', 'd'], b: ['c'], c: [], d: ['e'], e: ['f'], f: ['d'] }));
  expect(ringIn(graph)).toEqual(['d', 'e', 'f', 'd']);
});
