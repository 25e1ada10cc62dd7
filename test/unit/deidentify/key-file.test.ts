import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { keyInFile } from '../../../main/deidentify/key-file.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();

describe('the file of a project’s key', () => {
  it('has one key, whoever makes it first of many at once, and lies there alone', async () => {
    const path = join(folder(), 'project', 'key');
    const made = await Promise.all(Array.from({ length: 12 }, () => keyInFile(path)));
    expect(new Set(made.map(({ key }) => Buffer.from(key.bytes).toString('hex'))).size).toBe(1);
    expect(made.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(readdirSync(join(path, '..'))).toEqual(['key']);
    if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    expect((await keyInFile(path)).isNew).toBe(false);
  });
});
