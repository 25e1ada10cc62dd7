import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hashOfCode, rulesHash } from '../../../main/worklist/rules-hash.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();

it('is another when a rule is, and for nothing else', () => {
  const core = folder();
  mkdirSync(join(core, 'volume'));
  writeFileSync(join(core, 'volume', 'disks.ts'), 'export const disks = 20;');
  const before = hashOfCode(core);
  writeFileSync(join(core, 'en.json'), '{}');
  expect(hashOfCode(core)).toBe(before);
  writeFileSync(join(core, 'volume', 'disks.ts'), 'export const disks = 30;');
  const after = hashOfCode(core);
  expect(after).not.toBe(before);
  writeFileSync(join(core, 'more.js'), '');
  expect(hashOfCode(core)).not.toBe(after);
});

it('finds the rules of this installation', () => {
  expect(rulesHash()).toMatch(/^[0-9a-f]{64}$/);
  expect(rulesHash()).not.toBe(hashOfCode(folder()));
});
