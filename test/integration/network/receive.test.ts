import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { auditEvents } from '../../../main/library/audit.ts';
import { MemorySource } from '../../../main/dicom/byte-source.ts';
import { objectFacts } from '../../../main/dicom/object-facts.ts';
import { buildDicom, transferSyntaxes } from '../../fixtures/dicom/build.ts';
import { dataSetHash } from '../../fixtures/dicom/data-set.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';
import { certificates, hasDcmtk, run } from './dcmtk.ts';
import { listening } from './listening.ts';
import { objects, sopOf } from './objects.ts';

const folder = temporaryFolders();
const written = (files: ReadonlyMap<string, Uint8Array>): string => {
  const path = folder();
  for (const [uid, bytes] of files) writeFileSync(join(path, `${uid}.dcm`), bytes);
  return path;
};

const storescu = (port: number, path: string, ...options: readonly string[]) =>
  run(
    'storescu',
    '-v',
    '+sd',
    '-R',
    '-aec',
    'SYSTOLA',
    '-aet',
    'SCANNER',
    ...options,
    '127.0.0.1',
    String(port),
    path,
  );

/** What storescu proposes for a file in its own syntax; in another it would recode it, or not send it. */
const proposals: Readonly<Record<string, string>> = {
  [transferSyntaxes.explicit]: '-xe',
  [transferSyntaxes.implicit]: '-xi',
  [transferSyntaxes['big-endian']]: '-xb',
  [transferSyntaxes.deflated]: '-xd',
  [transferSyntaxes.jpeg]: '-xy',
  [transferSyntaxes.rle]: '-xr',
  [transferSyntaxes['jpeg-2000']]: '-xv',
};

describe.runIf(hasDcmtk)('from a scanner of dcmtk', () => {
  it('an echo is answered', async () => {
    const { port } = await listening();
    const { code, said } = await run('echoscu', '-v', '-aec', 'SYSTOLA', '127.0.0.1', String(port));
    expect(said).toContain('Received Echo Response (Success)');
    expect(code).toBe(0);
  });

  it('every kind of object is in the library with the bytes of its data set', async () => {
    const { port, stored, library, receiver } = await listening();
    const sent: string[] = [];
    for (const [uid, bytes] of objects()) {
      const syntax = objectFacts(new MemorySource(bytes), uid).transferSyntaxUid;
      // As dcmtk writes it itself: whatever it reads it encodes anew before it sends it.
      const path = join(written(new Map([[uid, bytes]])), 'own.dcm');
      expect((await run('dcmconv', join(path, '..', `${uid}.dcm`), path)).said).toBe('');
      const { code, said } = await storescu(port, path, proposals[syntax]!);
      expect([code, said]).toEqual([0, expect.stringContaining('Received Store Response (Success)')]);
      sent.push(dataSetHash(readFileSync(path)));
    }
    expect([...stored().values()].map(dataSetHash).toSorted()).toEqual(sent.toSorted());
    expect(receiver.state).toMatchObject({ state: 'listening', stored: sent.length, refused: 0 });
    const records = library.audit.entries().filter(({ event }) => event === auditEvents.instancesTransferred);
    expect(records.map(({ detail }) => detail['dataSetSha256'])).toEqual(sent);
    expect(records[0]?.detail).toMatchObject({ callingAeTitle: 'SCANNER', from: '127.0.0.1', status: 0 });
  });

  it('its file says who sent it, and the reader of dcmtk takes it', async () => {
    const { port, stored } = await listening();
    await storescu(port, written(new Map([[sopOf(1), buildDicom({ sopInstanceUid: sopOf(1) })]])), '-xe');
    const [bytes] = [...stored().values()];
    const path = join(folder(), 'received.dcm');
    writeFileSync(path, bytes!);
    const { said } = await run('dcmdump', '+P', '0002,0016', '+P', '0002,0003', '+P', '0002,0010', path);
    expect(said).toContain('[SCANNER]');
    expect(said).toContain(`[${sopOf(1)}]`);
    expect(said).toContain('=LittleEndianExplicit');
  });

  it('over TLS, and only from who shows a certificate where authorities are named', async () => {
    const { authority, certificate, key } = await certificates(folder());
    const tls = { certificateFile: certificate, keyFile: key, authoritiesFile: authority };
    const { port, stored, receiver } = await listening({ place: { tls } });
    const path = written(new Map([[sopOf(1), buildDicom({ sopInstanceUid: sopOf(1) })]]));
    const anonymous = await storescu(port, path, '-xe', '+tla', '+cf', authority);
    expect(anonymous.code).not.toBe(0);
    const open = await storescu(port, path, '-xe');
    expect(open.code).not.toBe(0);
    expect(stored().size).toBe(0);
    await expect.poll(() => receiver.state.lastTrouble?.words).toContain('secure connection');
    const { code, said } = await storescu(port, path, '-xe', '+tls', key, certificate, '+cf', authority);
    expect([code, said]).toEqual([0, expect.stringContaining('Success')]);
    expect(stored().size).toBe(1);
  });

  it('under another name it is turned away, unless any name is answered to', async () => {
    const { port, receiver } = await listening();
    const echo = (at: number) => run('echoscu', '-v', '-aec', 'OTHER', '127.0.0.1', String(at));
    const { code, said } = await echo(port);
    expect(code).not.toBe(0);
    expect(said).toContain('Called AE Title Not Recognized');
    expect(receiver.state.lastTrouble).toMatchObject({
      from: '127.0.0.1',
      words: 'ECHOSCU calls OTHER, and this is SYSTOLA',
    });
    const { port: open } = await listening({ place: { aeTitle: null } });
    expect((await echo(open)).code).toBe(0);
  });

  it('what the import refuses is refused, with its reason', async () => {
    const { port, stored, refused } = await listening();
    const other = new Map([
      [sopOf(1), buildDicom({ sopInstanceUid: sopOf(1) })],
      // No pixels: nothing of a loop.
      [sopOf(2), buildDicom({ sopInstanceUid: sopOf(2), without: ['7fe00010'] })],
    ]);
    const { said } = await storescu(port, written(other), '-xe', '-nh');
    expect(refused.map(({ code }) => code)).toEqual(['missing-pixel-data']);
    expect(said).toContain('Error: CannotUnderstand');
    expect(stored().size).toBe(1);
    // The same instance with other content.
    const changed = new Map([[sopOf(1), buildDicom({ sopInstanceUid: sopOf(1), rows: 20 })]]);
    const again = await storescu(port, written(changed), '-xe');
    expect(again.said).toContain('0x111');
    expect(stored().size).toBe(1);
  });

  it('classes that nothing here reads are not agreed to', async () => {
    const { port, stored } = await listening();
    const ct = buildDicom({ sopInstanceUid: sopOf(1), sopClassUid: '1.2.840.10008.5.1.4.1.1.2' });
    const { said } = await storescu(port, written(new Map([[sopOf(1), ct]])), '-xe');
    expect(said).toMatch(/No Acceptable Presentation Contexts|No presentation context/i);
    expect(stored().size).toBe(0);
  });

  it('several scanners at once are all taken', async () => {
    const { port, stored } = await listening();
    const folders = [1, 2, 3, 4].map((scanner) =>
      written(
        new Map(
          [0, 1, 2, 3].map((number) => {
            const uid = sopOf(100 * scanner + number);
            return [uid, buildDicom({ sopInstanceUid: uid, frames: 20, rows: 64, columns: 64 })] as const;
          }),
        ),
      ),
    );
    const ends = await Promise.all(folders.map((path) => storescu(port, path, '-xe')));
    expect(ends.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(stored().size).toBe(16);
  });
});
