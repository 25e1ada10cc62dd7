import { transferSyntaxes } from '../fixtures/dicom/build.ts';
import { writeHeader } from '../fixtures/dicom/element.ts';
import type { Mutation } from './byte-mutations.ts';
import {
  elementsOf,
  encodingOf,
  fileBytes,
  replaced,
  withDataSet,
  withoutElement,
  withSyntaxLabel,
  type DicomFile,
  type ElementPlace,
} from './dicom-file.ts';
import type { Random } from './random.ts';

const structural = (name: string, apply: (file: DicomFile, random: Random) => DicomFile): Mutation => ({
  name,
  apply: (file, random) => fileBytes(apply(file, random)),
});
/** A mutation of one top-level element, chosen by chance. */
const elementwise = (
  name: string,
  apply: (file: DicomFile, place: ElementPlace, random: Random) => DicomFile,
): Mutation => structural(name, (file, random) => apply(file, random.of(elementsOf(file)), random));

function withLength(file: DicomFile, { lengthAt, lengthBytes }: ElementPlace, length: number): DicomFile {
  const dataSet = Buffer.from(file.dataSet);
  const value = lengthBytes === 2 ? length & 0xffff : length >>> 0;
  if (encodingOf(file.syntax).bigEndian) dataSet.writeUIntBE(value, lengthAt, lengthBytes);
  else dataSet.writeUIntLE(value, lengthAt, lengthBytes);
  return withDataSet(file, dataSet);
}

const withVr = (file: DicomFile, place: ElementPlace, vr: string): DicomFile =>
  place.vr === null
    ? file
    : replaced(file, place.start + 4, place.start + 6, Buffer.from(vr.padEnd(2, '\0').slice(0, 2), 'latin1'));

const header = (file: DicomFile, tag: string, vr: string | null, length: number) =>
  Buffer.from(writeHeader(tag, vr, length, encodingOf(file.syntax)));

const before = (file: DicomFile, place: ElementPlace, bytes: Uint8Array) =>
  replaced(file, place.start, place.start, bytes);

const vrs = [
  'AE',
  'AS',
  'AT',
  'CS',
  'DA',
  'DS',
  'DT',
  'FD',
  'FL',
  'IS',
  'LO',
  'LT',
  'OB',
  'OW',
  'PN',
  'SH',
  'SL',
];
const moreVrs = [
  'SQ',
  'SS',
  'ST',
  'TM',
  'UC',
  'UI',
  'UL',
  'UN',
  'UR',
  'US',
  'UT',
  'OD',
  'OF',
  'OL',
  'OV',
  'SV',
  'UV',
];

/** A sequence inside a sequence inside a sequence …, none of which ever ends. */
function nested(file: DicomFile, depth: number): Buffer {
  const level = Buffer.concat([
    header(file, '00186011', 'SQ', 0xffffffff),
    header(file, 'fffee000', null, 0xffffffff),
  ]);
  return Buffer.concat(new Array<Buffer>(depth).fill(level));
}

/** Damage to the grammar of PS3.5 and PS3.10: tags, representations, lengths, sequences, file meta information. */
export const structureMutations: readonly Mutation[] = [
  elementwise('a length of zero', (file, place) => withLength(file, place, 0)),
  elementwise('a length without end', (file, place) => withLength(file, place, 0xffffffff)),
  elementwise('a huge length', (file, place, random) =>
    withLength(file, place, random.of([0x7fffffff, 0xfffffffe, 0xffff, 1 << 24])),
  ),
  elementwise('a length a little off', (file, place, random) =>
    withLength(file, place, place.end - place.valueAt + random.of([-2, -1, 1, 2, 8])),
  ),
  elementwise('a random length', (file, place, random) =>
    withLength(file, place, random.below(2 ** random.between(1, 32))),
  ),
  elementwise('another representation', (file, place, random) =>
    withVr(file, place, random.of([...vrs, ...moreVrs])),
  ),
  elementwise('an unknown representation', (file, place, random) =>
    withVr(file, place, random.of(['\0\0', '00', 'XX', 'us', '??', '  ', 'ÿÿ', 'OX'])),
  ),
  elementwise('another tag', (file, place, random) =>
    replaced(file, place.start, place.start + 4, random.bytes(4)),
  ),
  elementwise('an element left out', (file, { tag }) => withoutElement(file, tag)),
  elementwise('an element twice', (file, place) =>
    before(file, place, file.dataSet.subarray(place.start, place.end)),
  ),
  structural('elements out of order', (file, random) => {
    const places = elementsOf(file);
    const first = random.of(places);
    const second = random.of(places);
    const bytes = file.dataSet.subarray(second.start, second.end);
    return second.start <= first.start
      ? file
      : before(replaced(file, second.start, second.end, Buffer.alloc(0)), first, bytes);
  }),
  elementwise('an empty value', (file, place) =>
    withLength(replaced(file, place.valueAt, place.end, Buffer.alloc(0)), place, 0),
  ),
  elementwise('a random value', (file, place, random) =>
    replaced(file, place.valueAt, place.end, random.bytes(Math.min(4096, place.end - place.valueAt))),
  ),
  elementwise('a stray end of a sequence', (file, place) =>
    before(file, place, header(file, 'fffee0dd', null, 0)),
  ),
  elementwise('a stray end of an item', (file, place) =>
    before(file, place, header(file, 'fffee00d', null, 0)),
  ),
  elementwise('a stray item', (file, place, random) => {
    const content = random.bytes(random.between(0, 40));
    return before(file, place, Buffer.concat([header(file, 'fffee000', null, content.length), content]));
  }),
  elementwise('an item that never ends', (file, place) =>
    before(file, place, header(file, 'fffee000', null, 0xffffffff)),
  ),
  elementwise('a private element', (file, place, random) => {
    const value = random.bytes(random.between(0, 300) * 2);
    return before(file, place, Buffer.concat([header(file, '00091010', 'UN', value.length), value]));
  }),
  elementwise('a sequence inside UN', (file, place) => {
    const inner = Buffer.concat([header(file, 'fffee000', null, 8), header(file, '00080100', 'SH', 0)]);
    return before(file, place, Buffer.concat([header(file, '00091011', 'UN', 0xffffffff), inner]));
  }),
  elementwise('nested sequences', (file, place, random) =>
    before(file, place, nested(file, random.of([1, 8, 200, 4000]))),
  ),
  structural('another transfer syntax', (file, random) =>
    withSyntaxLabel(file, random.of(Object.values(transferSyntaxes))),
  ),
  structural('an unknown transfer syntax', (file, random) =>
    withSyntaxLabel(file, random.of(['1.2.840.10008.1.2.4.102', '1.2.3', '1.2.840.113619.5.2', 'abc', ''])),
  ),
  structural('no preamble', (file) => ({ ...file, meta: file.meta.subarray(132) })),
  structural('no file meta information', (file) => ({ ...file, meta: Buffer.alloc(0) })),
  structural('a preamble and no file meta information', (file) => ({
    ...file,
    meta: file.meta.subarray(0, 132),
  })),
  structural('a wrong length of the file meta information', (file, random) => {
    const meta = Buffer.from(file.meta);
    meta.writeUInt32LE(random.of([0, 1, 64, 4096, 0xffffffff]), 140);
    return { ...file, meta };
  }),
  structural('bits of the file meta information', (file, random) => {
    const meta = Buffer.from(file.meta);
    for (let flip = random.between(1, 6); flip > 0; flip -= 1)
      meta[132 + random.below(meta.length - 132)]! ^= 1 << random.below(8);
    return { ...file, meta };
  }),
];
