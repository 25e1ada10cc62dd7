import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attribute, NumberVr, TextVr, Vr } from '../../../../main/dicom/write/attribute.ts';
import { attributes } from '../../../../main/dicom/write/attributes.ts';
import { decimalText, roundedDecimal } from '../../../../main/dicom/write/decimal.ts';
import { type DataSet, element, inOrder, optional } from '../../../../main/dicom/write/element.ts';
import { encodeDataSet } from '../../../../main/dicom/write/encode-data-set.ts';
import { NotWritable } from '../../../../main/dicom/write/not-writable.ts';
import { inDictionary } from '../../../fixtures/dicom/dcmjs.ts';

const utf8 = element(attributes.SpecificCharacterSet, 'ISO_IR 192');
const of = <V extends Vr>(vr: V): Attribute<V> => ({ keyword: 'Something', tag: 0x0011_1010, vr });
const bytesOf = (...dataSet: DataSet): string => Buffer.from(encodeDataSet(dataSet)).toString('hex');
const text = (value: string): string => Buffer.from(value).toString('hex');

function refusal(dataSet: DataSet): NotWritable {
  try {
    encodeDataSet(dataSet);
  } catch (error) {
    if (error instanceof NotWritable) return error;
    throw error;
  }
  throw new Error('it was written');
}

describe('what is written', () => {
  it('has tag, VR and length of two bytes, or of four after two that are reserved', () => {
    expect(bytesOf(element(attributes.Modality, 'SR'))).toBe(`08006000${text('CS')}0200${text('SR')}`);
    expect(bytesOf(element(attributes.TextValue, 'ab'))).toBe(
      `400060a1${text('UT')}000002000000${text('ab')}`,
    );
    expect(bytesOf(element(attributes.EncapsulatedDocument, Uint8Array.of(1, 2)))).toBe(
      `42001100${text('OB')}0000020000000102`,
    );
  });

  it('is padded to an even length as its VR says', () => {
    expect(bytesOf(element(attributes.PatientID, 'abc'))).toMatch(new RegExp(`0400${text('abc ')}$`));
    expect(bytesOf(element(attributes.SOPClassUID, '1.2'))).toMatch(new RegExp(`0400${text('1.2')}00$`));
    expect(bytesOf(element(attributes.EncapsulatedDocument, Uint8Array.of(1)))).toMatch(/020000000100$/);
    expect(bytesOf(element(attributes.NumericValue, 1.5))).toMatch(new RegExp(`0400${text('1.5 ')}$`));
    // An odd number of bytes, not of characters.
    expect(bytesOf(utf8, element(attributes.PatientID, 'é'))).toMatch(/0200c3a9$/);
    expect(bytesOf(utf8, element(attributes.PatientID, '王'))).toMatch(/0400e78e8b20$/);
  });

  it('is empty where there is no value', () => {
    expect(bytesOf(optional(attributes.StudyTime, null))).toBe(`08003000${text('TM')}0000`);
    expect(bytesOf(element(attributes.PerformedProcedureCodeSequence))).toMatch(/000000000000$/);
  });

  it.each<[NumberVr, number, string]>([
    ['US', 0xfffe, 'feff'],
    ['SS', -2, 'feff'],
    ['UL', 0xffff_fffe, 'feffffff'],
    ['SL', -2, 'feffffff'],
    ['FL', 1.5, '0000c03f'],
    ['FD', 1.5, '000000000000f83f'],
    ['IS', -12, text('-12 ')],
    ['IS', -0, text('0 ')],
    ['DS', 1e-7, text('1e-7')],
    ['DS', -0, text('0 ')],
  ])('is a number of %s as it is: %d', (vr, value, expected) => {
    expect(bytesOf(element(of(vr), value)).slice(16)).toBe(expected);
  });

  it('has sequences and items with their lengths', () => {
    const item = [element(attributes.CodeValue, 'ml')];
    const encoded = `08000001${text('SH')}0200${text('ml')}`;
    expect(bytesOf(element(attributes.MeasurementUnitsCodeSequence, item, []))).toBe(
      `4000ea08${text('SQ')}00001a000000feff00e00a000000${encoded}feff00e000000000`,
    );
  });

  it('is the same for the same content, whatever order its modules came in', () => {
    const elements = [element(attributes.PatientID, '1'), element(attributes.Modality, 'SR'), utf8];
    expect(encodeDataSet(inOrder(elements))).toEqual(encodeDataSet(inOrder(elements.toReversed())));
  });
});

describe('what is refused', () => {
  it.each<[NumberVr, number, RegExp]>([
    ...(['DS', 'IS', 'FD', 'FL', 'US', 'SS', 'UL', 'SL'] as const).flatMap((vr) =>
      [NaN, Infinity, -Infinity].map((value) => [vr, value, /no number/] as [NumberVr, number, RegExp]),
    ),
    ['FL', 1e39, /beyond what FL/],
    ['US', -1, /beyond what US/],
    ['US', 0x10000, /beyond what US/],
    ['UL', 2 ** 32, /beyond/],
    ['SL', 2 ** 31, /beyond/],
    ['SS', 40000, /beyond/],
    ['IS', 2 ** 31, /beyond what IS/],
    ['IS', 1.5, /no whole number/],
    ['US', 1.5, /no whole number/],
    ['DS', 1 / 3, /"0.3333333333333333" is longer than the 16 bytes of DS/],
    ['DS', -1.2345678901234e-10, /16 bytes/],
  ])('is a number that %s cannot hold: %d', (vr, value, reason) => {
    expect(refusal([element(of(vr), value)]).reason).toMatch(reason);
  });

  it.each<[TextVr, string, RegExp]>([
    ['SH', 'x'.repeat(17), /17 characters where SH allows 16/],
    ['LO', 'x'.repeat(65), /65 characters where LO allows 64/],
    ['ST', 'x'.repeat(1025), /1025 characters where ST allows 1024/],
    ['LT', 'x'.repeat(10_241), /LT allows 10240/],
    ['CS', 'A'.repeat(17), /CS allows 16/],
    ['CS', 'lower', /capitals/],
    ['CS', 'Ä', /CS does not allow/],
    ['PN', `${'x'.repeat(65)}=y`, /65 characters where PN allows 64/],
    ['PN', 'a=b=c=d', /3 groups/],
    ['PN', 'a^b^c^d^e^f', /5 parts/],
    ['UI', '1.2.03', /not a UID/],
    ['UI', '1', /not a UID/],
    ['UI', '1..2', /not a UID/],
    ['UI', 'abc', /not a UID/],
    ['UI', `1.${'2'.repeat(63)}`, /UI allows 64/],
    ['DA', '20250230', /no date/],
    ['DA', '2025-01-01', /allows 8/],
    ['DA', '2025.1.1', /no date/],
    ['TM', '2500', /not a time/],
    ['TM', '12:00', /not a time/],
    ['TM', '12.5', /not a time/],
    ['DT', '202502301200', /no date/],
    ['DT', '2025130112', /not a date/],
    ['DT', '20250101T12', /not a date/],
    ['AS', '40Y', /not an age/],
    ['LO', 'a\\b', /backslash/],
    ['PN', 'a\\b', /backslash/],
    ['LO', 'a\nb', /control characters/],
    ['UT', 'a\u0000b', /control characters/],
    ['UT', 'a\u001bb', /control characters/],
    ['LO', 'a\u0085b', /control characters/],
    ['LO', 'a\ud800', /half a character/],
    ['LO', '', /empty/],
  ])('is a text that %s does not allow: %j', (vr, value, reason) => {
    expect(refusal([utf8, element(of(vr), value)]).reason).toMatch(reason);
  });

  it('is what the declared character set does not have', () => {
    const name = element(attributes.PatientName, 'Müller');
    expect(refusal([name]).reason).toMatch(/outside of the declared character set/);
    expect(encodeDataSet([utf8, name]).length).toBe(10 + 8 + 8 + 8);
    const inItem = element(attributes.MeasurementUnitsCodeSequence, [
      element(attributes.CodeMeaning, 'Übel'),
    ]);
    expect(refusal([inItem]).tag).toBe(attributes.CodeMeaning.tag);
    expect(() => encodeDataSet([utf8, inItem])).not.toThrow();
    expect(refusal([element(attributes.SpecificCharacterSet, 'ISO_IR 100'), name]).reason).toMatch(
      /ISO_IR 192/,
    );
    expect(refusal([element(attributes.SpecificCharacterSet, 'ISO_IR 192', 'ISO_IR 192')]).reason).toMatch(
      /alone/,
    );
  });

  it('is a tag out of order or twice, in items too', () => {
    const id = element(attributes.PatientID, '1');
    const modality = element(attributes.Modality, 'SR');
    expect(refusal([id, modality])).toMatchObject({
      tag: attributes.Modality.tag,
      reason: 'it comes after (0010,0020)',
    });
    expect(refusal([id, id])).toMatchObject({ tag: attributes.PatientID.tag, reason: /twice/ });
    expect(refusal([element(attributes.ContentSequence, [id, modality])]).reason).toMatch(/comes after/);
  });

  it('is more than a length of two bytes can say, and a second value where there is one', () => {
    const many = new Array<number>(16_384).fill(1);
    expect(refusal([element(attributes.GraphicData, ...many)]).reason).toMatch(
      /65536 bytes where FL allows 65534/,
    );
    expect(refusal([element(attributes.DocumentTitle, 'a', 'b')]).reason).toMatch(/one value/);
    const bytes = Uint8Array.of(1);
    expect(refusal([element(attributes.EncapsulatedDocument, bytes, bytes)]).reason).toMatch(/one value/);
  });

  it('is said with keyword, tag and reason, as an error that a person reads', () => {
    const error = refusal([element(attributes.AccessionNumber, 'x'.repeat(20))]);
    expect(error.code).toBe('not-writable');
    expect(error.message).toBe(
      'AccessionNumber (0008,0050) cannot be written as DICOM: it has 20 characters where SH allows 16.',
    );
  });
});

it('rounds a decimal to what fits and no further', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), (value) => {
      const rounded = roundedDecimal(value);
      expect(decimalText(rounded).length).toBeLessThanOrEqual(16);
      expect(Math.abs(rounded - value)).toBeLessThanOrEqual(Math.abs(value) * 1e-8 + Number.MIN_VALUE);
      if (decimalText(value).length <= 16) expect(rounded).toBe(value + 0);
    }),
  );
});

describe('the table of attributes', () => {
  it.each(Object.entries(attributes))('has %s as another dictionary has it', (name, { keyword, tag, vr }) => {
    expect(keyword).toBe(name);
    expect(inDictionary(keyword)).toEqual({ tag, vr });
  });
});
