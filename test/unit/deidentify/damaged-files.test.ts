import { describe, expect, it } from 'vitest';
import { SystolaError } from '../../../core/error.ts';
import { foundIn } from '../../fixtures/deidentify/byte-search.ts';
import { deidentified } from '../../fixtures/deidentify/deidentified.ts';
import { buildDicom } from '../../fixtures/dicom/build.ts';
import { lengthFields, seededRandom, withFlippedBytes, withLength } from '../../fixtures/dicom/corrupt.ts';
import type { DataElement } from '../../fixtures/dicom/element.ts';
import { temporaryFolders } from '../../fixtures/temporary-folder.ts';

const folder = temporaryFolders();
const text = (tag: string, vr: string, value: DataElement['value']): DataElement => ({ tag, vr, value });
const secrets = ['Quibble', 'Zanzibar', 'HN-4711-77', 'Nightingale', '19481127'];

const file = buildDicom({
  patientId: 'HN-4711-77',
  patientName: 'Quibble^Zanzibar',
  view: { code: '399214001', scheme: 'SCT', meaning: 'Apical four chamber' },
  elements: [
    text('00080090', 'PN', 'Nightingale^Florence'),
    text('00082120', 'SH', 'REST'),
    text('00082127', 'SH', 'A4C'),
    text('00081140', 'SQ', [[text('00081155', 'UI', '1.2.3.4.9'), text('00100010', 'PN', 'Quibble')]]),
    text('00100030', 'DA', '19481127'),
    text('00104000', 'LT', 'Quibble was born on 19481127'),
    text('00181020', 'LO', '9.1'),
    text('00090010', 'LO', 'PRIVATE'),
    text('00091001', 'LO', 'Zanzibar'),
    text('00181088', 'IS', '61'),
  ],
});

async function leaves(bytes: Uint8Array): Promise<readonly string[] | null> {
  try {
    const { bytes: after } = await deidentified(folder(), bytes, { preset: 'internal' });
    return foundIn(after, secrets);
  } catch (error) {
    if (error instanceof SystolaError) return null;
    throw error;
  }
}

describe('a damaged file', () => {
  it('is refused, or leaves without a name that its other attributes tell', async () => {
    const random = seededRandom(20_261_130);
    const header = file.length - 16 * 24 * 3;
    let left = 0;
    for (let round = 0; round < 300; round += 1) {
      const head = withFlippedBytes(file.subarray(0, header), 1 + Math.floor(random() * 3), random);
      const found = await leaves(Buffer.concat([head, file.subarray(header)]));
      if (found === null) continue;
      left += 1;
      // What is damaged itself is another word: the parts that are whole are looked for.
      expect([round, found]).toEqual([round, []]);
    }
    expect(left).toBeGreaterThan(100);
  }, 60_000);

  it('does not swallow what follows into an attribute that stays, whatever length it states', async () => {
    let left = 0;
    for (const field of lengthFields(file).filter(({ tag }) => tag > '0003' && tag < '7fe0')) {
      for (const length of [0, 1, 7, 20, 64, 200]) {
        const found = await leaves(withLength(file, field, length));
        if (found === null) continue;
        left += 1;
        expect([field.tag, length, found]).toEqual([field.tag, length, []]);
      }
    }
    expect(left).toBeGreaterThan(60);
  }, 60_000);
});
