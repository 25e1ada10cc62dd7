import { describe, expect, it } from 'vitest';
import { planPropagation, type PropagationPlan } from '../../../main/inference/propagation-plan.ts';

const input = { width: 64, height: 64 } as never;
const clip = { frameCount: 10, from: 0, to: 9 };

function plan(
  givenFrames: number[],
  more: Partial<typeof clip> = {},
  manifest: object = {},
): PropagationPlan {
  return planPropagation({ input, ...manifest }, { ...clip, ...more, givenFrames });
}

describe('the plan of a propagation', () => {
  it('runs forwards from the first frame given and backwards from the last, each as a run would', () => {
    const { forwards, backwards } = plan([4], { from: 2, to: 6 });
    expect(forwards).toEqual({
      frames: [0, 1, 2, 3, 4, 5, 6],
      silentSteps: 0,
      given: new Map([[4, 4]]),
      firstGiven: 4,
      wanted: new Set([5, 6]),
    });
    expect(backwards).toEqual({
      frames: [9, 8, 7, 6, 5, 4, 3, 2],
      silentSteps: 0,
      given: new Map([[5, 4]]),
      firstGiven: 5,
      wanted: new Set([2, 3]),
    });
  });

  it('makes frames between two given ones in both directions, by how near they are', () => {
    const { forwards, backwards, forwardShare } = plan([6, 2]);
    expect(forwards?.wanted).toEqual(new Set([3, 4, 5, 7, 8, 9]));
    expect(backwards?.wanted).toEqual(new Set([0, 1, 3, 4, 5]));
    expect([0, 3, 4, 5, 8].map(forwardShare)).toEqual([0, 0.75, 0.5, 0.25, 1]);
    expect(forwards?.given).toEqual(
      new Map([
        [2, 2],
        [6, 6],
      ]),
    );
  });

  it('leaves out a direction in which nothing is wanted, and frames that the clip does not have', () => {
    expect(plan([0])).toMatchObject({ backwards: null });
    expect(plan([9])).toMatchObject({ forwards: null });
    expect(plan([])).toMatchObject({ forwards: null, backwards: null });
    expect(plan([12])).toMatchObject({ forwards: null, backwards: null });
    expect(plan([3], { from: 5, to: 6 })).toMatchObject({ backwards: null });
    expect([...plan([3], { from: 5, to: 99 }).forwards!.wanted]).toEqual([5, 6, 7, 8, 9]);
  });

  it('warms the memory as the manifest has it, mirrored on the way back, without what was given', () => {
    const { forwards, backwards } = plan([1], {}, { passes: 'warm', warmFrames: 3 });
    expect(forwards?.frames).toEqual([2, 1, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(forwards).toMatchObject({ silentSteps: 3, given: new Map([[4, 1]]), firstGiven: 4 });
    expect(backwards?.frames).toEqual([7, 8, 9, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect(backwards).toMatchObject({ given: new Map([[11, 1]]), wanted: new Set([0]) });
  });

  it('begins each direction anew for a model that runs in both', () => {
    const { forwards, backwards } = plan([4], { from: 3, to: 5 }, { passes: 'both-directions' });
    expect(forwards?.frames).toEqual([0, 1, 2, 3, 4, 5]);
    expect(backwards?.frames).toEqual([9, 8, 7, 6, 5, 4, 3]);
  });

  it('takes the nearer frame alone where the maps of both directions do not fit into memory', () => {
    const large = { input: { width: 1024, height: 1024 } };
    const { forwards, backwards, forwardShare } = plan([0, 200], { frameCount: 201, to: 200 }, large);
    expect([...forwards!.wanted]).toEqual(Array.from({ length: 100 }, (_, index) => index + 1));
    expect([...backwards!.wanted]).toEqual(Array.from({ length: 99 }, (_, index) => index + 101));
    expect([1, 100, 101, 199].map(forwardShare)).toEqual([1, 1, 0, 0]);
  });
});
