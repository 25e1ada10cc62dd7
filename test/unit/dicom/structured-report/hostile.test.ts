import { describe, expect, it } from 'vitest';
import { SystolaError } from '../../../../core/error.ts';
import { MemorySource } from '../../../../main/dicom/byte-source.ts';
import { readContours, readReport } from '../../../../main/dicom/structured-report/report.ts';
import { documentFactsSchema } from '../../../../main/library/facts-schema.ts';
import {
  buildReport,
  type BuiltItem,
  byReference,
  coded,
  container,
  number,
  outline,
} from '../../../fixtures/dicom/build-report.ts';
import { edv, scannerReport } from '../../../fixtures/dicom/scanner-report.ts';

const source = (root: BuiltItem, options: Parameters<typeof buildReport>[1] = {}) =>
  new MemorySource(buildReport(root, options));
const refusalOf = (bytes: MemorySource): string => {
  try {
    readReport(bytes, 'hostile.dcm');
  } catch (error) {
    if (error instanceof SystolaError && error.file === 'hostile.dcm') return error.code;
    throw error;
  }
  return 'none';
};
const root = (...children: BuiltItem[]): BuiltItem =>
  container(['126000', 'DCM', 'Imaging Measurement Report'], children);
const nested = (depth: number): BuiltItem =>
  container(['121070', 'DCM', 'Findings'], depth === 0 ? [number(edv, 100, 'ml')] : [nested(depth - 1)]);

describe('a report of hostile shape', () => {
  it.each([24, 40, 400])('nested %i deep is refused by name', (depth) => {
    for (const undefinedLengths of [false, true]) {
      expect(['too-large', 'truncated']).toContain(refusalOf(source(nested(depth), { undefinedLengths })));
    }
  });

  it('as deep as templates are is read', () => {
    expect(readReport(source(nested(12)), 'deep.dcm').document.numbers).toHaveLength(1);
  });

  it('with more items than any report has is refused', () => {
    const many = Array.from({ length: 100_001 }, () => ({ type: 'TEXT' }));
    expect(refusalOf(source(root(...many)))).toBe('too-large');
  });

  it('that ends in the middle of its tree is refused', () => {
    const bytes = buildReport(scannerReport('sct'));
    expect(refusalOf(new MemorySource(bytes.subarray(0, bytes.length - 400)))).toBe('truncated');
  });

  it('with a thousand numbers and names without end is cut to what is kept', () => {
    const long = 'x'.repeat(20_000);
    const numbers = Array.from({ length: 1000 }, (_, index) =>
      number(edv, index + 1, 'ml', [
        coded(['370129005', 'SCT', 'Method'], [`M${index}`, 'LOCAL', `${index} ${long}`]),
      ]),
    );
    const { document } = readReport(source(root(...numbers), { manufacturer: long }), 'long.dcm');
    expect(document.numbers).toHaveLength(256);
    expect(JSON.stringify(document).length).toBeLessThan(200_000);
    expect(documentFactsSchema.safeParse(document).success).toBe(true);
  });

  it.each<[string, Parameters<typeof number>[1], string]>([
    ['no number', 'NaN', 'ml'],
    ['text', 'large', 'ml'],
    ['nothing', '', 'ml'],
    ['a volume below zero', -4, 'ml'],
    ['a volume of no heart', '1e30', 'ml'],
    ['a unit that is none', 100, 'furlong'],
    ['a unit of something else', 100, 'cm'],
    ['a name of the prototype', 100, '__proto__'],
  ])('%s in the place of a number is none', (_what, value, unit) => {
    const { document } = readReport(source(root(number(edv, value, unit), number(edv, 99, 'ml'))), 'a.dcm');
    expect(document.numbers).toMatchObject([{ name: 'EDV', value: 99 }]);
  });

  it('whose values have other representations than they should is read as far as it can be', () => {
    const odd = root({
      ...number(edv, 100, 'ml'),
      elements: [
        {
          tag: '0040a300',
          vr: 'SQ',
          value: [
            [
              {
                tag: '004008ea',
                vr: 'SQ',
                value: [
                  [
                    { tag: '00080100', vr: 'LO', value: 'ml' },
                    { tag: '00080102', vr: 'LO', value: 'UCUM' },
                  ],
                ],
              },
              { tag: '0040a30a', vr: 'FD', value: [100.5] },
            ],
          ],
        },
      ],
    });
    expect(readReport(source(odd), 'odd.dcm').document.numbers).toMatchObject([
      { name: 'EDV', value: 100.5 },
    ]);
  });

  it('whose items refer to each other, themselves and nothing comes to an end', () => {
    const circle = root(
      container(
        ['125007', 'DCM', 'Measurement Group'],
        [
          byReference('CONTAINS', [1, 1]),
          byReference('CONTAINS', [1, 1, 3]),
          byReference('CONTAINS', [1, 1, 2]),
          byReference('CONTAINS', [1]),
          byReference('CONTAINS', [9, 9, 9]),
          byReference('CONTAINS', [1, 77, 4_000_000_000]),
        ],
      ),
    );
    expect(readContours(source(circle), 'circle.dcm')).toBeNull();
    expect(refusalOf(source(circle))).toBe('none');
  });

  it.each<[string, BuiltItem]>([
    ['no number', outline('POLYLINE', [Number.NaN, 1, 2, 3, 4, 5, 6, 7, 8, 9], '1.2.3.4.1', 1)],
    ['an odd number of coordinates', outline('POLYLINE', [1, 2, 3, 4, 5, 6, 7, 8, 9], '1.2.3.4.1', 1)],
    ['too few points', outline('POLYLINE', [1, 2, 3, 4], '1.2.3.4.1', 1)],
    ['no frame of this world', outline('POLYLINE', [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], '../../etc', 1)],
    ['another shape', outline('ELLIPSE', [1, 2, 3, 4, 5, 6, 7, 8], '1.2.3.4.1', 1)],
    ['coordinates without end', outline('POLYLINE', new Array<number>(80_000).fill(1), '1.2.3.4.1', 1)],
  ])('an outline with %s is none', (_what, item) => {
    // Explicit VR has no room for lengths of the last.
    const report = source(root(container(['125007', 'DCM', 'Measurement Group'], [item])), {
      syntax: 'implicit',
    });
    expect(readContours(report, 'outline.dcm')).toBeNull();
  });
});
