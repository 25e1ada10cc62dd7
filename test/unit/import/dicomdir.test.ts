import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Listed } from '../../../main/import/candidate.ts';
import { listDicomdir, nameVariant, referencedFileIds } from '../../../main/import/dicomdir.ts';
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

describe('names on a disc that are not those of its DICOMDIR', () => {
  const variants: readonly (readonly [string, (name: string) => string])[] = [
    ['in lower case', (name) => name.toLowerCase()],
    ['with a version', (name) => `${name};1`],
    ['with a version and its dot', (name) => `${name}.;1`],
    ['with a dot at the end', (name) => `${name}.`],
    ['with an extension', (name) => `${name}.dcm`],
    ['in lower case with a version', (name) => `${name.toLowerCase()};12`],
  ];

  it.each(variants)('%s', async (_, vary) => {
    const root = folder();
    for (const component of ['IM0001', 'IM0002', 'A']) {
      mkdirSync(join(root, vary('SERIES01')), { recursive: true });
      writeFileSync(join(root, vary('SERIES01'), vary(component)), component);
    }
    const path = join(root, 'DICOMDIR');
    writeFileSync(path, directory('SERIES01\\IM0001', 'SERIES01/IM0002', 'SERIES01\\A'));
    const found = await list(path);
    expect(found.map(({ candidate, error }) => candidate?.path ?? error)).toEqual(
      ['IM0001', 'IM0002', 'A'].map((component) => join(root, vary('SERIES01'), vary(component))),
    );
  });

  it.each([
    ['IMAGE~1', 'IMAGE0000017.DCM'],
    ['IMAGE000', 'IMAGE0000017'],
    ['IM0001DCM', 'IM0001.DCM'],
    ['IM0001.DCM', 'IM0001'],
    ['IM.0001', 'IM0001'],
  ])('%s stands for %s', (component, name) => {
    expect(nameVariant([name, 'OTHER'], component)).toBe(name);
  });

  it('takes none where several could be meant', () => {
    expect(nameVariant(['IM0001.dcm', 'IM0001.ima'], 'IM0001')).toBeNull();
    expect(nameVariant(['IMAGE0000017', 'IMAGE0000018'], 'IMAGE~1')).toBeNull();
    expect(nameVariant(['IM0002', 'IM00011'], 'IM0001')).toBeNull();
    expect(nameVariant(['IM0001', 'im0001'], 'IM0001')).toBe('IM0001');
  });
});
