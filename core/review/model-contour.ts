import type { StructureId } from '../structure/structure.ts';
import type { Trace } from '../trace/trace.ts';
import type { Change, ClipReview, Revision } from './review.ts';
import { sameValue } from './same-value.ts';
import { traceAt, tracedStructures, tracesOf, type TracePlace } from './traces.ts';

/**
 * What the last run that wrote a frame found there: its contour, or null where it found none. undefined where no run of
 * the study has written the frame. Runs are what was recorded by themselves; what an edit says came from a model proves
 * nothing.
 *
 * @param revisions of the study, oldest first
 */
export function modelContour(
  revisions: readonly Revision[],
  { sopInstanceUid, structure, frame }: TracePlace,
): Trace | null | undefined {
  for (const { kind, changes } of revisions.toReversed()) {
    if (kind !== 'run') continue;
    const written = changes.find(
      (change) =>
        change.slot === 'trace' &&
        change.frame === frame &&
        change.structure === structure &&
        change.sopInstanceUid === sopInstanceUid,
    );
    if (written?.slot === 'trace') return written.after;
  }
  return undefined;
}

/**
 * The changes that take contours of a clip back to what the model found there; empty where nothing was changed or no
 * run has written them.
 *
 * @param places those that are meant; all that a person has changed where left out
 */
export function backToModel(
  revisions: readonly Revision[],
  sopInstanceUid: string,
  clip: ClipReview,
  places: readonly Omit<TracePlace, 'sopInstanceUid'>[] = changedPlaces(clip),
): Change[] {
  return places.flatMap(({ structure, frame }): Change[] => {
    const before = traceAt(clip, structure, frame);
    const after = modelContour(revisions, { sopInstanceUid, structure, frame });
    if (after === undefined || sameValue(before, after)) return [];
    return [{ slot: 'trace', sopInstanceUid, structure, frame, before, after }];
  });
}

/**
 * Contours that the last runs over a clip found, by frame; null where they found none.
 *
 * @param revisions of the study, oldest first
 */
export function modelContours(
  revisions: readonly Revision[],
  sopInstanceUid: string,
  structure: StructureId,
): Map<number, Trace | null> {
  const found = new Map<number, Trace | null>();
  for (const { kind, changes } of revisions) {
    if (kind !== 'run') continue;
    for (const change of changes) {
      if (
        change.slot === 'trace' &&
        change.structure === structure &&
        change.sopInstanceUid === sopInstanceUid
      )
        found.set(change.frame, change.after);
    }
  }
  return found;
}

/** Where a contour is not the model's own: a person drew or corrected it, or it follows a correction. */
export function changedPlaces(clip: ClipReview): Omit<TracePlace, 'sopInstanceUid'>[] {
  return tracedStructures(clip).flatMap((structure) =>
    Object.entries(tracesOf(clip, structure))
      .filter(([, trace]) => trace.source.kind !== 'model')
      .map(([frame]) => ({ structure, frame: Number(frame) })),
  );
}
