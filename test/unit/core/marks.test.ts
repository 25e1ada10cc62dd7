import { describe, expect, it } from 'vitest';
import { type Caliper, marksOn, sortedMarks, type Mark } from '../../../core/mark/mark.ts';
import { mostNoteCharacters } from '../../../core/mark/schema.ts';
import { applyChanges, invertChanges, isApplied } from '../../../core/review/apply.ts';
import { caliperLength, caliperScale } from '../../../core/review/caliper-length.ts';
import { editSchema } from '../../../core/review/edit.ts';
import { entryOf, slotKeysOf } from '../../../core/review/history-entry.ts';
import { undoTarget } from '../../../core/review/history.ts';
import type { Change, Revision } from '../../../core/review/review.ts';
import { changesSchema } from '../../../core/review/schema.ts';
import { upcastChanges } from '../../../core/review/upcast.ts';
import { facts, initial, uid } from './revisions.ts';
import { clipFacts } from './shapes.ts';

const unruled = { ruler: null, picture: null };
const region = (
  box: readonly [number, number, number, number],
  changes: { spatialFormat?: number; dataType?: number; deltaX?: number; deltaY?: number } = {},
) => ({
  ...{ spatialFormat: 1, dataType: 1, unitsX: 3, unitsY: 3, deltaX: 0.05, deltaY: 0.02, ...changes },
  box: { minX: box[0], minY: box[1], maxX: box[2], maxY: box[3] },
});

const caliper: Caliper = { kind: 'caliper', frame: 3, from: [100, 100], to: [130, 140] };
const note: Mark = { kind: 'note', frame: 3, at: [10, 20], text: 'thrombus?' };
const put = (id: string, after: Mark | null, before: Mark | null = null): Change => ({
  ...{ slot: 'mark', sopInstanceUid: uid, id, before, after },
});
const ids = ['00000000000a', '00000000000b'] as const;

describe('the length of a caliper', () => {
  it('is of the body, whatever the shape of a pixel is', () => {
    const oblong = clipFacts({ regions: [region([0, 0, 499, 399], { deltaX: -0.05 })] });
    // 30 pixels of 0.5 mm and 40 of 0.2 mm.
    expect(caliperLength(oblong, unruled, caliper).lengthMm).toBeCloseTo(Math.hypot(15, 8), 9);
  });

  it('follows the reader’s ruler, where the file has no scale and where it has one', () => {
    const ruler = { from: [20, 20], to: [20, 120], distanceMm: 50 } as const;
    for (const regions of [[], clipFacts().regions]) {
      const clip = clipFacts({ regions });
      expect(caliperLength(clip, { ...unruled, ruler }, caliper).lengthMm).toBeCloseTo(25, 9);
    }
  });

  it('is that of the picture that was chosen of several', () => {
    const clip = clipFacts({
      regions: [region([0, 0, 240, 399]), region([250, 0, 499, 399], { deltaX: 0.04, deltaY: 0.04 })],
    });
    expect(caliperScale(clip, unruled).refusal).toBe('picture-not-chosen');
    const left = { minX: 0, minY: 0, maxX: 240, maxY: 399 };
    expect(caliperLength(clip, { ruler: null, picture: left }, caliper).lengthMm).toBeCloseTo(
      Math.hypot(15, 8),
      9,
    );
    const across = { ...caliper, to: [300, 140] } as const;
    expect(caliperLength(clip, { ruler: null, picture: left }, across).refusal).toBe('outside-picture');
  });

  it.each([
    ['no-calibration', clipFacts({ regions: [] }), caliper],
    ['not-b-mode', clipFacts({ bMode: false }), caliper],
    ['calibration-does-not-fit', clipFacts({ regions: [region([0, 0, 499, 399], { deltaY: 2 })] }), caliper],
    ['too-short', clipFacts(), { ...caliper, to: caliper.from }],
    ['outside-picture', clipFacts(), { ...caliper, to: [600, 140] as const }],
    [
      'outside-picture',
      clipFacts({
        regions: [
          region([0, 0, 499, 200]),
          region([0, 210, 499, 399], { spatialFormat: 3, dataType: 3, deltaX: 0.01, deltaY: 1 }),
        ],
      }),
      { ...caliper, to: [100, 300] as const },
    ],
  ])('is refused: %s', (refusal, clip, line) => {
    expect(caliperLength(clip, unruled, line)).toEqual({ lengthMm: null, refusal });
  });
});

describe('marks of a review', () => {
  it('are put, changed and taken away by their ids, and back', () => {
    const after = applyChanges(initial, [put(ids[0], caliper), put(ids[1], note)]);
    expect(after.clips[uid]!.marks).toEqual({ [ids[0]]: caliper, [ids[1]]: note });
    expect(initial.clips[uid]!.marks).toEqual({});
    const moved = { ...note, at: [11, 21] as const };
    const changes = [put(ids[1], moved, note), put(ids[0], null, caliper)];
    const later = applyChanges(after, changes);
    expect(later.clips[uid]!.marks).toEqual({ [ids[1]]: moved });
    expect(isApplied(later, changes)).toBe(true);
    expect(isApplied(after, changes)).toBe(false);
    expect(applyChanges(later, invertChanges(changes)).clips[uid]!.marks).toEqual(after.clips[uid]!.marks);
  });

  it('of another state are refused', () => {
    expect(() => applyChanges(initial, [put(ids[0], null, caliper)])).toThrow(/changed meanwhile/);
    const after = applyChanges(initial, [put(ids[0], caliper)]);
    expect(() => applyChanges(after, [put(ids[0], note)])).toThrow(/changed meanwhile/);
  });

  it('are listed by frame and from top to bottom', () => {
    const early = { ...note, frame: 1 };
    const low = { ...caliper, from: [0, 300], to: [10, 300] } as const;
    const marks = { a: note, b: low, c: caliper, d: early };
    expect(sortedMarks(marks).map(([id]) => id)).toEqual(['d', 'c', 'b', 'a']);
    expect(marksOn(marks, 1)).toEqual([['d', early]]);
  });

  it('are one step each, which a run over the clip does not take away', () => {
    const revision = (id: number, kind: Revision['kind'], changes: readonly Change[]): Revision => ({
      ...{ id, kind, changes, studyInstanceUid: '1.2', at: '2026-01-01T00:00:00.000Z', author: 'a' },
      ...{ label: 'l', target: null },
    });
    const entries = [
      revision(1, 'edit', [put(ids[0], caliper)]),
      revision(2, 'edit', [put(ids[1], note)]),
      revision(3, 'run', [{ slot: 'run', sopInstanceUid: uid, before: null, after: null }]),
    ].map(entryOf);
    expect(entries[0]!.clips).toEqual([
      { sopInstanceUid: uid, slots: [], traces: [], marks: [{ id: ids[0], frame: 3 }] },
    ]);
    expect(slotKeysOf(entries[1]!)).toEqual([`mark/${uid}/${ids[1]}`]);
    expect(undoTarget(entries)?.entry.id).toBe(2);
  });
});

describe('what is taken as a mark', () => {
  const edit = (after: unknown, changes: object = {}) =>
    editSchema.safeParse({ ...put(ids[0], null), after, ...changes }).success;

  it('is a line or words on a frame, and nothing beside', () => {
    expect(edit(caliper)).toBe(true);
    expect(edit(note)).toBe(true);
    expect(changesSchema.safeParse([put(ids[0], note)]).success).toBe(true);
  });

  it.each([
    ['an empty note', { ...note, text: '' }],
    ['blanks around', { ...note, text: ' a' }],
    ['two lines', { ...note, text: 'a\nb' }],
    ['a control character', { ...note, text: 'a\u0000b' }],
    ['too many words', { ...note, text: 'a'.repeat(mostNoteCharacters + 1) }],
    ['a place that is none', { ...caliper, to: [Number.NaN, 1] }],
    ['a place beyond any picture', { ...caliper, to: [1e9, 1] }],
    ['half a frame', { ...caliper, frame: 0.5 }],
    ['a frame before the first', { ...caliper, frame: -1 }],
    ['a length of its own', { ...caliper, lengthMm: 12 }],
    ['another kind', { ...caliper, kind: 'angle' }],
  ])('is not %s', (_, after) => expect(edit(after)).toBe(false));

  it('has an id that is one', () => {
    for (const id of ['', 'x', '__proto__', '00000000000A', '0000000000000'])
      expect(edit(caliper, { id })).toBe(false);
  });
});

it('revisions from before there were marks mean what they meant', () => {
  const before = [{ slot: 'ruler', sopInstanceUid: uid, before: null, after: null }];
  expect(upcastChanges(6, before)).toEqual({ changes: before, limited: false });
  expect(facts.frames).toBeGreaterThan(3);
});
