import { mostExpected } from '../../core/api/background.ts';
import type { ListedStudy } from '../../core/api/study-summary.ts';
import { isToReview } from '../state/study-filter.ts';

/** Studies that the reader comes to next: those behind the open one in the list, then the others from its beginning. */
export function expectedStudies(studies: readonly ListedStudy[], open: string | null): string[] {
  const index = studies.findIndex(({ studyInstanceUid }) => studyInstanceUid === open);
  return [...studies.slice(index + 1), ...studies.slice(0, Math.max(0, index))]
    .filter(isToReview)
    .slice(0, mostExpected)
    .map(({ studyInstanceUid }) => studyInstanceUid);
}
