import type { StudyDocument } from '../../core/api/requests.ts';

/**
 * The study without what was said of clips that are deleted and can still be taken back: the review keeps it, so that they
 * come back with their contours; what leaves, or stands on a page, has none of it.
 */
export function withoutDeleted<T extends Pick<StudyDocument, 'clips' | 'review' | 'history'>>(
  document: T,
): T {
  const { review, history } = document;
  const there = new Set(document.clips.map(({ sopInstanceUid }) => sopInstanceUid));
  const isThere = (uid: string): boolean => there.has(uid);
  if (Object.keys(review.clips).every(isThere)) return document;
  const clips = Object.fromEntries(Object.entries(review.clips).filter(([uid]) => isThere(uid)));
  return {
    ...document,
    review: { ...review, clips },
    history: history.map((entry) => ({
      ...entry,
      clips: entry.clips.filter(({ sopInstanceUid }) => isThere(sopInstanceUid)),
    })),
  };
}
