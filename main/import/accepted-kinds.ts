import { SystolaError } from '../../core/error.ts';
import { mostCocoBytes } from '../dicom/coco-start.ts';
import type { Candidate } from './candidate.ts';
import { isPackedFormat, type FileKind } from './file-kind.ts';
import type { ImportLimits } from './limits.ts';

/** Whether files of this kind are looked into. */
export function isTaken(kind: FileKind): boolean {
  return kind === 'dicom' || kind === 'dicomdir' || kind === 'zip' || kind === 'coco';
}

/** Why a file of a kind that is not looked into is not taken. */
export function refusedKind(kind: FileKind, name: string): SystolaError {
  return kind === 'empty'
    ? new SystolaError('empty-file', 'The file is empty. Copy it again from its source.', name)
    : new SystolaError('not-dicom', 'It is not a DICOM file.', name);
}

/**
 * How many bytes a file of this kind may have. Archives inside archives are not opened: they are where bombs hide, and
 * no scanner writes them.
 *
 * @throws SystolaError when it is not taken at all
 */
export function limitOf(kind: FileKind, candidate: Candidate, limits: ImportLimits): number {
  switch (kind) {
    case 'zip':
      if (candidate.archived) {
        // A viewer's own libraries and help are no more looked into than its programs.
        if (isPackedFormat(candidate.name)) throw refusedKind('other', candidate.name);
        throw new SystolaError(
          'unreadable',
          'It is an archive inside an archive, which is not opened. Unpack it first.',
          candidate.name,
        );
      }
      return limits.archiveBytes;
    case 'empty':
    case 'other':
      throw refusedKind(kind, candidate.name);
    case 'coco':
      return Math.min(mostCocoBytes, limits.fileBytes);
    case 'dicom':
    case 'dicomdir':
      return limits.fileBytes;
  }
}
