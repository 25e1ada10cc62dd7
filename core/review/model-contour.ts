import { leftVentricularCavity, type StructureId } from '../structure/structure.ts';
import { isByReader, type Trace } from '../trace/trace.ts';
import { withEndsFollowing } from './ends-follow.ts';
import { framesOf, holds, type HistoryEntry } from './history-entry.ts';
import type { Change, ClipReview, Revision } from './review.ts';
import { sameValue } from './same-value.ts';
import { traceAt, tracedStructures, tracesOf, type TracePlace } from './traces.ts';

/** Where a contour of one clip is kept. */
type ClipPlace = Omit<TracePlace, 'sopInstanceUid'>;

/** What a run found on a frame, whether or not it took the place of a person's contour. */
export interface FoundByRun extends TracePlace {
  readonly trace: Trace | null;
}

/** Everything that the changes of a run say it found, but what was there already just so. */
export function foundByRun(changes: readonly Change[]): FoundByRun[] {
  return changes.flatMap((change): FoundByRun[] => {
    if (change.slot === 'trace') {
      const { sopInstanceUid, structure, frame, after } = change;
      return [{ sopInstanceUid, structure, frame, trace: after }];
    }
    if (change.slot !== 'run') return [];
    const { sopInstanceUid, after } = change;
    return Object.entries(after?.covered ?? {}).flatMap(([structure, traces]) =>
      Object.entries(traces).map(([frame, trace]) => ({
        sopInstanceUid,
        structure,
        frame: Number(frame),
        trace,
      })),
    );
  });
}

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
    for (const found of foundByRun(changes)) {
      if (found.frame === frame && found.structure === structure && found.sopInstanceUid === sopInstanceUid)
        return found.trace;
    }
  }
  return undefined;
}

/**
 * The changes that take contours of a clip back to what the model found there; empty where nothing was changed or no
 * run has written them. Contours that were moved only after corrections which go back go back with them, and the ends of
 * wall and atrium follow the cavity.
 *
 * @param revisions the runs over the clip among those of the study, oldest first
 * @param places those that are meant; all that a person has changed where left out
 */
export function backToModel(
  revisions: readonly Revision[],
  sopInstanceUid: string,
  clip: ClipReview,
  places: readonly ClipPlace[] = changedPlaces(clip),
): Change[] {
  const found = new Map<StructureId, ReadonlyMap<number, Trace | null>>();
  const foundIn = (structure: StructureId): ReadonlyMap<number, Trace | null> => {
    let contours = found.get(structure);
    if (contours === undefined) {
      contours = modelContours(revisions, sopInstanceUid, structure);
      found.set(structure, contours);
    }
    return contours;
  };
  const returning = places.filter(({ structure, frame }) => foundIn(structure).has(frame));
  const changes = [...returning, ...followersOf(clip, returning)].flatMap(
    ({ structure, frame }): Change[] => {
      const before = traceAt(clip, structure, frame);
      const after = foundIn(structure).get(frame);
      if (after === undefined || sameValue(before, after)) return [];
      return [{ slot: 'trace', sopInstanceUid, structure, frame, before, after }];
    },
  );
  return withEndsFollowing(sopInstanceUid, clip, changes);
}

/**
 * Contours that follow corrections of these places, and of no other that stands, and are not among them. Wall and atrium
 * follow corrections of the cavity too.
 */
function followersOf(clip: ClipReview, places: readonly ClipPlace[]): ClipPlace[] {
  const returning = new Set(places.map(({ structure, frame }) => `${structure}/${frame}`));
  const returns = (structure: StructureId, frame: number): boolean => returning.has(`${structure}/${frame}`);
  return tracedStructures(clip).flatMap((structure) => {
    const followed = [...new Set([structure, leftVentricularCavity])];
    const stands = (anchor: number): boolean =>
      followed.some((one) => {
        const trace = traceAt(clip, one, anchor);
        return !returns(one, anchor) && trace !== null && isByReader(trace);
      });
    return Object.entries(tracesOf(clip, structure))
      .filter(
        ([frame, { source }]) =>
          source.kind === 'propagated' &&
          !returns(structure, Number(frame)) &&
          source.from.some((anchor) => followed.some((one) => returns(one, anchor))) &&
          !source.from.some(stands),
      )
      .map(([frame]) => ({ structure, frame: Number(frame) }));
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
    for (const { trace, ...place } of foundByRun(changes)) {
      if (place.structure === structure && place.sopInstanceUid === sopInstanceUid)
        found.set(place.frame, trace);
    }
  }
  return found;
}

/** Whether the last run that wrote a frame found a contour there; undefined where no run has written the frame. */
export function hasFound(
  history: readonly HistoryEntry[],
  { sopInstanceUid, structure, frame }: TracePlace,
): boolean | undefined {
  for (const { kind, clips } of history.toReversed()) {
    if (kind !== 'run') continue;
    const clip = clips.find((one) => one.sopInstanceUid === sopInstanceUid);
    for (const found of [...(clip?.traces ?? []), ...(clip?.covered ?? [])]) {
      if (found.structure !== structure) continue;
      if (holds(found.drawn, frame)) return true;
      if (holds(found.cleared, frame)) return false;
    }
  }
  return undefined;
}

/** Ids of the runs that were the last to write a frame of a clip, oldest first: what the model found is in them. */
export function lastRunsOver(history: readonly HistoryEntry[], sopInstanceUid: string): number[] {
  const known = new Set<string>();
  const ids: number[] = [];
  for (const { id, kind, clips } of history.toReversed()) {
    if (kind !== 'run') continue;
    const clip = clips.find((one) => one.sopInstanceUid === sopInstanceUid);
    const keys = [...(clip?.traces ?? []), ...(clip?.covered ?? [])].flatMap((touched) =>
      framesOf(touched).map((frame) => `${touched.structure}/${frame}`),
    );
    if (keys.some((key) => !known.has(key))) ids.unshift(id);
    for (const key of keys) known.add(key);
  }
  return ids;
}

/** Ids of the runs and propagations that wrote a place, the newest first. */
export function recordersOf(
  history: readonly HistoryEntry[],
  { sopInstanceUid, structure, frame }: TracePlace,
): number[] {
  return history
    .filter(({ kind, clips }) =>
      clips.some(
        (clip) =>
          clip.sopInstanceUid === sopInstanceUid &&
          (kind === 'run' || clip.slots.includes('propagation')) &&
          [...clip.traces, ...(clip.covered ?? [])].some(
            (touched) =>
              touched.structure === structure &&
              (holds(touched.drawn, frame) || holds(touched.cleared, frame)),
          ),
      ),
    )
    .map(({ id }) => id)
    .reverse();
}

/** Where a contour is not the model's own: a person drew or corrected it, or it follows a correction. */
export function changedPlaces(clip: ClipReview): ClipPlace[] {
  return tracedStructures(clip).flatMap((structure) =>
    Object.entries(tracesOf(clip, structure))
      .filter(([, trace]) => trace.source.kind !== 'model')
      .map(([frame]) => ({ structure, frame: Number(frame) })),
  );
}
