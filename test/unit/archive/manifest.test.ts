import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { csvRecords } from '../../../main/archive/csv-records.ts';
import { readManifest } from '../../../main/archive/manifest.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const whole = { number: 1, of: 1 };

function manifest(text: string | Uint8Array): string {
  const path = join(folder(), 'studies');
  mkdirSync(path, { recursive: true });
  const file = join(path, 'manifest');
  writeFileSync(file, text);
  return file;
}

describe('a manifest', () => {
  it('is JSON lines, its paths from its own folder', async () => {
    const file = manifest(
      '{"study":"1.2.3","paths":["a/b.dcm","c"],"note":"other keys are the user’s"}\n\n{"paths":["/data/2"],"study":"S-2"}',
    );
    expect(await readManifest(file, whole)).toEqual([
      { id: '1.2.3', paths: [join(file, '../a/b.dcm'), join(file, '../c')] },
      { id: 'S-2', paths: ['/data/2'] },
    ]);
  });

  it('is a table, in whatever order of columns, as spreadsheets write it', async () => {
    const file = manifest('\uFEFFpaths,accession,study\r\n"a, b;c",7,1.2.3\r\n/data/2,"8 ""x""",S-2\r\n');
    expect(await readManifest(file, whole)).toEqual([
      { id: '1.2.3', paths: [join(file, '../a, b'), join(file, '../c')] },
      { id: 'S-2', paths: ['/data/2'] },
    ]);
  });

  it('is read by each shard in part, and by all of them whole', async () => {
    const ids = Array.from({ length: 100 }, (_, index) => `1.2.${index}`);
    const file = manifest(ids.map((study) => `${JSON.stringify({ study, paths: ['x'] })}\n`).join(''));
    const parts = await Promise.all(
      [1, 2, 3].map(async (number) => (await readManifest(file, { number, of: 3 })).map(({ id }) => id)),
    );
    expect(parts.flat().toSorted()).toEqual(ids.toSorted());
    expect(parts.every((part) => part.length > 15)).toBe(true);
  });

  it.each([
    ['{"study":"1","paths":["a"]}\n{"study":"2","paths":[]}', /^Line 2 names no files/],
    ['{"study":"1","paths":["a"]}\n{"study":"../2","paths":["a"]}', /^Line 2 has no "study"/],
    ['{"study":"nul","paths":["a"]}', /^Line 1 has no "study"/],
    ['{"study":"CON.1","paths":["a"]}', /^Line 1 has no "study"/],
    ['{"study":"a\\n","paths":["a"]}', /^Line 1 has no "study"/],
    ['{"study":".hidden","paths":["a"]}', /^Line 1 has no "study"/],
    ['{"study":"ends.","paths":["a"]}', /^Line 1 has no "study"/],
    ['{"study":"1","paths":["a"]}\n{"study":', /^Line 2 is no JSON/],
    ['{"study":"1","paths":["a"]}\n1,a', /^Line 2 is neither/],
    ['study,path\n1,a', /^Line 1 is neither/],
    ['study,paths\n1,"a', /^Line 2 is no line of a table/],
    ['study,paths\n1,', /^Line 2 names no files/],
    ['study,paths\n1,a\n2,b\n1,c', /^Line 4 names the study 1 again, which line 2 names/],
    ['study,paths\nS1,a\ns1,c', /^Line 3 names the study s1 again, which line 2 names/],
  ])('that says %j is refused with the line', async (text, message) => {
    await expect(readManifest(manifest(text), whole)).rejects.toMatchObject({
      code: 'bad-request',
      message: expect.stringMatching(message) as string,
    });
  });

  it('that is not there is said to be not there', async () => {
    await expect(readManifest(join(folder(), 'gone'), whole)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('lines of a table', () => {
  it('are found with their text as it stands there, over lines within quotes', () => {
    const lines = ['a,"b ""c"", d",', '"over\r\ntwo",,1.5', '"",é,x'];
    expect(csvRecords(`${lines.join('\r\n')}\r\n`)).toEqual([
      { raw: lines[0], cells: ['a', 'b "c", d', ''] },
      { raw: lines[1], cells: ['over\r\ntwo', '', '1.5'] },
      { raw: lines[2], cells: ['', 'é', 'x'] },
    ]);
    expect(csvRecords('a,b\nc,d')?.map(({ cells }) => cells)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
  });

  it.each(['a,"b', 'a"b,c', '"a"b,c', 'a\rb'])('that are none are refused: %j', (text) => {
    expect(csvRecords(text)).toBeNull();
  });
});
