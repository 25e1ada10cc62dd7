import type { Listing } from '../../core/api/listing.ts';
import type { ListedStudy } from '../../core/api/study-summary.ts';

/** Which studies the list shows by how far they have come; null: all. */
export type StatusFilter = Listing['status'];

/** Nobody has decided on it, measured or not. */
export const isToReview = ({ decision, problem }: ListedStudy): boolean =>
  decision === 'pending' && problem === undefined;

const passes: Readonly<Record<NonNullable<StatusFilter>, (study: ListedStudy) => boolean>> = {
  'to-review': isToReview,
  signed: ({ decision }) => decision === 'accepted',
  problem: ({ status }) => status === 'problem',
};

/** "20260102" of a day in the time of this computer, as scanners write it. */
const dicomDay = (day: Date): string =>
  [day.getFullYear(), day.getMonth() + 1, day.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('');

export function filteredStudies(
  studies: readonly ListedStudy[],
  status: StatusFilter,
  onlyToday: boolean,
  now = new Date(),
): readonly ListedStudy[] {
  if (status === null && !onlyToday) return studies;
  const today = dicomDay(now);
  return studies.filter(
    (study) =>
      (status === null || passes[status](study)) &&
      (!onlyToday || study.studyDate?.replaceAll('-', '') === today),
  );
}
