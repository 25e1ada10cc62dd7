import type { StructureId } from '../structure/structure.ts';
import type { Change, Revision, RevisionKind } from './review.ts';
import type { Signature } from './signature.ts';

/** First and last frame of a run of neighbours. */
export type FrameRun = readonly [from: number, to: number];

/** Frames of one structure that a revision wrote, without what it wrote there. */
export interface TouchedFrames {
  readonly structure: StructureId;
  /** On which there is a contour after it. */
  readonly drawn: readonly FrameRun[];
  /** On which there is none after it. */
  readonly cleared: readonly FrameRun[];
}

/** A mark that a revision wrote, without what it wrote. */
export interface TouchedMark {
  readonly id: string;
  readonly frame: number;
}

/** What a revision wrote to one clip. */
export interface TouchedClip {
  readonly sopInstanceUid: string;
  /** Slots of the clip but its contours and marks. */
  readonly slots: readonly Exclude<Change['slot'], 'trace' | 'mark'>[];
  readonly traces: readonly TouchedFrames[];
  /** Marks that it put down, changed or took away, with the frame of each; left out where there are none. */
  readonly marks?: readonly TouchedMark[];
  /** What a run found under contours of a person, which it left as they were. */
  readonly covered?: readonly TouchedFrames[];
  /** Marks of beats that it excluded. */
  readonly excluded?: readonly number[];
  /** Corrected frames of a structure that it carried on; `alone` where it took no step of the reader with it. */
  readonly carried?: {
    readonly structure: StructureId;
    readonly anchors: readonly FrameRun[];
    readonly alone: boolean;
  };
}

/** A revision without its payload: all that the history says of it, and what undo and redo have to know. */
export interface HistoryEntry {
  readonly id: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly author: string;
  readonly kind: RevisionKind;
  readonly label: string;
  readonly target: number | null;
  /** Slots of the study. */
  readonly slots: readonly Change['slot'][];
  readonly clips: readonly TouchedClip[];
  /** The signature that it put to the study, as far as the revision itself says. */
  readonly signature?: Omit<Signature, 'undone' | 'revision' | 'version'> & {
    readonly version: number | null;
  };
}

export function entryOf({ id, at, author, kind, label, target, changes }: Revision): HistoryEntry {
  const clips = new Map<string, Change[]>();
  const slots: Change['slot'][] = [];
  for (const change of changes) {
    if (!('sopInstanceUid' in change)) slots.push(change.slot);
    else {
      const own = clips.get(change.sopInstanceUid);
      if (own === undefined) clips.set(change.sopInstanceUid, [change]);
      else own.push(change);
    }
  }
  const signature = kind === 'edit' || kind === 'redo' ? signatureIn(changes) : undefined;
  return {
    id,
    at,
    author,
    kind,
    label,
    target,
    slots,
    clips: [...clips].map(([uid, own]) => touchedClip(uid, own)),
    ...(signature === undefined ? {} : { signature }),
  };
}

/** Of the contour of a structure on a frame. */
export const traceKey = (sopInstanceUid: string, structure: StructureId, frame: number): string =>
  `trace/${sopInstanceUid}/${structure}/${frame}`;

const slotKeys = new WeakMap<HistoryEntry, readonly string[]>();

/** A key for every slot that a revision wrote; two revisions that share one wrote the same value. */
export function slotKeysOf(entry: HistoryEntry): readonly string[] {
  let keys = slotKeys.get(entry);
  if (keys === undefined) {
    keys = [
      ...entry.slots,
      ...entry.clips.flatMap(({ sopInstanceUid, slots, traces, marks = [] }) => [
        ...marks.map(({ id }) => `mark/${sopInstanceUid}/${id}`),
        ...slots.map((slot) => `${slot}/${sopInstanceUid}`),
        ...traces.flatMap((touched) =>
          framesOf(touched).map((frame) => traceKey(sopInstanceUid, touched.structure, frame)),
        ),
      ]),
    ];
    slotKeys.set(entry, keys);
  }
  return keys;
}

/** Frames that a revision wrote, ascending. */
export function framesOf({ drawn, cleared }: Pick<TouchedFrames, 'drawn' | 'cleared'>): number[] {
  return [...drawn, ...cleared].flatMap(expanded).sort((a, b) => a - b);
}

export const holds = (runs: readonly FrameRun[], frame: number): boolean =>
  runs.some(([from, to]) => frame >= from && frame <= to);

function touchedClip(sopInstanceUid: string, changes: readonly Change[]): TouchedClip {
  const covered = changes.flatMap((change) =>
    change.slot === 'run'
      ? Object.entries(change.after?.covered ?? {}).map(([structure, traces]) =>
          touchedFrames(
            structure,
            Object.entries(traces).map(([frame, trace]) => [Number(frame), trace] as const),
          ),
        )
      : [],
  );
  const excluded = changes.flatMap((change) =>
    change.slot === 'excludedBeats'
      ? (change.after ?? []).filter((mark) => !(change.before?.includes(mark) ?? false))
      : [],
  );
  const marks = changes.flatMap((change): TouchedMark[] => {
    const mark = change.slot === 'mark' ? (change.after ?? change.before) : null;
    return change.slot === 'mark' && mark !== null ? [{ id: change.id, frame: mark.frame }] : [];
  });
  const record = changes.find((change) => change.slot === 'propagation')?.after;
  const structures = new Map<StructureId, (readonly [number, unknown])[]>();
  for (const change of changes) {
    if (change.slot !== 'trace') continue;
    const frames = structures.get(change.structure) ?? [];
    frames.push([change.frame, change.after]);
    structures.set(change.structure, frames);
  }
  return {
    sopInstanceUid,
    slots: changes.flatMap(({ slot }) => (slot === 'trace' || slot === 'mark' ? [] : [slot])),
    traces: [...structures].map(([structure, frames]) => touchedFrames(structure, frames)),
    ...(marks.length === 0 ? {} : { marks }),
    ...(covered.length === 0 ? {} : { covered }),
    ...(excluded.length === 0 ? {} : { excluded }),
    ...(record
      ? {
          carried: {
            structure: record.structure,
            anchors: runs(record.anchors),
            alone: record.afterRun === true,
          },
        }
      : {}),
  };
}

function touchedFrames(
  structure: StructureId,
  frames: readonly (readonly [frame: number, after: unknown])[],
): TouchedFrames {
  const of = (isDrawn: boolean): FrameRun[] =>
    runs(frames.filter(([, after]) => (after !== null) === isDrawn).map(([frame]) => frame));
  return { structure, drawn: of(true), cleared: of(false) };
}

function runs(frames: readonly number[]): FrameRun[] {
  const found: [number, number][] = [];
  for (const frame of [...new Set(frames)].sort((a, b) => a - b)) {
    const last = found.at(-1);
    if (last?.[1] === frame - 1) last[1] = frame;
    else found.push([frame, frame]);
  }
  return found;
}

const expanded = ([from, to]: FrameRun): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

function signatureIn(changes: readonly Change[]): HistoryEntry['signature'] {
  const decision = changes.findLast((change) => change.slot === 'decision')?.after;
  if (decision === undefined || decision.state === 'pending') return undefined;
  const { state, at, by, reason = null, signed } = decision;
  const { version = null, replaces = null } = signed ?? {};
  return { state, at, by, reason, version, replaces, hasNumbers: signed !== undefined };
}
