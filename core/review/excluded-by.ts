import type { HistoryEntry } from './history-entry.ts';

/** Who last excluded a beat of a clip, by the mark that excludes it; null where no revision says so. */
export function excludedBy(
  history: readonly Pick<HistoryEntry, 'author' | 'clips'>[],
  sopInstanceUid: string,
  mark: number,
): string | null {
  const excludes = ({ clips }: Pick<HistoryEntry, 'clips'>): boolean =>
    clips.some((clip) => clip.sopInstanceUid === sopInstanceUid && (clip.excluded?.includes(mark) ?? false));
  return history.findLast(excludes)?.author ?? null;
}
