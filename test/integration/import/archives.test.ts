import { existsSync, readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildZip } from '../../fixtures/zip/build-zip.ts';
import { processCpuMs } from '../../fixtures/cpu-time.ts';
import { folder, importer, instance, leftovers } from './importer.ts';

describe('archives', () => {
  const archive = (...entries: Parameters<typeof buildZip>[0]) => {
    const path = join(folder(), 'study.zip');
    writeFileSync(path, buildZip(entries));
    return path;
  };

  it('give their DICOM files, whatever the entries are called', async () => {
    const path = archive(
      { name: 'a/', content: Buffer.alloc(0), method: 'stored' },
      { name: 'a/1.dcm', content: instance(1) },
      { name: '../../2.dcm', content: instance(2), method: 'stored' },
      { name: '/etc/3.dcm', content: instance(3) },
      { name: 'notes.txt', content: Buffer.from('notes') },
      { name: '__MACOSX/._1.dcm', content: Buffer.from('x') },
    );
    const { take } = await importer();
    const state = await take(path);
    expect(state).toMatchObject({ state: 'finished', accepted: 3 });
    expect(state).toMatchObject({ rejected: [], passedOver: { names: [`${path}/notes.txt`] } });
  });

  it('without any DICOM file are one line, not one for each part', async () => {
    const parts = ['a.xml', 'b.xml'].map((name) => ({ name, content: Buffer.from('<xml/>') }));
    const path = archive(...parts);
    const { take } = await importer();
    const state = await take(path);
    expect(state).toMatchObject({ rejected: [], passedOver: { count: 1, names: [path] } });
  });

  it('inside archives are refused', async () => {
    const inner = buildZip([{ name: '1.dcm', content: instance(1) }]);
    const { take } = await importer();
    expect(await take(archive({ name: 'inner.zip', content: inner }))).toMatchObject({
      accepted: 0,
      rejected: [{ code: 'unreadable' }],
    });
  });

  it('of a viewer on a disc, which are archives inside, are passed over with its other programs', async () => {
    const inner = buildZip([{ name: 'icons.png', content: Buffer.from('x') }]);
    const path = archive(
      { name: 'IM1', content: instance(1) },
      ...['viewer/resources.jar', 'viewer/Help.DOCX', 'viewer/a.dll'].map((name) => ({
        name,
        content: inner,
      })),
    );
    const { take } = await importer();
    const state = await take(path);
    expect(state).toMatchObject({ accepted: 1, passedOver: { count: 2 } });
    // What only looks like a program by its name is still an archive that may hold recordings.
    expect(state.rejected).toMatchObject([{ code: 'unreadable', file: `${path}/viewer/a.dll` }]);
  });

  it('that lie about sizes or contents are refused, entry by entry', async () => {
    const { path: root, take } = await importer();
    const path = archive(
      { name: 'bad-crc.dcm', content: instance(1), claimedCrc32: 1 },
      { name: 'bad-size.dcm', content: instance(2), claimedSize: 100 },
      { name: 'encrypted.dcm', content: instance(3), encrypted: true },
      { name: 'good.dcm', content: instance(4) },
    );
    const state = await take(path);
    expect(state.rejected.map(({ code }) => code)).toEqual([
      'archive-damaged',
      'archive-damaged',
      'unreadable',
    ]);
    expect(state.accepted).toBe(1);
    expect(leftovers(root).incoming).toEqual([]);
  });

  it('that are bombs are refused before they are unpacked', async () => {
    const bomb = archive({ name: 'bomb.dcm', content: new Uint8Array(40 * 1024 * 1024) });
    const { take } = await importer();
    const started = processCpuMs();
    expect(await take(bomb)).toMatchObject({
      rejected: [{ code: 'archive-too-large' }],
    });
    expect(processCpuMs() - started).toBeLessThan(2000);
    const { take: strict } = await importer({ archiveEntries: 2, archiveInflatedBytes: 2000 });
    const three = [1, 2, 3].map((number) => ({ name: `${number}`, content: instance(number) }));
    expect(await strict(archive(...three))).toMatchObject({ rejected: [{ code: 'archive-too-large' }] });
    const large = { name: 'large', content: instance(9, { rows: 64, columns: 64 }) };
    expect(await strict(archive(large))).toMatchObject({ rejected: [{ code: 'archive-too-large' }] });
  });

  it('that unpack to more than 200 times their size, together, are refused beyond it', async () => {
    // 31 MiB of zeros an entry: each is below the limit of one entry.
    const zeros = new Uint8Array(31 * 1024 * 1024);
    const path = archive(...[1, 2, 3, 4].map((number) => ({ name: `${number}.dcm`, content: zeros })));
    const { take } = await importer();
    const state = await take(path);
    expect(state.rejected.filter(({ code }) => code === 'archive-too-large')).toHaveLength(3);
    expect(state.accepted).toBe(0);
  });

  it('of black frames open all the same while they are small', async () => {
    const black = instance(1, {
      rows: 480,
      columns: 640,
      frames: 60,
      pixels: () => new Uint8Array(480 * 640),
    });
    const path = archive({ name: 'black.dcm', content: black });
    expect(statSync(path).size * 200).toBeLessThan(black.length);
    const { take } = await importer();
    expect(await take(path)).toMatchObject({ accepted: 1, rejected: [] });
  });

  it('whose entries share bytes are refused whole, before anything is unpacked', async () => {
    const { path: root, take } = await importer();
    const path = join(folder(), 'shared.zip');
    writeFileSync(path, buildZip([{ name: '1.dcm', content: instance(1) }], { entriesOnEach: 40 }));
    const state = await take(path);
    expect(state).toMatchObject({ accepted: 0, rejected: [{ file: path, code: 'archive-damaged' }] });
    expect(state.rejected[0]?.reason).toMatch(/overlap/);
    expect(leftovers(root)).toEqual({ incoming: [], files: [] });
  });

  const found = join(process.env['SYSTOLA_TEST_DATA'] ?? '', 'attack', 'overlapping-520-entries.zip');
  it.runIf(process.env['SYSTOLA_TEST_DATA'] !== undefined && existsSync(found))(
    'are refused as they were found: 520 entries on one member',
    async () => {
      const { take } = await importer();
      expect(await take(found)).toMatchObject({ accepted: 0, rejected: [{ code: 'archive-damaged' }] });
    },
  );

  it('that are cut off are refused', async () => {
    const whole = buildZip([{ name: '1.dcm', content: instance(1) }]);
    const path = join(folder(), 'cut.zip');
    writeFileSync(path, whole.subarray(0, whole.length - 30));
    const { take } = await importer();
    expect(await take(path)).toMatchObject({
      accepted: 0,
      rejected: [{ file: path, code: 'archive-damaged' }],
    });
  });

  // A file that is still open keeps its space on the disk though it was deleted.
  it.runIf(process.platform === 'linux')('leave no file open, sound or damaged', async () => {
    const source = folder();
    const whole = buildZip([{ name: '1.dcm', content: instance(1) }]);
    writeFileSync(join(source, 'cut.zip'), whole.subarray(0, whole.length - 30));
    writeFileSync(join(source, 'head.zip'), whole.subarray(0, 40));
    writeFileSync(join(source, 'whole.zip'), whole);
    const { path, take } = await importer();
    expect(await take(source)).toMatchObject({ accepted: 1, rejectedTotal: 2 });
    expect(openFilesBelow(join(path, 'incoming'))).toEqual([]);
  });
});

function openFilesBelow(path: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((descriptor) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${descriptor}`);
      return target.startsWith(path) ? [target] : [];
    } catch {
      // The one that the list itself was read by.
      return [];
    }
  });
}
