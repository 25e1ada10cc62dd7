import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Library } from '../../../main/library/library.ts';
import { addClip } from '../../fixtures/library/seeded-library.ts';
import { buildDicom, type DicomOptions } from '../../fixtures/dicom/build.ts';
import { readWithDcmjs } from '../../fixtures/dicom/dcmjs.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const command = join(import.meta.dirname, '../../../main/cli/systola.ts');
const sample = join(import.meta.dirname, '../../../assets/sample-study');

function run(...args: readonly string[]) {
  const { status, stderr, stdout } = spawnSync(
    process.execPath,
    ['--no-warnings', command, 'deidentify', ...args],
    {
      encoding: 'utf8',
    },
  );
  return { status, said: stderr + stdout };
}

const dicomIn = (path: string): string[] =>
  readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.dcm'))
    .toSorted();

/** A mask of all of the small pictures that the fixtures build. */
function masks(path: string): string {
  const mask = {
    areas: [
      [
        [-1, -1],
        [24, -1],
        [24, 16],
        [-1, 16],
      ],
    ],
  };
  writeFileSync(
    path,
    JSON.stringify({ schema: 'systola-masks/1', masks: [{ rows: 16, columns: 24, mask }] }),
  );
  return path;
}

function clips(path: string, ...files: DicomOptions[]): string {
  mkdirSync(path, { recursive: true });
  files.forEach((options, index) => writeFileSync(join(path, `clip-${index}.dcm`), buildDicom(options)));
  return path;
}

/** Whether this user may mount a disk of a given size, which is what a full one is tested with. */
const mount = (path: string): boolean =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', path]).status === 0;
const mayMount = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const path = '/tmp/systola-may-mount-deidentified';
  mkdirSync(path, { recursive: true });
  return mount(path) && spawnSync('umount', [path]).status === 0;
})();
if (!mayMount) console.log('Skipped: a full disk (only where a small disk may be mounted).');

const value = (path: string, tag: string): unknown => readWithDcmjs(readFileSync(path)).dict[tag]?.Value[0];

describe('systola deidentify', () => {
  it('writes the sample study, the same with the same key, and says who is who only where it is told to', () => {
    const home = folder();
    const [key, mapping, first, second] = ['p.key', 'm/mapping.csv', 'first', 'second'].map((name) =>
      join(home, name),
    ) as [string, string, string, string];
    const options = ['--preset', 'longitudinal', '--key-file', key, '--pixels-checked'];
    const clip = join(sample, 'a4c.dcm');
    const one = run(clip, ...options, '--out', first, '--mapping', mapping);
    expect(one).toMatchObject({ status: 0 });
    expect(one.said).toContain('1 clip written');
    expect(one.said).toContain('a new key');
    const again = run(clip, ...options, '--out', second);
    expect(again).toMatchObject({ status: 0 });
    const names = dicomIn(first);
    expect(names).toHaveLength(1);
    expect(dicomIn(second)).toEqual(names);
    for (const name of names)
      expect(readFileSync(join(second, name))).toEqual(readFileSync(join(first, name)));
    expect(readdirSync(first)).toEqual([expect.stringMatching(/^S-[0-9A-Z]{10}$/)]);
    expect(statSync(key).mode & 0o777).toBe(0o600);
    expect(statSync(mapping).mode & 0o777).toBe(0o600);
    const lines = readFileSync(mapping, 'utf8').trim().split('\r\n');
    expect(lines).toHaveLength(2);
    for (const name of names) expect(lines.join('\n')).toContain(name.split('/').at(-1)!.replace('.dcm', ''));
    const [name] = names;
    expect(value(join(first, name!), '00120062')).toBe('YES');
    expect(value(join(first, name!), '00280301')).toBe('NO');
    expect(value(join(first, name!), '00280303')).toBe('MODIFIED');
  });

  it('does not say that nobody is named in pictures that nobody has looked at', () => {
    const home = folder();
    const out = join(home, 'out');
    const previews = join(home, 'previews');
    const { status, said } = run(
      join(sample, 'a4c.dcm'),
      '--preset',
      'sharing',
      '--out',
      out,
      '--previews',
      previews,
    );
    expect(status).toBe(0);
    expect(said).toContain('names may be in their pictures');
    expect(said).toContain('is not kept');
    const [name] = dicomIn(out);
    expect(value(join(out, name!), '00120062')).toBe('NO');
    expect(value(join(out, name!), '00280301')).toBe('YES');
    expect(readdirSync(previews).toSorted()).toEqual([
      expect.stringMatching(/-goes\.png$/),
      expect.stringMatching(/-stays\.png$/),
    ]);
  });

  it('follows choices by tag, and claims less where they keep what the profile takes out', () => {
    const home = folder();
    const from = clips(join(home, 'in'), {
      elements: [
        { tag: '00081010', vr: 'SH', value: 'ECHO-3' },
        { tag: '00080050', vr: 'SH', value: 'A-77777' },
        { tag: '00181020', vr: 'LO', value: '9.1' },
      ],
    });
    const out = join(home, 'out');
    const { status } = run(
      ...[
        from,
        '--preset',
        'sharing',
        '--out',
        out,
        '--pixels-checked',
        '--masks',
        masks(join(home, 'masks.json')),
      ],
      ...['--keep', 'StationName', '--pseudonymise', '0008,0050', '--remove', '(0018,1020)'],
    );
    expect(status).toBe(0);
    const file = join(out, dicomIn(out)[0]!);
    expect(value(file, '00081010')).toBe('ECHO-3');
    expect(String(value(file, '00080050')).trim()).toMatch(/^A-[0-9A-Z]{10}$/);
    expect(value(file, '00181020')).toBeUndefined();
    expect(value(file, '00120062')).toBe('NO');
    const { dict } = readWithDcmjs(readFileSync(file));
    expect(JSON.stringify(dict['00120064'])).not.toContain('113100');
    expect(JSON.stringify(dict['00120063'])).toContain('(0008,1010) keep');
  });

  it('names what it refuses, writes the rest, and takes the same clip once', () => {
    const home = folder();
    const from = clips(
      join(home, 'in'),
      { sopInstanceUid: '1.2.3.1' },
      { sopInstanceUid: '1.2.3.1' },
      { sopInstanceUid: '1.2.3.2' },
    );
    cpSync(join(from, 'clip-0.dcm'), join(from, 'copy.dcm'));
    writeFileSync(join(from, 'report.dcm'), buildDicom({ sopClassUid: '1.2.840.10008.5.1.4.1.1.88.33' }));
    writeFileSync(
      join(from, 'other.dcm'),
      buildDicom({ sopInstanceUid: '1.2.3.1', patientName: 'Other', frameTimeMs: 33 }),
    );
    writeFileSync(join(from, 'notes.txt'), 'notes');
    const out = join(home, 'out');
    const { status, said } = run(
      from,
      '--preset',
      'sharing',
      '--out',
      out,
      '--masks',
      masks(join(home, 'masks.json')),
    );
    expect(status).toBe(1);
    expect(said).toMatch(/report\.dcm: .*Comprehensive SR.*\(unsupported-sop-class\)/);
    expect(said).toMatch(/other\.dcm: .*\(duplicate-instance\)/);
    expect(said).toContain('passed over: notes.txt');
    expect(dicomIn(out)).toHaveLength(2);
  });

  it('refuses a clip whose pictures nobody can tell the names in', () => {
    const home = folder();
    const from = clips(join(home, 'in'), {});
    const out = join(home, 'out');
    const previews = join(home, 'previews');
    const { status, said } = run(from, '--preset', 'sharing', '--out', out, '--previews', previews);
    expect(status).toBe(2);
    expect(said).toContain('--masks');
    expect(readdirSync(out)).toEqual([]);
    expect(readdirSync(previews)).toContain('1.2.3.4.1-goes.png');
  });

  it('leaves nothing in a target that it cannot use', () => {
    const home = folder();
    const full = join(home, 'full');
    mkdirSync(full);
    writeFileSync(join(full, 'identified.dcm'), 'x');
    const before = run(sample, '--preset', 'sharing', '--out', full);
    expect(before).toMatchObject({ status: 64 });
    expect(before.said).toContain('not empty');
    expect(readdirSync(full)).toEqual(['identified.dcm']);
    for (const [option, name] of [
      ['--key-file', 'p.key'],
      ['--mapping', 'm.csv'],
      ['--previews', 'p'],
    ] as const) {
      const out = join(home, 'beside');
      expect(run(sample, '--preset', 'sharing', '--out', out, option, join(out, name))).toMatchObject({
        status: 64,
      });
      expect(existsSync(out)).toBe(false);
    }
    const bad = join(home, 'bad.key');
    writeFileSync(bad, 'no key');
    const out = join(home, 'keyless');
    expect(run(sample, '--preset', 'sharing', '--out', out, '--key-file', bad)).toMatchObject({ status: 2 });
    expect(readdirSync(out)).toEqual([]);
  });

  it('refuses a command line that it cannot follow', () => {
    const out = ['--out', join(folder(), 'out')];
    for (const args of [
      [],
      [sample, ...out],
      [sample, '--preset', 'open', ...out],
      [sample, '--preset', 'sharing'],
      [sample, '--preset', 'sharing', ...out, '--keep', 'NoSuchThing'],
      [sample, '--preset', 'sharing', ...out, '--keep', '0009,1001'],
      [sample, '--preset', 'sharing', ...out, '--keep', '6000,3000'],
      [sample, '--preset', 'sharing', ...out, '--keep', '0012,0062'],
      [sample, '--preset', 'sharing', ...out, '--remove', 'SOPInstanceUID'],
      [sample, '--preset', 'sharing', ...out, '--remove', 'StudyID', '--keep', 'StudyID'],
    ]) {
      expect([args, run(...args).status]).toEqual([args, 64]);
    }
  });

  it('leaves nothing behind when it is stopped', async () => {
    const out = join(folder(), 'out');
    const child = spawn(process.execPath, [
      '--no-warnings',
      command,
      'deidentify',
      sample,
      '--preset',
      'sharing',
      '--out',
      out,
    ]);
    let said = '';
    const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
    const begun = new Promise<void>((resolve) =>
      child.stderr.on('data', (text: Buffer) => {
        said += text.toString();
        if (said.includes('is not kept')) resolve();
      }),
    );
    await begun;
    child.kill('SIGINT');
    expect(await ended).toBe(130);
    expect(said).toContain('nothing was written');
    expect(readdirSync(out)).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0)('says that it may not write', () => {
    const home = folder();
    const out = join(home, 'out');
    mkdirSync(out);
    chmodSync(out, 0o500);
    expect(run(sample, '--preset', 'sharing', '--out', out)).toMatchObject({ status: 2 });
    chmodSync(out, 0o700);
  });

  it.runIf(mayMount)('leaves nothing on a disk that gets full', () => {
    const out = join(folder(), 'out');
    mkdirSync(out);
    expect(mount(out)).toBe(true);
    try {
      const { status, said } = run(sample, '--preset', 'sharing', '--out', out);
      expect(status).toBe(2);
      expect(said).toContain('(disk-full)');
      expect(said).toContain('Nothing was written');
      expect(readdirSync(out)).toEqual([]);
    } finally {
      spawnSync('umount', ['-l', out]);
    }
  });
});

describe('systola mapping', () => {
  it('says who is who of a study that is in a library, once, to a new file', async () => {
    const path = folder();
    const library = await Library.open(path);
    const { studyInstanceUid } = await addClip(library);
    library.close();
    const out = join(folder(), 'who.csv');
    const mapping = (...more: string[]) =>
      spawnSync(
        process.execPath,
        ['--no-warnings', command, 'mapping', ...more, '--library', path, '--out', out],
        { encoding: 'utf8' },
      );
    expect(mapping(studyInstanceUid)).toMatchObject({ status: 64 });
    expect(mapping('1.2.3.999', '--preset', 'sharing')).toMatchObject({ status: 1 });
    expect(existsSync(out)).toBe(false);
    expect(mapping(studyInstanceUid, '--preset', 'sharing')).toMatchObject({ status: 0 });
    const [head, row] = readFileSync(out, 'utf8').split('\r\n');
    expect(head).toContain('new_sop_uid');
    expect(row).toMatch(/,S-[0-9A-Z]{10},,/);
    expect(statSync(out).mode & 0o777).toBe(0o600);
    expect(mapping(studyInstanceUid, '--preset', 'sharing')).toMatchObject({ status: 1 });
  });
});
