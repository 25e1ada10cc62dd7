import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { closeGuardedReader } from '../../../main/dicom/guarded-reader.ts';
import type { NodeAddress } from '../../../main/network/connect.ts';
import { echo } from '../../../main/network/echo.ts';
import { fileToSend } from '../../../main/network/file-to-send.ts';
import { defaultNetworkLimits as limits } from '../../../main/network/network-limits.ts';
import type { SendOutcome } from '../../../main/network/store.ts';
import { buildDicom } from '../../fixtures/dicom/build.ts';
import { dataSetHash } from '../../fixtures/dicom/data-set.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { certificates, filesIn, freePort, hasDcmtk, storescp } from './dcmtk.ts';
import { objects, sopOf } from './objects.ts';
import { nodeAt, outcomesOf } from './sent.ts';

const folder = temporaryFolders();
const { signal } = new AbortController();
afterEach(closeGuardedReader);

const prepared = (files: ReadonlyMap<string, Uint8Array>) => {
  const from = folder();
  return Promise.all(
    [...files].map(([uid, bytes]) => {
      const path = join(from, `${uid}.dcm`);
      writeFileSync(path, bytes);
      return fileToSend({ path, name: `${uid}.dcm` });
    }),
  );
};

const sendAll = async (node: NodeAddress, files: ReadonlyMap<string, Uint8Array>): Promise<SendOutcome[]> =>
  outcomesOf(node, await prepared(files), limits);

const hashes = (files: Iterable<Uint8Array>): string[] => [...files].map(dataSetHash).toSorted();

describe.runIf(hasDcmtk)('to an archive of dcmtk', () => {
  it('an echo is answered', async () => {
    const port = await storescp(folder());
    expect((await echo(nodeAt(port), limits, signal)).ms).toBeGreaterThan(0);
  });

  it('every kind of object arrives with the bytes of its data set', async () => {
    const archive = folder();
    const files = objects();
    const outcomes = await sendAll(nodeAt(await storescp(archive)), files);
    expect(outcomes.map(({ state, error }) => error?.message ?? state)).toEqual(
      [...files].map(() => 'stored'),
    );
    expect(hashes(filesIn(archive).values())).toEqual(hashes(files.values()));
  });

  it('an archive that takes 4 KB at a time gets the same bytes', async () => {
    const archive = folder();
    const files = objects();
    await sendAll(nodeAt(await storescp(archive, '-pdu', '4096')), files);
    expect(hashes(filesIn(archive).values())).toEqual(hashes(files.values()));
  });

  it('what is not taken in its transfer syntax is refused by name, and the rest is stored', async () => {
    const archive = folder();
    const files = new Map([
      [sopOf(1), buildDicom({ sopInstanceUid: sopOf(1) })],
      [sopOf(2), buildDicom({ sopInstanceUid: sopOf(2), syntax: 'jpeg', rows: 16, columns: 16 })],
      [sopOf(3), buildDicom({ sopInstanceUid: sopOf(3), syntax: 'implicit' })],
    ]);
    // Uncompressed alone is what this one agrees to.
    const outcomes = await sendAll(nodeAt(await storescp(archive, '+x=')), files);
    expect(outcomes.map(({ state }) => state)).toEqual(['stored', 'refused', 'stored']);
    expect(outcomes[1]?.error).toMatchObject({
      code: 'node-refused',
      file: `${sopOf(2)}.dcm`,
      message: expect.stringMatching(/JPEG Baseline .* nothing is recoded/) as string,
    });
    expect(filesIn(archive).size).toBe(2);
  });

  it('over TLS, both sides shown, and refused where the authority is another', async () => {
    const archive = folder();
    const { authority, certificate, key } = await certificates(folder());
    const port = await storescp(archive, '+tls', key, certificate, '+cf', authority, '-rc');
    const tls = { authoritiesFile: authority, certificateFile: certificate, keyFile: key, serverName: null };
    const files = objects();
    const outcomes = await sendAll(nodeAt(port, { tls }), files);
    expect(outcomes.every(({ state }) => state === 'stored')).toBe(true);
    expect(hashes(filesIn(archive).values())).toEqual(hashes(files.values()));
    const other = await certificates(folder());
    const wrong = nodeAt(port, { tls: { ...tls, authoritiesFile: other.authority } });
    await expect(echo(wrong, limits, signal)).rejects.toMatchObject({
      code: 'node-unreachable',
      message: expect.stringContaining('no authority that is trusted') as string,
    });
    // What speaks TLS is not spoken to without.
    await expect(echo(nodeAt(port), limits, signal)).rejects.toMatchObject({ code: 'node-broke-off' });
    const named = nodeAt(port, { tls: { ...tls, serverName: 'elsewhere.example' } });
    await expect(echo(named, limits, signal)).rejects.toMatchObject({
      message: expect.stringContaining('for another name') as string,
    });
    const unknown = nodeAt(port, { tls: { ...tls, certificateFile: null, keyFile: null } });
    await expect(echo(unknown, limits, signal)).rejects.toMatchObject({ code: 'node-broke-off' });
  });

  it('a full disk at the node is said in words', async () => {
    const gone = join(folder(), 'gone');
    mkdirSync(gone);
    const port = await storescp(gone);
    rmSync(gone, { recursive: true });
    const [outcome] = await sendAll(
      nodeAt(port),
      new Map([[sopOf(1), buildDicom({ sopInstanceUid: sopOf(1) })]]),
    );
    expect(outcome).toMatchObject({ state: 'refused', status: 0xa700 });
    expect(outcome?.error?.message).toContain('out of room');
  });
});

describe('a node that is not there', () => {
  it('is named, with what to look at', async () => {
    await expect(echo(nodeAt(await freePort()), limits, signal)).rejects.toMatchObject({
      code: 'node-unreachable',
      message: expect.stringContaining('nothing listens at this port') as string,
    });
    await expect(echo(nodeAt(104, { host: 'no-such-host.invalid' }), limits, signal)).rejects.toMatchObject({
      code: 'node-unreachable',
      message: expect.stringContaining('no host of this name') as string,
    });
  });
});
