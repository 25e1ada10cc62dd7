import { buildDicom, type DicomOptions } from '../../fixtures/dicom/build.ts';
import type { DataElement } from '../../fixtures/dicom/element.ts';

const element = (tag: string, vr: string, value: DataElement['value']): DataElement => ({ tag, vr, value });

/** Private groups, a private sequence, bytes of no known form, and numbers that no encoder would spell like that. */
const stubborn: readonly DataElement[] = [
  element('00101020', 'DS', '1.8000'),
  element('00101030', 'DS', ' 75.50 '),
  element('00290010', 'LO', 'ODD VENDOR'),
  element('00291001', 'UN', Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 255)),
  element('00291002', 'SQ', [[element('00100020', 'LO', 'nested')]]),
  element('00990010', 'LO', 'SYSTOLA 1'),
  element('00991001', 'OB', Buffer.from('{"systola-traces":1,"x":[1.25,2.5]} ')),
];

const kinds: Readonly<Record<string, DicomOptions>> = {
  plain: {},
  private: { elements: stubborn },
  'undefined lengths': { elements: stubborn, undefinedLengths: true },
  implicit: { syntax: 'implicit', elements: stubborn },
  'big endian': { syntax: 'big-endian' },
  deflated: { syntax: 'deflated' },
  jpeg: { syntax: 'jpeg', elements: stubborn, rows: 64, columns: 64, frames: 5 },
  fragments: { syntax: 'jpeg', fragmentBytes: 200, rows: 64, columns: 64, frames: 3, offsetTable: 'empty' },
  rle: { syntax: 'rle', rows: 64, columns: 64, frames: 3 },
  'jpeg 2000': { syntax: 'jpeg-2000', rows: 64, columns: 64, frames: 2 },
  latin: { patientName: Buffer.from('M\xfcller^J\xf6rg', 'latin1'), characterSet: ['ISO_IR 100'] },
};

export const sopOf = (number: number): string => `1.2.3.4.${number}`;

/** A file of every kind that an encoder would write otherwise, by its SOP Instance UID. */
export const objects = (): ReadonlyMap<string, Uint8Array> =>
  new Map(
    Object.values(kinds).map((options, index) => [
      sopOf(index + 1),
      buildDicom({ sopInstanceUid: sopOf(index + 1), ...options }),
    ]),
  );
