import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Beat } from '../../../core/beat/beat.ts';
import { exclusionsOf } from '../../../core/beat/excluded-beats.ts';
import { initialReview } from '../../../core/review/initial.ts';
import { applyChanges } from '../../../core/review/apply.ts';
import { beatsChanges } from '../../../renderer/curve/beats-changes.ts';
import {
  draggedTo,
  idle,
  markMoved,
  nudged,
  pressedGround,
  pressedMark,
} from '../../../renderer/curve/curve-gesture.ts';
import { withBeatAt, withoutBeat } from '../../../renderer/curve/edited-beats.ts';
import { clipFacts, studyFacts } from '../../fixtures/library/facts.ts';

const beat = (edFrame: number, esFrame: number, nextEdFrame: number | null): Beat => ({
  edFrame,
  esFrame,
  nextEdFrame,
  source: 'model',
});
/** Beats of 30 frames: ED at 0, 30, 60, …, ES 12 frames later. */
const curve = Array.from({ length: 121 }, (_, frame) => {
  const phase = frame % 30;
  return phase <= 12 ? 100 - (50 * phase) / 12 : 50 + (50 * (phase - 12)) / 18;
});
const [first, second, third, fourth] = [
  beat(0, 12, 30),
  beat(30, 42, 60),
  beat(60, 72, 90),
  beat(90, 102, 120),
];
const all = [first, second, third, fourth] as Beat[];

describe('a beat that is added', () => {
  it.each([
    ['at its ED', 30],
    ['in its fall', 36],
    ['at its ES', 42],
    ['just before its ED', 28],
    ['while it fills', 50],
  ])('gets ED and ES from the curve, inside of one that was taken for two: %s', (_where, frame) => {
    const long = [beat(0, 12, 60), third, fourth];
    const edited = withBeatAt(long, curve, frame);
    expect(edited?.index).toBe(1);
    expect(edited?.beats.map(({ edFrame, esFrame, nextEdFrame }) => [edFrame, esFrame, nextEdFrame])).toEqual(
      [
        [0, 12, 30],
        [30, 42, 60],
        [60, 72, 90],
        [90, 102, 120],
      ],
    );
    expect([0, 1, 2].map((index) => edited?.sameBeat(index))).toEqual([0, 2, 3]);
  });

  it('may be the first, the last or the only one', () => {
    expect(withBeatAt([second, third], curve, 3)?.beats[0]).toMatchObject({
      edFrame: 0,
      esFrame: 12,
      nextEdFrame: 30,
    });
    const last = withBeatAt([first, second, third], curve, 95);
    expect(last?.beats.at(-1)).toMatchObject({
      edFrame: 90,
      esFrame: 102,
      nextEdFrame: null,
      source: 'user',
    });
    expect(last?.beats.slice(0, 3)).toEqual([first, second, third]);
    expect(withBeatAt([], curve.slice(0, 31), 5)?.beats).toEqual([
      { edFrame: 0, esFrame: 12, nextEdFrame: null, source: 'user' },
    ]);
  });

  it('closes a beat before it that had no end', () => {
    const edited = withBeatAt([beat(0, 12, null)], curve.slice(0, 61), 33);
    expect(edited?.beats.map(({ edFrame, nextEdFrame }) => [edFrame, nextEdFrame])).toEqual([
      [0, 30],
      [30, null],
    ]);
  });

  it('has no room between ED and ES of another, nor where nothing falls or has a contour', () => {
    expect(withBeatAt(all, curve, 35)).toBeNull();
    expect(withBeatAt(all, curve, 50)).toBeNull();
    expect(
      withBeatAt(
        [],
        curve.map(() => 50),
        10,
      ),
    ).toBeNull();
    expect(
      withBeatAt(
        [],
        curve.map(() => null),
        10,
      ),
    ).toBeNull();
    expect(withBeatAt([], [], 0)).toBeNull();
  });

  it('leaves beats in order, apart, and inside of the clip, wherever it is added', () => {
    fc.assert(
      fc.property(
        fc.array(fc.option(fc.integer({ min: 20, max: 200 }), { nil: null }), { maxLength: 60 }),
        fc.array(fc.integer({ min: 0, max: 59 }), { maxLength: 6 }),
        (values, places) => {
          let beats: readonly Beat[] = [];
          for (const frame of places) beats = withBeatAt(beats, values, frame)?.beats ?? beats;
          const marks = beats.flatMap(({ edFrame, esFrame }) => [edFrame, esFrame]);
          expect(marks).toEqual([...new Set(marks)].sort((a, b) => a - b));
          expect(marks.every((frame) => frame >= 0 && frame < values.length)).toBe(true);
          beats.forEach(({ esFrame, nextEdFrame }, index) => {
            if (nextEdFrame === null) return;
            expect(nextEdFrame).toBeGreaterThan(esFrame);
            const next = beats[index + 1];
            if (next) expect(next.edFrame).toBeGreaterThanOrEqual(nextEdFrame);
          });
        },
      ),
      { seed: 11, numRuns: 500 },
    );
  });
});

describe('a beat that is removed', () => {
  it('leaves its time to the one before it', () => {
    const edited = withoutBeat(all, 1);
    expect(edited?.beats).toEqual([{ ...first, nextEdFrame: 60, source: 'user' }, third, fourth]);
    expect([0, 1, 2, 3].map((index) => edited?.sameBeat(index))).toEqual([0, null, 1, 2]);
    expect(withoutBeat(all, 0)?.beats).toEqual([second, third, fourth]);
    expect(withoutBeat([first as Beat], 0)?.beats).toEqual([]);
    expect(withoutBeat(all, 4)).toBeNull();
  });

  it('is put back by adding one there', () => {
    const edited = withoutBeat(all, 2)!;
    const again = withBeatAt(edited.beats, curve, 66)!;
    const places = (beats: readonly Beat[]) =>
      beats.map((one) => [one.edFrame, one.esFrame, one.nextEdFrame]);
    expect(places(again.beats)).toEqual(places(all));
  });
});

describe('what was excluded', () => {
  const clip = clipFacts({ frames: 121 });
  const excluding = (marks: readonly number[]) => {
    const review = initialReview(studyFacts(), [clip]);
    const uid = clip.sopInstanceUid;
    const change = { slot: 'excludedBeats', sopInstanceUid: uid, before: null, after: marks } as const;
    return { uid, review: applyChanges(review, [change]) };
  };
  const excludedAfter = (beats: readonly Beat[], edited: ReturnType<typeof withoutBeat>) => {
    const { uid, review } = excluding([60]);
    const changed = applyChanges(review, beatsChanges(review, uid, beats, edited!.beats, edited!.sameBeat));
    const { beats: stored, excludedBeats } = changed.clips[uid]!;
    return [...exclusionsOf(stored!, excludedBeats).markOf.keys()];
  };

  it('follows its beat when one before it is added or removed, and goes with it', () => {
    const without = [first, third, fourth] as Beat[];
    expect(excludedAfter(without, withBeatAt([beat(0, 12, 60), third, fourth] as Beat[], curve, 36))).toEqual(
      [2],
    );
    expect(excludedAfter(all, withoutBeat(all, 0))).toEqual([1]);
    expect(excludedAfter(all, withoutBeat(all, 2))).toEqual([]);
  });
});

describe('a drag of a mark', () => {
  it('is a value: the mark stays where it was last allowed, and dropping it leaves nothing', () => {
    const held = pressedMark(all, 1, 'es');
    expect(markMoved(held)).toBeNull();
    const moved = draggedTo(held, 45);
    expect(markMoved(moved)).toMatchObject({ phase: 'es', frame: 45 });
    expect(markMoved(moved)?.beats[1]).toMatchObject({ esFrame: 45, source: 'user' });
    // Over the next ED and back.
    expect(draggedTo(moved, 61)).toBe(moved);
    expect(markMoved(draggedTo(moved, 42))).toBeNull();
    // What it began with is as it was.
    expect(all[1]).toBe(second);
  });

  it('of a mark that is not there is none, and scrubbing moves nothing', () => {
    expect(pressedMark(all, 9, 'ed')).toBe(idle);
    expect(draggedTo(pressedGround(), 5)).toEqual(pressedGround());
    expect(markMoved(pressedGround())).toBeNull();
    expect(draggedTo(idle, 5)).toBe(idle);
  });

  it('with the keys goes a frame, within the clip and the beat', () => {
    expect(nudged(all, 0, 'es', 1, 121)).toMatchObject({ frame: 13 });
    expect(nudged(all, 0, 'ed', -1, 121)).toBeNull();
    expect(nudged([beat(11, 12, null)], 0, 'ed', 1, 121)).toBeNull();
    expect(nudged([], 0, 'ed', 1, 121)).toBeNull();
  });
});
