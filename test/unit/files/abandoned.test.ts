import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import { sweepAnalyses } from '../../../main/cli/sweep-analyses.ts';
import { isAbandoned, ownerTag, removeAbandoned } from '../../../main/files/abandoned.ts';
import { placeOf } from '../../../main/files/process-place.ts';
import { writeAtomically } from '../../../main/files/write-atomically.ts';
import { openDatabase } from '../../../main/library/database.ts';
import { sweepHiddenFolders } from '../../../main/models/hidden-folders.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const module = pathToFileURL(join(import.meta.dirname, '../../../main/files/abandoned.ts')).href;

/** The tag of a process that has ended by now. */
const ended = ((): string => {
  const script = `import { ownerTag } from '${module}'; console.log(ownerTag());`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  return stdout.trim();
})();
const otherComputer = ended.replace(/^......../, '00000000');

it('tells what an ended process left from what is in use, here or on another computer', async () => {
  const own = ownerTag();
  expect(ended).toMatch(/^[0-9a-f]{8}-(p[0-9a-f]{8}-)?\d+-[0-9a-f]{12}$/);
  expect([ended, own, otherComputer, 'report'].map((name) => isAbandoned(name))).toEqual([
    true,
    false,
    false,
    null,
  ]);
  // A process of this number that is another one: it ended, and the number came again.
  expect(isAbandoned(own.replace(/.{12}$/, 'abcdefabcdef'))).toBe(true);
  const path = folder();
  for (const tag of [ended, own, otherComputer]) mkdirSync(join(path, `.systola-${tag}-x`));
  mkdirSync(join(path, `mine-${ended}`));
  await removeAbandoned(path, '.systola-');
  expect(readdirSync(path).sort()).toEqual(
    [`.systola-${own}-x`, `.systola-${otherComputer}-x`, `mine-${ended}`].sort(),
  );
});

it('leaves to another container of this name, or to this computer before it started again, what is at work', async () => {
  // The number is that of a process that ended here, and may be another one's there.
  const elsewhere = ended.replace(/-(p[0-9a-f]{8}-)?(?=\d+-)/, '-p00000000-');
  const path = folder();
  const [busy, half, silent] = ['1', '2', '3'].map((end) => join(path, `.systola-${elsewhere}-${end}`));
  for (const one of [busy!, half!, silent!]) {
    mkdirSync(join(one, 'study'), { recursive: true });
    writeFileSync(join(one, 'study', 'clip.dcm'), 'half');
  }
  const dayBefore = new Date(Date.now() - 25 * 3600 * 1000);
  const old = (...paths: string[]): void => {
    for (const one of paths) utimesSync(one, dayBefore, dayBefore);
  };
  old(join(half!, 'study'), half!);
  old(join(silent!, 'study', 'clip.dcm'), join(silent!, 'study'), silent!);
  await removeAbandoned(path, '.systola-');
  expect(readdirSync(path).sort()).toEqual([busy!, half!].map((one) => basename(one)));
  // Without what it names, nobody knows.
  expect(isAbandoned(elsewhere)).toBe(false);
  // What an earlier version left says nothing of it.
  expect(isAbandoned(ended.replace(/-p[0-9a-f]{8}/, ''))).toBe(true);
});

it('counts processes by start of the computer and by container', () => {
  const places = [
    placeOf('boot', 'pid:[1]'),
    placeOf('boot', 'pid:[2]'),
    placeOf('later boot', 'pid:[1]'),
    placeOf('boot', null),
  ];
  expect(new Set(places).size).toBe(4);
  expect(places).toEqual(places.map(() => expect.stringMatching(/^[0-9a-f]{8}$/)));
  expect(placeOf(null, null)).toBeNull();
});

it('goes when the same file is written, when the library opens, and before the next analysis', async () => {
  const out = folder();
  writeFileSync(join(out, `.report.pdf.${ended}.part`), 'half');
  writeFileSync(join(out, `.other.pdf.${ended}.part`), 'of another file');
  await writeAtomically(join(out, 'report.pdf'), 'whole');
  expect(readdirSync(out).sort()).toEqual([`.other.pdf.${ended}.part`, 'report.pdf']);

  const models = folder();
  for (const name of [`.adding-${ended}`, `.removed-${ended}`, `.adding-${ownerTag()}`, 'model']) {
    mkdirSync(join(models, name));
  }
  await sweepHiddenFolders(models);
  expect(readdirSync(models).filter((name) => name.includes(ended))).toEqual([]);
  expect(readdirSync(models)).toHaveLength(2);

  const temporary = folder();
  const library = (name: string): string => {
    const path = join(temporary, `systola-analyze-${name}`);
    mkdirSync(path);
    return path;
  };
  openDatabase(join(library(`${ended}-killed`), 'library.sqlite')).close();
  openDatabase(join(library('1NAmeOf'), 'library.sqlite')).close();
  library(`${ended}-early`);
  const held = openDatabase(join(library(`${ended}-held`), 'library.sqlite'));
  openDatabase(join(library(`${ownerTag()}-own`), 'library.sqlite')).close();
  mkdirSync(join(temporary, 'something else'));
  await sweepAnalyses(temporary);
  expect(
    readdirSync(temporary)
      .filter((name) => !name.includes('-own'))
      .sort(),
  ).toEqual(['something else', `systola-analyze-${ended}-held`].sort());
  expect(readdirSync(temporary)).toHaveLength(3);
  held.close();
});
