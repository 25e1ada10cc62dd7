import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ClipCourse } from '../../../../core/propagation/clip-course.ts';

const frames = 41;
const range = (count: number): number[] => Array.from({ length: count }, (_, frame) => frame);
/** Beats of twenty frames, of an area from 20 to 40. */
const beating = range(frames).map((frame) => 30 + 10 * Math.cos((frame * Math.PI) / 10));
const timesMs = range(frames).map((frame) => 45 * frame);
const seconds = (frame: number, other: number): number => (45 * Math.abs(frame - other)) / 1800;

describe('the course of a clip', () => {
  it('puts end-diastole and end-systole of a beat as far apart as 1.8 s', () => {
    const course = new ClipCourse(beating, timesMs);
    // The median of five and the percentiles take a little off both.
    const phase = Math.sqrt(course.distance(20, 10) ** 2 - seconds(20, 10) ** 2);
    expect(phase).toBeGreaterThan(0.95);
    expect(phase).toBeLessThan(1.05);
    // One beat on, in the same phase, time alone is between them.
    expect(course.distance(10, 30)).toBeCloseTo(seconds(10, 30), 9);
    expect(course.distance(7, 7)).toBe(0);
  });

  it('depends on no unit of area', () => {
    const course = new ClipCourse(beating, timesMs);
    const other = new ClipCourse(
      beating.map((area) => 0.137 * area),
      timesMs,
    );
    for (const frame of range(frames)) {
      expect(other.distance(frame, 10)).toBeCloseTo(course.distance(frame, 10), 9);
    }
  });

  it('is the same seen from the end', () => {
    const uneven = timesMs.map((time, frame) => time + 30 * Math.sin(frame));
    const course = new ClipCourse(beating, uneven);
    const back = new ClipCourse(beating.toReversed(), uneven.map((time) => uneven.at(-1)! - time).reverse());
    for (const frame of range(frames)) {
      expect(back.distance(frames - 1 - frame, frames - 1 - 6)).toBeCloseTo(course.distance(frame, 6), 9);
    }
  });

  it('takes two frames that stick out, and gaps, for what lies beside them', () => {
    const course = new ClipCourse(beating, timesMs);
    const spoiled: (number | null)[] = [...beating];
    spoiled[4] = 200;
    spoiled[13] = 0;
    spoiled[14] = null;
    spoiled[25] = null;
    const other = new ClipCourse(spoiled, timesMs);
    for (const frame of range(frames)) {
      expect(Math.abs(other.distance(frame, 10) - course.distance(frame, 10))).toBeLessThan(0.2);
    }
  });

  it('goes by time where the model found nothing, or a ventricle that stands still', () => {
    for (const nothing of [
      beating.map(() => null),
      beating.map(() => 0),
      beating.map(() => 30),
      beating.map(() => Number.NaN),
      beating.map(() => Number.MIN_VALUE),
    ]) {
      const course = new ClipCourse(nothing, timesMs);
      expect(course.distance(3, 17)).toBeCloseTo(seconds(3, 17), 12);
    }
    // One that changes by as little as a model errs is no beat.
    const still = new ClipCourse(
      range(frames).map((frame) => 30 + 0.3 * Math.cos(frame)),
      timesMs,
    );
    for (const frame of range(frames)) {
      expect(still.distance(frame, 20) ** 2 - seconds(frame, 20) ** 2).toBeLessThan(0.2 ** 2);
    }
  });

  it('counts frames where times are absent or say nothing', () => {
    const evenly = new ClipCourse(
      beating,
      range(frames).map((frame) => (1000 / 30) * frame),
    );
    for (const times of [
      [],
      timesMs.slice(0, 30),
      timesMs.map(() => 0),
      timesMs.toReversed(),
      timesMs.with(12, Number.NaN),
      timesMs.with(40, Infinity),
    ]) {
      const course = new ClipCourse(beating, times);
      for (const frame of [0, 11, 40])
        expect(course.distance(frame, 12)).toBeCloseTo(evenly.distance(frame, 12), 9);
    }
  });

  it('is never less than nothing and never no number, whatever it is told', () => {
    const value = fc.oneof(
      fc.double(),
      fc.constantFrom(0, -1, Infinity, NaN, Number.MIN_VALUE, Number.MAX_VALUE),
    );
    fc.assert(
      fc.property(
        fc.array(fc.option(value), { maxLength: 12 }),
        fc.array(value, { maxLength: 12 }),
        (areas, times) => {
          const course = new ClipCourse(areas, times);
          const pairs = range(areas.length).flatMap((frame) =>
            range(areas.length).map((other) => [frame, other] as const),
          );
          const sound = ([frame, other]: readonly [number, number]): boolean => {
            const far = course.distance(frame, other);
            return (frame === other ? far === 0 : far >= 0) && far === course.distance(other, frame);
          };
          expect(pairs.filter((pair) => !sound(pair))).toEqual([]);
        },
      ),
      { numRuns: 500 },
    );
  });
});
