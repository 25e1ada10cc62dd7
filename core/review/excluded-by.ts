import type { Change, Revision } from './review.ts';

/** Who last excluded a beat of a clip, by the mark that excludes it; null where no revision says so. */
export function excludedBy(
  revisions: readonly Pick<Revision, 'author' | 'changes'>[],
  sopInstanceUid: string,
  mark: number,
): string | null {
  const excludes = (change: Change): boolean =>
    change.slot === 'excludedBeats' &&
    change.sopInstanceUid === sopInstanceUid &&
    (change.after?.includes(mark) ?? false) &&
    !(change.before?.includes(mark) ?? false);
  return revisions.findLast(({ changes }) => changes.some(excludes))?.author ?? null;
}
