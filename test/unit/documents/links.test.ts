import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../../..');
const passedOver = [
  'node_modules',
  'dist',
  'build',
  'release',
  'coverage',
  'test-results',
  'playwright-report',
];

function* documents(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const hidden = entry.name.startsWith('.') && entry.name !== '.github';
      if (!hidden && !passedOver.includes(entry.name)) yield* documents(path);
    } else if (entry.name.endsWith('.md')) yield path;
  }
}

it('links between documents lead to files that are there', () => {
  const checked: string[] = [];
  const broken: string[] = [];
  for (const path of documents(root)) {
    for (const [, target = ''] of readFileSync(path, 'utf8').matchAll(/\]\(([^()\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target) || target.startsWith('#')) continue;
      const [file = ''] = target.split('#');
      checked.push(target);
      if (!existsSync(join(dirname(path), file))) broken.push(`${relative(root, path)}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
  expect(checked.length).toBeGreaterThan(40);
});

/** What was decided or found at a time names what was there then. */
const ofTheirTime = ['docs/decisions/', 'models/NOTEBOOK.md', 'CHANGELOG.md'];

it('files and folders that documents name are there', () => {
  let named = 0;
  const missing: string[] = [];
  for (const path of documents(root)) {
    const document = relative(root, path);
    if (ofTheirTime.some((start) => document.startsWith(start))) continue;
    for (const [, name = ''] of readFileSync(path, 'utf8').matchAll(
      /`((?:core|main|renderer|models|test|docs)\/[\w./-]+)`/g,
    )) {
      named += 1;
      if (!existsSync(join(root, name))) missing.push(`${document}: ${name}`);
    }
  }
  expect(missing).toEqual([]);
  expect(named).toBeGreaterThan(20);
});
