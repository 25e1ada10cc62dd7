import { chmodSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  leaveRendezvous,
  newName,
  newSecret,
  readRendezvous,
} from '../../../main/hosts/loopback/rendezvous.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();

describe('what a launch leaves for the next one', () => {
  it('is there whole at every moment, also while it is replaced', async () => {
    const path = folder();
    const name = newName();
    await leaveRendezvous(path, { name, port: 1234, secret: null });
    let isReplacing = true;
    const reading = (async () => {
      let reads = 0;
      for (; isReplacing; reads += 1) expect((await readRendezvous(path))?.name).toBe(name);
      return reads;
    })();
    for (let launch = 0; launch < 100; launch += 1) {
      await leaveRendezvous(path, { name, port: 1234, secret: newSecret() });
    }
    isReplacing = false;
    expect(await reading).toBeGreaterThan(0);
    expect(readdirSync(path)).toEqual(['loopback.json']);
  });

  it.skipIf(process.platform === 'win32')(
    'is readable by its owner alone, whatever it was before',
    async () => {
      const path = folder();
      const rendezvous = { name: newName(), port: 1234, secret: newSecret() };
      await leaveRendezvous(path, rendezvous);
      chmodSync(join(path, 'loopback.json'), 0o644);
      await leaveRendezvous(path, rendezvous);
      expect(statSync(join(path, 'loopback.json')).mode & 0o777).toBe(0o600);
      expect(await readRendezvous(path)).toEqual(rendezvous);
    },
  );
});
