import { MemorySource } from '../../main/dicom/byte-source.ts';
import { readHeader } from '../../main/dicom/header.ts';

/** What our own reader finds damaged in a file. */
export function readDataSet(bytes: Uint8Array): string[] {
  const { damagedParts } = readHeader(new MemorySource(bytes), 'exported.dcm');
  return damagedParts === 0 ? [] : [`${damagedParts} damaged parts`];
}
