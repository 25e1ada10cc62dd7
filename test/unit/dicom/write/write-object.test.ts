import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MemorySource } from '../../../../main/dicom/byte-source.ts';
import { readHeader } from '../../../../main/dicom/header.ts';
import { attributes } from '../../../../main/dicom/write/attributes.ts';
import { element, type Element } from '../../../../main/dicom/write/element.ts';
import { NotWritable } from '../../../../main/dicom/write/not-writable.ts';
import { writeObject } from '../../../../main/dicom/write/write-object.ts';
import { readWithDcmjs } from '../../../fixtures/dicom/dcmjs.ts';

const comprehensive = '1.2.840.10008.5.1.4.1.1.88.33';
const base = [
  element(attributes.StudyInstanceUID, '1.2.3'),
  element(attributes.SeriesInstanceUID, '1.2.3.4'),
  element(attributes.Modality, 'SR'),
];
const written = (...more: Element[]) =>
  writeObject({ sopClassUid: comprehensive, elements: [...more, ...base], needed: [] });

describe('a file', () => {
  it('says what it is and what wrote it', () => {
    const { bytes, sopInstanceUid } = written();
    const { meta, dict } = readWithDcmjs(bytes);
    expect(Buffer.from(bytes).subarray(128, 132).toString()).toBe('DICM');
    const value = (tag: string) => (dict[tag] ?? meta[tag])?.Value[0];
    expect(value('00020002')).toBe(comprehensive);
    expect(value('00020003')).toBe(sopInstanceUid);
    expect(value('00020010')).toBe('1.2.840.10008.1.2.1');
    expect(value('00020012')).toMatch(/^2\.25\.[1-9]\d{30,38}$/);
    expect(value('00020013')).toBe('SYSTOLA_1');
    expect(value('00080005')).toBe('ISO_IR 192');
    expect(value('00080016')).toBe(comprehensive);
    expect(value('00080018')).toBe(sopInstanceUid);
    // The group's length leads to the first attribute behind it.
    const length = Buffer.from(bytes).readUInt32LE(132 + 8);
    expect(Buffer.from(bytes).readUInt16LE(132 + 12 + length)).toBe(0x0008);
  });

  it('has a UID from the hash of its content', () => {
    const first = written(element(attributes.PatientID, 'a'));
    const again = written(element(attributes.PatientID, 'a'));
    const other = written(element(attributes.PatientID, 'b'));
    expect(first.sopInstanceUid).toMatch(/^2\.25\.(0|[1-9]\d{0,38})$/);
    expect(Buffer.compare(first.bytes, again.bytes)).toBe(0);
    expect(other.sopInstanceUid).not.toBe(first.sopInstanceUid);
  });

  it('is refused without what it has to say', () => {
    const elements = base.slice(1);
    expect(() => writeObject({ sopClassUid: comprehensive, elements, needed: [] })).toThrow(
      /StudyInstanceUID \(0020,000D\).*has to have one/,
    );
    for (const elements of [base, [...base, element(attributes.ContentDate)]]) {
      const object = { sopClassUid: comprehensive, elements, needed: [attributes.ContentDate] };
      expect(() => writeObject(object)).toThrow(NotWritable);
    }
  });

  it('is read as it was written, by a foreign reader and by ours', () => {
    const group = fc.string({ unit: 'grapheme', maxLength: 20 });
    const plain = (text: string) =>
      text
        .replaceAll(/[\p{Cc}\p{Zs}\\=^]/gu, '')
        .normalize('NFC')
        .trim();
    const names = fc.tuple(group, group, group).map((groups) => groups.map(plain));
    fc.assert(
      fc.property(
        names,
        fc.double({ noNaN: true, min: -1e6, max: 1e6 }),
        fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
        fc.array(fc.float({ noNaN: true, noDefaultInfinity: true }), { minLength: 2, maxLength: 9 }),
        ([alphabetic = '', ideographic = '', phonetic = ''], double, whole, graphic) => {
          fc.pre(alphabetic !== '');
          const name = [alphabetic, ideographic, phonetic].join('=').replace(/=+$/, '');
          const { bytes } = written(
            element(attributes.PatientName, name),
            element(attributes.InstanceNumber, whole),
            element(attributes.ContentSequence, [
              element(attributes.FloatingPointValue, double),
              element(attributes.GraphicData, ...graphic),
            ]),
          );
          const { dict } = readWithDcmjs(bytes);
          const [item] = (dict['0040A730']?.Value ?? []) as Record<string, { Value: number[] }>[];
          expect(item?.['0040A161']?.Value).toEqual([double]);
          expect(item?.['00700022']?.Value).toEqual(graphic);
          expect(dict['00200013']?.Value).toEqual([whole]);
          const header = readHeader(new MemorySource(bytes), 'written.dcm');
          expect(header.damagedParts).toBe(0);
          expect(header.attributes.text('x00100010', 'PN')).toBe(name);
          expect(header.attributes.number('x00200013', 'IS')).toBe(whole);
        },
      ),
    );
  });
});
