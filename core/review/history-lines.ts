import type { HistoryEntry } from './history-entry.ts';

/** One line of the history. */
export interface HistoryLine {
  /** What it says; of nudges that went on with each other the last. */
  readonly entry: HistoryEntry;
  /** Revisions that it stands for. */
  readonly count: number;
}

/** The history as it is read, the oldest first: nudges that went on with each other are one line. */
export function historyLines(history: readonly HistoryEntry[]): HistoryLine[] {
  const lines: HistoryLine[] = [];
  for (const entry of history) {
    const last = lines.at(-1);
    const goesOn = entry.kind === 'edit' && entry.target !== null && entry.target === last?.entry.id;
    if (goesOn) lines[lines.length - 1] = { entry, count: last.count + 1 };
    else lines.push({ entry, count: 1 });
  }
  return lines;
}
