import { chmodSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../../../main/files/make-folder.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();

it('makes what is missing, and says what that was', async () => {
  const there = folder();
  expect(await makeFolder(join(there, 'a', 'b'), 0o700)).toEqual([join(there, 'a'), join(there, 'a', 'b')]);
  expect(statSync(join(there, 'a', 'b')).mode & 0o777).toBe(0o700);
  expect(await makeFolder(join(there, 'a', 'b'))).toEqual([]);
});

it('is made once by several at once', async () => {
  const path = join(folder(), 'a', 'b', 'c');
  const made = await Promise.all(Array.from({ length: 8 }, () => makeFolder(path)));
  expect(existsSync(path)).toBe(true);
  expect(made.flat().sort()).toEqual([join(path, '..', '..'), join(path, '..'), path]);
});

it('ends where a file is in the way', async () => {
  const there = folder();
  writeFileSync(join(there, 'file'), '');
  await expect(makeFolder(join(there, 'file', 'b'))).rejects.toMatchObject({ code: 'EEXIST' });
  await expect(makeFolder(join(there, 'file'))).rejects.toMatchObject({ code: 'EEXIST' });
});

it.runIf(existsSync('/proc/self'))('ends where no folder can be made at all', async () => {
  await expect(makeFolder('/proc/systola/a')).rejects.toMatchObject({ code: 'ENOENT' });
});

it.skipIf(process.getuid?.() === 0)('says where it may not', async () => {
  const there = folder();
  chmodSync(there, 0o500);
  await expect(makeFolder(join(there, 'a'))).rejects.toMatchObject({ code: 'EACCES' });
});
