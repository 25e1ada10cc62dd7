import type { SaidView } from '../clip/view.ts';
import { applyChanges } from './apply.ts';
import type { StructureId } from '../structure/structure.ts';
import {
  framesOf,
  holds,
  slotKeysOf,
  traceKey,
  type FrameRun,
  type HistoryEntry,
  type TouchedFrames,
} from './history-entry.ts';
import type { Revision, StudyReview } from './review.ts';

/**
 * The review that a list of revisions leads to, oldest first; throws as {@link applyChanges} does. What the file said
 * counts only where nobody said anything: a newer reader may take another view or weight from it than the one that the
 * first correction replaced, and the correction stays.
 */
export function foldRevisions(initial: StudyReview, revisions: readonly Revision[]): StudyReview {
  return foldFurther(asFirstCorrected(initial, revisions), revisions);
}

/** The review that further revisions lead to from one that was folded already. */
export function foldFurther(review: StudyReview, revisions: readonly Revision[]): StudyReview {
  return revisions.reduce((folded, revision) => applyChanges(folded, revision.changes), review);
}

/** The initial review with those values of the file that the revisions began from. */
function asFirstCorrected(initial: StudyReview, revisions: readonly Revision[]): StudyReview {
  let { body } = initial;
  let bodySeen = false;
  const views = new Map<string, SaidView>();
  for (const { changes } of revisions) {
    for (const change of changes) {
      if (change.slot === 'body' && !bodySeen) {
        body = change.before;
        bodySeen = true;
      } else if (change.slot === 'view' && !views.has(change.sopInstanceUid)) {
        views.set(change.sopInstanceUid, change.before);
      }
    }
  }
  if (!bodySeen && views.size === 0) return initial;
  const clips = { ...initial.clips };
  for (const [uid, view] of views) {
    const clip = clips[uid];
    if (clip !== undefined) clips[uid] = { ...clip, view };
  }
  return { ...initial, body, clips };
}

/**
 * What one undo takes back and one redo makes again: an edit, nudges that went on with each other, or a propagation with the
 * corrections that it carried.
 */
export interface UndoStep {
  /** The last revision of the step, which names it. */
  readonly entry: HistoryEntry;
  /** All of its revisions, in the order of their changes. */
  readonly entries: readonly HistoryEntry[];
}

/** The step that the next undo takes back (apply its inverted changes); null when there is none. */
export function undoTarget(history: readonly HistoryEntry[]): UndoStep | null {
  return stacks(history).undo.at(-1) ?? null;
}

/** The step that the next redo makes again (apply its changes); null when there is none. */
export function redoTarget(history: readonly HistoryEntry[]): UndoStep | null {
  return stacks(history).redo.at(-1) ?? null;
}

/**
 * Frames of a structure that a person corrected since the last propagation, ascending: the next one carries them, and
 * is one step of undo with them.
 */
export function uncarriedCorrections(
  history: readonly HistoryEntry[],
  sopInstanceUid: string,
  structure: StructureId,
): number[] {
  const waiting = new Set<number>();
  for (const { entries } of stacks(history).undo) {
    for (const entry of entries) {
      for (const clip of entry.clips.filter((one) => one.sopInstanceUid === sopInstanceUid)) {
        const { carried } = clip;
        if (carried === undefined) {
          for (const touched of clip.traces.filter((one) => one.structure === structure))
            for (const frame of framesOf(touched)) waiting.add(frame);
        } else if (carried.structure === structure) {
          for (const frame of waiting) if (holds(carried.anchors, frame)) waiting.delete(frame);
        }
      }
    }
  }
  return [...waiting].sort((a, b) => a - b);
}

/**
 * What can be undone and redone. A new edit ends what could be redone. Runs are not undone; an edit whose slot a
 * later run wrote or covered can no longer be taken back, because the value it would replace is gone.
 */
function stacks(history: readonly HistoryEntry[]): { undo: UndoStep[]; redo: UndoStep[] } {
  let undo: UndoStep[] = [];
  let redo: UndoStep[] = [];
  for (const entry of history) {
    switch (entry.kind) {
      case 'edit': {
        undo = withEdit(undo, entry);
        redo = [];
        break;
      }
      case 'run': {
        // What it found beneath a correction took the place of what that replaced; and it is none of what was signed.
        const written = new Set([...slotKeysOf(entry), ...coveredKeysOf(entry), 'decision']);
        undo = withoutBlocked(undo, written);
        redo = withoutBlocked(redo, written);
        break;
      }
      case 'undo':
        move(undo, redo, entry.target);
        break;
      case 'redo':
        move(redo, undo, entry.target);
        break;
    }
  }
  return { undo, redo };
}

function withEdit(undo: readonly UndoStep[], entry: HistoryEntry): UndoStep[] {
  const last = undo.at(-1);
  if (entry.target !== null && last?.entry.id === entry.target) {
    return [...undo.slice(0, -1), { entry, entries: [...last.entries, entry] }];
  }
  const clip = entry.clips.find(({ carried }) => carried !== undefined);
  if (clip?.carried === undefined || clip.carried.alone) return [...undo, { entry, entries: [entry] }];
  const { carried, others } = splitForPropagation(undo, clip.sopInstanceUid, clip.carried.anchors);
  return [...others, { entry, entries: [...carried.flatMap((step) => step.entries), entry] }];
}

/**
 * The steps that a propagation takes with it: those that drew nothing but the frames of a clip that it carried on. One
 * that a later step stands on stays where it is: because both wrote a slot, or because what comes back with it is a
 * decision on just the state before it.
 */
function splitForPropagation(
  undo: readonly UndoStep[],
  sopInstanceUid: string,
  anchors: readonly FrameRun[],
): { carried: UndoStep[]; others: UndoStep[] } {
  const blocked = new Set<string>();
  const carried: UndoStep[] = [];
  const others: UndoStep[] = [];
  let decided = false;
  for (const step of undo.toReversed()) {
    const slots = slotsOf(step);
    if (!decided && isCorrection(step, sopInstanceUid, anchors) && !slots.some((slot) => blocked.has(slot))) {
      carried.unshift(step);
      continue;
    }
    for (const slot of slots) blocked.add(slot);
    blocked.add('decision');
    decided ||= slots.includes('decision');
    others.unshift(step);
  }
  return { carried, others };
}

function isCorrection({ entries }: UndoStep, sopInstanceUid: string, anchors: readonly FrameRun[]): boolean {
  if (entries.some(({ clips }) => clips.some(({ carried }) => carried !== undefined))) return false;
  const touched = tracesIn(entries);
  return (
    touched.length > 0 &&
    touched.every(
      (one) =>
        one.sopInstanceUid === sopInstanceUid && framesOf(one.traces).every((frame) => holds(anchors, frame)),
    )
  );
}

function tracesIn(entries: readonly HistoryEntry[]): { sopInstanceUid: string; traces: TouchedFrames }[] {
  return entries.flatMap(({ clips }) =>
    clips.flatMap(({ sopInstanceUid, traces }) =>
      traces.map((touched) => ({ sopInstanceUid, traces: touched })),
    ),
  );
}

/**
 * A stack without what no longer fits after `written` slots changed: steps that wrote one of them, and those beneath
 * that share a slot with a step which had to go.
 */
function withoutBlocked(stack: readonly UndoStep[], written: ReadonlySet<string>): UndoStep[] {
  const blocked = new Set(written);
  const kept: UndoStep[] = [];
  for (const step of stack.toReversed()) {
    const slots = slotsOf(step);
    if (slots.some((slot) => blocked.has(slot))) for (const slot of slots) blocked.add(slot);
    else kept.push(step);
  }
  return kept.reverse();
}

function move(from: UndoStep[], to: UndoStep[], target: number | null): void {
  const index = from.findLastIndex(({ entry }) => entry.id === target);
  if (index >= 0) to.push(...from.splice(index, 1));
}

/** The slots of contours that a run found beneath those of a person, and left as they were. */
function coveredKeysOf(entry: HistoryEntry): string[] {
  return entry.clips.flatMap(({ sopInstanceUid, covered = [] }) =>
    covered.flatMap((touched) =>
      framesOf(touched).map((frame) => traceKey(sopInstanceUid, touched.structure, frame)),
    ),
  );
}

const slotsOf = ({ entries }: UndoStep): readonly string[] => entries.flatMap(slotKeysOf);
