import { describe, expect, it } from 'vitest';
import { ClipCourse } from '../../../core/propagation/clip-course.ts';
import { mostAnchorsRead, planCorrections } from '../../../main/inference/correction-plan.ts';

/** Two beats of eight frames: the area falls to a half and comes back. */
const areas = Array.from({ length: 17 }, (_, frame) => 75 + 25 * Math.cos((frame * Math.PI) / 4));
const timesMs = areas.map((_, frame) => 50 * frame);
const course = new ClipCourse(areas, timesMs);

describe('a plan of corrections', () => {
  it('reads each anchor for the frames that follow it, those before it first', () => {
    const { passes, readings } = planCorrections([2, 5], [0, 1, 3, 4, 6], course);
    expect(passes).toEqual([
      { anchor: 2, frames: [2, 1, 0, 3, 4, 6], silentSteps: 1 },
      { anchor: 5, frames: [5, 4, 3, 1, 0, 6], silentSteps: 1 },
    ]);
    for (const frame of [0, 1, 3, 4, 6]) {
      expect(readings(frame).map(({ anchor }) => anchor)).toEqual([2, 5]);
      expect(readings(frame).reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    }
    expect(readings(7)).toEqual([]);
  });

  it('gives one anchor all of every frame', () => {
    const { passes, readings } = planCorrections([4], [3, 16], course);
    expect(passes).toEqual([{ anchor: 4, frames: [4, 3, 16], silentSteps: 1 }]);
    expect(readings(16)).toEqual([{ anchor: 4, weight: 1 }]);
  });

  it('counts the phase beside the time: end-systole of the next beat follows end-systole', () => {
    // ED and ES of the first beat; the second ends at frame 16, with its ES at 12.
    const share = (frame: number, anchor: number): number =>
      planCorrections([0, 4], [frame], course)
        .readings(frame)
        .find((reading) => reading.anchor === anchor)!.weight;
    expect(share(12, 4)).toBeGreaterThan(0.8);
    expect(share(16, 0)).toBeGreaterThan(0.6);
    expect(share(1, 0)).toBeGreaterThan(0.9);
  });

  it('lets a frame read three anchors at most, and leaves out anchors that no frame reads', () => {
    const anchors = Array.from({ length: 9 }, (_, frame) => frame);
    const moved = areas.map((_, frame) => frame).slice(9);
    const { passes, readings } = planCorrections(anchors, moved, course);
    for (const frame of moved) {
      expect(readings(frame).length).toBeLessThanOrEqual(mostAnchorsRead);
      expect(readings(frame).every(({ weight }) => weight > 0)).toBe(true);
    }
    const steps = passes.reduce((sum, { frames }) => sum + frames.length, 0);
    expect(steps).toBeLessThanOrEqual(mostAnchorsRead * moved.length + anchors.length);
    const one = planCorrections(anchors, [12], course);
    expect(one.passes.map(({ anchor }) => anchor)).toEqual(one.readings(12).map(({ anchor }) => anchor));
    expect(one.passes.length).toBeLessThanOrEqual(mostAnchorsRead);
  });

  it('has nothing to do where nothing was given or nothing is to be moved', () => {
    expect(planCorrections([], [1, 2], course).passes).toEqual([]);
    expect(planCorrections([1, 2], [], course).passes).toEqual([]);
  });
});
