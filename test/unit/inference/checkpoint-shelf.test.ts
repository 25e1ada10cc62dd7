import { describe, expect, it } from 'vitest';
import { CheckpointShelf } from '../../../main/inference/checkpoint-shelf.ts';

/** 80 bytes with up to ten frames seen. */
const state = (value: number): Float32Array[] => [new Float32Array(18).fill(value), new Float32Array(2)];
const frames = (count: number, from = 0): number[] =>
  Array.from({ length: count }, (_, index) => from + index);

describe('the shelf of checkpoints', () => {
  it('gives the state that has seen the most of the frames, in their order', () => {
    const shelf = new CheckpointShelf(10_000);
    shelf.keep('a', frames(2), state(2));
    shelf.keep('a', frames(4), state(4));
    shelf.keep('a', frames(6), state(6));
    shelf.keep('a', frames(5).reverse(), state(-5));
    expect(shelf.nearest('a', frames(5))).toMatchObject({ steps: 4, state: state(4) });
    expect(shelf.nearest('a', frames(6))).toMatchObject({ steps: 6 });
    expect(shelf.nearest('a', frames(9).reverse())).toBeNull();
    expect(shelf.nearest('a', [...frames(5).reverse(), 7])).toMatchObject({ state: state(-5) });
    expect(shelf.nearest('a', [0])).toBeNull();
    expect(shelf.nearest('b', frames(6))).toBeNull();
  });

  it('holds no more bytes than it may: the least recently used goes first', () => {
    const shelf = new CheckpointShelf(300);
    shelf.keep('a', frames(2), state(1));
    shelf.keep('b', frames(2), state(2));
    shelf.keep('c', frames(2), state(3));
    expect(shelf.bytes).toBe(3 * 96);
    shelf.nearest('a', frames(3));
    shelf.keep('d', frames(2), state(4));
    expect(shelf.bytes).toBe(3 * 96);
    expect(['a', 'b', 'c', 'd'].map((key) => shelf.nearest(key, frames(2)) !== null)).toEqual([
      true,
      false,
      true,
      true,
    ]);
  });

  it('keeps one state of the same frames, and none that is larger than itself', () => {
    const shelf = new CheckpointShelf(200);
    shelf.keep('a', frames(2), state(1));
    shelf.keep('a', frames(2), state(2));
    expect(shelf.bytes).toBe(96);
    expect(shelf.nearest('a', frames(2))?.state).toEqual(state(2));
    shelf.keep('b', frames(2), [new Float32Array(100)]);
    expect(shelf.nearest('b', frames(2))).toBeNull();
    expect(shelf.nearest('a', frames(2))).not.toBeNull();
    shelf.clear();
    expect(shelf.bytes).toBe(0);
    expect(shelf.nearest('a', frames(2))).toBeNull();
  });
});
