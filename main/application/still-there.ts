import type { StudyDocument } from '../../core/api/requests.ts';
import { SystolaError } from '../../core/error.ts';
import type { Library } from '../library/library.ts';

/**
 * Whether all that was opened of a study is there: nobody deleted the study, a clip or a document of it since.
 *
 * @param since `library.care.deletions` of before it was opened
 */
export function isStillThere(
  library: Library,
  { facts, clips, documents }: Pick<StudyDocument, 'facts' | 'clips' | 'documents'>,
  since: number,
): boolean {
  // Reading a study takes a while, and nearly never was anything deleted.
  if (library.care.deletions === since) return true;
  try {
    const now = library.studyInPassing(facts.studyInstanceUid);
    const there = new Set([...now.clips, ...now.documents].map(({ sopInstanceUid }) => sopInstanceUid));
    return [...clips, ...documents].every(({ sopInstanceUid }) => there.has(sopInstanceUid));
  } catch (error) {
    if (error instanceof SystolaError && error.code === 'not-found') return false;
    throw error;
  }
}

/** Why what was made is not handed over. */
export const deletedMeanwhile = (studyInstanceUid: string): SystolaError =>
  new SystolaError(
    'not-found',
    'Something of this study was deleted meanwhile: nothing was handed over. Take it back, or do it again without it.',
    studyInstanceUid,
  );
