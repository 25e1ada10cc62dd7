import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkBackup } from '../../../main/backup/check-backup.ts';
import { stageRestore } from '../../../main/backup/stage-restore.ts';
import { writeBackup, type BackupProgress } from '../../../main/backup/write-backup.ts';
import { Library } from '../../../main/library/library.ts';
import { clipFacts, manualTrace, studyFacts } from '../../fixtures/library/facts.ts';
import { addClip } from '../../fixtures/library/seeded-library.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const commandLine = resolve(import.meta.dirname, '../../../main/cli/systola.ts');
const { signal } = new AbortController();
const studies = ['1.2.3', '1.2.4', '1.2.5'];
let path: string;
let backup: string;
let library: Library;

const going = (onProgress: (progress: BackupProgress) => void = () => undefined) => ({ signal, onProgress });
const write = (onProgress?: (progress: BackupProgress) => void) =>
  writeBackup(library, backup, 'test', going(onProgress));
const stored = (): string[] =>
  readdirSync(join(path, 'files'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.dcm'))
    .map((name) => join(path, 'files', name));

/** Does something once, after the first file was copied. */
function afterFirst(act: () => void): (progress: BackupProgress) => void {
  return ({ done }) => {
    if (done === 1) act();
  };
}

beforeEach(async () => {
  path = folder();
  backup = join(folder(), 'backup');
  library = await Library.open(path);
  for (const uid of studies) {
    const clip = clipFacts({ studyInstanceUid: uid, sopInstanceUid: `${uid}.1`, fileName: `${uid}.dcm` });
    await addClip(library, clip, studyFacts({ studyInstanceUid: uid }));
  }
  mkdirSync(join(path, 'languages'));
  for (const name of ['xa.json', 'xb.json']) writeFileSync(join(path, 'languages', name), '{}');
});
afterEach(() => library.close());

/** What is left out is named with its reason; everything else is kept, checked, and restored. */
async function expectLeftOut(written: Awaited<ReturnType<typeof write>>, names: readonly string[]) {
  expect(written.leftOut.map(({ name }) => name)).toEqual(names);
  for (const { reason } of written.leftOut) expect(reason.length).toBeGreaterThan(10);
  expect(written.record.missing).toEqual(names);
  expect(library.audit.entries().at(-1)).toMatchObject({ outcome: 4, detail: { missing: names } });
  const checked = await checkBackup(written.state, going());
  expect(checked.faults).toEqual([]);
  expect(checked.record.missing).toEqual(names);
  expect((await stageRestore(folder(), written.state, going())).missing).toEqual(names);
}

describe('a backup names the file and keeps all others when', () => {
  it('a file beside the database vanishes', async () => {
    const written = await write(afterFirst(() => rmSync(join(path, 'languages', 'xb.json'))));
    await expectLeftOut(written, ['languages/xb.json']);
    expect(written.record.others.map((one) => one.path)).toContain('languages/xa.json');
    expect(written.record.files).toHaveLength(3);
  });

  it('a picture vanishes', async () => {
    const last = library.stored.named().at(-1)!;
    const written = await write(afterFirst(() => rmSync(library.files.path(last.sha256))));
    await expectLeftOut(written, [last.name]);
    expect(written.record.files).toHaveLength(2);
  });

  it('a file keeps changing', async () => {
    const growing = join(path, 'languages', 'xb.json');
    writeFileSync(growing, Buffer.alloc(4 << 20, 32));
    let ended = false;
    const grow = (): void => {
      appendFileSync(growing, 'x');
      if (!ended) setImmediate(grow);
    };
    grow();
    const written = await write().finally(() => (ended = true));
    await expectLeftOut(written, ['languages/xb.json']);
    expect(written.leftOut[0]?.reason).toContain('changed');
  });

  it.runIf(process.platform !== 'win32')('a file becomes a link, a pipe, a folder', async () => {
    const kinds: Readonly<Record<string, (at: string) => void>> = {
      link: (at) => symlinkSync('/etc/hostname', at),
      pipe: (at) => void spawnSync('mkfifo', [at]),
      folder: (at) => mkdirSync(at),
    };
    for (const [kind, make] of Object.entries(kinds)) {
      const at = join(path, 'languages', 'xb.json');
      const exchange = (): void => {
        rmSync(at, { recursive: true });
        make(at);
      };
      const written = await write(afterFirst(exchange));
      expect(
        written.leftOut.map(({ name }) => name),
        kind,
      ).toEqual(['languages/xb.json']);
      rmSync(at, { recursive: true });
      writeFileSync(at, '{}');
    }
  });

  it.runIf(process.platform !== 'win32')('a picture becomes a pipe', async () => {
    const last = library.stored.named().at(-1)!;
    const exchange = (): void => {
      rmSync(library.files.path(last.sha256));
      spawnSync('mkfifo', [library.files.path(last.sha256)]);
    };
    await expectLeftOut(await write(afterFirst(exchange)), [last.name]);
  });

  it('a folder is a link: it is said, as what lies behind it is not kept', async () => {
    renameSync(join(path, 'languages'), join(folder(), 'elsewhere'));
    symlinkSync(folder(), join(path, 'languages'));
    await expectLeftOut(await write(), ['languages']);
  });

  it.runIf(process.platform === 'linux')('a file may not be read', () => {
    library.close();
    const [first] = stored();
    const isRoot = process.getuid?.() === 0;
    const nobody = isRoot ? { uid: 65534, gid: 65534 } : {};
    mkdirSync(backup);
    if (isRoot) spawnSync('chown', ['-R', '65534:65534', path, resolve(backup, '..')]);
    if (isRoot) spawnSync('chown', ['root:root', first!, join(path, 'languages', 'xb.json')]);
    for (const one of [first!, join(path, 'languages', 'xb.json')]) chmodSync(one, 0);
    const args = ['--no-warnings', commandLine, 'backup', backup, '--library', path];
    const ran = spawnSync(process.execPath, args, {
      encoding: 'utf8',
      ...nobody,
      env: { ...process.env, HOME: path },
    });
    expect(ran.stderr).toContain('languages/xb.json: No permission to read it.');
    expect(ran.stderr).toContain('The backup is incomplete: 2 files are not in it.');
    expect(ran.status).toBe(1);
    const state = ran.stdout.trim();
    const check = [...args.slice(0, 2), 'backup', '--check', state];
    expect(spawnSync(process.execPath, check, { encoding: 'utf8' })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('languages/xb.json: could not be backed up') as string,
    });
  });
});

it('what is deleted goes when the backup is written, which holds all that its database names', async () => {
  const removal = library.care.remove('1.2.5', null);
  const file = library.care.pending().length === 1 ? stored() : [];
  let gone = false;
  let leaving: Promise<void> | null = null;
  const written = await write(
    afterFirst(() => (leaving = library.care.carryOut(removal.id).then(() => void (gone = true)))),
  );
  expect(written.leftOut).toEqual([]);
  expect(written.record.files).toHaveLength(3);
  expect(gone).toBe(false);
  await leaving;
  expect(stored()).toHaveLength(file.length - 1);
});

it('a backup is not stopped by work that goes on, and holds a revision wholly or not at all', async () => {
  let drawn = 0;
  const draw = (): void => {
    const { head } = library.study('1.2.3');
    const change = {
      slot: 'trace' as const,
      structure: 'lv-cavity',
      sopInstanceUid: '1.2.3.1',
      frame: drawn,
    };
    library.revisions.append('1.2.3', head, {
      ...{ author: 'reader', kind: 'edit', label: `${drawn}`, target: null },
      changes: [{ ...change, before: null, after: manualTrace(50) }],
    });
    drawn += 1;
  };
  const written = await write(draw);
  expect(drawn).toBeGreaterThan(3);
  expect(written.leftOut).toEqual([]);
  const restored = folder();
  await stageRestore(restored, written.state, going());
  const other = await Library.open(restored);
  try {
    expect(other.study('1.2.3').history.length).toBeLessThanOrEqual(drawn);
    expect(other.audit.firstBrokenEntry()).toBeNull();
  } finally {
    other.close();
  }
  expect(statSync(written.state).isDirectory()).toBe(true);
});
