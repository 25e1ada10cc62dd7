import { describe, expect, it } from 'vitest';
import { fileKind, headBytes } from '../../../main/import/file-kind.ts';
import { buildDicom } from '../../fixtures/dicom/build.ts';
import { buildZip } from '../../fixtures/zip/build-zip.ts';

const kind = (bytes: Uint8Array) => fileKind(Buffer.from(bytes).subarray(0, headBytes));

describe('fileKind', () => {
  it('goes by content, not by name', () => {
    expect(kind(new Uint8Array())).toBe('empty');
    expect(kind(buildDicom())).toBe('dicom');
    expect(kind(buildDicom({ syntax: 'implicit' }))).toBe('dicom');
    expect(kind(buildZip([{ name: 'a', content: Buffer.from('a') }]))).toBe('zip');
    expect(kind(buildZip([]))).toBe('zip');
    expect(kind(Buffer.from('This is a licence text, longer than a few bytes.'))).toBe('other');
    expect(kind(Buffer.from('%PDF-1.7'))).toBe('other');
  });

  it('knows a data set without preamble', () => {
    expect(kind(buildDicom().subarray(132))).toBe('dicom');
  });

  it('tells a DICOMDIR from an instance', () => {
    expect(kind(buildDicom({ sopClassUid: '1.2.840.10008.1.3.10' }))).toBe('dicomdir');
    expect(kind(buildDicom({ sopClassUid: '1.2.840.10008.1.3.100' }))).toBe('dicom');
  });
});
