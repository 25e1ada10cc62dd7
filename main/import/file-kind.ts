/** What the first bytes say a file is; names and extensions are not trusted. */
export type FileKind = 'empty' | 'dicom' | 'dicomdir' | 'zip' | 'other';

/** How many leading bytes {@link fileKind} looks at. */
export const headBytes = 4096;

/** Media Storage Directory Storage, the SOP class of a DICOMDIR (PS3.4 annex B). */
const directorySopClass = '1.2.840.10008.1.3.10';

/** Tells from up to the first {@link headBytes} bytes what a file is. */
export function fileKind(head: Buffer): FileKind {
  if (head.length === 0) return 'empty';
  const magic = head.toString('latin1', 0, 4);
  if (magic === 'PK\x03\x04' || magic === 'PK\x05\x06') return 'zip';
  if (head.toString('latin1', 128, 132) === 'DICM') {
    const directory = head.indexOf(directorySopClass, 132, 'latin1');
    const next = directory < 0 ? '' : head.toString('latin1', directory + directorySopClass.length)[0];
    return directory >= 0 && !/[0-9.]/.test(next ?? '') ? 'dicomdir' : 'dicom';
  }
  return looksLikeDataSet(head) ? 'dicom' : 'other';
}

/** Some archives drop the preamble: a data set then starts with group 0002 or 0008, little endian. */
function looksLikeDataSet(head: Buffer): boolean {
  if (head.length < 8) return false;
  const group = head.readUInt16LE(0);
  const element = head.readUInt16LE(2);
  if (group !== 0x0002 && group !== 0x0008) return false;
  const valueRepresentation = head.toString('latin1', 4, 6);
  const explicit = /^[A-Z]{2}$/.test(valueRepresentation);
  return explicit || (element <= 0x0070 && head.readUInt32LE(4) < 1024);
}
