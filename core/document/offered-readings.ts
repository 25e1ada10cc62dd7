import type { ClipFacts } from '../clip/clip.ts';
import type { HistoryEntry } from '../review/history-entry.ts';
import type { DocumentContours, DocumentFacts } from './document-facts.ts';

/** A document with contours as a reader of the study meets it. */
export interface OfferedReading {
  readonly document: DocumentFacts & { readonly contours: DocumentContours };
  /** `waiting`: none of its clips is there yet. `earlier`: it is what this study was at one of its own revisions. */
  readonly state: 'offered' | 'used' | 'waiting' | 'earlier';
  /** Contours of clips that are there; of one that waits, all. */
  readonly contours: number;
  /** Named distances likewise. */
  readonly distances: number;
  /** Clips of it that are there, of how many. */
  readonly here: number;
  readonly all: number;
}

/**
 * The contours that documents of a study brought along: another reading beside the one that stands, which none of them
 * replaces by itself. The latest first.
 *
 * @param used documents whose contours were taken over
 * @param history of the study in this library
 */
export function offeredReadings(
  documents: readonly DocumentFacts[],
  clips: readonly Pick<ClipFacts, 'sopInstanceUid'>[],
  used: readonly string[],
  history: readonly Pick<HistoryEntry, 'id' | 'at'>[],
): OfferedReading[] {
  const known = new Set(clips.map(({ sopInstanceUid }) => sopInstanceUid));
  return documents
    .filter((document): document is OfferedReading['document'] => document.contours !== null)
    .toSorted((a, b) => (b.writtenAt ?? '').localeCompare(a.writtenAt ?? ''))
    .map((document) => {
      const all = document.contours.clips;
      const here = all.filter(({ sopInstanceUid }) => known.has(sopInstanceUid));
      const isUsed = used.includes(document.sopInstanceUid);
      return {
        document,
        state: isUsed
          ? 'used'
          : here.length === 0
            ? 'waiting'
            : isOwn(document.contours, history)
              ? 'earlier'
              : 'offered',
        contours: (here.length === 0 ? all : here).reduce((sum, { contours }) => sum + contours, 0),
        distances: (here.length === 0 ? all : here).reduce((sum, { distances = 0 }) => sum + distances, 0),
        here: here.length === 0 ? all.length : here.length,
        all: all.length,
      };
    });
}

/** Ids count within one library; the moment tells it from another one. */
const isOwn = (
  { revision }: DocumentContours,
  history: readonly Pick<HistoryEntry, 'id' | 'at'>[],
): boolean => revision !== null && history.some(({ id, at }) => id === revision.id && at === revision.at);
