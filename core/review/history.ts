import { applyChanges } from './apply.ts';
import type { Change, Revision, StudyReview } from './review.ts';

/** The review that a list of revisions leads to, oldest first; throws as {@link applyChanges} does. */
export function foldRevisions(initial: StudyReview, revisions: readonly Revision[]): StudyReview {
  return revisions.reduce((review, revision) => applyChanges(review, revision.changes), initial);
}

/** The edit that the next undo takes back (apply its inverted changes); null when there is none. */
export function undoTarget(revisions: readonly Revision[]): Revision | null {
  return stacks(revisions).undo.at(-1) ?? null;
}

/** The edit that the next redo makes again (apply its changes); null when there is none. */
export function redoTarget(revisions: readonly Revision[]): Revision | null {
  return stacks(revisions).redo.at(-1) ?? null;
}

/**
 * What can be undone and redone. A new edit ends what could be redone. Runs are not undone; where a run wrote
 * a slot that an edit wrote before it, that edit and those before it can no longer be taken back, because the
 * value they would return to is gone.
 */
function stacks(revisions: readonly Revision[]): { undo: Revision[]; redo: Revision[] } {
  let undo: Revision[] = [];
  let redo: Revision[] = [];
  for (const revision of revisions) {
    switch (revision.kind) {
      case 'edit':
        undo.push(revision);
        redo = [];
        break;
      case 'run': {
        const written = new Set(revision.changes.map(slotKey));
        undo = reachable(undo, written);
        redo = reachable(redo, written);
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

/** The end of a stack that lies above the topmost revision that shares a slot with `written`. */
function reachable(stack: Revision[], written: ReadonlySet<string>): Revision[] {
  const blocked = stack.findLastIndex((revision) =>
    revision.changes.some((change) => written.has(slotKey(change))),
  );
  return stack.slice(blocked + 1);
}

function move(from: Revision[], to: Revision[], target: number | null): void {
  const index = from.findLastIndex((revision) => revision.id === target);
  if (index >= 0) to.push(...from.splice(index, 1));
}

function slotKey(change: Change): string {
  const clip = 'sopInstanceUid' in change ? change.sopInstanceUid : '';
  return `${change.slot}/${clip}/${change.slot === 'trace' ? change.frame : ''}`;
}
