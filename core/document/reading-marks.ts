import type { ClipFacts } from '../clip/clip.ts';
import type { Point } from '../geometry/point.ts';
import type { Caliper, Mark } from '../mark/mark.ts';
import { mostMarks } from '../mark/schema.ts';
import { caliperLength } from '../review/caliper-length.ts';
import type { Change, StudyReview } from '../review/review.ts';
import type { MeasuredLine } from './contour-reading.ts';

/** Ends that lie so near are the same: a report has them with the precision of FL. */
const sameWithinPx = 0.01;

/**
 * The marks that the distances of a document become: those that are there already stay, and one that lies where it was
 * drawn here gets its name. What has no length in its clip is left out, as it would be refused when it is drawn.
 */
export function lineChanges(
  review: StudyReview,
  clips: readonly ClipFacts[],
  lines: readonly MeasuredLine[],
): { readonly changes: Change[]; readonly had: number; readonly leftOut: number } {
  const changes: Change[] = [];
  let [had, leftOut] = [0, 0];
  const marks = new Map<string, Map<string, Mark>>();
  for (const { sopInstanceUid, frame, from, to, ...naming } of lines) {
    const clip = clips.find((one) => one.sopInstanceUid === sopInstanceUid);
    const now = review.clips[sopInstanceUid];
    const caliper: Caliper = { kind: 'caliper', frame, from, to, ...naming };
    if (clip === undefined || now === undefined || frame >= clip.frames || !hasLength(clip, now, caliper)) {
      leftOut += 1;
      continue;
    }
    const own = marks.get(sopInstanceUid) ?? new Map(Object.entries(now.marks));
    marks.set(sopInstanceUid, own);
    const there = [...own].find(([, mark]) => isSameLine(mark, caliper));
    if (there === undefined && own.size >= mostMarks) {
      leftOut += 1;
      continue;
    }
    had += 1;
    const [id, before] = there ?? [idOf(caliper, own), null];
    if (before?.kind === 'caliper' && isCalledAlike(before, caliper)) continue;
    const after: Mark =
      before?.kind === 'caliper' ? { ...caliper, from: before.from, to: before.to } : caliper;
    own.set(id, after);
    changes.push({ slot: 'mark', sopInstanceUid, id, before, after });
  }
  return { changes, had, leftOut };
}

const hasLength = (clip: ClipFacts, now: Parameters<typeof caliperLength>[1], caliper: Caliper): boolean =>
  caliperLength(clip, now, caliper).lengthMm !== null;

const isCalledAlike = (a: Caliper, b: Caliper): boolean => a.name === b.name && a.words === b.words;

function isSameLine(mark: Mark, { frame, from, to }: Caliper): boolean {
  return mark.kind === 'caliper' && mark.frame === frame && isNear(mark.from, from) && isNear(mark.to, to);
}

const isNear = ([ax, ay]: Point, [bx, by]: Point): boolean =>
  Math.abs(ax - bx) <= sameWithinPx && Math.abs(ay - by) <= sameWithinPx;

/** Of the line itself, so that the same document becomes the same marks; another one where that is taken (FNV-1a, twice). */
function idOf(caliper: Caliper, taken: ReadonlyMap<string, Mark>): string {
  for (let salt = 0; ; salt += 1) {
    const text = JSON.stringify([salt, caliper.frame, caliper.from, caliper.to, caliper.name, caliper.words]);
    const id = `${hashOf(text, 0x811c9dc5)}${hashOf(text, 0x01000193)}`.slice(0, 12);
    if (!taken.has(id)) return id;
  }
}

function hashOf(text: string, start: number): string {
  let hash = start;
  for (const character of text) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193) >>> 0;
  return hash.toString(16).padStart(8, '0');
}
