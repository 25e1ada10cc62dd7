import type { View } from '../clip/view.ts';
import { applyChanges } from './apply.ts';
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

/** The edit that the next undo takes back (apply its inverted changes); null when there is none. */
export function undoTarget(revisions: readonly Revision[]): Revision | null {
  return stacks(revisions).undo.at(-1) ?? null;
}

/** The edit that the next redo makes again (apply its changes); null when there is none. */
export function redoTarget(revisions: readonly Revision[]): Revision | null {
  return stacks(revisions).redo.at(-1) ?? null;
}

/**
 * What can be undone and redone. A new edit ends what could be redone. Runs are not undone; an edit whose slot a
 * later run wrote can no longer be taken back, because the value it would replace is gone.
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

/**
 * A stack without what no longer fits after `written` slots changed: revisions that wrote one of them, and
 * those beneath that share a slot with a revision which had to go.
 */
function withoutBlocked(stack: readonly Revision[], written: ReadonlySet<string>): Revision[] {
  const blocked = new Set(written);
  const kept: Revision[] = [];
  for (const revision of stack.toReversed()) {
    const slots = revision.changes.map(slotKey);
    if (slots.some((slot) => blocked.has(slot))) for (const slot of slots) blocked.add(slot);
    else kept.push(revision);
  }
  return kept.reverse();
}

function move(from: Revision[], to: Revision[], target: number | null): void {
  const index = from.findLastIndex((revision) => revision.id === target);
  if (index >= 0) to.push(...from.splice(index, 1));
}

function slotKey(change: Change): string {
  const clip = 'sopInstanceUid' in change ? change.sopInstanceUid : '';
  return `${change.slot}/${clip}/${change.slot === 'trace' ? `${change.structure}/${change.frame}` : ''}`;
}
