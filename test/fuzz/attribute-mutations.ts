import type { DataElement } from '../fixtures/dicom/element.ts';
import type { Mutation } from './byte-mutations.ts';
import { fileBytes, withElement, withoutElement, type DicomFile } from './dicom-file.ts';
import type { Random } from './random.ts';

/** Sets some attributes to what a generator makes up; null leaves an attribute out. */
const attributes = (
  name: string,
  choose: (random: Random) => readonly (DataElement | { readonly tag: string; readonly value: null })[],
): Mutation => ({
  name,
  apply(file, random) {
    const changed = choose(random).reduce<DicomFile>(
      (current, element) =>
        element.value === null
          ? withoutElement(current, element.tag)
          : withElement(current, element as DataElement),
      file,
    );
    return fileBytes(changed);
  },
});

const text = (tag: string, vr: string, value: string): DataElement => ({
  tag,
  vr,
  value: Buffer.from(value, 'utf8'),
});
const whole = (tag: string, value: number): DataElement => ({ tag, vr: 'US', value: [value & 0xffff] });

const oddNumbers = [
  '0',
  '-1',
  '1e9',
  '1e999',
  'NaN',
  '',
  'abc',
  '0,447',
  '3\\4',
  '2147483648',
  ' 7 ',
  '+5',
  '1.5',
  '-0',
];
const oddTexts = [
  '',
  ' ',
  '\\',
  '\\\\\\',
  '^^^^',
  '====',
  'Ω'.repeat(40),
  '<b>&amp;</b>',
  '../../etc',
  '\x1b$B',
  '\x1b(J\x1b)I',
  'x'.repeat(70_000),
  '\0\0',
  '𝔽'.repeat(9000),
  'a'.repeat(63) + '\ud800',
];
const sizes = [0, 1, 2, 3, 39, 40, 41, 47, 48, 49, 255, 4096, 8192, 65_535];
const doubles = [0, -0, -0.05, 1e-300, 1e300, Number.NaN, Number.POSITIVE_INFINITY, 0.05, 5];
const corners = [0, 1, 39, 47, 48, 1000, 0x7fffffff, 0x80000000, 0xffffffff];

function region(random: Random): readonly DataElement[] {
  const corner = (tag: string): DataElement => ({
    tag,
    vr: random.of(['UL', 'SL']),
    value: [random.of(corners) | 0],
  });
  return [
    whole('00186012', random.of([0, 1, 2, 3, 4, 5, 65_535])),
    whole('00186014', random.of([0, 1, 2, 3, 4, 5, 6, 12])),
    ...['00186018', '0018601a', '0018601c', '0018601e'].map((tag) => {
      const { value } = corner(tag);
      return { tag, vr: 'SL', value } as DataElement;
    }),
    whole('00186024', random.below(14)),
    whole('00186026', random.below(14)),
    { tag: '0018602c', vr: 'FD', value: [random.of(doubles)] },
    { tag: '0018602e', vr: 'FD', value: [random.of(doubles)] },
  ].slice(random.below(4));
}

const textAttributes = [
  ['00080050', 'SH'],
  ['00080070', 'LO'],
  ['0008103e', 'LO'],
  ['00081030', 'LO'],
  ['00082120', 'SH'],
  ['00082127', 'SH'],
  ['00100010', 'PN'],
  ['00100020', 'LO'],
  ['00100021', 'LO'],
  ['00204000', 'LT'],
  ['00080018', 'UI'],
  ['0020000d', 'UI'],
  ['0020000e', 'UI'],
  ['00080016', 'UI'],
] as const;

/** Attributes that contradict each other, the pixels, or sense. */
export const attributeMutations: readonly Mutation[] = [
  attributes('a number of frames', (random) => {
    const value = random.of([...oddNumbers, '1', '3', '5', '8', '400', '20000', '20001']);
    return [random.chance(0.2) ? { tag: '00280008', value: null } : text('00280008', 'IS', value)];
  }),
  attributes('rows and columns', (random) => [
    whole('00280010', random.of(sizes)),
    whole('00280011', random.of(sizes)),
  ]),
  attributes('depths', (random) => [
    whole('00280100', random.of([0, 1, 8, 12, 16, 24, 32, 64])),
    whole('00280101', random.of([0, 1, 7, 8, 10, 12, 16, 17, 40])),
    whole('00280102', random.of([0, 7, 11, 15, 99])),
    whole('00280103', random.of([0, 1, 2])),
  ]),
  attributes('samples and colour label', (random) => [
    whole('00280002', random.of([0, 1, 2, 3, 4])),
    text(
      '00280004',
      'CS',
      random.of([
        'MONOCHROME1',
        'MONOCHROME2',
        'PALETTE COLOR',
        'RGB',
        'YBR_FULL',
        'YBR_FULL_422',
        'YBR_ICT',
        'YBR_RCT',
        'HSV',
        '',
        'rgb',
      ]),
    ),
    whole('00280006', random.of([0, 1, 2])),
  ]),
  attributes('a colour label alone', (random) => [
    text(
      '00280004',
      'CS',
      random.of(['RGB', 'YBR_FULL', 'YBR_FULL_422', 'YBR_ICT', 'YBR_RCT', 'MONOCHROME2']),
    ),
  ]),
  attributes('a palette', (random) =>
    [1, 2, 3].flatMap((channel) => [
      {
        tag: `0028110${channel}`,
        vr: 'US',
        value: [random.of([0, 1, 255, 256, 65_535]), random.of([0, 1, 65_535]), random.of([0, 8, 12, 16])],
      },
      {
        tag: random.of([`0028120${channel}`, `0028122${channel}`]),
        vr: 'OW',
        value: random.bytes(random.of([0, 2, 256, 512, 1024])),
      },
    ]),
  ),
  attributes('a segmented palette', (random) =>
    [1, 2, 3].flatMap((channel) => [
      { tag: `0028120${channel}`, value: null },
      {
        tag: `0028122${channel}`,
        vr: 'OW',
        value: Buffer.concat(
          Array.from({ length: random.between(0, 30) }, () => {
            const segment = Buffer.alloc(6);
            segment.writeUInt16LE(random.of([0, 1, 2, 3]), 0);
            segment.writeUInt16LE(random.of([0, 1, 4, 200, 65_535]), 2);
            segment.writeUInt16LE(random.below(65_536), 4);
            return segment;
          }),
        ),
      },
    ]),
  ),
  attributes('a window and rescaling', (random) => [
    text('00281050', 'DS', random.of(oddNumbers)),
    text('00281051', 'DS', random.of(oddNumbers)),
    text('00281052', 'DS', random.of(oddNumbers)),
    text('00281053', 'DS', random.of(oddNumbers)),
  ]),
  attributes('timing', (random) => [
    text('00181063', 'DS', random.of([...oddNumbers, '33.3', '0.01', '100'])),
    text(
      '00181065',
      'DS',
      random
        .of([
          ['0', '33', '33'],
          ['0', '33', '66', '99'],
          ['33'],
          ['0', '-33', '33', 'x'],
          new Array<string>(30_000).fill('33'),
        ])
        .join('\\'),
    ),
    text('00180040', 'IS', random.of([...oddNumbers, '30'])),
    text('00082144', 'IS', random.of([...oddNumbers, '30'])),
    { tag: '00280009', vr: 'AT', value: random.of(['00181063', '00181065', '00209111', '00000000']) },
  ]),
  attributes('regions', (random) => [
    {
      tag: '00186011',
      vr: 'SQ',
      value: Array.from({ length: random.of([0, 1, 2, 3, 70]) }, () => region(random)),
    },
  ]),
  attributes('spacing and aspect', (random) => [
    text(
      '00280030',
      'DS',
      random.of(['0.895\\0.895', '0\\0', '-1\\1', '0,4\\0,4', '1', 'a\\b', '1e-300\\1e300', '1\\2\\3']),
    ),
    text('00280034', 'IS', random.of(['2\\3', '0\\0', '1', '-1\\1', '1\\100000', 'a\\b'])),
  ]),
  attributes('R waves', (random) => [
    {
      tag: '00186060',
      vr: 'FL',
      value: Array.from({ length: random.of([0, 1, 3, 5000]) }, () =>
        random.of([0, 900, -5, 1e30, Number.NaN]),
      ),
    },
  ]),
  attributes('an odd text', (random) => {
    const [tag, vr] = random.of(textAttributes);
    return [text(tag, vr, random.of(oddTexts))];
  }),
  attributes('an identifier left out', (random) => [
    { tag: random.of(['00080016', '00080018', '0020000d', '0020000e', '00100020', '00080060']), value: null },
  ]),
  attributes('a character set', (random) => [
    text(
      '00080005',
      'CS',
      random.of([
        'ISO_IR 192',
        'ISO 2022 IR 87',
        '\\ISO 2022 IR 87',
        'GB18030',
        'ISO_IR 166',
        'nonsense',
        'ISO 2022 IR 149\\ISO 2022 IR 58',
      ]),
    ),
    { tag: '00100010', vr: 'PN', value: random.bytes(random.between(0, 60) * 2) },
  ]),
  attributes('a stage and a view', (random) => [
    text('00082120', 'SH', random.of(['REST', 'PEAK', '', ' baseline ', ...oddTexts])),
    text('00082122', 'IS', random.of(oddNumbers)),
    text('00082127', 'SH', random.of(['A4C', 'PLAX', ...oddTexts])),
    text('00082128', 'IS', random.of(oddNumbers)),
  ]),
  attributes('another class of object', (random) => [
    text(
      '00080016',
      'UI',
      random.of([
        '1.2.840.10008.5.1.4.1.1.7',
        '1.2.840.10008.5.1.4.1.1.7.2',
        '1.2.840.10008.5.1.4.1.1.7.4',
        '1.2.840.10008.5.1.4.1.1.6.2',
        '1.2.840.10008.5.1.4.1.1.2',
        '1.2.3',
      ]),
    ),
    text('00080060', 'CS', random.of(['US', 'OT', 'CT', ''])),
  ]),
  attributes('image type', (random) => [
    text(
      '00080008',
      'CS',
      random.of([
        'ORIGINAL\\PRIMARY\\\\0001',
        'DERIVED\\SECONDARY\\TEE\\0010',
        'A\\B\\C\\ZZZZ',
        '\\'.repeat(3000),
        'ORIGINAL',
      ]),
    ),
  ]),
];
