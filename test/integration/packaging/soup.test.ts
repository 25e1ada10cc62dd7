import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');

/** Development dependencies that end up in what users run. */
const shipped = ['@cornerstonejs/core', 'electron', 'node', 'svelte'];

it('docs/soup.md lists every package that runs in the workstation, and no other', () => {
  const { dependencies, devDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
    devDependencies: Record<string, string>;
  };
  for (const name of shipped) expect(devDependencies, name).toHaveProperty([name]);
  const listed = [...readFileSync(join(root, 'docs/soup.md'), 'utf8').matchAll(/^\| `([^`]+)` \|/gm)].map(
    ([, name]) => name,
  );
  expect(listed).toEqual([...Object.keys(dependencies), ...shipped].sort());
});

it('versions are pinned, so that what was tested is what is installed', () => {
  const packages = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >;
  for (const [name, version] of Object.entries({ ...packages.dependencies, ...packages.devDependencies })) {
    expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
  }
});
