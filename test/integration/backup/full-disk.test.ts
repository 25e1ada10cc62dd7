import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkBackup } from '../../../main/backup/check-backup.ts';
import { stageRestore } from '../../../main/backup/stage-restore.ts';
import { statesOf, writeBackup } from '../../../main/backup/write-backup.ts';
import { Library } from '../../../main/library/library.ts';
import { clipFacts, studyFacts } from '../../fixtures/library/facts.ts';
import { addClip } from '../../fixtures/library/seeded-library.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const commandLine = resolve(import.meta.dirname, '../../../main/cli/systola.ts');
const quiet = { signal: new AbortController().signal, onProgress: () => undefined };
const mounted: string[] = [];
const mount = (path: string, size: string) =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]).status === 0;

const mayMount = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const path = '/tmp/systola-may-mount-backup';
  mkdirSync(path, { recursive: true });
  return mount(path, '1m') && spawnSync('umount', [path]).status === 0;
})();
if (!mayMount) console.log('Skipped: full disk (only where a small disk may be mounted).');

afterEach(() => {
  for (const path of mounted.splice(0)) spawnSync('umount', ['-l', path]);
});

function smallDisk(size: string): string {
  const path = folder();
  expect(mount(path, size)).toBe(true);
  mounted.push(path);
  return path;
}

/** A library of so many studies with something beside its database. */
async function filled(path: string, studies: number, ballastBytes: number): Promise<Library> {
  const library = await Library.open(path);
  for (let study = 1; study <= studies; study += 1) {
    const uid = `1.2.${study}`;
    const clip = clipFacts({ studyInstanceUid: uid, sopInstanceUid: `${uid}.1` });
    await addClip(library, clip, studyFacts({ studyInstanceUid: uid }));
  }
  mkdirSync(join(path, 'languages'));
  writeFileSync(join(path, 'languages', 'xx.json'), Buffer.alloc(ballastBytes, 32));
  return library;
}

describe.runIf(mayMount)('a full disk', () => {
  it('ends a backup with the reason; earlier states are whole, and it goes on once there is space', async () => {
    const disk = smallDisk('3m');
    const library = await filled(folder(), 3, 400_000);
    const backup = join(disk, 'backup');
    const first = await writeBackup(library, backup, 'test', quiet);
    const filling = join(disk, 'filling');
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(filling, Buffer.alloc(bavail * bsize - 100_000));
    await expect(writeBackup(library, backup, 'test', quiet)).rejects.toMatchObject({ code: 'disk-full' });
    expect(await statesOf(backup)).toEqual([first.state]);
    expect((await checkBackup(first.state, quiet)).faults).toEqual([]);
    expect(readdirSync(backup).filter((name) => name.startsWith('.'))).toEqual([]);
    // The library itself is on another disk, and goes on.
    expect(library.condition).toBe('sound');
    rmSync(filling);
    const second = await writeBackup(library, backup, 'test', quiet);
    expect((await checkBackup(second.state, quiet)).faults).toEqual([]);
    library.close();
  });

  it('ends restoring with the reason; the library is as it was, and restores once there is space', async () => {
    const disk = smallDisk('4m');
    const path = join(disk, 'library');
    const other = await filled(folder(), 5, 1_500_000);
    const backup = join(folder(), 'backup');
    const { state } = await writeBackup(other, backup, 'test', quiet);
    other.close();
    const library = await filled(path, 2, 1000);
    const before = library.summaries();
    const filling = join(disk, 'filling');
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(filling, Buffer.alloc(bavail * bsize - 1_000_000));
    await expect(stageRestore(path, state, quiet)).rejects.toMatchObject({ code: 'disk-full' });
    expect(readdirSync(path)).not.toContain('restoring');
    library.close();
    // The command line says so too, and leaves it alone.
    const args = ['--no-warnings', commandLine, 'restore', state, '--library', path];
    const ran = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(ran).toMatchObject({ status: 2, stderr: expect.stringMatching(/disk is full/i) as string });
    const again = await Library.open(path);
    expect(again.summaries()).toEqual(before);
    again.close();
    rmSync(filling);
    await stageRestore(path, state, quiet);
    const restored = await Library.open(path);
    expect(restored.summaries()).toHaveLength(5);
    restored.close();
  });
});

it('a library that is in use is not restored from the command line, and stays what it is', async () => {
  const path = folder();
  const library = await filled(path, 2, 10);
  const backup = join(folder(), 'backup');
  const { state } = await writeBackup(library, backup, 'test', quiet);
  const before = library.summaries();
  const args = ['--no-warnings', commandLine, 'restore', state, '--library', path];
  const ran = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect(ran).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('open in another Systola') as string,
  });
  expect(readdirSync(path)).not.toContain('restoring');
  // Laid ready while it is in use, nothing changes until it is opened anew.
  await stageRestore(path, state, quiet);
  library.care.correctPatient(['1.2.1'], { patientId: 'OTHER' });
  await expect(Library.open(path)).rejects.toMatchObject({ code: 'library-locked' });
  expect(library.study('1.2.1').facts.patient.patientId).toBe('OTHER');
  library.close();
  const restored = await Library.open(path);
  expect(restored.summaries()).toEqual(before);
  expect(restored.audit.firstBrokenEntry()).toBeNull();
  restored.close();
});
