import { expect, it } from 'vitest';
import { attributes } from '../../../main/dicom/write/attributes.ts';
import { element } from '../../../main/dicom/write/element.ts';
import { writeDirectory, type DirectoryRecord } from '../../../main/dicom/write/write-directory.ts';

const record = (
  type: string,
  id: string,
  below: readonly DirectoryRecord[] = [],
  file: DirectoryRecord['file'] = null,
): DirectoryRecord => ({ type, keys: [element(attributes.PatientID, id)], file, below });

const file = (name: string): DirectoryRecord['file'] => ({
  fileId: ['DICOM', name],
  sopClassUid: '1.2.840.10008.5.1.4.1.1.3.1',
  sopInstanceUid: `1.2.${name.length}`,
  transferSyntaxUid: '1.2.840.10008.1.2.1',
});

/** What stands at a place of the file: the value of an unsigned number of the item that begins there. */
function numbersAt(bytes: Uint8Array, offset: number): { next: number; lower: number; type: string } {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  // An item, then Offset of the Next Directory Record, Record In-use Flag, Offset of … Lower-Level, Type.
  expect(view.getUint32(offset, true)).toBe(0xe000_fffe);
  const next = view.getUint32(offset + 8 + 8, true);
  const lower = view.getUint32(offset + 8 + 12 + 10 + 8, true);
  const length = view.getUint16(offset + 8 + 12 + 10 + 12 + 6, true);
  const from = offset + 8 + 12 + 10 + 12 + 8;
  return {
    next,
    lower,
    type: Buffer.from(bytes.subarray(from, from + length))
      .toString('latin1')
      .trim(),
  };
}

/** Types of the records of an entity and, in brackets, of what is below them, by following the links alone. */
function followed(bytes: Uint8Array, first: number): string {
  const found: string[] = [];
  for (let at = first; at !== 0;) {
    const { next, lower, type } = numbersAt(bytes, at);
    found.push(lower === 0 ? type : `${type}(${followed(bytes, lower)})`);
    at = next;
  }
  return found.join(' ');
}

it('links records by the places that they have in the file', () => {
  const images = ['ONE', 'THREE', 'FIVESIX'].map((name) => record('IMAGE', name, [], file(name)));
  const tree = [
    record('PATIENT', 'a', [record('STUDY', 'b', [record('SERIES', 'c', images)]), record('STUDY', 'dd')]),
    record('PATIENT', 'eee'),
  ];
  const bytes = writeDirectory('MEDIUM', tree);
  const text = Buffer.from(bytes).toString('latin1');
  // (0004,1200) UL, of four bytes.
  const first = bytes.indexOf(0x04, text.indexOf('MEDIUM'));
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const root = view.getUint32(first + 8, true);
  expect(followed(bytes, root)).toBe('PATIENT(STUDY(SERIES(IMAGE IMAGE IMAGE)) STUDY) PATIENT');
  const last = view.getUint32(first + 20, true);
  expect(numbersAt(bytes, last)).toEqual({ next: 0, lower: 0, type: 'PATIENT' });
  expect(writeDirectory('MEDIUM', tree)).toEqual(bytes);
});

it('can be empty, and refuses file IDs that no medium has', () => {
  expect(writeDirectory('SYSTOLA', []).length).toBeGreaterThan(300);
  expect(() => writeDirectory('SYSTOLA', [record('IMAGE', 'x', [], file('lower.dcm'))])).toThrow(
    'ReferencedFileID',
  );
});
