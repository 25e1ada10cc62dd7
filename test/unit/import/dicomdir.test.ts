import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Listed } from '../../../main/import/candidate.ts';
import { listDicomdir, referencedFileIds } from '../../../main/import/dicomdir.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();

/** The element (0004,1500) in explicit little endian. */
function reference(value: string): Buffer {
  const padded = value.length % 2 === 0 ? value : `${value} `;
  const header = Buffer.from([0x04, 0x00, 0x00, 0x15, 0x43, 0x53, 0, 0]);
  header.writeUInt16LE(padded.length, 6);
  return Buffer.concat([header, Buffer.from(padded, 'latin1')]);
}

function directory(...values: string[]): Buffer {
  return Buffer.concat([
    Buffer.alloc(200, 1),
    ...values.flatMap((value) => [reference(value), Buffer.alloc(9)]),
  ]);
}

async function list(path: string): Promise<Listed[]> {
  const listed: Listed[] = [];
  for await (const item of listDicomdir(path, new AbortController().signal)) listed.push(item);
  return listed;
}

describe('referencedFileIds', () => {
  it('finds every reference once, in order', () => {
    const bytes = directory('DICOM\\A\\IM1', 'DICOM\\A\\IM22', 'DICOM\\A\\IM1');
    expect(referencedFileIds(bytes)).toEqual([
      ['DICOM', 'A', 'IM1'],
      ['DICOM', 'A', 'IM22'],
    ]);
  });

  it('ends on lengths that lie', () => {
    const lying = reference('IM1');
    lying.writeUInt16LE(0xffff, 6);
    expect(referencedFileIds(lying)).toEqual([]);
    expect(referencedFileIds(Buffer.concat([lying, reference('IM2')]))).toEqual([['IM2']]);
    expect(referencedFileIds(Buffer.from([0x04, 0x00, 0x00, 0x15]))).toEqual([]);
  });
});

describe('listDicomdir', () => {
  it('follows references inside its folder, in whatever case the disc was mounted', async () => {
    const root = folder();
    mkdirSync(join(root, 'dicom'));
    writeFileSync(join(root, 'dicom', 'im1'), 'x');
    writeFileSync(join(root, 'DICOMDIR'), directory('DICOM\\IM1'));
    const listed = await list(join(root, 'DICOMDIR'));
    expect(listed.map((item) => item.candidate?.path)).toEqual([join(root, 'dicom', 'im1')]);
  });

  it('reports files that are not there', async () => {
    const root = folder();
    writeFileSync(join(root, 'DICOMDIR'), directory('DICOM\\IM1'));
    expect((await list(join(root, 'DICOMDIR'))).map((item) => item.error?.code)).toEqual(['not-found']);
  });

  it.each(['..\\secret', 'A\\..\\..\\secret', '\\etc\\passwd', 'A\\\\secret', '/etc/passwd', 'C:\\secret'])(
    'never leaves its folder for %s',
    async (value) => {
      const root = folder();
      mkdirSync(join(root, 'disc', 'A'), { recursive: true });
      writeFileSync(join(root, 'secret'), 'x');
      writeFileSync(join(root, 'disc', 'DICOMDIR'), directory(value));
      const listed = await list(join(root, 'disc', 'DICOMDIR'));
      expect(listed.map((item) => [item.candidate, item.error?.code])).toEqual([[null, 'unreadable']]);
    },
  );

  it('never leaves its folder through a link', async () => {
    const root = folder();
    mkdirSync(join(root, 'disc'));
    writeFileSync(join(root, 'secret'), 'x');
    symlinkSync(join(root, 'secret'), join(root, 'disc', 'IM1'));
    writeFileSync(join(root, 'disc', 'DICOMDIR'), directory('IM1'));
    expect((await list(join(root, 'disc', 'DICOMDIR'))).map((item) => item.error?.code)).toEqual([
      'unreadable',
    ]);
  });

  it('says so when it refers to nothing', async () => {
    const root = folder();
    writeFileSync(join(root, 'DICOMDIR'), Buffer.alloc(500));
    await expect(list(join(root, 'DICOMDIR'))).rejects.toMatchObject({ code: 'malformed' });
  });
});
