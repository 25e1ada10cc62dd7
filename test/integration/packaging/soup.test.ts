import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');

/** Development dependencies that end up in what users run. */
const shipped = ['@cornerstonejs/core', 'electron', 'node', 'pdfjs-dist', 'svelte'];

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

/** What docs/dependencies.md allows of packages that users run. */
const allowedLicences = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'OFL-1.1'];
/** Packages that say their licence in a file only, which was read. */
const readByHand: Record<string, string> = { 'node_modules/png-js': 'MIT' };

it('everything that is shipped, and all it depends on, has a licence that may be shipped', () => {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; devOptional?: boolean; license?: string }>;
  };
  const runs = Object.entries(packages).filter(
    ([path, entry]) =>
      path !== '' &&
      (!(entry.dev ?? entry.devOptional ?? false) || shipped.includes(path.replace('node_modules/', ''))),
  );
  expect(runs.length).toBeGreaterThan(shipped.length);
  for (const [path, { license }] of runs) {
    const choices = (readByHand[path] ?? license ?? 'none').replace(/[()]/g, '').split(' OR ');
    expect(
      choices.some((one) => allowedLicences.includes(one)),
      `${path}: ${choices.join(' or ')}`,
    ).toBe(true);
  }
});
