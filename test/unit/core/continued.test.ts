import { describe, expect, it } from 'vitest';
import type { Beat } from '../../../core/beat/beat.ts';
import { continues, longestPauseMs } from '../../../core/review/continued.ts';
import { entryOf } from '../../../core/review/history-entry.ts';
import { redoTarget, undoTarget } from '../../../core/review/history.ts';
import { historyLines } from '../../../core/review/history-lines.ts';
import type { Change, Revision } from '../../../core/review/review.ts';
import type { Trace } from '../../../core/trace/trace.ts';
import { accepted, drawn, revision, traceA, uid, viewed } from './revisions.ts';

/** The contour with one point this far to the right, and its neighbour half as far. */
const moved = (by: number, index = 3): Trace => ({
  ...traceA,
  points: traceA.points.map(([x, y], at) => [x + (at === index ? by : at === index + 1 ? by / 2 : 0), y]),
});
const nudge = (id: number, from: number, to: number, index = 3): Revision =>
  revision(id, 'edit', [drawn(0, moved(from, index), moved(to, index))]);
const later = (one: Revision, ms: number): Revision => ({
  ...one,
  at: new Date(Date.parse(one.at) + ms).toISOString(),
});
const beat = (edFrame: number, esFrame: number): Beat => ({
  ...{ edFrame, esFrame, nextEdFrame: null, source: 'user' },
});
const beats = (before: readonly Beat[] | null, after: readonly Beat[]): Change => ({
  slot: 'beats',
  sopInstanceUid: uid,
  before,
  after,
});

describe('a nudge goes on with the one before', () => {
  const first = nudge(1, 0, 1);

  it('of the same point, by the same person, soon after', () => {
    expect(continues(first, nudge(2, 1, 2))).toBe(true);
    expect(continues(first, later(nudge(2, 1, 2), longestPauseMs))).toBe(true);
    expect(continues(first, later(nudge(2, 1, 2), longestPauseMs + 1))).toBe(false);
    expect(continues(first, later(nudge(2, 1, 2), -1))).toBe(false);
    expect(continues(first, { ...nudge(2, 1, 2), author: 'another' })).toBe(false);
    expect(continues({ ...first, kind: 'undo' }, nudge(2, 1, 2))).toBe(false);
  });

  it('not of another point, frame or thing', () => {
    expect(continues(first, nudge(2, 0, 1, 7))).toBe(false);
    expect(continues(first, revision(2, 'edit', [drawn(1, moved(1), moved(2))]))).toBe(false);
    expect(continues(first, revision(2, 'edit', [viewed('a4c', 'a2c')]))).toBe(false);
    expect(continues(first, revision(2, 'edit', [drawn(0, moved(1), null)]))).toBe(false);
    const decided: Change = { slot: 'decision', before: { state: 'pending' }, after: accepted };
    expect(continues(first, revision(2, 'edit', [...nudge(2, 1, 2).changes, decided]))).toBe(false);
  });

  it('also where the first took a decision back, or kept the beats that were found', () => {
    const reset: Change = { slot: 'decision', before: accepted, after: { state: 'pending' } };
    const kept = beats(null, [beat(0, 12)]);
    expect(continues(revision(1, 'edit', [...first.changes, kept, reset]), nudge(2, 1, 2))).toBe(true);
  });

  it('of the same mark of the same beat', () => {
    const one = revision(1, 'edit', [beats([beat(0, 12), beat(20, 30)], [beat(0, 13), beat(20, 30)])]);
    const next = (after: readonly Beat[]) =>
      revision(2, 'edit', [beats([beat(0, 13), beat(20, 30)], [...after])]);
    expect(continues(one, next([beat(0, 14), beat(20, 30)]))).toBe(true);
    expect(continues(one, next([beat(1, 13), beat(20, 30)]))).toBe(false);
    expect(continues(one, next([beat(0, 13), beat(20, 31)]))).toBe(false);
    expect(continues(one, next([beat(0, 13)]))).toBe(false);
    // Until the first press the beats were only found.
    const found = revision(1, 'edit', [beats(null, [beat(0, 13), beat(20, 30)])]);
    expect(continues(found, next([beat(0, 14), beat(20, 30)]))).toBe(true);
    expect(continues(nudge(1, 0, 1), next([beat(0, 14), beat(20, 30)]))).toBe(false);
  });
});

describe('nudges that went on with each other', () => {
  const view = revision(1, 'edit', [viewed('a4c', 'a2c')]);
  const nudges = [2, 3, 4].map((id) => ({ ...nudge(id, id - 2, id - 1), target: id === 2 ? null : id - 1 }));
  const history = [view, ...nudges].map(entryOf);

  it('are one line and one step', () => {
    expect(historyLines(history).map(({ entry, count }) => [entry.id, count])).toEqual([
      [1, 1],
      [4, 3],
    ]);
    expect(undoTarget(history)?.entries.map(({ id }) => id)).toEqual([2, 3, 4]);
    const undone = [...history, entryOf(revision(5, 'undo', [drawn(0, moved(3), moved(0))], 4))];
    expect(undoTarget(undone)?.entry.id).toBe(1);
    expect(redoTarget(undone)?.entries.map(({ id }) => id)).toEqual([2, 3, 4]);
    const again = [...undone, entryOf(revision(6, 'redo', [drawn(0, moved(0), moved(3))], 4))];
    expect(undoTarget(again)?.entries.map(({ id }) => id)).toEqual([2, 3, 4]);
  });

  it('are steps of their own where no revision says that it goes on, as in older libraries', () => {
    const apart = history.map((entry) => ({ ...entry, target: null }));
    expect(undoTarget(apart)?.entries.map(({ id }) => id)).toEqual([4]);
    expect(historyLines(apart)).toHaveLength(4);
  });
});
