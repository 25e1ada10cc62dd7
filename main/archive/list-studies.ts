import { SystolaError, type ErrorCode } from '../../core/error.ts';
import { readObjectGuarded } from '../dicom/guarded-reader.ts';
import { isDocument, type ReadObject } from '../dicom/read-object.ts';
import { defaultImportLimits } from '../import/limits.ts';
import { listPaths, type Found } from '../import/list-paths.ts';
import { PathProcess } from '../import/paths/path-process.ts';

/** What lies under folders. */
export interface ListedStudies {
  /** Paths of the clips of each study and of the reports beside them, by Study Instance UID. */
  readonly studies: ReadonlyMap<string, readonly string[]>;
  /** How many files are none of them, by why. */
  readonly passedOver: ReadonlyMap<ErrorCode, number>;
}

/**
 * The studies that files under folders are of, by their headers: what analysing would take. Archives (ZIP) are not looked
 * into.
 *
 * @param tell of what cannot be read though it may be a clip
 * @throws the signal's reason
 */
export async function listStudies(
  folders: readonly string[],
  signal: AbortSignal,
  tell: (error: SystolaError) => void,
): Promise<ListedStudies> {
  const studies = new Map<string, string[]>();
  const withClips = new Set<string>();
  const passedOver = new Map<ErrorCode, number>();
  const passOver = (code: ErrorCode): void => void passedOver.set(code, (passedOver.get(code) ?? 0) + 1);
  const reader = new PathProcess(defaultImportLimits.pathSilenceMs);
  const stop = (): void => reader.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const batch of listPaths(folders, reader, signal)) {
      for (const found of batch) {
        signal.throwIfAborted();
        try {
          const read = await readFound(found);
          // Outlines of other programs name clips, and no study.
          if (read === null || read.study === null) {
            passOver('not-dicom');
            continue;
          }
          const { studyInstanceUid } = read.study;
          if (!isDocument(read)) withClips.add(studyInstanceUid);
          if (!studies.get(studyInstanceUid)?.push(found.path)) studies.set(studyInstanceUid, [found.path]);
        } catch (error) {
          if (!(error instanceof SystolaError)) throw error;
          passOver(error.code);
          if (error.code !== 'unsupported-sop-class') tell(error);
        }
      }
    }
  } finally {
    signal.removeEventListener('abort', stop);
    reader.close();
  }
  // Reports alone are nothing to analyse.
  return { studies: new Map([...studies].filter(([uid]) => withClips.has(uid))), passedOver };
}

/** null for what is no DICOM file, or a list of them. */
async function readFound({ path, kind, error }: Found): Promise<ReadObject | null> {
  if (error !== null) throw error;
  if (kind === 'zip')
    throw new SystolaError(
      'unreadable',
      'It is an archive, which is not looked into. Name it in a line of its own.',
      path,
    );
  if (kind !== 'dicom') return null;
  return readObjectGuarded(path);
}
