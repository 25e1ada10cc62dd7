import { expect, it } from 'vitest';
import { MemorySource } from '../../../main/dicom/byte-source.ts';
import { readMeta } from '../../../main/dicom/file-meta.ts';
import { receivedHead } from '../../../main/network/received-head.ts';
import { buildDicom } from '../../fixtures/dicom/build.ts';
import { dataSetOf } from '../../fixtures/dicom/data-set.ts';

it('is read as it was written, whatever the data set behind it looks like and whoever sent it', () => {
  const dataSet = dataSetOf(buildDicom({ syntax: 'deflated' }));
  for (const sourceAeTitle of ['A', 'TESTER', 'SYSTOLA', 'STORE SCP', 'X'.repeat(16)]) {
    const head = receivedHead({
      sopClassUid: '1.2.840.10008.5.1.4.1.1.3.1',
      // As scanners write it, and PS3.5 does not allow.
      sopInstanceUid: '1.2.03.4',
      transferSyntaxUid: '1.2.840.10008.1.2.1.99',
      sourceAeTitle,
    });
    expect(readMeta(new MemorySource(Buffer.concat([head, dataSet])), 132)).toEqual({
      transferSyntaxUid: '1.2.840.10008.1.2.1.99',
      sopClassUid: '1.2.840.10008.5.1.4.1.1.3.1',
      sopInstanceUid: '1.2.03.4',
      end: head.length,
      damagedParts: 0,
    });
  }
});
