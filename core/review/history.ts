import type { View } from '../clip/view.ts';
import { applyChanges } from './apply.ts';
import type { StructureId } from '../structure/structure.ts';
import type { Change, Revision, StudyReview } from './review.ts';

/**
 * The review that a list of revisions leads to, oldest first; throws as {@link applyChanges} does. What the file said
 * counts only where nobody said anything: a newer reader may take another view or weight from it than the one that the
 * first correction replaced, and the correction stays.
 */
export function foldRevisions(initial: StudyReview, revisions: readonly Revision[]): StudyReview {
  return revisions.reduce(
    (review, revision) => applyChanges(review, revision.changes),
    asFirstCorrected(initial, revisions),
  );
}

/** The initial review with those values of the file that the revisions began from. */
function asFirstCorrected(initial: StudyReview, revisions: readonly Revision[]): StudyReview {
  let { body } = initial;
  let bodySeen = false;
  const views = new Map<string, View>();
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

/** What one undo takes back and one redo makes again: an edit, or a propagation with the corrections that it carried. */
export interface UndoStep {
  /** The last revision of the step, which names it. */
  readonly revision: Revision;
  /** All that the step changed, in order. */
  readonly changes: readonly Change[];
}

/** The step that the next undo takes back (apply its inverted changes); null when there is none. */
export function undoTarget(revisions: readonly Revision[]): UndoStep | null {
  return stacks(revisions).undo.at(-1) ?? null;
}

/** The step that the next redo makes again (apply its changes); null when there is none. */
export function redoTarget(revisions: readonly Revision[]): UndoStep | null {
  return stacks(revisions).redo.at(-1) ?? null;
}

/**
 * Frames of a structure that a person corrected since the last propagation, ascending: the next one carries them, and
 * is one step of undo with them.
 */
export function uncarriedCorrections(
  revisions: readonly Revision[],
  sopInstanceUid: string,
  structure: StructureId,
): number[] {
  const { carried } = splitForPropagation(stacks(revisions).undo, sopInstanceUid, structure);
  const frames = carried.flatMap(({ changes }) =>
    changes.flatMap((change) =>
      change.slot === 'trace' && change.structure === structure ? [change.frame] : [],
    ),
  );
  return [...new Set(frames)].sort((a, b) => a - b);
}

/**
 * What can be undone and redone. A new edit ends what could be redone. Runs are not undone; an edit whose slot a
 * later run wrote can no longer be taken back, because the value it would replace is gone.
 */
function stacks(revisions: readonly Revision[]): { undo: UndoStep[]; redo: UndoStep[] } {
  let undo: UndoStep[] = [];
  let redo: UndoStep[] = [];
  for (const revision of revisions) {
    switch (revision.kind) {
      case 'edit': {
        undo = withEdit(undo, revision);
        redo = [];
        break;
      }
      case 'run': {
        const written = new Set(revision.changes.map(slotKey));
        undo = withoutBlocked(undo, written);
        redo = withoutBlocked(redo, written);
        break;
      }
      case 'undo':
        move(undo, redo, revision.target);
        break;
      case 'redo':
        move(redo, undo, revision.target);
        break;
    }
  }
  return { undo, redo };
}

function withEdit(undo: readonly UndoStep[], revision: Revision): UndoStep[] {
  const record = revision.changes.find((change) => change.slot === 'propagation');
  if (record?.slot !== 'propagation' || record.after === null) {
    return [...undo, { revision, changes: revision.changes }];
  }
  const { carried, others } = splitForPropagation(undo, record.sopInstanceUid, record.after.structure);
  const changes = [...carried.flatMap((step) => step.changes), ...revision.changes];
  return [...others, { revision, changes }];
}

/**
 * The steps that a propagation takes with it: corrections of its clip and structure that no propagation took before.
 * One that a later step stands on, because it wrote the same slot, stays where it is.
 */
function splitForPropagation(
  undo: readonly UndoStep[],
  sopInstanceUid: string,
  structure: StructureId,
): { carried: UndoStep[]; others: UndoStep[] } {
  const blocked = new Set<string>();
  const carried: UndoStep[] = [];
  const others: UndoStep[] = [];
  for (const step of undo.toReversed()) {
    const slots = step.changes.map(slotKey);
    if (isCorrection(step, sopInstanceUid, structure) && !slots.some((slot) => blocked.has(slot))) {
      carried.unshift(step);
    } else {
      for (const slot of slots) blocked.add(slot);
      others.unshift(step);
    }
  }
  return { carried, others };
}

function isCorrection({ changes }: UndoStep, sopInstanceUid: string, structure: StructureId): boolean {
  if (changes.some((change) => change.slot === 'propagation')) return false;
  const traces = changes.filter((change) => change.slot === 'trace');
  return (
    traces.some((change) => change.structure === structure) &&
    traces.every((change) => change.sopInstanceUid === sopInstanceUid)
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
    const slots = step.changes.map(slotKey);
    if (slots.some((slot) => blocked.has(slot))) for (const slot of slots) blocked.add(slot);
    else kept.push(step);
  }
  return kept.reverse();
}

function move(from: UndoStep[], to: UndoStep[], target: number | null): void {
  const index = from.findLastIndex(({ revision }) => revision.id === target);
  if (index >= 0) to.push(...from.splice(index, 1));
}

function slotKey(change: Change): string {
  const clip = 'sopInstanceUid' in change ? change.sopInstanceUid : '';
  return `${change.slot}/${clip}/${change.slot === 'trace' ? `${change.structure}/${change.frame}` : ''}`;
}
