import type { Beat } from '../beat/beat.ts';
import type { Trace } from '../trace/trace.ts';
import type { Change, Revision } from './review.ts';

/** The longest pause between two nudges of one thing that are one step of history, ms. */
export const longestPauseMs = 3000;

type Nudge = Pick<Revision, 'author' | 'at' | 'changes'>;

/**
 * Whether a nudge goes on with the one before it: by the same person, soon after, of the same point of the same contours
 * or of the same mark of a beat. Both are then one line of the history and one step back; each stays a revision of its
 * own. What the first wrote beside what it moved (beats that were kept, a decision that was taken back) goes with it.
 */
export function continues(before: Pick<Revision, 'kind'> & Nudge, next: Nudge): boolean {
  if (before.kind !== 'edit' || before.author !== next.author) return false;
  const pauseMs = Date.parse(next.at) - Date.parse(before.at);
  if (!(pauseMs >= 0 && pauseMs <= longestPauseMs)) return false;
  const earlier = partsOf(before.changes);
  const later = partsOf(next.changes);
  const sameThings = earlier.size === later.size && [...later.keys()].every((place) => earlier.has(place));
  if (later.size === 0 || !sameThings || !next.changes.every(isOfNudge)) return false;
  // Which mark the first press moved is not told where the beats were only found until then.
  return [...later].every(([place, part]) => {
    const movedBefore = earlier.get(place) ?? null;
    return part !== null && (movedBefore === part || movedBefore === firstBeats);
  });
}

const firstBeats = 'beats that were found';

/** Excluded beats go along with a mark that is moved. */
const isOfNudge = ({ slot }: Change): boolean => ['trace', 'beats', 'excludedBeats'].includes(slot);

/** What was moved, by the contour or the beats that it is of; beats that are kept beside a contour are not moved. */
function partsOf(changes: readonly Change[]): Map<string, string | null> {
  const traces = changes.filter(({ slot }) => slot === 'trace');
  const moved = traces.length > 0 ? traces : changes.filter(({ slot }) => slot === 'beats');
  return new Map(moved.map((change) => [placeOf(change), movedPart(change)]));
}

function placeOf(change: Change): string {
  const clip = 'sopInstanceUid' in change ? change.sopInstanceUid : '';
  return change.slot === 'trace'
    ? `trace/${clip}/${change.structure}/${change.frame}`
    : `${change.slot}/${clip}`;
}

/** What of a contour or of the beats a change moved; null where it did something else. */
function movedPart(change: Change): string | null {
  if (change.slot === 'trace') return movedPoint(change.before, change.after);
  if (change.slot === 'beats') return movedMark(change.before, change.after);
  return null;
}

/** The control point that went farthest: its neighbours follow softly. */
function movedPoint(before: Trace | null, after: Trace | null): string | null {
  if (before === null || after === null || before.points.length !== after.points.length) return null;
  const distances = after.points.map(([x, y], index) => {
    const [fromX, fromY] = before.points[index]!;
    return Math.hypot(x - fromX, y - fromY);
  });
  const farthest = Math.max(...distances);
  return farthest > 0 ? `point ${distances.indexOf(farthest)}` : null;
}

function movedMark(before: readonly Beat[] | null, after: readonly Beat[] | null): string | null {
  if (before === null && after !== null) return firstBeats;
  if (before === null || after === null || before.length !== after.length) return null;
  const moved = after.flatMap((beat, index) => {
    const from = before[index]!;
    return [
      ...(beat.edFrame === from.edFrame ? [] : [`ed ${index}`]),
      ...(beat.esFrame === from.esFrame ? [] : [`es ${index}`]),
    ];
  });
  return moved.length === 1 ? moved[0]! : null;
}
