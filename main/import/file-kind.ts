import { MemorySource } from '../dicom/byte-source.ts';
import { beginsAsCoco } from '../dicom/coco-start.ts';
import { fileStart } from '../dicom/file-start.ts';

/** What the first bytes say a file is; names and extensions are not trusted. */
export type FileKind = 'empty' | 'dicom' | 'dicomdir' | 'zip' | 'coco' | 'other';

/** How many leading bytes {@link fileKind} looks at. */
export const headBytes = 4096;

/** Media Storage Directory Storage, the SOP class of a DICOMDIR (PS3.4 annex B). */
const directorySopClass = '1.2.840.10008.1.3.10';

/** Tells from up to the first {@link headBytes} bytes what a file is. */
export function fileKind(head: Buffer): FileKind {
  if (head.length === 0) return 'empty';
  const magic = head.toString('latin1', 0, 4);
  if (magic === 'PK\x03\x04' || magic === 'PK\x05\x06') return 'zip';
  if (beginsAsCoco(head)) return 'coco';
  if (fileStart(new MemorySource(head)) === null) return 'other';
  const directory = head.indexOf(directorySopClass, 0, 'latin1');
  const next = directory < 0 ? '' : head.toString('latin1', directory + directorySopClass.length)[0];
  return directory >= 0 && !/[0-9.]/.test(next ?? '') ? 'dicomdir' : 'dicom';
}

/** Programs and documents that are ZIP archives inside. */
const packedFormats = new Set([
  ...['jar', 'war', 'ear', 'apk', 'aar', 'xpi', 'crx', 'nupkg', 'whl', 'vsix', 'msix', 'appx', 'ipa'],
  ...['docx', 'docm', 'dotx', 'xlsx', 'xlsm', 'xltx', 'pptx', 'pptm', 'ppsx', 'potx', 'vsdx'],
  ...['odt', 'ods', 'odp', 'odg', 'ott', 'epub', 'key', 'numbers', 'pages', 'kmz', '3mf', 'sketch'],
]);

/** Whether a ZIP archive of this name is a program or a document, as viewers on discs bring them along. */
export function isPackedFormat(name: string): boolean {
  return packedFormats.has(/\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase() ?? '');
}
