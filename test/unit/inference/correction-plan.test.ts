import { describe, expect, it } from 'vitest';
import { anchorsFor, planCorrections } from '../../../main/inference/correction-plan.ts';

const timesMs = [0, 10, 20, 30, 70, 80, 90, 100];

describe('anchors of a range', () => {
  it('are those inside, and the nearest on either side', () => {
    expect(anchorsFor([9, 1, 3, 7, 5], { from: 4, to: 6 })).toEqual([3, 5, 7]);
    expect(anchorsFor([1, 3], { from: 4, to: 6 })).toEqual([3]);
    expect(anchorsFor([8, 9], { from: 4, to: 6 })).toEqual([8]);
    expect(anchorsFor([4, 6], { from: 4, to: 6 })).toEqual([4, 6]);
    expect(anchorsFor([], { from: 4, to: 6 })).toEqual([]);
  });
});

describe('a plan of corrections', () => {
  it('reads each anchor for the frames that have it beside them, those before it first', () => {
    const { passes, anchorsOf } = planCorrections([2, 5], [0, 1, 3, 4, 6, 7], timesMs);
    expect(passes).toEqual([
      { anchor: 2, frames: [2, 1, 0, 3, 4], silentSteps: 1 },
      { anchor: 5, frames: [5, 4, 3, 6, 7], silentSteps: 1 },
    ]);
    expect([1, 3, 6].map(anchorsOf)).toEqual([[2], [2, 5], [5]]);
  });

  it('leaves out anchors that no frame reads', () => {
    expect(planCorrections([2, 3, 4], [5], timesMs).passes).toEqual([
      { anchor: 4, frames: [4, 5], silentSteps: 1 },
    ]);
  });

  it('weighs by time, and by frames where times stand still', () => {
    const { laterShare } = planCorrections([2, 5], [3, 4], timesMs);
    expect(laterShare(3)).toBeCloseTo(10 / 60, 12);
    expect(laterShare(4)).toBeCloseTo(50 / 60, 12);
    const still = planCorrections([2, 5], [3, 4], new Array<number>(8).fill(0));
    expect(still.laterShare(3)).toBeCloseTo(1 / 3, 12);
    const untimed = planCorrections([2, 5], [3, 4], []);
    expect(untimed.laterShare(4)).toBeCloseTo(2 / 3, 12);
  });
});
