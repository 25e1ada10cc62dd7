import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { Receiver } from '../../../main/application/receiver.ts';
import { closeGuardedReader, readInstanceGuarded } from '../../../main/dicom/guarded-reader.ts';
import { ImportService } from '../../../main/import/import-service.ts';
import { Library } from '../../../main/library/library.ts';
import { defaultNetworkLimits as limits } from '../../../main/network/network-limits.ts';
import { fileToSend } from '../../../main/network/file-to-send.ts';
import { store } from '../../../main/network/store.ts';
import { buildDicom } from '../../fixtures/dicom/build.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { leftovers } from '../import/importer.ts';
import { sopOf } from './objects.ts';

const folder = temporaryFolders();
const mounted: string[] = [];
const mount = (path: string, size: string): boolean =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path]).status === 0;

const mayMount = (() => {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  const path = '/tmp/systola-may-mount-network';
  mkdirSync(path, { recursive: true });
  return mount(path, '1m') && spawnSync('umount', [path]).status === 0;
})();
if (!mayMount) console.log('Skipped: full disk (only where a small disk may be mounted).');

afterEach(async () => {
  await closeGuardedReader();
  for (const path of mounted.splice(0)) spawnSync('umount', ['-l', path]);
});

it.runIf(mayMount)(
  'a receiver without room refuses with A700, keeps what was whole, and takes the next that fits',
  async () => {
    const disk = folder();
    expect(mount(disk, '4m')).toBe(true);
    mounted.push(disk);
    const library = await Library.open(join(disk, 'library'));
    const imports = new ImportService({
      library,
      readInstance: readInstanceGuarded,
      onState: () => undefined,
      onStudiesChanged: () => undefined,
      onDefect: (error) => {
        throw error;
      },
    });
    const receiver = new Receiver({
      ...{ library, imports },
      onState: () => undefined,
      onDefect: (error) => {
        throw error;
      },
    });
    const port = await receiver.listen({ address: '127.0.0.1', port: 0, aeTitle: null, tls: null });
    const from = folder();
    const file = (number: number, frames: number) => {
      const path = join(from, `${number}.dcm`);
      writeFileSync(path, buildDicom({ sopInstanceUid: sopOf(number), frames, rows: 128, columns: 128 }));
      return fileToSend({ path, name: `${number}.dcm` });
    };
    try {
      const objects = await Promise.all([file(1, 3), file(2, 400), file(3, 3)]);
      const node = { host: '127.0.0.1', port, calledAeTitle: 'ANY', callingAeTitle: 'TEST', tls: null };
      const { signal } = new AbortController();
      const ends: unknown[] = [];
      for await (const { state, status } of store(node, objects, { limits, signal }))
        ends.push([state, status]);
      expect(ends).toEqual([
        ['stored', 0],
        ['refused', 0xa700],
        ['stored', 0],
      ]);
      expect(leftovers(library.path)).toMatchObject({ incoming: [] });
      expect(leftovers(library.path).files).toHaveLength(2);
    } finally {
      await receiver.close();
      await imports.close();
      library.close();
    }
  },
);
