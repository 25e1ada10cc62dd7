import type { ComparableStudy } from './comparable-study.ts';

/** Where a study lies from another: of one day, or without a date, nobody can say which was first. */
export type PriorTime = 'earlier' | 'later' | 'same-day' | 'undated';

export function priorTime(date: string | null, today: string | null): PriorTime {
  if (date === null || today === null) return 'undated';
  return date === today ? 'same-day' : date < today ? 'earlier' : 'later';
}

type Listed = Pick<ComparableStudy, 'studyInstanceUid' | 'date' | 'standing' | 'measurements'>;

/** Other studies of a patient, the newest first, those without a date last. */
export function newestFirst<T extends Pick<ComparableStudy, 'studyInstanceUid' | 'date'>>(
  studies: readonly T[],
): T[] {
  return studies.toSorted(
    (a, b) => compare(b.date ?? '', a.date ?? '') || compare(a.studyInstanceUid, b.studyInstanceUid),
  );
}

/**
 * The study that another is held against unless the reader chooses: the last before it that has an ejection fraction and
 * was not rejected, else the last before it. Later ones, those of the same day and those without a date are the reader's
 * to choose.
 */
export function usualPrior<T extends Listed>(studies: readonly T[], today: string | null): T | null {
  const earlier = newestFirst(studies.filter(({ date }) => priorTime(date, today) === 'earlier'));
  const measured = earlier.find(
    ({ standing, measurements }) => standing !== 'rejected' && measurements.some(({ name }) => name === 'EF'),
  );
  return measured ?? earlier[0] ?? null;
}

/** Whether the numbers of both rest on the same models; those that rest on none were drawn. */
export function sameModels(a: Pick<ComparableStudy, 'models'>, b: Pick<ComparableStudy, 'models'>): boolean {
  const hashes = ({ models }: Pick<ComparableStudy, 'models'>): string =>
    models
      .map(({ sha256 }) => sha256)
      .toSorted()
      .join(' ');
  return hashes(a) === hashes(b);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
