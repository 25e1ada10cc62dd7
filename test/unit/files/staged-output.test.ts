import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { StagedOutput } from '../../../main/files/staged-output.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = (...names: string[]): string => readFileSync(join(...names), 'utf8');

async function staged(out: string, files: readonly string[]): Promise<StagedOutput> {
  const output = await StagedOutput.in(out);
  for (const name of files) await output.write(bytes('new'), ...name.split('/'));
  return output;
}

it('puts all files into place, beside what is there', async () => {
  const out = folder();
  mkdirSync(join(out, 'a'));
  writeFileSync(join(out, 'a', 'mine'), 'old');
  {
    await using output = await staged(out, ['a/b/c', 'a/d', 'e']);
    expect(await output.files()).toEqual(['a/b/c', 'a/d', 'e'].map((name) => join(...name.split('/'))));
    expect(await output.taken()).toEqual([]);
    await output.publish({ replace: false });
  }
  expect(readdirSync(out).sort()).toEqual(['a', 'e']);
  expect(read(out, 'a/b/c')).toBe('new');
  expect(read(out, 'a/mine')).toBe('old');
});

it('moves nothing where one file is there, unless it may be replaced', async () => {
  const out = folder();
  writeFileSync(join(out, 'b'), 'old');
  await using output = await staged(out, ['a/x', 'b', 'c']);
  expect(await output.taken()).toEqual(['b']);
  await expect(output.publish({ replace: false })).rejects.toMatchObject({
    code: 'file-exists',
    file: join(out, 'b'),
  });
  // What was moved before it is back, and so is the folder that was made for it.
  expect(readdirSync(out).filter((name) => !name.startsWith('.'))).toEqual(['b']);
  expect(read(out, 'b')).toBe('old');
  await output.publish({ replace: true });
  expect([read(out, 'a/x'), read(out, 'b'), read(out, 'c')]).toEqual(['new', 'new', 'new']);
});

it('gives back what was replaced where a later file cannot be put into place', async () => {
  const out = folder();
  writeFileSync(join(out, 'a'), 'old');
  // Somebody's folder, which is no file that may be replaced.
  mkdirSync(join(out, 'z'));
  writeFileSync(join(out, 'z', 'mine'), 'old');
  {
    await using output = await staged(out, ['a', 'm/n', 'z']);
    await expect(output.publish({ replace: true })).rejects.toMatchObject({
      code: 'unwritable',
      file: join(out, 'z'),
    });
  }
  expect(readdirSync(out).sort()).toEqual(['a', 'z']);
  expect(read(out, 'a')).toBe('old');
  expect(read(out, 'z/mine')).toBe('old');
});

it('takes back what one format wrote, and writes no name twice', async () => {
  const out = folder();
  await using output = await staged(out, ['a/x', 'a/y', 'b']);
  await expect(output.write(bytes('again'), 'b')).rejects.toMatchObject({ code: 'unwritable' });
  await output.discard('a');
  expect(await output.files()).toEqual(['b']);
});

it('copies a file, and names what it was to be where it cannot', async () => {
  const out = folder();
  const from = join(folder(), 'clip');
  writeFileSync(from, 'pixels');
  await using output = await staged(out, []);
  await output.copy(from, 'DICOM', 'IMG00001');
  await output.publish({ replace: false });
  expect(read(out, 'DICOM/IMG00001')).toBe('pixels');
  await expect(output.write(bytes('x'), 'x'.repeat(300))).rejects.toMatchObject({
    code: 'unwritable',
    file: join(out, 'x'.repeat(300)),
  });
});

it('leaves nothing of a part that was never published', async () => {
  const out = folder();
  {
    await using output = await staged(out, ['a']);
    expect(existsSync(output.path('a'))).toBe(true);
  }
  expect(readdirSync(out)).toEqual([]);
});

it('has a file in every place at every moment while it replaces, whenever its process is killed', async () => {
  const out = folder();
  const names = Array.from({ length: 300 }, (_, index) => `f${index}`);
  for (const name of names) writeFileSync(join(out, name), 'old');
  await using output = await staged(out, names);
  let published = false;
  const publishing = output.publish({ replace: true }).finally(() => (published = true));
  const missing = new Set<string>();
  while (!published) {
    for (const name of names) if (!existsSync(join(out, name))) missing.add(name);
    await new Promise(setImmediate);
  }
  await publishing;
  expect([...missing]).toEqual([]);
  expect(names.map((name) => read(out, name)).filter((text) => text !== 'new')).toEqual([]);
});
